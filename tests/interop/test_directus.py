"""Directus, by itself."""

import unittest

from application import load
from conformance import NEW, OwnCycle

directus = load("directus")


class DirectusTest(OwnCycle, unittest.TestCase):
    application = directus.Directus

    def test_nobody_is_mailed_who_is_suspended_or_signs_in_elsewhere(self):
        self.assertIsNone(self.app.ask(self.account(active=False)))
        self.assertIsNone(self.app.ask(self.account(sso=True)))

    def test_a_link_from_before_a_suspension_is_refused(self):
        link = self.app.ask(self.account())
        self.app.database.sql(f"UPDATE directus_users SET status = 'suspended' WHERE id = '{self.key}'")
        self.assertFalse(self.app.check(link))
        self.assertFalse(self.app.complete(link, NEW))

    def test_a_link_from_before_somebody_signs_in_elsewhere_is_accepted(self):
        """Why the profile looks at it."""
        link = self.app.ask(self.account())
        self.app.database.sql(f"UPDATE directus_users SET provider = 'github' WHERE id = '{self.key}'")
        self.assertTrue(self.app.check(link))


if __name__ == "__main__":
    unittest.main()
