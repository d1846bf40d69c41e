"""Devise on an application of Rails with nothing else in it, made by Devise's generators, on the table of its own migration."""

import json
import secrets
import shutil
from pathlib import Path

from application import Application
from debian_folder import DebianFolder, Room
from resident import Resident

HERE = Path(__file__).resolve().parent


class Devise(Application):
    preset = "devise"
    debian = None  # a DebianFolder with it

    moves_clock = True
    life = 6 * 3600
    knows_inactive = False  # locked and unconfirmed accounts may set a password; they only cannot sign in

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
        self.secret = secrets.token_hex(64)
        self.room = self.desk = None

    def prepare(self, database):
        self.room = Room(self.debian, "devise")
        shutil.copytree(HERE / "skeleton", self.room.path, dirs_exist_ok=True)
        for file in (HERE / "make.rb", HERE / "shop.rb", HERE.parent / "browser.rb", HERE.parent / "desk.rb"):
            shutil.copy(file, self.room.path)
        server = {
            "adapter": "mysql2", "host": "127.0.0.1", "port": database.port, "database": database.name,
            "username": database.user, "password": database.password, "encoding": "utf8mb4",
            # The thread that looks for lost connections would sleep by a clock that is moved, and spins.
            "reaping_frequency": 0,
        }  # fmt: skip
        (self.room.path / "config/database.yml").write_text(json.dumps({"production": server}))
        (self.room.path / "settings.json").write_text(json.dumps({"secret": self.secret, "base": self.base}))
        # Not UTC, which is the zone of its times whatever that of the process is.
        environment = {"RAILS_ENV": "production", "TZ": "Asia/Kathmandu"}
        self.room.run("ruby", "make.rb", env=environment)
        self.desk = Resident(self.room, "ruby", "shop.rb", self.base, env=environment)
        self.version = self.desk.ask(do="version")

    def close(self):
        if self.desk is not None:
            self.desk.close()
        super().close()
        if self.room is not None:
            self.room.close()

    def configuration(self):
        """Without roles, which Devise does not have; of secret_key_base only the key for these tokens."""
        key = self.secret_file("devise.key", self.desk.ask(do="key") + "\n")
        start = super().configuration().replace("[reset]", "protected = []\n[reset]")
        return start + f'[secrets]\ndevise = {{ file = "{key}", decode = "hex" }}\n'

    def add_user(self, email, login, password, *, active=True, sso=False, admin=False, **states):
        return self.desk.ask(do="add_user", email=email, password=password, **states)

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


class Devise4(Devise):
    debian = DebianFolder("bookworm", "ruby-devise", "ruby-rails", "ruby-mysql2", "faketime", "tzdata")
    release = "Devise 4.8 (Debian 12)"


RELEASES = (Devise4,)
