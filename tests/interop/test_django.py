"""Django 3.2 and 5.2, django-allauth 0.51 and 65, by themselves."""

import hashlib
import hmac
import unittest
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from application import load
from conformance import OLD, OwnCycle

django = load("django")


def digits(number):
    return (digits(number // 36) if number >= 36 else "") + "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]


class Tokens(OwnCycle):
    """What is known of the tokens, held against what the application makes."""

    def derived(self, secret):
        return hashlib.sha256((django.SALT + secret).encode()).digest()

    def expected(self, clock, *more):
        """The token of self.key as the row stands in SQL."""
        table = "people_user" if self.app.uuid else "auth_user"
        columns = "password, CAST(last_login AS CHAR) AS last_login, email"
        key = self.key if self.app.uuid else str(int(self.key))
        (row,) = self.app.database.sql(f"SELECT {columns} FROM {table} WHERE id = '{key}'")
        login = (row["last_login"] or "")[:19]
        value = f"{key}{row['password']}{login}{clock}{row['email']}" + "".join(more)
        mac = hmac.new(self.derived(self.app.secret), value.encode(), hashlib.sha256).hexdigest()
        return f"{digits(clock)}-{mac[::2]}"

    def addresses(self, email):
        return [email] if self.app.allauth else []

    def test_a_token_is_a_mac_over_the_row_as_sql_shows_it(self):
        email = self.account()
        self.assertEqual(self.app.token(self.key, 770976550), self.expected(770976550, *self.addresses(email)))
        self.assertTrue(self.app.signs_in(email, OLD))
        self.assertEqual(self.app.token(self.key, 770976550), self.expected(770976550, *self.addresses(email)))

    def test_its_clock_counts_what_clocks_of_its_zone_show(self):
        moment = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
        with self.app.at(moment):
            link = self.app.ask(self.account())
        shown = moment.astimezone(ZoneInfo(self.app.zone)).replace(tzinfo=None)
        count = int(link.rstrip("/").rsplit("/", 1)[1].split("-")[-2], 36)
        self.assertIn(count - int((shown - datetime(2001, 1, 1)).total_seconds()), range(-1, 30))
        self.assertNotIn(count - int((moment.replace(tzinfo=None) - datetime(2001, 1, 1)).total_seconds()), range(30))

    def test_a_sign_in_ends_a_token(self):
        email = self.account()
        link = self.app.ask(email)
        self.assertTrue(self.app.signs_in(email, OLD))
        self.assertFalse(self.app.check(link))

    def test_a_last_sign_in_a_second_later_ends_a_token(self):
        email = self.account()
        self.assertTrue(self.app.signs_in(email, OLD))
        link = self.app.ask(email)
        table = "people_user" if self.app.uuid else "auth_user"
        self.app.database.sql(f"UPDATE {table} SET last_login = last_login + INTERVAL 1 SECOND WHERE email = '{email}'")
        self.assertFalse(self.app.check(link))

    def test_a_token_from_ahead_is_believed(self):
        start, email = datetime.now(UTC), self.account()
        with self.app.at(start + timedelta(days=300)):
            link = self.app.ask(email)
        with self.app.at(start):
            self.assertTrue(self.app.check(link))

    def test_who_is_not_active_or_has_no_password_here_is_mailed_nothing(self):
        self.assertIsNone(self.app.ask(self.account(active=False)))
        if not self.app.allauth:
            self.assertIsNone(self.app.ask(self.account(sso=True)))


class Django3Test(Tokens, unittest.TestCase):
    application = django.Django3


class Django5Test(Tokens, unittest.TestCase):
    application = django.Django5


class Django5UuidTest(Tokens, unittest.TestCase):
    application = django.Django5Uuid


class AllauthTokens(Tokens):
    def with_capitals(self, *addresses):
        """An account whose users row has capitals in its address."""
        type(self).accounts += 1
        email = f"Ada{self.accounts}@Example.com"
        self.key = self.app.add_user(email, f"ada{self.accounts}", OLD, addresses=addresses)
        return email


class Allauth0Test(AllauthTokens, unittest.TestCase):
    application = django.Allauth0


class Allauth65Test(AllauthTokens, unittest.TestCase):
    application = django.Allauth65

    def test_the_addresses_are_a_set_in_small_letters(self):
        email = self.with_capitals("second@example.com")
        made = self.app.token(self.key, 770976550)
        self.assertEqual(made, self.expected(770976550, "|".join(sorted([email.lower(), "second@example.com"]))))


del Tokens, AllauthTokens
