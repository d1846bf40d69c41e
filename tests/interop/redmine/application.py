"""Redmine as Debian packages it: an instance of its own, on the tables that its migrations make."""

import json
import secrets
import shutil
from pathlib import Path

from application import Application
from debian_folder import DebianFolder, Room
from resident import Resident

HERE = Path(__file__).resolve().parent


class Redmine(Application):
    """`zone` is the zone of its process, in which it keeps all times."""

    preset = "redmine"
    debian = None  # a DebianFolder with it
    zone = "Asia/Kathmandu"

    moves_clock = True
    life = 86400
    knows_sso = True
    knows_admin = True
    says_sso = "signs in by a directory"

    @classmethod
    def missing(cls):
        return cls.debian.missing()

    @classmethod
    def installed(cls):
        return cls.debian.installed()

    @classmethod
    def install(cls):
        cls.debian.install()

    def __init__(self):
        super().__init__()
        self.room = self.desk = self.instance = None

    def prepare(self, database):
        self.room = Room(self.debian, "redmine")
        for file in (HERE / "redmine.rb", HERE.parent / "browser.rb", HERE.parent / "desk.rb"):
            shutil.copy(file, self.room.path)
        for folder in ("config", "files", "log", "plugins", "public", "tmp"):
            (self.room.path / folder).mkdir()
        server = {
            "adapter": "mysql2", "host": "127.0.0.1", "port": database.port, "database": database.name,
            "username": database.user, "password": database.password, "encoding": "utf8mb4",
            # The thread that looks for lost connections would sleep by a clock that is moved, and spins.
            "reaping_frequency": 0,
        }  # fmt: skip
        # Line by line: its Gemfile looks for the adapter without reading YAML.
        lines = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in server.items())
        (self.room.path / "config/database.yml").write_text(f"production:\n{lines}")
        (self.room.path / "config/secret_key.txt").write_text(secrets.token_hex(64))
        # Debian's Redmine looks for its instances there.
        self.instance = self.debian.root / "var/lib/redmine" / self.room.path.name
        self.instance.symlink_to(self.room.inside)
        environment = {"REDMINE_INSTANCE": self.room.path.name, "RAILS_ENV": "production", "TZ": self.zone}
        rake = ("env", "--chdir=/usr/share/redmine", "bundle", "exec", "rake", "db:migrate")
        self.room.run(*rake, env=environment | {"SCHEMA": "/dev/null"})
        self.desk = Resident(self.room, "ruby", "redmine.rb", self.base, env=environment)

    def close(self):
        if self.desk is not None:
            self.desk.close()
        super().close()
        if self.instance is not None:
            self.instance.unlink(missing_ok=True)
        if self.room is not None:
            self.room.close()

    def configuration(self):
        return super().configuration() + f'application_zone = "{self.zone}"\n'

    def add_user(self, email, login, password, *, active=True, sso=False, admin=False):
        return self.desk.ask(
            do="add_user", email=email, login=login, password=password, active=active, sso=sso, admin=admin
        )

    def ask(self, email):
        return self.desk.ask(do="ask", email=email)

    def check(self, link):
        return self.desk.ask(do="check", link=link)

    def complete(self, link, password):
        return self.desk.ask(do="complete", link=link, password=password)

    def signs_in(self, email, password):
        return self.desk.ask(do="signs_in", email=email, password=password)

    def at(self, moment):
        return self.desk.at(moment)


class Redmine5(Redmine):
    debian = DebianFolder("bookworm", "redmine", "redmine-mysql", "dbconfig-no-thanks", "faketime", "tzdata")
    release = "Redmine 5.0 (Debian 12)"


class Redmine6(Redmine):
    debian = DebianFolder("sid", "redmine", "redmine-mariadb", "dbconfig-no-thanks", "faketime", "tzdata")
    release = "Redmine 6.1 (Debian sid)"


RELEASES = (Redmine5, Redmine6)
