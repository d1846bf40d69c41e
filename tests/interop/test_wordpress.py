"""WordPress 6 and 7, and a network of sites, by themselves."""

import unittest

from application import load
from conformance import OwnCycle

wordpress = load("wordpress")


class WordPress6Test(OwnCycle, unittest.TestCase):
    application = wordpress.WordPress6


class WordPress7Test(OwnCycle, unittest.TestCase):
    application = wordpress.WordPress7


class WordPressNetwork7Test(OwnCycle, unittest.TestCase):
    application = wordpress.WordPressNetwork7

    def test_an_account_that_is_marked_as_spam_is_mailed_nothing(self):
        email = self.account(active=False)
        self.assertIsNone(self.app.ask(email))
        (row,) = self.app.database.sql(f"SELECT spam FROM wp_users WHERE ID = {self.key}")
        self.assertEqual(str(row["spam"]), "1")

    def test_a_super_admin_stands_in_a_setting_of_the_network_by_login(self):
        self.account(admin=True)
        (row,) = self.app.database.sql("SELECT meta_value FROM wp_sitemeta WHERE meta_key = 'site_admins'")
        self.assertIn(f'"{self.login}"', row["meta_value"])


if __name__ == "__main__":
    unittest.main()
