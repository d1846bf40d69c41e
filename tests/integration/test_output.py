"""What the program says: streams, exit codes, hostile text, full disks, signals."""

import csv
import io
import json
import os
import signal
import subprocess
import time
import unittest

import harness
from database import numbers
from harness import Site


class OutputTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(limits={"cooldown": "0s", "per_account": "1000/h", "per_recipient": "1000/h"})
        cls.site.migrate()
        cls.hostile = "\x1b]0;owned\x07\x1b[2J\u202etxt.exe=cmd|'/c calc'!A1"
        cls.site.add_user(email="plain@example.com")
        cls.site.run("request", "plain@example.com", "--ticket", "=cmd()", "--reason", "+HYPERLINK(1)")
        # What no option lets in may still be in the tables: another program, or somebody's SQL, wrote it.
        hostile = cls.hostile.encode().hex()
        cls.site.database.sql(f"UPDATE pwreset_jobs SET operator = CONVERT(X'{hostile}' USING utf8mb4)")
        cls.site.database.sql(f"UPDATE pwreset_audit SET detail = CONVERT(X'{hostile}' USING utf8mb4)")

    @classmethod
    def tearDownClass(cls):
        cls.site.close()

    def test_hostile_text_drives_neither_terminal_nor_spreadsheet(self):
        for command in ("list-tokens", "audit"):
            for output in ("table", "json", "ndjson", "csv"):
                done = self.site.run(command, "--output", output)
                self.assertEqual(done.exit, 0, done)
                for character in "\x1b\x07\u202e\x9b":
                    self.assertNotIn(character, done.out, (command, output))
            rows = list(csv.reader(io.StringIO(self.site.run(command, "--output", "csv").out)))
            for row in rows[1:]:
                for cell in row:
                    self.assertFalse(cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell)

    def test_texts_that_no_column_could_hold_are_refused(self):
        for option, text in (("--ticket", "x" * 65), ("--reason", "x" * 256), ("--reason", self.hostile), ("--locale", "x" * 36),
                             ("--ticket", "two\nlines"), ("--ticket", b"\xff\xfe".decode("utf8", "surrogateescape"))):  # fmt: skip
            done = self.site.run("request", "plain@example.com", option, text, "--json")
            self.assertEqual((done.exit, done.json["code"]), (65, "INVALID_INPUT"), done)

    def test_colour_is_for_terminals_unless_asked_for(self):
        self.assertNotIn("\x1b", self.site.run("request", "nobody@example.com").err)
        self.assertIn("\x1b[1;31m", self.site.run("request", "nobody@example.com", "--color", "always").err)
        self.assertNotIn("\x1b", self.site.run("request", "nobody@example.com", "--color", "never", "--json").err)

    def test_a_hostile_identity_in_an_error_message_is_escaped(self):
        done = self.site.run("revoke", "\x1b[31mred@example.com")
        self.assertEqual(done.exit, 65)
        self.assertNotIn("\x1b", done.err)

    def test_every_json_answer_is_one_envelope_also_on_failure(self):
        for args, exit_code in ((("list-tokens",), 0), (("audit",), 0), (("purge-expired",), 0), (("deliver",), 0), (("migrate",), 0),
                                (("request", "x"), 65), (("request",), 64), (("frobnicate",), 64), (("revoke", "--all"), 64)):  # fmt: skip
            done = self.site.run(*args, "--json")
            self.assertEqual(done.exit, exit_code, done)
            answer = done.json
            self.assertEqual(answer["success"], exit_code == 0, done)
            self.assertRegex(answer["trace_id"], r"^[0-9a-f-]{36}$")
            if exit_code:
                self.assertIsInstance(answer["errors"], dict)
                self.assertTrue(answer["message"] and answer["code"])

    def test_a_misspelt_command_is_told_the_right_one(self):
        done = self.site.run("reqest", "plain@example.com")
        self.assertEqual(done.exit, 64)
        self.assertIn("did you mean 'request'?", done.err)

    def test_a_full_disk_is_74_with_a_message(self):
        command = [harness.BINARY, "--config", str(self.site.file)]
        for arguments in (["list-tokens"], ["list-tokens", "--json"], ["audit", "--output", "csv"], ["--version"], ["--help"],
                          ["list-tokens", "--output", "ndjson"], ["purge-expired", "--json"]):  # fmt: skip
            with open("/dev/full", "w") as full:
                done = subprocess.run(command + arguments, stdout=full, stderr=subprocess.PIPE, timeout=60)
            self.assertEqual(done.returncode, 74, (arguments, done.stderr))

    def test_a_closed_pipe_is_74_not_a_signal(self):
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "w") as pipe:
            done = subprocess.run([harness.BINARY, "--config", str(self.site.file), "list-tokens"], stdout=pipe,
                                  stderr=subprocess.PIPE, timeout=60)  # fmt: skip
        self.assertEqual(done.returncode, 74, done.stderr)

    def test_filters_and_paging(self):
        self.site.add_user(email="pages@example.com")
        for _ in range(5):
            self.site.run("send-otp", "pages@example.com", "--ticket", "SUP-P")
        every = self.site.run("list-tokens", "pages@example.com", "--output", "ndjson").rows
        self.assertEqual(len(every), 5)
        first = self.site.run("list-tokens", "pages@example.com", "--limit", "2", "--json").json["data"]
        self.assertEqual([row["id"] for row in first["tokens"]], [row["id"] for row in every[:2]])
        rest = self.site.run("list-tokens", "pages@example.com", "--before", first["next"], "--json").json["data"]
        self.assertEqual([row["id"] for row in rest["tokens"]], [row["id"] for row in every[2:]])
        self.assertIsNone(rest["next"])
        self.assertEqual(len(self.site.run("list-tokens", "--ticket", "SUP-P", "--state", "live", "--output", "ndjson").rows), 1)
        self.assertEqual(len(self.site.run("list-tokens", "--ticket", "SUP-P", "--since", "1h", "--output", "ndjson").rows), 5)
        self.assertEqual(self.site.run("list-tokens", "--since", "2026-01-01T00:00:00").exit, 64)

    def test_revoke_says_how_many_and_all_needs_the_count(self):
        key = self.site.add_user(email="revoke@example.com")
        self.site.run("request", "revoke@example.com")
        self.site.run("send-otp", "revoke@example.com", "--queue")
        done = self.site.run("revoke", "revoke@example.com", "--json")
        self.assertEqual(done.json["data"]["results"][0]["tokens"], 1, done)
        self.assertEqual(done.json["data"]["results"][0]["deliveries"], 1, done)
        self.assertEqual(self.site.run("revoke", f"id:{key}", "--json").json["code"], "NOT_FOUND")
        reference = self.site.run("request", f"id:{key}", "--json").json["data"]["results"][0]["reference"]
        self.assertEqual(self.site.run("revoke", f"ref:{reference.lower()}").exit, 0)
        self.assertEqual(self.site.run("revoke", "--all").exit, 64)
        self.assertEqual(self.site.run("revoke", "--all", "--yes", "--expect", "999").exit, 64)
        live = self.site.run("revoke", "--all", "--dry-run", "--json").json["data"]["results"][0]
        count = live["tokens"] + live["deliveries"]
        self.assertEqual(self.site.run("revoke", "--all", "--yes", "--expect", str(count)).exit, 0)
        self.assertEqual(self.site.run("list-tokens", "--state", "live", "--output", "ndjson").rows, [])

    def test_the_verbose_run_shows_no_secret(self):
        self.site.add_user(email="verbose@example.com")
        done = self.site.run("request", "verbose@example.com", "--verbose")
        token = self.site.smtp.link(self.site.smtp.mails()[-1]).rsplit("/", 1)[1]
        self.assertNotIn(token, done.out + done.err)


