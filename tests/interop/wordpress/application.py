"""WordPress: its own installer, user functions and reset, as one site and as a network."""

import json
import shutil
from pathlib import Path

from debian_application import DebianApplication
from debian_folder import DebianFolder

HERE = Path(__file__).resolve().parent


class WordPress(DebianApplication):
    preset = "wordpress"
    desk = ("php", "desk.php")
    network = False

    life = 86400
    pause = 1
    knows_inactive = False  # but in a network
    knows_admin = True

    def prepare(self, database):
        super().prepare(database)
        shutil.copy(HERE / "desk.php", self.room.path)
        settings = {
            "host": f"127.0.0.1:{database.port}", "name": database.name, "user": database.user, "password": database.password,
            "url": self.base, "network": False,
        }  # fmt: skip
        self._settle(settings)
        self.question("install")
        if self.network:
            self.question("install_network")
            self._settle(settings | {"network": True})

    def add_user(self, email, login, password, *, active=True, sso=False, admin=False):
        return self.question("add_user", email=email, login=login, password=password, admin=admin, spam=not active)

    def _settle(self, settings):
        (self.room.path / "settings.json").write_text(json.dumps(settings))


class WordPress6(WordPress):
    debian = DebianFolder("bookworm", "php-cli", "php-mysql", "wordpress", "faketime")
    release = "WordPress 6.1 (Debian 12)"


class WordPress7(WordPress):
    debian = DebianFolder("sid", "php-cli", "php-mysql", "wordpress", "faketime")
    release = "WordPress 7.1 (Debian sid)"


class WordPressNetwork7(WordPress7):
    """A network of sites: with users that are marked as spam, and super admins."""

    release = "WordPress 7.1 as a network (Debian sid)"
    network = True
    of_users = 'refuse = [{ column = "spam", unless = ["0"], because = "is marked as spam in this network" }]\n'
    knows_inactive = True
    says_inactive = "is marked as spam in this network"


RELEASES = (WordPress6, WordPress7, WordPressNetwork7)
