"""MediaWiki: its own installer, PasswordReset and AuthManager. It mails no link but a temporary password, which its sign-in
takes beside the old one, and then asks for a new one: "LOGIN PASSWORD" is what ask() gives."""

import shutil
from pathlib import Path

from debian_application import DebianApplication
from debian_folder import DebianFolder

HERE = Path(__file__).resolve().parent


class MediaWiki(DebianApplication):
    preset = "mediawiki"
    desk = ("php", "Desk.php")

    life = 7 * 86400
    pause = 24 * 3600 + 60  # PasswordReminderResendTime
    knows_inactive = False
    knows_sso = True  # no password of their own
    knows_admin = True

    def prepare(self, database):
        super().prepare(database)
        self.variables = {"MW_CONFIG_FILE": f"{self.room.inside}/LocalSettings.php"}
        shutil.copy(HERE / "Desk.php", self.room.path)
        self.room.run(
            "php", "/usr/share/mediawiki/maintenance/install.php", f"--confpath={self.room.inside}", f"--server={self.base}",
            "--scriptpath=/w", "--dbtype=mysql", f"--dbserver=127.0.0.1:{database.port}", f"--dbname={database.name}",
            f"--dbuser={database.user}", f"--dbpass={database.password}", "--lang=en", "--pass=Root-of-the-wiki-42", "Shop",
            "Root",
        )  # fmt: skip
        with open(self.room.path / "LocalSettings.php", "a") as settings:
            settings.write((HERE / "settings.php").read_text().removeprefix("<?php\n"))

    def configuration(self):
        """Without [reset]: there are no links."""
        return f'[users]\nprofile = "{self.preset}"\n[temporary_password]\nenabled = true\n'

    def add_user(self, email, login, password, *, active=True, sso=False, admin=False):
        return self.question("add_user", email=email, login=login, password=None if sso else password, admin=admin)

    def check(self, link):
        login, _, password = link.partition(" ")
        return self.question("check", login=login, password=password)

    def complete(self, link, password):
        login, _, temporary = link.partition(" ")
        return self.question("complete", login=login, password=temporary, new=password)


class MediaWiki139(MediaWiki):
    debian = DebianFolder("bookworm", "php-cli", "php-mysql", "mediawiki", "faketime")
    release = "MediaWiki 1.39 (Debian 12)"


class MediaWiki143(MediaWiki):
    debian = DebianFolder("sid", "php-cli", "php-mysql", "mediawiki", "faketime")
    release = "MediaWiki 1.43 (Debian sid)"


RELEASES = (MediaWiki139, MediaWiki143)
