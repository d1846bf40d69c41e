"""Redmine 5.0 and 6.1, by themselves."""

import unittest
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from application import load
from conformance import NEW, OLD, OwnCycle

redmine = load("redmine")


class Rows(OwnCycle):
    """What is known of its tables, held against what it writes and takes."""

    def token(self):
        """The row of the token for self.key."""
        (row,) = self.app.database.sql(f"SELECT * FROM tokens WHERE user_id = {self.key} AND action = 'recovery'")
        return row

    def test_what_is_mailed_is_the_row_and_its_time_is_of_the_zone_of_the_process(self):
        moment = datetime.now(UTC) - timedelta(hours=1)
        with self.app.at(moment):
            link = self.app.ask(self.account())
        row = self.token()
        self.assertTrue(link.endswith(f"/account/lost_password?token={row['value']}"))
        self.assertRegex(row["value"], "^[0-9a-f]{40}$")
        shown = moment.astimezone(ZoneInfo(self.app.zone)).replace(tzinfo=None)
        written = datetime.fromisoformat(str(row["created_on"]).split(".")[0])
        self.assertLess(abs(written - shown), timedelta(seconds=60))

    def test_another_token_of_the_same_letters_is_taken_from_a_row(self):
        email = self.account()
        self.app.ask(email)
        self.app.database.sql(f"UPDATE tokens SET value = REPEAT('0a', 20) WHERE user_id = {self.key} AND action = 'recovery'")
        link = f"{self.app.base}/account/lost_password?token={'0a' * 20}"
        self.assertTrue(self.app.check(link))
        self.assertFalse(self.app.check(link.replace("0a0a", "0A0a")), "the case of a token counts")
        self.assertTrue(self.app.complete(link, NEW))

    def test_a_new_password_removes_the_row_and_every_way_in(self):
        email = self.account()
        self.assertTrue(self.app.signs_in(email, OLD))
        self.app.complete(self.app.ask(email), NEW)
        left = self.app.database.sql(f"SELECT action FROM tokens WHERE user_id = {self.key}")
        self.assertEqual({row["action"] for row in left} & {"recovery", "session", "autologin"}, set())

    def test_who_is_locked_or_signs_in_elsewhere_is_mailed_nothing(self):
        self.assertIsNone(self.app.ask(self.account(active=False)))
        self.assertIsNone(self.app.ask(self.account(sso=True)))

    def test_a_token_from_ahead_is_believed(self):
        start, email = datetime.now(UTC), self.account()
        with self.app.at(start + timedelta(days=30)):
            link = self.app.ask(email)
        self.assertTrue(self.app.check(link))


class Redmine5Test(Rows, unittest.TestCase):
    application = redmine.Redmine5


class Redmine6Test(Rows, unittest.TestCase):
    application = redmine.Redmine6


del Rows
