"""purge-expired: what goes, what stays, and that only one works at a time."""

import unittest

from database import Database
from harness import Site
from test_output import fill_expired


class PurgeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database, limits={"cooldown": "0s"})
        self.addCleanup(self.site.close)
        self.site.migrate()

    def count(self, table):
        return self.site.database.sql(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"]

    def test_what_is_past_its_retention_goes_and_the_live_stays(self):
        self.site.add_user(email="live@example.com")
        self.site.run("request", "live@example.com")
        fill_expired(self.site, 5000)
        done = self.site.run("purge-expired", "--json")
        self.assertEqual(done.json["data"]["tokens"], 5000, done)
        self.assertEqual(self.count("pwreset_tokens"), 1)

    def test_equal_expiry_times_are_no_obstacle(self):
        fill_expired(self.site, 5000)
        self.site.database.sql("UPDATE pwreset_tokens SET expires_at = '2026-01-01 00:00:00'")
        self.assertEqual(self.site.run("purge-expired", "--json").json["data"]["tokens"], 5000)

    def test_another_application_in_the_same_tables_is_left_alone(self):
        fill_expired(self.site, 2000)
        self.site.database.sql("UPDATE pwreset_tokens SET app = 'other' WHERE id % 2 = 0")
        self.assertEqual(self.site.run("purge-expired", "--json").json["data"]["tokens"], 1000)
        self.assertEqual(self.count("pwreset_tokens WHERE app = 'other'"), 1000)

    def test_a_dry_run_counts_and_deletes_nothing(self):
        fill_expired(self.site, 300)
        self.assertEqual(self.site.run("purge-expired", "--dry-run", "--json").json["data"]["tokens"], 300)
        self.assertEqual(self.count("pwreset_tokens"), 300)

    def test_older_than_and_max_time(self):
        fill_expired(self.site, 300)
        self.assertEqual(self.site.run("purge-expired", "--older-than", "60d", "--json").json["data"]["tokens"], 0)
        done = self.site.run("purge-expired", "--max-time", "0s", "--json")
        self.assertEqual((done.exit, done.json["data"]["complete"]), (0, False), done)
        self.assertEqual(self.site.run("purge-expired", "--older-than", "soon").exit, 64)

    def test_while_another_holds_the_lease_it_does_nothing_and_is_content(self):
        fill_expired(self.site, 100)
        self.site.database.sql("INSERT INTO pwreset_leases VALUES ('shop', 'purge', 'elsewhere/b/n/1/1', UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE)")
        done = self.site.run("purge-expired", "--json")
        self.assertEqual((done.exit, done.json["data"]["busy"]), (0, True), done)
        self.assertEqual(self.count("pwreset_tokens"), 100)

    # What a site has added to our tables.

    def add(self, *statements):
        for statement in statements:
            self.site.database.sql(statement)

    def kept(self, done):
        """What a purge says was kept: {table: (rows, message)}."""
        self.assertEqual((done.exit, done.json["code"]), (1, "PARTIAL_FAILURE"), done)
        self.assertNotIn("fault of pwreset", done.out + done.err)
        return {kept["table"]: (kept["rows"], kept["message"]) for kept in done.json["data"]["kept"]}

    def test_rows_that_a_foreign_key_holds_stay_and_the_others_go(self):
        fill_expired(self.site, 3000)
        self.add("CREATE TABLE tickets (id INT AUTO_INCREMENT PRIMARY KEY, token BIGINT UNSIGNED, "
                 "FOREIGN KEY (token) REFERENCES pwreset_tokens (id))",
                 "INSERT INTO tickets (token) SELECT id FROM pwreset_tokens WHERE id % 700 = 0")  # fmt: skip
        held = self.count("tickets")
        schema = self.site.database.sql("SELECT DATABASE() AS s")[0]["s"]
        done = self.site.run("purge-expired", "--json")
        self.assertEqual(self.kept(done), {"tokens": (held, f"a foreign key of table '{schema}.tickets' keeps a row")})
        self.assertEqual((done.json["data"]["tokens"], self.count("pwreset_tokens")), (3000 - held, held))
        self.assertIn("tickets_ibfk_1", done.json["hint"])
        done = self.site.run("purge-expired", "--digest")
        self.assertEqual((done.exit, len(done.out.splitlines())), (1, 5), done)
        self.assertIn(f"kept tokens ({held} rows): a foreign key", done.out)
        self.assertRegex(done.out, "audit head: ")
        findings = [check["finding"] for check in self.site.run("doctor", "--json").json["data"]["checks"] if check["level"] == "problem"]
        self.assertTrue([text for text in findings if "tickets' refers to 'pwreset_tokens'" in text], findings)
        self.add("DROP TABLE tickets")
        self.assertEqual(self.site.run("purge-expired").exit, 0)
        self.assertEqual(self.count("pwreset_tokens"), 0)

    def test_a_trigger_that_refuses_some_rows_or_all_is_quoted(self):
        fill_expired(self.site, 300)
        some = "CREATE TRIGGER keep BEFORE DELETE ON pwreset_tokens FOR EACH ROW IF OLD.id % 100 = 0 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'kept for the auditors'; END IF"
        self.add(some)
        done = self.site.run("purge-expired", "--json")
        self.assertEqual(self.kept(done), {"tokens": (3, "a trigger of the database refused: kept for the auditors")})
        self.assertEqual(self.count("pwreset_tokens"), 3)
        self.add("DROP TRIGGER keep", "CREATE TRIGGER keep BEFORE DELETE ON pwreset_limits FOR EACH ROW SIGNAL SQLSTATE '45000'",
                 "UPDATE pwreset_limits SET window_ends = window_ends - INTERVAL 9 DAY")  # fmt: skip
        self.site.run("purge-expired")
        self.assertEqual(self.count("pwreset_tokens"), 0)
        findings = [check["finding"] for check in self.site.run("doctor", "--json").json["data"]["checks"]]
        self.assertTrue([text for text in findings if "trigger 'keep' (BEFORE DELETE on 'pwreset_limits')" in text], findings)

    def test_what_keeps_audit_rows_leaves_the_rest_and_the_head(self):
        fill_expired(self.site, 100)
        self.add("CREATE TRIGGER seals BEFORE UPDATE ON pwreset_audit FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append only'")
        self.site.run("purge-expired")  # whose own entry is not sealed either
        done = self.site.run("purge-expired", "--digest", "--json")
        self.assertEqual(self.kept(done), {"audit": (0, "a trigger of the database refused: append only")})
        self.assertEqual((self.count("pwreset_tokens"), "head" in done.json["data"]["digest"]), (0, True))

    def test_a_rule_or_a_column_that_was_added_is_named(self):
        self.site.add_user(email="ana@example.com")
        for addition, words in (("ADD site INT NOT NULL", "a column was added that has no default value: Field 'site'"),
                                ("ADD CONSTRAINT no_links CHECK (kind <> 'link')", "a rule that was added refused a row")):  # fmt: skip
            with self.subTest(addition):
                self.add("ALTER TABLE pwreset_deliveries " + addition)
                done = self.site.run("request", "ana@example.com", "--json")
                self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
                self.assertIn(words, done.json["message"])
                self.add("ALTER TABLE pwreset_deliveries DROP " + ("COLUMN site" if "site" in addition else "CONSTRAINT no_links"))

    def test_an_erasure_says_what_holds_a_row(self):
        self.site.add_user(email="ana@example.com")
        self.site.run("request", "ana@example.com")
        self.add("CREATE TABLE tickets (token BIGINT UNSIGNED, FOREIGN KEY (token) REFERENCES pwreset_tokens (id))",
                 "INSERT INTO tickets SELECT id FROM pwreset_tokens")  # fmt: skip
        done = self.site.run("subject", "erase", "ana@example.com", "--yes", "--json")
        self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
        self.assertIn(".tickets' keeps a row", done.json["message"])

    def test_codes_that_ended_lose_their_mac(self):
        self.site.add_user(email="code@example.com")
        self.site.run("send-otp", "code@example.com")
        self.site.database.sql("UPDATE pwreset_tokens SET expires_at = UTC_TIMESTAMP(6), erase_at = UTC_TIMESTAMP(6)")
        self.assertEqual(self.site.run("purge-expired", "--json").json["data"]["codes_erased"], 1)
        self.assertIsNone(self.site.database.sql("SELECT code_mac FROM pwreset_tokens")[0]["code_mac"])

    def test_old_deliveries_go_and_their_jobs_with_them(self):
        self.site.add_user(email="old@example.com")
        self.site.run("request", "old@example.com")
        self.site.database.sql("UPDATE pwreset_deliveries SET finished_at = finished_at - INTERVAL 100 DAY")
        self.site.database.sql("UPDATE pwreset_jobs SET created_at = created_at - INTERVAL 100 DAY")
        data = self.site.run("purge-expired", "--json").json["data"]
        self.assertEqual((data["deliveries"], data["jobs"]), (1, 1), data)


if __name__ == "__main__":
    unittest.main()
