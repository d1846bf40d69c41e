"""Strapi 5: its core with the administration and the plugin users-permissions, on the schema that it makes at its first start.

The plugins that have nothing to do with accounts (content, uploads, translations, releases) and all that only a browser runs
are left out: a fifth of the size. Where Strapi insists on one, it finds an empty one of that name.
"""

import json
import shutil
from pathlib import Path

from node_application import NodeApplication, NpmFolder

HERE = Path(__file__).resolve().parent
VERSION = "5.54.0"
LEFT_OUT = {
    "content-manager": "{}", "content-releases": "{}", "content-type-builder": "{}", "review-workflows": "{}", "upload": "{}",
    # It is asked of each row that is written.
    "i18n": "{ services: { 'content-types': () => ({ isLocalizedContentType: () => false }) } }",
}  # fmt: skip


class Strapi(NodeApplication):
    """The users of the site."""

    preset = "strapi"
    release = f"Strapi {VERSION}, users of the site"
    packages = NpmFolder("strapi")
    knows_sso = True
    # life stays 0: it knows no end

    def prepare(self, database):
        self.database = database
        shutil.copytree(HERE / "site", self.folder / "site")
        (self.folder / "site/src/api").mkdir(parents=True)
        (self.folder / "site/public/uploads").mkdir(parents=True)
        (self.folder / "site/favicon.ico").touch()
        for name, code in LEFT_OUT.items():
            self._empty(name, {"strapi": {"kind": "plugin", "name": name}}, f"module.exports = {code};")
        self._empty("strapi", {}, "")
        # The administration takes functions for moving data from this one, and calls them where data is moved.
        self._empty("data-transfer", {"main": "strapi-server.js"},
                    "module.exports = new Proxy(() => module.exports, { get: () => module.exports });")  # fmt: skip
        super().prepare(database)

    def _empty(self, name, more, code):
        folder = self.folder / "left-out/@strapi" / name
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(json.dumps({"name": f"@strapi/{name}", "version": VERSION} | more))
        (folder / "strapi-server.js").write_text(code)

    def environment(self):
        place = {"host": "127.0.0.1", "port": self.database.port, "database": self.database.name,
                 "user": self.database.user, "password": self.database.password}  # fmt: skip
        return {
            "NODE_PATH": f"{self.packages.modules()}:{self.folder}/left-out", "NODE_ENV": "production",
            "SHOP_DATABASE": json.dumps(place), "SHOP_URL": self.base,
        }  # fmt: skip


class StrapiAdmin(Strapi):
    """Those who edit it. `zone` is that of the Node process."""

    preset = "strapi-admin"
    release = f"Strapi {VERSION}, administration"
    arguments = ("admin",)
    zone = "UTC"
    life = 3600
    knows_sso = False
    knows_admin = True

    def configuration(self):
        return super().configuration() + f'application_zone = "{self.zone}"\n'

    def environment(self):
        return super().environment() | {"TZ": self.zone}


class StrapiAdminInTehran(StrapiAdmin):
    release = f"Strapi {VERSION}, administration, in Asia/Tehran"
    zone = "Asia/Tehran"


RELEASES = (Strapi, StrapiAdmin, StrapiAdminInTehran)