class SignalTest(unittest.TestCase):
    def test_sigint_in_the_middle_of_a_delivery_is_130_and_the_rest_stays_queued(self):
        with Site(limits={"cooldown": "0s"}) as site:
            site.migrate()
            for number in range(6):
                site.add_user(email=f"user{number}@example.com")
                site.run("request", f"user{number}@example.com", "--queue")
            site.smtp.behave(hold_final=True)
            worker = site.start("deliver")
            site.smtp.mails(at_least=1)
            worker.signal(signal.SIGINT)
            site.smtp.behave()
            done = worker.wait()
            self.assertEqual(done.exit, 130, done)
            self.assertIn("stopped by SIGINT", done.err)
            rows = site.database.sql("SELECT state, COUNT(*) AS n FROM pwreset_deliveries GROUP BY state")
            states = {row["state"]: row["n"] for row in rows}
            self.assertEqual(states, {"sent": 1, "queued": 5})
            live = site.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens WHERE live = 1")[0]["n"]
            self.assertEqual(live, 1)
            site.run("deliver")
            self.assertEqual(site.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens WHERE live = 1")[0]["n"], 6)

    def test_sigterm_while_the_relay_is_silent_is_143_at_once(self):
        with Site(mail={"timeout": "2m"}) as site:
            site.migrate()
            site.add_user(email="wait@example.com")
            site.smtp.behave(silence="rcpt")
            worker = site.start("request", "wait@example.com")
            site.smtp.wait_for_silence()
            began = time.monotonic()
            worker.signal(signal.SIGTERM)
            done = worker.wait()
            self.assertEqual(done.exit, 143, done)
            self.assertLess(time.monotonic() - began, 60)
            self.assertEqual(site.database.sql("SELECT state FROM pwreset_deliveries")[0]["state"], "queued")

    def test_sigint_in_the_middle_of_a_purge_is_130_and_consistent(self):
        with Site() as site:
            site.migrate()
            fill_expired(site, 200000)
            worker = site.start("purge-expired", "--older-than", "1d")
            left = 200000
            while left == 200000 and worker.alive():
                left = site.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens")[0]["n"]
            worker.signal(signal.SIGINT)
            done = worker.wait()
            self.assertEqual(done.exit, 130, done)
            self.assertIn("stopped by SIGINT: purged", done.err)
            left = site.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens")[0]["n"]
            again = site.run("purge-expired", "--older-than", "1d", "--json", timeout=600)
            self.assertEqual(again.json["data"]["tokens"], left, again)


def fill_expired(site, count):
    site.database.sql(
        "INSERT INTO pwreset_tokens (app, account, kind, channel, delivery_id, attempt, verifier, state, issued_at, expires_at) "
        "SELECT 'shop', seq, 'link', 'email', seq, 1, UNHEX(SHA2(seq, 256)), 'void', UTC_TIMESTAMP(6) - INTERVAL 40 DAY, "
        f"UTC_TIMESTAMP(6) - INTERVAL 40 DAY + INTERVAL (seq DIV 1000) SECOND FROM {numbers(count)}"
    )


if __name__ == "__main__":
    unittest.main()
