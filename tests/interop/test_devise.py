"""Devise 4.8, by itself."""

import hashlib
import hmac
import unittest
from datetime import UTC, datetime, timedelta

from application import load
from conformance import NEW, OLD, OwnCycle

devise = load("devise")


class Devise4Test(OwnCycle, unittest.TestCase):
    application = devise.Devise4

    def row(self):
        (row,) = self.app.database.sql(f"SELECT * FROM users WHERE id = {self.key}")
        return row

    def derived(self):
        salt = b"Devise reset_password_token"
        return hashlib.pbkdf2_hmac("sha1", self.app.secret.encode(), salt, 65536, 64)

    def test_the_column_holds_a_digest_under_a_key_derived_by_sha1_and_its_time_is_utc(self):
        moment = datetime.now(UTC)
        link = self.app.ask(self.account())
        self.assertEqual(self.app.desk.ask(do="key"), self.derived().hex())
        token = link.rsplit("=", 1)[1]
        row = self.row()
        self.assertEqual(row["reset_password_token"], hmac.new(self.derived(), token.encode(), hashlib.sha256).hexdigest())
        sent = datetime.fromisoformat(str(row["reset_password_sent_at"]).split(".")[0]).replace(tzinfo=UTC)
        self.assertLess(abs(sent - moment), timedelta(seconds=60))

    def test_any_text_is_a_token_and_its_case_counts(self):
        email = self.account()
        token = "Any0Text1Of2Twenty3Four4"
        digest = hmac.new(self.derived(), token.encode(), hashlib.sha256).hexdigest()
        self.app.database.sql(f"""UPDATE users SET reset_password_token = '{digest}', reset_password_sent_at = UTC_TIMESTAMP()
                                  WHERE email = '{email}'""")
        link = f"{self.app.base}/users/password/edit?reset_password_token="
        self.assertTrue(self.app.check(link + token))
        self.assertFalse(self.app.check(link + token.lower()))
        self.assertTrue(self.app.complete(link + token, NEW))

    def test_both_columns_are_null_when_it_was_used(self):
        self.app.complete(self.app.ask(self.account()), NEW)
        row = self.row()
        self.assertIsNone(row["reset_password_token"])
        self.assertIsNone(row["reset_password_sent_at"])

    def test_who_is_locked_or_unconfirmed_is_mailed_a_link_and_cannot_sign_in(self):
        for state in ({"locked": True}, {"confirmed": False}):
            with self.subTest(**state):
                email = self.account(**state)
                self.assertFalse(self.app.signs_in(email, OLD))
                self.assertTrue(self.app.check(self.app.ask(email)))

    def test_a_time_from_ahead_is_believed(self):
        start, email = datetime.now(UTC), self.account()
        with self.app.at(start + timedelta(days=30)):
            link = self.app.ask(email)
        self.assertTrue(self.app.check(link))
