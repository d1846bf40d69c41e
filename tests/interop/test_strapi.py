"""Strapi, users of the site and administration, by themselves."""

import unittest
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from application import load
from conformance import NEW, OLD, Installed, OwnCycle

strapi = load("strapi")


class StrapiTest(OwnCycle, unittest.TestCase):
    application = strapi.Strapi

    def test_blocked_is_looked_at_when_a_link_is_asked_for_and_not_when_it_is_used(self):
        email = self.account()
        link = self.app.ask(email)
        self.app.database.sql(f"UPDATE up_users SET blocked = 1 WHERE id = {self.key}")
        self.assertIsNone(self.app.ask(email))
        self.assertTrue(self.app.check(link), "why the profile looks at it")

    def test_somebody_who_signs_in_elsewhere_sets_a_password_that_does_not_sign_in(self):
        email = self.account(sso=True)
        self.assertTrue(self.app.complete(self.app.ask(email), NEW))
        self.assertFalse(self.app.signs_in(email, NEW))


class StrapiAdminTest(OwnCycle, unittest.TestCase):
    application = strapi.StrapiAdmin

    def test_a_token_without_an_end_is_refused_and_wiped(self):
        email = self.account()
        link = self.app.ask(email)
        self.app.database.sql(f"UPDATE admin_users SET reset_password_token_expires_at = NULL WHERE id = {self.key}")
        self.assertFalse(self.app.complete(link, NEW))
        self.assertTrue(self.app.signs_in(email, OLD))
        row = self.app.database.sql(f"SELECT reset_password_token AS token FROM admin_users WHERE id = {self.key}")
        self.assertIsNone(row[0]["token"])


class StrapiAdminInTehranTest(Installed, unittest.TestCase):
    application = strapi.StrapiAdminInTehran

    def test_the_end_stands_in_the_zone_of_the_process(self):
        self.app.ask(self.account())
        (row,) = self.app.database.sql(f"SELECT reset_password_token_expires_at AS end FROM admin_users WHERE id = {self.key}")
        end = datetime.fromisoformat(row["end"]).replace(tzinfo=ZoneInfo("Asia/Tehran"))
        self.assertAlmostEqual((end - datetime.now(UTC)).total_seconds(), 3600, delta=60)


if __name__ == "__main__":
    unittest.main()
