"""migrate: makes everything, shows what it would do, and two at once do it once."""

import os
import stat
import threading
import unittest

from harness import Site


class MigrateTest(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.close)

    def tables(self):
        rows = self.site.database.sql("SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'pwreset%'")
        return sorted(row["t"] for row in rows)

    def test_before_it_the_others_say_what_to_run(self):
        done = self.site.run("list-tokens", "--json")
        self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
        self.assertIn("pwreset migrate", done.json["hint"])

    def test_a_dry_run_shows_the_statements_and_makes_nothing(self):
        done = self.site.run("migrate", "--dry-run")
        self.assertIn("CREATE TABLE IF NOT EXISTS pwreset_tokens", done.out)
        self.assertEqual(self.tables(), [])
        self.assertEqual(list((self.site.folder / "keys").iterdir()), [])

    def test_it_makes_tables_and_private_keys_and_a_second_run_finds_nothing_to_do(self):
        self.assertEqual(self.site.run("migrate").exit, 0)
        self.assertEqual(len(self.tables()), 10)
        for name in ("application.key", "pwreset.key"):
            status = os.stat(self.site.folder / "keys" / name)
            self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)
        keys = (self.site.folder / "keys/pwreset.key").read_text()
        self.assertIn("nothing to do", self.site.run("migrate").out)
        self.assertEqual((self.site.folder / "keys/pwreset.key").read_text(), keys)

    def test_eight_at_once_make_it_once(self):
        results = []
        threads = [threading.Thread(target=lambda: results.append(self.site.run("migrate", "--json"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([result.exit for result in results], [0] * 8, results[0])
        steps = [step["step"] for result in results for step in result.json["data"]["steps"]]
        self.assertEqual(len(steps), len(set(steps)))
        states = self.site.database.sql("SELECT DISTINCT state FROM pwreset_schema")
        self.assertEqual([row["state"] for row in states], ["done"])
        self.assertEqual(self.site.run("list-tokens").exit, 0)


if __name__ == "__main__":
    unittest.main()
