"""Laravel: the framework's own password broker, guard and migrator, on a skeleton with the tables of a new installation."""

import json
import shutil
from pathlib import Path

from debian_application import DebianApplication
from debian_folder import DebianFolder

HERE = Path(__file__).resolve().parent


class Laravel(DebianApplication):
    """`zone` is its app.timezone; `session_zone` the time_zone that it sets on its connections, None if it sets none."""

    preset = "laravel"
    desk = ("php", "desk.php")
    table = "password_reset_tokens"
    of_users = "protected = []\n"

    life = 3600
    knows_inactive = False  # users have no such column

    def __init__(self, *, zone="UTC", session_zone=None):
        super().__init__()
        self.zone, self.session_zone = zone, session_zone

    def prepare(self, database):
        super().prepare(database)
        shutil.copytree(HERE / "skeleton", self.room.path, dirs_exist_ok=True)
        for folder in ("bootstrap/cache", "storage/framework/views", "storage/logs"):
            (self.room.path / folder).mkdir(parents=True)
        settings = {
            "zone": self.zone, "url": self.base, "table": self.table,
            "database": {
                "driver": "mysql", "host": "127.0.0.1", "port": database.port, "database": database.name,
                "username": database.user, "password": database.password, "charset": "utf8mb4",
                "collation": "utf8mb4_unicode_ci", "prefix": "", "strict": True, "engine": None,
            } | ({"timezone": self.session_zone} if self.session_zone else {}),
        }  # fmt: skip
        (self.room.path / "settings.json").write_text(json.dumps(settings))
        self.question("migrate")

    def configuration(self):
        zones = f'application_zone = "{self.zone}"\n' + (f'session_zone = "{self.session_zone}"\n' if self.session_zone else "")
        store = "" if self.table == Laravel.table else f'[reset.store]\ntable = "{self.table}"\n'
        return super().configuration() + zones + store

    def add_user(self, email, login, password, *, active=True, sso=False, admin=False):
        return self.question("add_user", email=email, name=login, password=password)


class Laravel8(Laravel):
    debian = DebianFolder("bookworm", "php-cli", "php-mysql", "php-laravel-framework", "faketime")
    release = "Laravel 8.83 (Debian 12)"
    table = "password_resets"  # the name until Laravel 9


class Laravel13(Laravel):
    debian = DebianFolder("sid", "php-cli", "php-mysql", "php-laravel-framework", "faketime")
    release = "Laravel 13 (Debian sid)"


class Laravel13Berlin(Laravel13):
    """Its times are of Europe/Berlin, and its connections say that they are of +02:00: the TIMESTAMP that the server keeps is
    wrong by an hour in winter, and right again for who reads it through such a connection."""

    release = "Laravel 13 in Europe/Berlin (Debian sid)"

    def __init__(self):
        super().__init__(zone="Europe/Berlin", session_zone="+02:00")


RELEASES = (Laravel8, Laravel13, Laravel13Berlin)
