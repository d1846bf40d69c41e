"""better-auth, by itself."""

import unittest

from application import load
from conformance import NEW, OwnCycle

better_auth = load("better-auth")


class BetterAuthTest(OwnCycle, unittest.TestCase):
    application = better_auth.BetterAuth

    def test_its_link_gives_somebody_who_signs_in_elsewhere_a_password(self):
        """Why the profile refuses them."""
        email = self.account(sso=True)
        self.assertTrue(self.app.complete(self.app.ask(email), NEW))
        self.assertTrue(self.app.signs_in(email, NEW))


class BetterAuthHashedTest(OwnCycle, unittest.TestCase):
    application = better_auth.BetterAuthHashed

    def test_a_row_with_the_plain_identifier_is_accepted_too(self):
        """Why one profile does for both."""
        email = self.account()
        self.app.database.sql(
            "INSERT INTO verification (id, identifier, value, expiresAt, createdAt, updatedAt) VALUES ('one', "
            f"'reset-password:AbCdEfGhIjKlMnOpQrStUvWx', '{self.key}', UTC_TIMESTAMP(3) + INTERVAL 1 HOUR, NOW(3), NOW(3))"
        )
        link = f"{self.app.base}/api/auth/reset-password/AbCdEfGhIjKlMnOpQrStUvWx?callbackURL=%2Freset-password"
        self.assertTrue(self.app.check(link))
        self.assertTrue(self.app.complete(link, NEW))
        self.assertTrue(self.app.signs_in(email, NEW))
        self.assertFalse(self.app.check(link))


if __name__ == "__main__":
    unittest.main()
