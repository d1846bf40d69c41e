"""Why is this user stuck: what inspect shows, to whom, and what it leaves behind."""

import os
import pwd
import re
import unittest

from database import Database
from harness import Site


class InspectTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database)
        self.addCleanup(self.site.close)
        self.site.run("migrate")
        self.key = self.site.add_user(email="ana@example.com", login="ana", role="کاربر")

    def run_good(self, *args):
        done = self.site.run(*args)
        self.assertEqual(done.exit, 0, done)
        return done

    def inspect(self, target="ana@example.com"):
        return self.run_good("inspect", target, "--json").json["data"]

    def request(self, *args):
        """Asks for a link; its reference."""
        done = self.run_good("request", "ana@example.com", "--override-limits", "--json", *args)
        return done.json["data"]["results"][0]["reference"]

    def test_a_mail_on_its_way_is_looked_for(self):
        reference = self.request("--ticket", "SUP-1")
        data = self.inspect()
        self.assertEqual(data["account"]["recipient"], "a••a@example.com")
        self.assertEqual(data["account"]["roles"], ["کاربر"])
        self.assertEqual([may["allowed"] for may in data["account"]["may"]], [True] * 3)
        self.assertEqual([(row["kind"], row["reference"]) for row in data["tokens"]], [("link", reference)])
        delivery = data["deliveries"][0]
        self.assertEqual((delivery["state"], delivery["relay"], delivery["ticket"]), ("sent", self.site.smtp.host, "SUP-1"))
        self.assertIn("stored as", delivery["answer"])
        self.assertEqual([row["action"] for row in data["history"]], ["send", "mint", "request"])
        self.assertIn(f"look for the mail with reference {reference}", data["next"])

    def test_limits_tell_what_is_left_and_when_it_ends(self):
        self.run_good("request", "ana@example.com")
        limits = {(row["limit"], row["kind"]): row for row in self.inspect()["limits"]}
        cooldown = limits["cooldown", "link"]
        self.assertEqual((cooldown["left"], cooldown["most"]), (0, 1))
        self.assertTrue(100 < cooldown["seconds"] <= 120, cooldown)
        self.assertEqual(limits["cooldown", "reset_otp"]["left"], 1)
        self.assertIsNone(limits["cooldown", "reset_otp"]["seconds"])
        for name in ("account", "recipient"):
            self.assertEqual((limits[name, None]["left"], limits[name, None]["most"]), (9, 10))
        self.assertEqual(limits["wrong_codes", None]["left"], 10)

    def test_an_uncertain_delivery_is_explained(self):
        self.site.smtp.behave(drop="before_final_reply")
        self.run_good("request", "ana@example.com")
        self.site.smtp.behave()
        shown = self.run_good("inspect", "ana@example.com").out
        self.assertIn("the connection broke after the message was handed over, so it may have arrived", shown)
        self.assertIn("next try: ", shown)
        self.assertEqual(self.inspect()["deliveries"][0]["state"], "uncertain")

    def test_a_refusal_has_its_reason_and_the_next_step(self):
        off = self.site.add_user(email="off@example.com", active=0)
        boss = self.site.add_user(email="boss@example.com", role="admin")
        data = self.inspect(f"id:{off}")
        self.assertEqual([may["code"] for may in data["account"]["may"]], ["FORBIDDEN"] * 3)
        self.assertEqual(data["next"], "enable it in the application first")
        data = self.inspect(f"id:{boss}")
        self.assertEqual([may["code"] for may in data["account"]["may"]], ["PROTECTED_ACCOUNT"] * 2 + [None])
        self.assertIn("a code that verifies the caller may be sent", self.run_good("inspect", f"id:{boss}").out)

    def test_a_reference_leads_to_its_account_and_is_shown_however_old(self):
        oldest = self.request("--queue")
        newer = [self.request("--queue") for _ in range(6)]
        data = self.inspect(f"ref:{oldest}")
        self.assertEqual(data["reference"], oldest)
        self.assertEqual([row["reference"] for row in data["deliveries"]], [*reversed(newer[1:]), oldest])
        self.assertRegex(self.run_good("inspect", f"ref:{oldest}").out, f"{oldest}  link  queued .*<- this one")
        self.assertEqual(len(self.inspect()["deliveries"]), 5)

    def test_who_is_unknown_or_malformed_is_said_and_recorded(self):
        for target, status, code in (("nobody@example.com", 67, "USER_NOT_FOUND"), ("id:999", 67, "USER_NOT_FOUND"),
                                     ("ref:ZZZZ", 65, "INVALID_IDENTITY"), ("nonsense", 65, "INVALID_IDENTITY"),
                                     ("ref:G1XB-MX", 1, "NOT_FOUND")):  # fmt: skip
            done = self.site.run("inspect", target, "--json")
            self.assertEqual((done.exit, done.json["code"]), (status, code), done)
            row = self.database.sql("SELECT action, result, account FROM pwreset_audit ORDER BY id DESC LIMIT 1")[0]
            self.assertEqual(row, {"action": "inspect", "result": code, "account": None})

    def test_an_account_that_the_application_deleted_still_has_its_history(self):
        self.request()
        self.database.sql("DELETE FROM users")
        data = self.inspect(f"id:{self.key}")
        self.assertEqual((data["account"]["exists"], data["account"]["may"]), (False, []))
        self.assertEqual(len(data["deliveries"]), 1)
        self.assertIn("no such account any more", data["next"])

    def test_looking_is_recorded_and_does_not_push_the_history_out(self):
        self.request()
        for _ in range(7):
            self.run_good("inspect", "ana@example.com", "--ticket", "SUP-9")
        rows = self.database.sql("SELECT account, ticket, result FROM pwreset_audit WHERE action = 'inspect'")
        self.assertEqual(rows, [{"account": str(self.key).encode(), "ticket": "SUP-9", "result": "done"}] * 7)
        self.assertEqual([row["action"] for row in self.inspect()["history"]], ["send", "mint", "request"])

    def test_looking_changes_nothing_else(self):
        self.request()
        tables = ("deliveries", "jobs", "limits", "tokens")
        before = [self.database.sql(f"SELECT * FROM pwreset_{table}") for table in tables]
        self.inspect()
        self.assertEqual([self.database.sql(f"SELECT * FROM pwreset_{table}") for table in tables], before)

    def test_no_secret_and_no_full_address_is_shown(self):
        self.request()
        self.run_good("send-otp", "ana@example.com", "--override-limits")
        link, code = (mail for mail in self.site.smtp.mails())
        for output in ("table", "json", "ndjson"):
            shown = self.run_good("inspect", f"id:{self.key}", "--output", output).out
            self.assertNotIn(self.site.smtp.link(link).rsplit("/", 1)[1], shown)
            self.assertNotIn(self.site.smtp.code(code), shown)
            self.assertNotIn("ana@example.com", shown)
            self.assertIsNone(re.search(r"[0-9a-f]{64}", shown))

    def test_what_a_relay_or_an_operator_wrote_cannot_drive_the_terminal(self):
        self.request()
        self.database.sql("UPDATE pwreset_deliveries SET answer = CONCAT('550 ', CHAR(27), '[2Jgone'); "
                          "UPDATE pwreset_jobs SET operator = CONCAT('t', CHAR(0xE280AE USING utf8mb4), 'm')")  # fmt: skip
        shown = self.run_good("inspect", "ana@example.com").out
        self.assertNotIn("\x1b", shown)
        self.assertIn("550 \\u{1B}[2Jgone", shown)
        self.assertIn("by t\\u{202E}m", shown)

    def test_ndjson_is_one_line_and_csv_is_refused(self):
        self.request()
        rows = self.run_good("inspect", "ana@example.com", "--output", "ndjson").rows
        self.assertEqual([row["account"]["account"] for row in rows], [str(self.key)])
        self.assertEqual(self.site.run("inspect", "ana@example.com", "--output", "csv").exit, 64)

    def test_an_operator_without_support_is_refused(self):
        me = pwd.getpwuid(os.getuid()).pw_name
        self.site.config(operators={f"user:{me}": ["audit"]})
        self.assertEqual(self.site.run("inspect", "ana@example.com").exit, 77)
        self.site.config(operators={f"user:{me}": ["support"]})
        self.run_good("inspect", "ana@example.com")


if __name__ == "__main__":
    unittest.main()
