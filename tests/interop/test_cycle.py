"""pwreset beside the real applications: what it mails is what their own unchanged code takes, and what they mail it explains.

One class for each release that tests/interop/NAME/application.py names, made below: CycleTest_Laravel8 and so on.
"""

import email
import json
import os
import re
import subprocess
import unittest
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path

from application import HERE, SOURCE, load
from both_forms import BothForms
from conformance import NEW, OLD, Installed, tampered
from refused_people import RefusedPeople

PWRESET = os.environ.get("PWRESET_BINARY", str(SOURCE / "build/debug/pwreset"))
APPLICATIONS = ("django", "laravel", "wordpress", "devise", "redmine", "better-auth", "feathers", "strapi", "ghost", "directus",
                "authjs")
NOT_REVOCABLE = ("ghost", "directus")  # only another password ends what they were given


class Site:
    """pwreset on the database of an application, its mails in a folder, by the configuration that the application gives."""

    def __init__(self, app):
        self.folder = app.folder / "pwreset"
        (self.folder / "mail").mkdir(parents=True)
        (self.folder / "keys").mkdir(mode=0o700)
        password = self.folder / "database.password"
        password.touch(0o600)
        password.write_text(app.database.password)
        described = app.configuration()
        if "protected" not in described and app.preset in ("laravel", "devise", "strapi", "feathers", "better-auth"):
            described = described.replace("[users]\n", "[users]\nprotected = []\n")  # theirs is for the site to say
        self.file = self.folder / "shop.toml"
        self.file.touch(0o600)
        self.file.write_text(
            f'application = "shop"\n[keys]\nfolder = "{self.folder}/keys"\n[database]\nhost = "127.0.0.1"\n'
            f'port = {app.database.port}\nname = "{app.database.name}"\nuser = "{app.database.user}"\n'
            f'password_file = "{password}"\ntls = "off"\n{described}'
            f'[mail]\ntransport = "maildir"\nmaildir = "{self.folder}/mail"\nfrom = "no-reply@shop.example"\n'
        )
        self.run("migrate")
        if "token" in json.loads(self.run("profile", "show", "--json"))["data"]["asks_for"]:
            self.show_a_token_of_its_own(app)

    def run(self, *words, given=None, exits=0):
        done = subprocess.run([PWRESET, "--config", str(self.file), *words], input=given, capture_output=True, text=True)
        if done.returncode != exits:
            raise AssertionError(f"{words}: exit {done.returncode}, not {exits}\n{done.stdout}{done.stderr}")
        return done.stdout

    def show_a_token_of_its_own(self, app):
        """As an administrator does it before the first link: the application itself mails one to a test account."""
        address = "prover@example.com"
        key = app.add_user(address, "prover", OLD)
        self.file.write_text(self.file.read_text().replace("[reset]\n", f'[reset]\ntest_account = "id:{key}"\n'))
        self.run("request", address, exits=78)
        self.run("profile", "check", "--link", given=app.ask(address))

    def link(self, address):
        """Asks for a reset; the link in its mail."""
        (result,) = json.loads(self.run("request", address, "--json"))["data"]["results"]
        reference = result["reference"]
        for file in Path(self.folder / "mail/new").iterdir():
            text = email.message_from_bytes(file.read_bytes(), policy=policy.default).get_body(("plain",)).get_content()
            if reference in text:
                return re.search(r"https://\S+", text).group(0)
        raise AssertionError("no mail")

    def inspected(self, link):
        return json.loads(self.run("inspect", "-", "--json", given=link))["data"]["link"]


class Cycle(BothForms, RefusedPeople, Installed):
    """A whole life of a link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = Site(cls.app)
        cls.site.run("deliver")  # takes away what has ended: else nothing is made where the application knows no end

    def test_what_is_mailed_is_taken_once_and_by_nobody_else(self):
        address = self.account()
        link = self.site.link(address)
        self.assertTrue(self.app.check(link))
        if self.app.preset not in ("wordpress", "better-auth"):  # the longest word of their links is not the token
            self.assertFalse(self.app.check(tampered(link)))
        self.assertTrue(self.app.complete(link, NEW))
        if self.app.has_passwords:
            self.assertTrue(self.app.signs_in(address, NEW))
        self.assertFalse(self.app.check(link))
        self.assertNotEqual(self.site.inspected(link)["application"]["verdict"], "valid")

    def test_what_is_revoked_is_refused_where_that_can_be(self):
        address = self.account()
        link = self.site.link(address)
        lasts = self.app.preset in NOT_REVOCABLE
        self.site.run("revoke", address, exits=1 if lasts else 0)
        self.assertEqual(self.app.check(link), lasts)

    def test_what_is_over_is_refused(self):
        if not self.app.moves_clock or not self.app.life:
            self.skipTest("its clock cannot be moved, or it knows no end")
        link = self.site.link(self.account())
        with self.app.at(datetime.now(UTC) + timedelta(minutes=59)):
            self.assertTrue(self.app.check(link))
        with self.app.at(datetime.now(UTC) + timedelta(minutes=61)):
            self.assertFalse(self.app.check(link))


for name in APPLICATIONS:
    if not (HERE / name / "application.py").exists():
        continue
    for made in load(name).RELEASES:
        called = f"CycleTest_{made.__name__}"
        globals()[called] = type(called, (Cycle, unittest.TestCase), {"application": made})
