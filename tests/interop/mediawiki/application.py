"""MediaWiki: its own installer, PasswordReset and AuthManager. It mails no link but a temporary password, which its sign-in
takes beside the old one, and then asks for a new one: "LOGIN PASSWORD" is what ask() gives."""

import contextlib
import shutil
from pathlib import Path

from application import Application
from debian_folder import DebianFolder, Room

HERE = Path(__file__).resolve().parent


class MediaWiki(Application):
    preset = "mediawiki"
    debian = None  # a DebianFolder with it

    moves_clock = True
    life = 7 * 86400
    pause = 24 * 3600 + 60  # PasswordReminderResendTime
    knows_inactive = False
    knows_sso = True  # no password of their own
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
        self.room = Room(self.debian, "mediawiki")
        shutil.copy(HERE / "Desk.php", self.room.path)
        self.room.run(
            "php", "/usr/share/mediawiki/maintenance/install.php", f"--confpath={self.room.inside}", f"--server={self.base}",
            "--scriptpath=/w", "--dbtype=mysql", f"--dbserver=127.0.0.1:{database.port}", f"--dbname={database.name}",
            f"--dbuser={database.user}", f"--dbpass={database.password}", "--lang=en", "--pass=Root-of-the-wiki-42", "Shop",
            "Root",
        )  # fmt: skip
        with open(self.room.path / "LocalSettings.php", "a") as settings:
            settings.write((HERE / "settings.php").read_text().removeprefix("<?php\n"))

    def close(self):
        super().close()
        if self.room is not None:
            self.room.close()

    def configuration(self):
        return super().configuration() + "[temporary_password]\nenabled = true\n"

    def add_user(self, email, login, password, *, active=True, sso=False, admin=False):
        return self._do("add_user", email=email, login=login, password=None if sso else password, admin=admin)

    def ask(self, email):
        return self._do("ask", email=email)

    def check(self, link):
        login, _, password = link.partition(" ")
        return self._do("check", login=login, password=password)

    def complete(self, link, password):
        login, _, temporary = link.partition(" ")
        return self._do("complete", login=login, password=temporary, new=password)

    def signs_in(self, email, password):
        return self._do("signs_in", email=email, password=password)

    @contextlib.contextmanager
    def at(self, moment):
        before, self._moment = self._moment, moment
        try:
            yield
        finally:
            self._moment = before

    def _do(self, what, **details):
        settings = {"MW_CONFIG_FILE": f"{self.room.inside}/LocalSettings.php"}
        return self.room.ask("php", "Desk.php", at=self._moment, env=settings, do=what, **details)


class MediaWiki139(MediaWiki):
    debian = DebianFolder("bookworm", "php-cli", "php-mysql", "mediawiki", "faketime")
    release = "MediaWiki 1.39 (Debian 12)"


class MediaWiki143(MediaWiki):
    debian = DebianFolder("sid", "php-cli", "php-mysql", "mediawiki", "faketime")
    release = "MediaWiki 1.43 (Debian sid)"


RELEASES = (MediaWiki139, MediaWiki143)
