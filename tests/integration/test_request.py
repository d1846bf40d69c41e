"""A reset from the command line to the mailbox, on a real database with a real relay."""

import hashlib
import re
import unittest

from harness import Site, SmtpServer


class RequestTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.site.migrate()

    @classmethod
    def tearDownClass(cls):
        cls.site.close()

    def request(self, *args):
        return self.site.run("request", *args)

    def test_the_link_goes_to_the_stored_address_and_only_its_digest_is_kept(self):
        self.site.add_user(email="Ada.Lovelace@Example.com")
        done = self.request("ada.lovelace@example.com", "--json", "--ticket", "SUP-1")
        self.assertEqual(done.exit, 0, done)
        answer = done.json["data"]["results"][0]
        self.assertEqual(answer["delivery"], "accepted")
        self.assertEqual(answer["recipient"], "A••e@Example.com")
        mail = self.site.smtp.mails()[-1]
        self.assertEqual(mail.envelope["to"], ["Ada.Lovelace@Example.com"])
        token = self.site.smtp.link(mail).rsplit("/", 1)[1]
        self.assertRegex(token, r"^[0-9a-f]{64}$")
        row = self.site.database.sql("SELECT HEX(verifier) AS v, state, live FROM pwreset_tokens ORDER BY id DESC LIMIT 1")[0]
        self.assertEqual(row["v"].lower(), hashlib.sha256(token.encode()).hexdigest())
        self.assertNotIn(token, self.site.database.dump())
        self.assertIn(answer["reference"], self.site.smtp.text(mail))

    def test_an_unknown_identity_is_67_and_nothing_is_sent(self):
        before = len(self.site.smtp.mails())
        done = self.request("nobody@example.com", "--json")
        self.assertEqual((done.exit, done.json["code"]), (67, "USER_NOT_FOUND"), done)
        self.assertEqual(len(self.site.smtp.mails()), before)

    def test_a_second_request_within_two_minutes_is_75_and_says_who_and_when(self):
        self.site.add_user(email="twice@example.com")
        self.assertEqual(self.request("twice@example.com", "--ticket", "SUP-4702").exit, 0)
        done = self.request("twice@example.com", "--json")
        self.assertEqual((done.exit, done.json["code"]), (75, "RATE_LIMITED"), done)
        self.assertTrue(0 < done.json["available_in_seconds"] <= 120, done)
        self.assertRegex(done.json["message"], r"by \w+ \(SUP-4702\), accepted by 127\.0\.0\.1")
        self.assertEqual(self.request("twice@example.com", "--override-limits").exit, 0)

    def test_only_the_latest_link_is_live(self):
        self.site.add_user(email="latest@example.com")
        for _ in range(3):
            self.assertEqual(self.request("latest@example.com", "--override-limits").exit, 0)
        rows = self.site.run("list-tokens", "latest@example.com", "--json").json["data"]["tokens"]
        self.assertEqual([row["state"] for row in rows], ["live", "void", "void"])
        self.assertEqual(rows[1]["void_reason"], "superseded")

    def test_policy_refuses_disabled_passwordless_and_protected_accounts(self):
        self.site.add_user(email="off@example.com", active=0)
        self.site.add_user(email="sso@example.com", password="!")
        self.site.add_user(email="boss@example.com", role="admin")
        for identity, code in (("off", "FORBIDDEN"), ("sso", "FORBIDDEN"), ("boss", "PROTECTED_ACCOUNT")):
            done = self.request(f"{identity}@example.com", "--json")
            self.assertEqual((done.exit, done.json["code"]), (77, code), done)
            self.assertIn("hint", done.json)

    def test_identities_by_id_and_login(self):
        key = self.site.add_user(email="byid@example.com", login="byid")
        self.assertEqual(self.request(f"id:{key}").exit, 0)
        self.assertEqual(self.request("login:byid", "--override-limits").exit, 0)
        self.assertEqual(self.request(f"id:{key}abc").exit, 67)
        self.assertEqual(self.request(f"id:0{key}").exit, 67)

    def test_some_of_several_failing_is_partial_failure_with_data(self):
        self.site.add_user(email="one@example.com")
        done = self.request("one@example.com", "missing@example.com", "--json")
        self.assertEqual((done.exit, done.json["code"]), (1, "PARTIAL_FAILURE"), done)
        results = done.json["data"]["results"]
        self.assertEqual([r["success"] for r in results], [True, False])
        self.assertEqual(results[1]["code"], "USER_NOT_FOUND")

    def test_a_dry_run_sends_and_queues_nothing(self):
        self.site.add_user(email="dry@example.com")
        before = len(self.site.smtp.mails())
        self.assertEqual(self.request("dry@example.com", "--dry-run").exit, 0)
        self.assertEqual(len(self.site.smtp.mails()), before)
        rows = self.site.database.sql("SELECT action, result FROM pwreset_audit ORDER BY id DESC LIMIT 1")
        self.assertEqual(rows[0]["result"], "dry run")

    def test_queue_leaves_it_to_deliver_and_superseded_ones_are_not_sent(self):
        self.site.add_user(email="queue@example.com")
        before = len(self.site.smtp.mails())
        for _ in range(3):
            self.assertEqual(self.request("queue@example.com", "--queue", "--override-limits").exit, 0)
        self.assertEqual(len(self.site.smtp.mails()), before)
        done = self.site.run("deliver", "--json")
        self.assertEqual(done.json["data"]["sent"], 1, done)
        self.assertEqual(done.json["data"]["dropped"], 2, done)
        self.assertEqual(len(self.site.smtp.mails()), before + 1)

    def test_what_changed_between_queueing_and_minting_counts(self):
        key = self.site.add_user(email="moved@example.com")
        self.assertEqual(self.request("moved@example.com", "--queue").exit, 0)
        self.site.database.sql(f"UPDATE users SET role = 'admin' WHERE id = {key}")
        before = len(self.site.smtp.mails())
        self.assertEqual(self.site.run("deliver").exit, 0)
        self.assertEqual(len(self.site.smtp.mails()), before)
        row = self.site.database.sql("SELECT state, reason FROM pwreset_deliveries ORDER BY id DESC LIMIT 1")[0]
        self.assertEqual((row["state"], row["reason"]), ("refused", "protected"))

    def test_the_address_at_minting_time_is_used(self):
        key = self.site.add_user(email="before@example.com")
        self.assertEqual(self.request("before@example.com", "--queue").exit, 0)
        self.site.database.sql(f"UPDATE users SET email = 'after@example.com' WHERE id = {key}")
        self.site.run("deliver")
        self.assertEqual(self.site.smtp.mails()[-1].envelope["to"], ["after@example.com"])

    def test_malformed_identities_are_65_without_effect(self):
        for bad in ("a na@example.com", "a\nb@example.com", "x" * 300 + "@example.com",
                    "an\u200ba@example.com", "ana@", "@example.com", "a\x1b[31m@example.com", "+491701234567"):  # fmt: skip
            done = self.request(bad, "--json")
            self.assertEqual((done.exit, done.json["code"]), (65, "INVALID_IDENTITY"), done)
            self.assertNotIn("\x1b", done.out + done.err)

    def test_the_mail_reads_well_and_carries_the_headers(self):
        self.site.add_user(email="reader@example.com")
        self.request("reader@example.com")
        mail = self.site.smtp.mails()[-1]
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertEqual(mail["To"], "reader@example.com")
        self.assertEqual(mail.get_content_type(), "multipart/alternative")
        link = self.site.smtp.link(mail)
        self.assertIn(link + "\n", self.site.smtp.text(mail))
        self.assertIn(link, mail.get_body(("html",)).get_content())
        self.assertFalse(re.search(r"<img|https?://(?!shop\.example/)", mail.get_body(("html",)).get_content()))


