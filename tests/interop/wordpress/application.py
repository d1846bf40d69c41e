"""WordPress: its own installer, user functions and reset, as one site and as a network."""

import contextlib
import json
import shutil
from pathlib import Path

from application import Application
from debian_folder import DebianFolder, Room

HERE = Path(__file__).resolve().parent


class WordPress(Application):
    preset = "wordpress"
    debian = None  # a DebianFolder with it
    network = False

    moves_clock = True
    life = 86400
    pause = 1
    knows_inactive = False  # but in a network
    knows_admin = True

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
        self.room = None
        self._moment = None

    def prepare(self, database):
        self.room = Room(self.debian, "wordpress")
        shutil.copy(HERE / "desk.php", self.room.path)
        settings = {
            "host": f"127.0.0.1:{database.port}", "name": database.name, "user": database.user, "password": database.password,
            "url": self.base, "network": False,
        }  # fmt: skip
        self._settle(settings)
        self._do("install")
        if self.network:
            self._do("install_network")
            self._settle(settings | {"network": True})

    def close(self):
        super().close()
        if self.room is not None:
            self.room.close()

    def add_user(self, email, login, password, *, active=True, sso=False, admin=False):
        return self._do("add_user", email=email, login=login, password=password, admin=admin, spam=not active)

    def ask(self, email):
        return self._do("ask", email=email)

    def check(self, link):
        return self._do("check", link=link)

    def complete(self, link, password):
        return self._do("complete", link=link, password=password)

    def signs_in(self, email, password):
        return self._do("signs_in", email=email, password=password)

    @contextlib.contextmanager
    def at(self, moment):
        before, self._moment = self._moment, moment
        try:
            yield
        finally:
            self._moment = before

    def _settle(self, settings):
        (self.room.path / "settings.json").write_text(json.dumps(settings))

    def _do(self, what, **details):
        return self.room.ask("php", "desk.php", at=self._moment, do=what, **details)


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


RELEASES = (WordPress6, WordPress7, WordPressNetwork7)
