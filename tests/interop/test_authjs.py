"""Auth.js, by itself: a link that signs in."""

import unittest
from datetime import UTC, datetime, timedelta

from application import load
from conformance import Installed, tampered

authjs = load("authjs")


class AuthJsTest(Installed, unittest.TestCase):
    application = authjs.AuthJs

    def test_its_own_link_is_accepted_signs_in_once_and_is_refused_afterwards(self):
        link = self.app.ask(self.account())
        self.assertTrue(self.app.check(link), link)
        self.assertFalse(self.app.complete(tampered(link), ""), tampered(link))
        self.assertTrue(self.app.complete(link, ""), link)
        self.assertFalse(self.app.check(link), "used, and accepted again")
        self.assertFalse(self.app.complete(link, ""), "used, and signs in again")

    def test_it_lives_a_day(self):
        start = datetime.now(UTC)
        with self.app.at(start):
            link = self.app.ask(self.account())
        with self.app.at(start + timedelta(hours=23, minutes=59)):
            self.assertTrue(self.app.check(link), "expired too early")
        with self.app.at(start + timedelta(hours=24, minutes=1)):
            self.assertFalse(self.app.check(link), "not expired")

    def test_an_older_link_goes_on_working(self):
        email = self.account()
        older, newer = self.app.ask(email), self.app.ask(email)
        self.assertTrue(self.app.check(older))
        self.assertTrue(self.app.check(newer))

    def test_the_address_in_the_link_has_to_be_written_as_in_the_row(self):
        """Why the profile writes it in small letters there too."""
        email = self.account()
        link = self.app.ask(email.capitalize())
        self.assertIn("ada", link)
        self.assertFalse(self.app.complete(link.replace("email=ada", "email=Ada"), ""))


if __name__ == "__main__":
    unittest.main()