class LookAlikeTest(unittest.TestCase):
    """LESSONS: what a collation takes for equal must never be mailed somebody else's link."""

    pairs = [("mıke@example.com", "mike@example.com"), ("josé@example.com", "jose@example.com"),
             ("straße@example.com", "strasse@example.com"), ("ｍike@example.com", "mike@example.com"),
             ("ádmin@example.com", "admin@example.com"), ("moß@example.com", "moss@example.com")]  # fmt: skip
    collations = ["utf8mb4_bin", "utf8mb4_general_ci", "utf8mb4_unicode_ci", "utf8mb4_unicode_520_ci",
                  "latin1_swedish_ci", "utf8mb4_uca1400_ai_ci", "utf8mb4_uca1400_as_ci", "utf8mb4_0900_ai_ci"]  # fmt: skip

    def test_no_look_alike_is_taken_for_the_account_under_any_collation_the_server_has(self):
        with Site() as site:
            known = {row["c"] for row in site.database.sql("SELECT COLLATION_NAME AS c FROM information_schema.COLLATIONS WHERE COLLATION_NAME IS NOT NULL")}
            known |= {"utf8mb4_" + name for name in known if name.startswith("uca1400")}
            tried = 0
            for collation in [c for c in self.collations if c in known]:
                with Site(database=site.database, smtp=site.smtp, limits={"cooldown": "0s"}) as here:
                    here.database.reset()
                    here.database.create_users_table(collation)
                    here.migrate()
                    for typed, stored in self.pairs:
                        for asked, there in ((typed, stored), (stored, typed)):
                            if collation.startswith("latin1") and not there.encode("latin1", "ignore").decode("latin1") == there:
                                continue
                            here.database.sql("DELETE FROM users")
                            here.add_user(email=there)
                            done = here.run("request", asked, "--json")
                            self.assertEqual((done.exit, done.json["code"]), (67, "USER_NOT_FOUND"), (collation, done))
                            tried += 1
                    for hidden in ("mi\u200bke@example.com", "mike@example.com "):
                        if collation.startswith("latin1") and "\u200b" in hidden:
                            continue
                        here.database.sql("DELETE FROM users")
                        here.add_user(email=hidden)
                        done = here.run("request", "mike@example.com", "--json")
                        self.assertEqual(done.exit, 67, (collation, done))
            self.assertGreater(tried, 40)
            self.assertEqual(site.smtp.mails(), [])

    def test_the_refusal_names_the_character(self):
        with Site(collation="utf8mb4_general_ci") as site:
            site.migrate()
            key = site.add_user(email="mike@example.com")
            done = site.run("request", "mıke@example.com", "--json")
            self.assertIn("typed 'ı' U+0131, stored 'i' U+0069", done.json["message"])
            self.assertIn(f"id:{key}", done.json["hint"])

    def test_two_accounts_under_case_fold_are_ambiguous_and_the_exact_one_wins(self):
        with Site(collation="utf8mb4_bin") as site:
            site.migrate()
            site.add_user(email="dup@example.com")
            site.add_user(email="DUP@example.com")
            self.assertEqual(site.run("request", "DUP@example.com").exit, 0)
            self.assertEqual(site.smtp.mails()[-1].envelope["to"], ["DUP@example.com"])
            site.add_user(email="dup@example.com")
            done = site.run("request", "dup@example.com", "--json")
            self.assertEqual((done.exit, done.json["code"]), (67, "AMBIGUOUS_USER"), done)


if __name__ == "__main__":
    unittest.main()
