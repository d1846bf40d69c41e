"""feathers-authentication-management, by itself."""

import unittest

from application import load
from conformance import NEW, OwnCycle, tampered

feathers = load("feathers")


class FeathersTest(OwnCycle, unittest.TestCase):
    application = feathers.Feathers

    def test_a_changed_token_is_refused(self):
        """One wrong try makes the right one void too: resetAttempts is 0, unless the site says otherwise."""
        link = self.app.ask(self.account())
        self.assertFalse(self.app.check(tampered(link)))
        self.assertTrue(self.app.check(link), "the harness did not take back a try")
        self.assertFalse(self.app.complete(tampered(link), NEW))
        self.assertFalse(self.app.check(link))

    def test_nobody_is_mailed_who_has_not_verified_the_address(self):
        self.assertIsNone(self.app.ask(self.account(active=False)))


if __name__ == "__main__":
    unittest.main()
