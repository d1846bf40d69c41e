"""MediaWiki, by itself and beside pwreset: temporary passwords, which stand in columns of their own."""

import email
import json
import re
import unittest
from datetime import UTC, datetime, timedelta
from email import policy

from application import load
from conformance import NEW, OLD, Installed, OwnCycle
from refused_people import RefusedPeople
from test_cycle import Site

mediawiki = load("mediawiki")


class MediaWiki139Test(OwnCycle, unittest.TestCase):
    application = mediawiki.MediaWiki139


class MediaWiki143Test(OwnCycle, unittest.TestCase):
    application = mediawiki.MediaWiki143


class Cycle(RefusedPeople, Installed):
    """What pwreset mails is taken by the wiki's own sign-in."""

    asking = ("--via", "password")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = Site(cls.app)

    def mailed(self, address):
        """Asks for a temporary password: "LOGIN PASSWORD", as the mail has it."""
        self.app.database.sql("DELETE FROM pwreset_limits")
        (result,) = json.loads(self.site.run("request", address, *self.asking, "--json"))["data"]["results"]
        for file in (self.site.folder / "mail/new").iterdir():
            text = email.message_from_bytes(file.read_bytes(), policy=policy.default).get_body(("plain",)).get_content()
            if result["reference"] in text:
                password = re.search(r"^(\S{10,64})\r?$", text, re.MULTILINE)[1]  # the only word that is alone
                return f"{self.login.capitalize()} {password}"
        raise AssertionError("no mail")

    def test_what_is_mailed_is_taken_once_beside_the_old_password_and_then_in_its_place(self):
        address = self.account()
        password = self.mailed(address)
        self.assertTrue(self.app.signs_in(address, OLD))
        self.assertTrue(self.app.check(password))
        self.assertFalse(self.app.check(password[:-1] + ("b" if password[-1] == "a" else "a")))
        self.assertTrue(self.app.complete(password, NEW))
        self.assertTrue(self.app.signs_in(address, NEW))
        self.assertFalse(self.app.signs_in(address, OLD))
        self.assertFalse(self.app.check(password))

    def test_what_is_revoked_is_refused_and_the_old_password_goes_on_working(self):
        address = self.account()
        password = self.mailed(address)
        self.site.run("revoke", address)
        self.assertFalse(self.app.check(password))
        self.assertTrue(self.app.signs_in(address, OLD))

    def test_a_newer_one_of_ours_or_of_its_own_form_ends_the_older_one(self):
        address = self.account()
        older = self.mailed(address)
        newer = self.mailed(address)
        self.assertFalse(self.app.check(older))
        self.assertTrue(self.app.check(newer))
        with self.app.at(datetime.now(UTC) + timedelta(seconds=self.app.pause)):
            own = self.app.ask(address)
            self.assertTrue(self.app.check(own))
            self.assertFalse(self.app.check(newer))

    def test_ours_ends_the_one_of_its_own_form(self):
        address = self.account()
        own = self.app.ask(address)
        ours = self.mailed(address)
        self.assertTrue(self.app.check(ours))
        self.assertFalse(self.app.check(own))

    def test_it_ends_when_it_is_said_to_and_by_the_clock_of_the_wiki_at_the_latest(self):
        password = self.mailed(self.account())
        with self.app.at(datetime.now(UTC) + timedelta(seconds=self.app.life - 60)):
            self.assertTrue(self.app.check(password))
        with self.app.at(datetime.now(UTC) + timedelta(seconds=self.app.life + 60)):
            self.assertFalse(self.app.check(password))
        ended = "expires_at = UTC_TIMESTAMP() - INTERVAL 1 SECOND, erase_at = expires_at"
        self.app.database.sql(f"UPDATE pwreset_tokens SET {ended}")
        self.site.run("deliver")
        self.assertFalse(self.app.check(password))


class MediaWiki139CycleTest(Cycle, unittest.TestCase):
    application = mediawiki.MediaWiki139


class MediaWiki143CycleTest(Cycle, unittest.TestCase):
    application = mediawiki.MediaWiki143


del Cycle

if __name__ == "__main__":
    unittest.main()
