"""What must hold of every application.

OwnCycle proves the harness: the application by itself, without pwreset. A test class is made of it and names the application:

    class Laravel13Test(OwnCycle, unittest.TestCase):
        application = load("laravel").Laravel13
"""

import os
import unittest
from datetime import UTC, datetime, timedelta

OLD = "Old-Passw0rd-of-Ada!"
NEW = "New-Passw0rd-of-Ada?"


def tampered(link):
    """The link with the last letter or digit of its longest run of them made another one: that is the token."""
    runs, start = [], None
    for at, sign in enumerate(link + " "):
        if sign.isalnum() and sign.isascii():
            start = at if start is None else start
        elif start is not None:
            runs.append((at - start, at))
            start = None
    last = max(runs)[1] - 1
    other = "b" if link[last] == "a" else "a"
    return link[:last] + other + link[last + 1 :]


class Installed:
    """An installation of `application` for the tests of a class, in self.app; each test adds accounts of its own.

    With PWRESET_INTEROP set, as script/test --interop sets it, the application is installed first, and what cannot be run
    fails. Without, what is not installed is skipped, with the reason.
    """

    application = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        missing = cls.application.missing()
        if os.environ.get("PWRESET_INTEROP"):
            if missing:
                raise AssertionError(f"{cls.application.release}: {missing}")
        elif missing or not cls.application.installed():
            raise unittest.SkipTest(f"{cls.application.release}: {missing or 'not installed; hint: script/test --interop'}")
        cls.app = cls.application()
        cls.addClassCleanup(cls.app.close)
        cls.app.__enter__()
        cls.accounts = 0

    def account(self, **how):
        """Somebody new with the password OLD: their address."""
        type(self).accounts += 1
        self.login = f"ada{self.accounts}"
        email = f"{self.login}@example.com"
        self.key = self.app.add_user(email, self.login, OLD, **how)
        return email


class OwnCycle(Installed):
    """The application alone: that the harness runs the real code, and what is said of the application in its class."""

    def test_its_own_link_is_accepted_completes_once_and_is_refused_afterwards(self):
        email = self.account()
        self.assertTrue(self.app.signs_in(email, OLD))
        link = self.app.ask(email)
        self.assertTrue(self.app.check(link), link)
        self.assertTrue(self.app.complete(link, NEW), link)
        self.assertTrue(self.app.signs_in(email, NEW))
        self.assertFalse(self.app.signs_in(email, OLD))
        self.assertFalse(self.app.check(link), "used, and accepted again")
        self.assertFalse(self.app.complete(link, OLD), "used, and completes again")
        self.assertTrue(self.app.signs_in(email, NEW))

    def test_a_changed_token_is_refused(self):
        link = self.app.ask(self.account())
        self.assertFalse(self.app.check(tampered(link)), tampered(link))
        self.assertFalse(self.app.complete(tampered(link), NEW))
        self.assertTrue(self.app.check(link), "a wrong try used it up")

    def test_nobody_with_an_unknown_address_is_mailed(self):
        self.assertIsNone(self.app.ask("nobody@example.com"))

    def test_it_lives_as_long_as_is_said(self):
        if not self.app.moves_clock:
            self.skipTest("its clock cannot be moved")
        start = datetime.now(UTC)
        with self.app.at(start):
            link = self.app.ask(self.account())
        with self.app.at(start + timedelta(seconds=(self.app.life or 365 * 86400) - 60)):
            self.assertTrue(self.app.check(link), "expired too early")
        if self.app.life:
            with self.app.at(start + timedelta(seconds=self.app.life + 60)):
                self.assertFalse(self.app.check(link), "not expired")
                self.assertFalse(self.app.complete(link, NEW), "not expired")

    def test_asking_again_makes_the_older_link_void_or_does_not(self):
        if not self.app.moves_clock:
            self.skipTest("its clock cannot be moved, and it may want a pause between the two")
        start, email = datetime.now(UTC), self.account()
        with self.app.at(start):
            older = self.app.ask(email)
        with self.app.at(start + timedelta(seconds=self.app.pause)):
            newer = self.app.ask(email)
            self.assertTrue(self.app.check(newer))
            self.assertEqual(self.app.check(older), not self.app.supersedes)
