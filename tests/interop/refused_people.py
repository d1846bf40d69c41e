"""Whom pwreset sends nothing, in each application's own schema: look-alikes, the disabled, those who sign in elsewhere, and
administrators.

For test classes with `app`, `site` and account(), as in test_cycle.py.
"""

import json

# Where the address stands, of each profile.
ADDRESSES = {
    "laravel": ("users", "email"), "wordpress": ("wp_users", "user_email"), "devise": ("users", "email"),
    "redmine": ("email_addresses", "address"), "better-auth": ("user", "email"), "strapi": ("up_users", "email"),
    "strapi-admin": ("admin_users", "email"), "ghost": ("users", "email"), "feathers": ("users", "email"),
    "directus": ("directus_users", "email"), "mediawiki": ("user", "user_email"), "django": ("auth_user", "email"),
    "django-allauth": ("auth_user", "email"), "authjs": ("User", "email"),
}  # fmt: skip


class RefusedPeople:
    asking = ()  # words for `request` besides the address

    def refused(self, address, exits=77):
        """The code and the message with which they are refused; nothing is mailed."""
        mails = len(list((self.site.folder / "mail").glob("new/*")))
        answer = json.loads(self.site.run("request", address, *self.asking, "--json", exits=exits))
        self.assertEqual(len(list((self.site.folder / "mail").glob("new/*"))), mails)
        return answer["code"], answer["message"]

    def addresses(self):
        table, column = ADDRESSES[self.app.preset]
        return ("people_user" if getattr(self.app, "uuid", False) else table), column

    def test_somebody_whose_address_only_a_collation_takes_for_equal_is_nobody(self):
        address = self.account()
        table, column = self.addresses()
        alike = address.replace("ada", "àdá")
        self.app.database.sql(f"UPDATE `{table}` SET `{column}` = '{alike}' WHERE `{column}` = '{address}'")
        equal = self.app.database.sql(f"SELECT `{column}` AS address FROM `{table}` WHERE `{column}` = '{address}'")
        if not equal:
            self.skipTest(f"{self.app.release} compares addresses byte by byte")
        self.assertEqual([row["address"] for row in equal], [alike])
        code, message = self.refused(address, exits=67)
        self.assertEqual(code, "USER_NOT_FOUND", message)

    def test_somebody_disabled_is_refused(self):
        if not self.app.knows_inactive:
            self.skipTest(f"{self.app.release} knows no disabled accounts")
        code, message = self.refused(self.account(active=False))
        self.assertEqual(code, "FORBIDDEN", message)
        self.assertIn(self.app.says_inactive, message)

    def test_somebody_who_signs_in_elsewhere_is_refused(self):
        if not self.app.knows_sso:
            self.skipTest(f"{self.app.release} does not know who signs in elsewhere")
        code, message = self.refused(self.account(sso=True))
        self.assertEqual(code, "FORBIDDEN", message)
        self.assertIn(self.app.says_sso, message)

    def test_an_administrator_is_protected(self):
        if not self.app.knows_admin:
            self.skipTest(f"{self.app.release} has no administrators of its own")
        code, message = self.refused(self.account(admin=True))
        self.assertEqual(code, "PROTECTED_ACCOUNT", message)
