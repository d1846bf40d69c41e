"""Ghost's staff, by itself."""

import unittest

from application import load
from conformance import NEW, OLD, OwnCycle

ghost = load("ghost")


class GhostTest(OwnCycle, unittest.TestCase):
    application = ghost.Ghost

    def test_nobody_is_mailed_who_is_suspended(self):
        self.assertIsNone(self.app.ask(self.account(active=False)))

    def test_somebody_locked_gets_in_by_a_link(self):
        """Which the profile leaves to Ghost's own form."""
        email = self.account()
        self.app.database.sql(f"UPDATE users SET status = 'locked' WHERE id = '{self.key}'")
        self.assertFalse(self.app.signs_in(email, OLD))
        self.assertTrue(self.app.complete(self.app.ask(email), NEW))
        self.assertTrue(self.app.signs_in(email, NEW))

    def test_a_link_from_before_a_suspension_is_refused(self):
        email = self.account()
        link = self.app.ask(email)
        self.app.database.sql(f"UPDATE users SET status = 'inactive' WHERE id = '{self.key}'")
        self.assertFalse(self.app.check(link))
        self.assertFalse(self.app.complete(link, NEW))

    def test_another_address_ends_a_link(self):
        email = self.account()
        link = self.app.ask(email)
        self.app.database.sql(f"UPDATE users SET email = 'other-{email}' WHERE id = '{self.key}'")
        self.assertFalse(self.app.complete(link, NEW))


if __name__ == "__main__":
    unittest.main()
