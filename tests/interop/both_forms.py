"""Two who mail links: pwreset and the application's own form. What each makes of the other's, and what pwreset says of it.

For test classes with `app`, `site` and account(), as in test_cycle.py.
"""

import contextlib
import json
from datetime import UTC, datetime, timedelta

from conformance import NEW

STATELESS = ("django", "django-allauth", "ghost", "directus")  # nothing is stored: a newer link ends no older one
IMPOSSIBLE = ("ghost", "directus")  # only another password ends a link
NAMELESS = ("devise", "redmine", "better-auth", "strapi", "strapi-admin")  # a link says nothing of the account


class BothForms:
    @property
    def stateless(self):
        return self.app.preset in STATELESS

    def allowed_again(self):
        """Whoever asks twice would have to wait."""
        self.app.database.sql("DELETE FROM pwreset_limits")

    @contextlib.contextmanager
    def after_a_pause(self):
        """As long as the application's own form wants between two links."""
        with contextlib.ExitStack() as clock:
            if self.app.moves_clock:
                clock.enter_context(self.app.at(datetime.now(UTC) + timedelta(seconds=self.app.pause)))
            yield

    def of_the_application(self, address):
        """What is listed of an account as issued by the application itself."""
        rows = json.loads(self.site.run("list-tokens", address, "--json"))["data"]["tokens"]
        return [row for row in rows if row["issuer"] == "application"]

    def explained(self, link):
        """The verdict about a link, "NOT_FOUND" where the application holds nothing that tells whose it was."""
        if self.app.preset not in NAMELESS:
            return self.site.inspected(link)["verdict"]
        return json.loads(self.site.run("inspect", "-", "--json", given=link, exits=1))["code"]

    def test_a_newer_link_of_ours_ends_the_older_one_where_the_format_can(self):
        address = self.account()
        older = self.site.link(address)
        self.allowed_again()
        newer = self.site.link(address)
        self.assertTrue(self.app.check(newer))
        self.assertEqual(self.app.check(older), self.stateless)
        found = self.site.inspected(older)
        self.assertEqual(found["verdict"], "superseded")
        self.assertEqual(found["application"]["verdict"] == "valid", self.stateless)

    def test_its_own_form_ends_ours_and_that_is_told(self):
        address = self.account()
        ours = self.site.link(address)
        with self.after_a_pause():
            own = self.app.ask(address)
            self.assertTrue(self.app.check(own))
            self.assertEqual(self.app.check(ours), not self.app.supersedes)
        found = self.site.inspected(ours)
        self.assertEqual(found["application"]["verdict"], "superseded" if self.app.supersedes else "valid")
        told = self.site.run("inspect", "-", given=ours)
        self.assertEqual("replaced by the application's own form" in told, self.app.supersedes, told)

    def test_ours_ends_that_of_its_own_form_where_the_format_can(self):
        address = self.account()
        own = self.app.ask(address)
        ours = self.site.link(address)
        self.assertTrue(self.app.check(ours))
        self.assertEqual(self.app.check(own), not self.app.supersedes)
        if self.app.supersedes:
            self.assertIn(self.explained(own), ("superseded", "NOT_FOUND"))
        else:
            self.assertEqual(self.site.inspected(own)["verdict"], "valid")

    def test_what_it_issued_is_explained_listed_and_revoked_where_the_format_can(self):
        address = self.account()
        own = self.app.ask(address)
        self.assertTrue(self.app.check(own))
        found = self.site.inspected(own)
        self.assertEqual((found["issuer"], found["verdict"]), ("application", "valid"))
        if self.app.life and found["expires_at"]:
            left = datetime.fromisoformat(found["expires_at"]) - datetime.now(UTC)
            self.assertAlmostEqual(left.total_seconds(), self.app.life, delta=60)
        listed = [] if self.stateless or not self.app.tells_purpose else ["live"]
        self.assertEqual([row["state"] for row in self.of_the_application(address)], listed)

        lasts = self.app.preset in IMPOSSIBLE or not self.app.tells_purpose
        answer = json.loads(self.site.run("revoke", address, "--json", exits=1 if lasts else 0))
        if lasts:
            self.assertEqual(answer["code"], "NOT_REVOCABLE" if self.stateless else "NOT_FOUND")
        self.assertEqual(self.app.check(own), lasts)
        if lasts:
            self.assertEqual(self.site.inspected(own)["verdict"], "valid")
        else:
            self.assertIn(self.explained(own), ("gone", "changed", "NOT_FOUND"))
        self.assertEqual(self.of_the_application(address), [])

    def test_what_it_issued_is_explained_after_its_use(self):
        address = self.account()
        own = self.app.ask(address)
        self.assertTrue(self.app.complete(own, NEW))
        self.assertIn(self.explained(own), ("gone", "changed", "NOT_FOUND"))
        self.assertEqual(self.of_the_application(address), [])

    def test_what_it_issued_is_explained_when_it_is_over(self):
        if not self.app.moves_clock or not self.app.life:
            self.skipTest("its clock cannot be moved, or it knows no end")
        address = self.account()
        with self.app.at(datetime.now(UTC) - timedelta(seconds=self.app.life + 120)):
            own = self.app.ask(address)
            self.assertTrue(self.app.check(own))
        self.assertFalse(self.app.check(own))
        self.assertEqual(self.site.inspected(own)["verdict"], "expired")
        self.assertNotIn("live", [row["state"] for row in self.of_the_application(address)])
