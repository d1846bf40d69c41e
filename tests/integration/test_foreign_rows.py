"""Rows that somebody wrote by hand into pwreset's tables: the others are still read, and what cannot be done is said."""

import unittest

from harness import Site

ZERO = "'0000-00-00'"


class ForeignRowsTest(unittest.TestCase):
    def setUp(self):
        self.site = Site(limits={"cooldown": "0s"})
        self.addCleanup(self.site.close)
        self.site.migrate()
        for name in ("ada", "eve"):
            self.site.add_user(email=f"{name}@example.com")
            self.assertEqual(self.site.run("request", f"{name}@example.com").exit, 0)

    def by_hand(self, statements):
        self.site.database.sql("SET SESSION sql_mode = ''; " + statements)

    def test_tokens_with_dates_of_zeros_are_listed_among_the_others(self):
        self.by_hand(f"UPDATE pwreset_tokens SET issued_at = {ZERO}, expires_at = {ZERO}, used_at = {ZERO} WHERE id = 1")
        done = self.site.run("list-tokens", "--output", "ndjson")
        self.assertEqual(done.exit, 0, done)
        self.assertEqual([row["state"] for row in done.rows], ["live", "expired"])
        self.assertEqual(done.rows[1]["issued_at"], "1970-01-01T00:00:00Z")

    def test_a_person_with_such_rows_is_inspected_exported_and_erased(self):
        self.by_hand(f"UPDATE pwreset_tokens SET issued_at = {ZERO}, voided_at = {ZERO};"
                     f"UPDATE pwreset_deliveries SET queued_at = {ZERO}, next_at = {ZERO}, finished_at = {ZERO}")  # fmt: skip
        for command in (("inspect", "ada@example.com"), ("subject", "export", "ada@example.com"),
                        ("deliver",), ("request", "ada@example.com"), ("subject", "erase", "ada@example.com", "--yes")):  # fmt: skip
            done = self.site.run(*command)
            self.assertEqual(done.exit, 0, done)

    def test_a_row_with_the_last_id_stops_what_writes_there_and_doctor_names_the_table(self):
        self.by_hand("UPDATE pwreset_audit SET id = 18446744073709551615 WHERE id = 1; INSERT INTO pwreset_audit (id, app, at, operator,"
                     "host, action, result, trace_id, personal, key_id, mac) SELECT 18446744073709551614, 'crm', at, operator, host,"
                     "action, result, trace_id, personal, key_id, mac FROM pwreset_audit LIMIT 1")  # fmt: skip
        done = self.site.run("request", "ada@example.com", "--json")
        self.assertEqual((done.exit, done.json["code"]), (74, "IO_ERROR"), done)
        self.assertIn("no id left", done.json["message"])
        checks = self.site.run("doctor", "--json").json["data"]["checks"]
        found = [check for check in checks if "pwreset_audit" in check["finding"] and check["level"] == "problem"]
        self.assertEqual(len(found), 1, checks)
        self.by_hand("DELETE FROM pwreset_audit WHERE id > 1000000; ALTER TABLE pwreset_audit AUTO_INCREMENT = 1")
        self.assertEqual(self.site.run("request", "ada@example.com").exit, 0)


if __name__ == "__main__":
    unittest.main()
