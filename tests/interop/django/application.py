"""Django's own views for a forgotten password, and django-allauth's, on the tables that their migrations make."""

import hashlib
import json
import secrets
import shutil
from pathlib import Path

from application import Application
from debian_folder import DebianFolder, Room, here_or_folder
from resident import Resident

HERE = Path(__file__).resolve().parent
PACKAGES = ("python3-django", "python3-mysqldb", "faketime", "tzdata")
WITH_ALLAUTH = (*PACKAGES, "python3-django-allauth")
SALT = "django.contrib.auth.tokens.PasswordResetTokenGenerator"


class Django(Application):
    """`zone` is its TIME_ZONE, `aware` its USE_TZ; with `uuid` its users are of a model of its own, whose key is a UUID."""

    preset = "django"
    debian = None  # a DebianFolder with it
    allauth = False
    uuid = False
    aware = True
    zone = "Asia/Tehran"  # not UTC; and clocks there are not changed, since a token's life is counted by what they show

    moves_clock = True
    life = 3 * 86400
    supersedes = False
    knows_sso = True
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
        self.secret = secrets.token_urlsafe(40)
        self.room = self.desk = None

    def prepare(self, database):
        self.room = Room(self.debian, "django")
        for file in ("desk.py", "site_settings.py"):
            shutil.copy(HERE / file, self.room.path)
        settings = {
            "base": self.base, "secret": self.secret, "zone": self.zone, "aware": self.aware, "uuid": self.uuid,
            "allauth": self.allauth,
            "database": {
                "HOST": "127.0.0.1", "PORT": database.port, "NAME": database.name, "USER": database.user,
                "PASSWORD": database.password,
            },
        }  # fmt: skip
        (self.room.path / "settings.json").write_text(json.dumps(settings))
        self.desk = Resident(self.room, "python3", "-B", "desk.py")
        self.version = self.desk.ask(do="migrate")

    def close(self):
        if self.desk is not None:
            self.desk.close()
        super().close()
        if self.room is not None:
            self.room.close()

    def configuration(self):
        """Of SECRET_KEY only what is derived from it."""
        key = self.secret_file("django.key", hashlib.sha256((SALT + self.secret).encode()).hexdigest() + "\n")
        start = super().configuration()
        if self.uuid:  # a model of its own has tables of its own, that of its groups too
            groups = 'table = "people_user_groups", user = "user_id", role = "group_id"'
            names = 'names = { table = "auth_group", id = "id", name = "name" }'
            flags = '{ flags = { superuser = "is_superuser", staff = "is_staff" } }'
            tables = f'table = "people_user"\nrole = [{flags}, {{ {groups}, {names} }}]\n'
            start = start.replace("[reset]", f"{tables}[reset]")
        zone = f'application_zone = "{self.zone}"\n'
        return start + zone + f'[secrets]\ndjango = {{ file = "{key}", decode = "hex" }}\n'

    def add_user(self, email, login, password, *, active=True, sso=False, admin=False, addresses=()):
        return self.desk.ask(
            do="add_user", email=email, login=login, password=password, active=active, sso=sso, admin=admin,
            addresses=list(addresses),
        )  # fmt: skip

    def ask(self, email):
        return self.desk.ask(do="ask", email=email)

    def check(self, link):
        return self.desk.ask(do="check", link=link)

    def complete(self, link, password):
        return self.desk.ask(do="complete", link=link, password=password)

    def signs_in(self, email, password):
        return self.desk.ask(do="signs_in", email=email, password=password)

    def token(self, key, clock):
        """What its token generator makes of an account as it is, with so many seconds since 2001."""
        return self.desk.ask(do="token", key=key, clock=clock)

    def at(self, moment):
        return self.desk.at(moment)


class Django3(Django):
    debian = here_or_folder("bookworm", *PACKAGES)  # most machines that run these tests are one, and have it
    release = "Django 3.2 (Debian 12)"


class Django5(Django):
    debian = DebianFolder("sid", *PACKAGES)
    release = "Django 5.2 (Debian sid)"


class Django5Uuid(Django5):
    """With keys that are UUIDs, and times without a zone in its tables."""

    release = "Django 5.2 with UUIDs and USE_TZ = False (Debian sid)"
    uuid = True
    aware = False
    zone = "America/Argentina/Buenos_Aires"


class Allauth0(Django3):
    """The oldest that is tried: it takes the users row's address into the MAC as it stands."""

    preset = "django-allauth"
    debian = DebianFolder("bookworm", *WITH_ALLAUTH)
    release = "django-allauth 0.51 (Debian 12)"
    allauth = True


class Allauth65(Django5):
    preset = "django-allauth"
    debian = DebianFolder("sid", *WITH_ALLAUTH)
    release = "django-allauth 65 (Debian sid)"
    allauth = True


RELEASES = (Django3, Django5, Django5Uuid, Allauth0, Allauth65)
