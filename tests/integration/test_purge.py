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
