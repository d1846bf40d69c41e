"""`profile check` and `profile grants` against live tables: each fault is a line of its own, and the grants are enough."""

import unittest

from database import Database
from harness import Site

TOKENS = ("CREATE TABLE password_reset_tokens (email VARCHAR(191) PRIMARY KEY, token VARCHAR(255) NOT NULL, "
          "created_at TIMESTAMP NULL) ENGINE=InnoDB")  # fmt: skip


class ProfileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.site = Site(database=cls.database)
        cls.addClassCleanup(cls.site.close)
        cls.site.config(users={"profile": "laravel"}, reset={"link": None, "base": "https://shop.example"})

    def setUp(self):
        self.database.sql("DROP TABLE IF EXISTS password_reset_tokens")

    def problems(self):
        done = self.site.run("profile", "check", "--json")
        checks = done.json["data"]["checks"]
        self.assertEqual(done.exit, 1 if any(one["level"] == "problem" for one in checks) else 0, done)
        return [one["finding"] for one in checks if one["level"] == "problem" and one["area"] != "grants"]

    def test_a_table_that_is_not_there(self):
        (finding,) = self.problems()
        self.assertIn("('reset.store.table') is not there", finding)

    def test_a_table_as_laravel_makes_it(self):
        self.database.sql(TOKENS)
        self.assertEqual(self.problems(), [])

    def test_each_fault_is_told(self):
        self.database.sql(TOKENS.replace("VARCHAR(255)", "CHAR(40)").replace("TIMESTAMP NULL", "INT"))
        narrow, clock = self.problems()
        self.assertIn("holds 40 characters, and what is written has 60", narrow)
        self.assertIn("is int, and a time would be written into it", clock)

    def test_grants_name_the_tables_of_the_site(self):
        self.database.sql(TOKENS)
        rows = self.site.run("profile", "grants", "--json").json["data"]["grants"]
        self.assertEqual([row["table"] for row in rows], ["users", "password_reset_tokens"])
        self.assertIn("GRANT SELECT (`email`, `token`, `created_at`), INSERT, DELETE ON ", rows[1]["statement"])

    def test_what_is_over_is_purged_whoever_issued_it(self):
        self.database.sql(TOKENS)
        self.database.sql("INSERT INTO password_reset_tokens VALUES ('old@example.com', 'x', NOW() - INTERVAL 40 DAY), "
                          "('new@example.com', 'x', NOW()), ('null@example.com', 'x', NULL)")  # fmt: skip
        self.assertEqual(self.site.run("migrate").exit, 0)
        for flags, left in ((["--dry-run"], 3), ([], 2)):
            done = self.site.run("purge-expired", "--json", *flags)
            self.assertEqual((done.exit, done.json["data"]["application_tokens"]), (0, 1), done)
            self.assertEqual(len(self.database.sql("SELECT email FROM password_reset_tokens")), left)


if __name__ == "__main__":
    unittest.main()
