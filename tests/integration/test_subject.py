"""A person asks what is held, and to be forgotten: subject export, subject erase."""

import base64
import hashlib
import hmac
import os
import pty
import pwd
import re
import secrets
import subprocess
import unittest

import harness
from children import until
from database import Database, numbers
from harness import Site

KILLABLE = os.environ["PWRESET_KILLABLE"]
TABLES = ("audit", "deliveries", "jobs", "limits", "tokens")
ANA = {"id": 4242424, "email": "Ana@Example.com", "login": "anaconda", "phone": "+49 170 1234567"}
BOB = {"id": 7, "email": "bob@example.com", "login": "bob", "phone": "+49 170 7654321"}
DIANA = {"id": 8, "email": "diana@example.com", "login": "diana"}


class SubjectTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database, limits={"cooldown": "0s"})
        self.addCleanup(self.site.close)
        self.site.config(users=self.site.settings["users"] | {"phone": "phone", "phone_region": "DE"})
        self.database.sql("ALTER TABLE users ADD phone VARCHAR(40)")
        self.site.migrate()
        for person in (ANA, BOB, DIANA):
            self.site.add_user(**person)

    def run_good(self, *args):
        done = self.site.run(*args)
        self.assertEqual(done.exit, 0, done)
        return done

    def erase(self, identity="ana@example.com", *args):
        return self.run_good("subject", "erase", identity, "--yes", *args, "--json").json["data"]

    def export(self, identity="ana@example.com"):
        return self.run_good("subject", "export", identity).json["data"]

    def digests(self, text):
        """The keyed digests of an address, under each key there is, in hexadecimal."""
        lines = (self.site.folder / "keys/pwreset.key").read_text().split()
        keys = [base64.b64decode(line.split(":")[1]) for line in lines]
        return [hmac.new(key, b"recipient:" + text.encode(), hashlib.sha256).hexdigest() for key in keys]

    def dump(self):
        """Our tables, as text and in hexadecimal, in lower case."""
        text = self.database.dump()
        return "\n".join(line for line in text.splitlines() if "INTO `pwreset_" in line).lower()

    def assert_nothing_left(self, *digests, genuine=True):
        """`genuine`: no test has written audit rows by hand, so that the trail verifies."""
        dump = self.dump()
        for name in ("ana@example.com", "anaconda", "1701234567", "170 1234567", str(ANA["id"])):
            self.assertIsNone(re.search(rf"(?<!\w){re.escape(name)}", dump), name)
            self.assertNotIn(name.encode().hex(), dump)
        for digest in digests or self.digests("ana@example.com"):
            self.assertNotIn(digest, dump)
            self.assertNotIn(digest.encode().hex(), dump)
        for table in ("audit", "deliveries", "tokens"):
            self.assertEqual(self.count(table, f"account = '{ANA['id']}'"), 0, table)
        self.assertEqual(self.count("limits", f"limit_key LIKE '%{ANA['id']}'"), 0)
        self.assertEqual(self.accounted(), self.count("audit", "salt IS NULL"))
        if genuine:
            self.run_good("audit", "verify")

    def count(self, table, condition="1 = 1"):
        return self.database.sql(f"SELECT COUNT(*) AS n FROM pwreset_{table} WHERE {condition}")[0]["n"]

    def accounted(self):
        """How many rows the entries of erasures say that they erased."""
        rows = self.database.sql("SELECT detail FROM pwreset_audit WHERE action = 'subject-erase' AND detail IS NOT NULL")
        return sum(int(re.fullmatch(r"tokens=\d+ deliveries=\d+ jobs=\d+ limits=\d+ intake=\d+ answers=\d+ audit_rows=(\d+)",
                                    row["detail"]).group(1)) for row in rows)  # fmt: skip

    def bobs_rows(self):
        found = [self.database.sql(f"SELECT * FROM pwreset_{table} WHERE account = '7' ORDER BY id")
                 for table in ("audit", "deliveries", "tokens")]  # fmt: skip
        found.append(self.database.sql("SELECT * FROM pwreset_limits WHERE limit_key LIKE '%:7' ORDER BY limit_key"))
        return found

    def make_history(self):
        """Everything that can be held: links, codes, wrong tries, failures, what waits, what was revoked."""
        self.run_good("request", "ana@example.com", "--ticket", "SUP-1", "--reason", "Ana@Example.com forgot it")
        self.run_good("request", "id:4242424", "id:7", "--ticket", "SUP-2", "--reason", "both called")
        self.run_good("send-otp", "login:anaconda", "--for", "caller")
        self.assertEqual(self.site.run("verify-otp", "ana@example.com", stdin="000000\n").exit, 1)
        self.site.smtp.behave(rcpt="550 5.1.1 <ana@example.com>: no such user")
        self.assertEqual(self.site.run("request", "ana@example.com").exit, 1)
        self.site.smtp.behave()
        reference = self.run_good("request", "ana@example.com", "--queue", "--json").json["data"]["results"][0]["reference"]
        self.run_good("revoke", f"ref:{reference}", "--reason", "she moved")
        self.run_good("request", "ana@example.com", "--queue")
        self.run_good("inspect", "ana@example.com")
        self.assertEqual(self.site.run("audit", "nobody@example.com").exit, 67)

    def test_what_an_export_held_is_nowhere_after_the_erasure(self):
        self.make_history()
        exported = self.run_good("subject", "export", "ana@example.com").out
        for name in ("Ana@Example.com", "anaconda", "+49 170 1234567", '"4242424"', *self.digests("ana@example.com")):
            self.assertIn(name, exported)
        head = self.run_good("audit", "head").out
        before = self.bobs_rows()
        counted = self.run_good("subject", "erase", "ana@example.com", "--dry-run", "--json").json["data"]
        self.assertEqual(self.bobs_rows(), before)
        gone = self.erase("ana@example.com", "--ticket", "GDPR-7")
        self.assertEqual(gone | {"dry_run": True}, counted)
        self.assertEqual(gone["accounts"], ["4242424"])
        self.assertGreater(min(gone[name] for name in ("tokens", "deliveries", "jobs", "limits", "audit_rows")), 0)
        self.assert_nothing_left()
        self.assertEqual(self.bobs_rows(), before)
        self.assertEqual(self.count("jobs", "ticket = 'SUP-2' AND reason = 'both called'"), 1)
        self.assertEqual(self.count("jobs", "ticket = 'SUP-1'"), 0)
        self.assertEqual(self.database.sql("SELECT email FROM users WHERE id = 4242424"), [{"email": "Ana@Example.com"}])
        entry = self.database.sql("SELECT * FROM pwreset_audit ORDER BY id DESC LIMIT 1")[0]
        self.assertEqual((entry["action"], entry["result"], entry["ticket"]), ("subject-erase", "done", "GDPR-7"))
        self.assertEqual((entry["account"], entry["recipient"]), (None, None))
        verified = self.site.run("audit", "verify", "--head", "-", "--json", stdin=head)
        self.assertEqual(verified.exit, 0, verified)
        self.assertEqual(verified.json["data"]["erased"], gone["audit_rows"])

    def test_an_export_tells_each_table_and_no_secret(self):
        self.make_history()
        data = self.export()
        self.assertEqual(list(data), ["accounts", "tokens", "deliveries", "jobs", "job_rows", "limits", "intake", "answers", "audit"])
        for table in ("tokens", "deliveries"):
            self.assertEqual(len(data[table]), self.count(table, "account = '4242424'"))
        self.assertEqual({tuple(row["digests"]) for row in data["tokens"]},
                         {("verifier", "pw_mark"), ("code_mac", "pw_mark")})  # fmt: skip
        self.assertEqual({row["recipient_of"] for row in data["audit"]}, {"email", None})
        self.assertEqual(data["audit"][-1]["action"], "subject-export")
        self.assertIn("she moved", [row["reason"] for row in data["audit"]])
        printed = self.run_good("subject", "export", "ana@example.com").out
        for row in self.database.sql("SELECT HEX(verifier) AS v, HEX(code_mac) AS c, HEX(pw_mark) AS p FROM pwreset_tokens"):
            for digest in filter(None, row.values()):
                self.assertNotIn(digest.lower(), printed.lower())
        self.assertNotIn("bob@example.com", printed)
        self.assertNotIn("$2y$", printed)

    def test_ndjson_has_a_line_for_each_item_and_csv_is_refused(self):
        self.run_good("request", "ana@example.com")
        rows = self.run_good("subject", "export", "ana@example.com", "--output", "ndjson").rows
        self.assertEqual([row["table"] for row in rows][:3], ["accounts", "tokens", "deliveries"])
        self.assertEqual(self.site.run("subject", "export", "ana@example.com", "--output", "csv").exit, 64)

    # An address that passed to another account.

    def pass_on(self, former=ANA, address="office@example.com"):
        """Ana had the address, and a story under it; then she changed hers, and a new account got it: its key."""
        self.database.sql(f"UPDATE users SET email = '{address}' WHERE id = {former['id']}")
        self.run_good("request", address, "--ticket", "T-4711", "--reason", "lost phone, called from hospital")
        self.run_good("request", f"id:{former['id']}", "--ticket", "T-4712", "--reason", f"{address} called again")
        self.database.sql(f"UPDATE users SET email = '{former['email']}' WHERE id = {former['id']}")
        return self.site.add_user(email=address)

    def test_the_new_owner_of_an_address_is_not_told_the_former_ones_story(self):
        new = self.pass_on()
        self.run_good("request", "office@example.com", "--ticket", "T-1")
        done = self.run_good("subject", "export", "office@example.com")
        for text in ("hospital", "T-4711", "T-4712", "called again"):
            self.assertNotIn(text, done.out)
        self.assertIn("T-1", done.out)
        self.assertEqual([row["account"] for row in done.json["data"]["accounts"]], [str(new)])
        (left,) = done.json["data"]["left_out"]
        self.assertEqual(left["rows"], self.count("audit", f"account = '{ANA['id']}' AND recipient IS NOT NULL"))
        self.assertIn(f"left out: {left['rows']} audit rows of another account", done.err)
        self.assertNotIn(str(ANA["id"]), done.out + done.err)
        # Hers has all of it.
        self.assertIn("hospital", self.run_good("subject", "export", "ana@example.com").out)

    def test_to_erase_the_new_owner_leaves_the_former_ones_trail(self):
        new = self.pass_on()
        self.run_good("request", "office@example.com", "--ticket", "T-1")
        before = self.count("audit", f"account = '{ANA['id']}'")
        gone = self.erase("office@example.com")
        self.assertEqual((gone["accounts"], gone["left_out"] > 0), ([str(new)], True))
        self.assertEqual(self.count("audit", f"account = '{ANA['id']}'"), before)
        self.assertEqual(self.count("tokens", f"account = '{ANA['id']}'"), 2)
        self.assertEqual(self.count("jobs", "ticket = 'T-4712' AND reason IS NOT NULL"), 1)
        self.assertEqual(self.count("audit", f"account = '{new}'"), 0)
        self.run_good("audit", "verify")

    def test_to_erase_the_former_owner_leaves_the_new_ones_rows_and_counters(self):
        new = self.pass_on()
        self.run_good("request", "office@example.com", "--ticket", "T-1")
        (digest,) = self.digests("office@example.com")
        counter = f"limit_key LIKE 'recipient:%{digest}%' OR HEX(limit_key) LIKE '%{digest.upper()}%'"
        counters = self.count("limits", counter)
        rows = self.count("audit", f"account = '{new}'")
        self.erase("ana@example.com")
        self.assertEqual(self.count("audit", f"account = '{new}'"), rows)
        self.assertEqual(self.count("tokens", f"account = '{new}'"), 1)
        self.assertEqual(self.count("limits", counter), counters)
        self.assertNotIn("hospital", self.dump())
        self.run_good("audit", "verify")

    def test_an_address_that_two_accounts_had_and_none_has_is_ambiguous(self):
        new = self.pass_on()
        self.run_good("request", "office@example.com")
        self.database.sql(f"UPDATE users SET email = 'new@example.com' WHERE id = {new}")
        for command in (("export",), ("erase", "--yes")):
            done = self.site.run("subject", *command, "office@example.com", "--json")
            self.assertEqual((done.exit, done.json["code"]), (67, "AMBIGUOUS_USER"), done)
        # Of one that was deleted, what is left is the other's to ask for, as of any deleted account.
        self.database.sql(f"DELETE FROM users WHERE id = {new}")
        self.assertEqual(sorted(self.erase("office@example.com")["accounts"]), sorted([str(new), str(ANA["id"])]))

    def test_a_number_passes_on_as_an_address_does(self):
        self.run_good("request", "id:7", "--reason", "first")
        self.database.sql("UPDATE users SET phone = NULL WHERE id = 7")
        self.site.add_user(id=99, email="zoe@example.com", phone=BOB["phone"])
        self.assertNotIn("first", self.run_good("subject", "export", "+491707654321").out)

    def test_inspect_tells_that_an_address_was_anothers_and_not_whose(self):
        self.pass_on()
        done = self.run_good("inspect", "office@example.com")
        self.assertIn("it belonged to another account before", done.out)
        self.assertNotIn(str(ANA["id"]), done.out)
        self.assertTrue(self.run_good("inspect", "office@example.com", "--json").json["data"]["account"]["had_by_another"])
        for other in ("ana@example.com", "bob@example.com", "id:7"):
            self.assertNotIn("belonged to another", self.run_good("inspect", other).out)

    def test_texts_of_other_people_that_name_her_go_and_others_stay(self):
        for reason in ("ANA@EXAMPLE.COM asked for it", "her login is Anaconda", "call 0170/123 45 67", "see id:4242424"):
            self.run_good("request", "id:7", "--ticket", "SUP-3", "--reason", reason)
        self.run_good("request", "id:8", "--ticket", "SUP-4", "--reason", "diana@example.com, not Ana")
        self.site.smtp.behave(rcpt="550 5.2.1 forwarded to <Ana@example.com>, who is gone")
        self.assertEqual(self.site.run("request", "id:7").exit, 1)
        self.site.smtp.behave()
        exported = self.export()
        self.assertEqual([row["ticket"] for row in exported["jobs"]], [None] * 4)
        self.assertEqual(len(exported["answers"]), 1)
        self.assertEqual({row["account"] for row in exported["audit"]}, {None, "4242424"})
        gone = self.erase()
        self.assertEqual((gone["jobs"], gone["answers"]), (4, 1))
        self.assert_nothing_left()
        self.assertEqual(self.count("jobs", "ticket = 'SUP-3' AND reason IS NULL"), 4)
        self.assertEqual(self.count("jobs", "reason = 'diana@example.com, not Ana'"), 1)
        self.assertGreater(self.count("audit", "reason = 'diana@example.com, not Ana' AND account = '8'"), 0)
        self.assertEqual(self.count("deliveries", "account = '7'"), 5)

    def test_a_ticket_or_reason_that_names_her_is_refused(self):
        self.run_good("request", "ana@example.com")
        for option, text in (("--reason", "Anaconda wants it"), ("--ticket", "ana@example.com"), ("--reason", "0170 1234567")):
            done = self.site.run("subject", "erase", "id:4242424", "--yes", option, text, "--json")
            self.assertEqual((done.exit, done.json["code"]), (65, "INVALID_INPUT"), done)
        self.assertEqual(self.count("tokens"), 1)
        self.assertEqual(self.count("audit", "action = 'subject-erase' AND (ticket IS NOT NULL OR reason IS NOT NULL)"), 0)

    def test_a_reason_of_one_erasure_that_names_the_next_keeps_the_sum_right(self):
        self.run_good("request", "ana@example.com", "bob@example.com")
        self.erase("ana@example.com", "--reason", "asked for by bob@example.com")
        self.erase("bob@example.com")
        self.assert_nothing_left()
        self.assertNotIn("bob@example.com", self.dump())

    def test_to_erase_again_finds_nothing(self):
        self.run_good("request", "ana@example.com")
        self.erase()
        for identity in ("ana@example.com", "id:4242424", "login:anaconda"):
            done = self.site.run("subject", "erase", identity, "--yes", "--json")
            self.assertEqual((done.exit, done.json["code"]), (1, "NOT_FOUND"), done)
        self.assert_nothing_left()

    def test_a_deleted_account_is_erased_by_its_key(self):
        self.make_history()
        self.database.sql("DELETE FROM users WHERE id = 4242424")
        done = self.site.run("subject", "erase", "id:4242424", "--yes")
        self.assertIn("erase the address as well", done.err)
        self.assertEqual(self.count("audit", "account = '4242424'"), 0)
        self.assert_nothing_left()

    def test_a_deleted_account_is_found_by_its_address(self):
        self.make_history()
        self.database.sql("DELETE FROM users WHERE id = 4242424")
        self.assertEqual(self.export("ANA@example.com")["accounts"],
                         [{"account": "4242424", "source": "application", "exists": False}])  # fmt: skip
        self.assertEqual(self.erase("ANA@example.com")["accounts"], ["4242424"])
        self.assert_nothing_left()

    def test_an_address_nobody_ever_had_is_not_found(self):
        for command in (("export",), ("erase", "--yes")):
            for identity in ("never@example.com", "id:999"):
                done = self.site.run("subject", *command, identity, "--json")
                self.assertEqual((done.exit, done.json["code"]), (1, "NOT_FOUND"), done)
        self.assertEqual(self.site.run("subject", "erase", "login:never", "--yes").exit, 67)

    def test_rows_made_under_an_older_key_go_as_well(self):
        self.make_history()
        self.run_good("keys", "rotate", "own")
        self.run_good("request", "ana@example.com")
        self.assertEqual(self.count("limits", "limit_key LIKE 'recipient:%'"), 3)
        self.database.sql("DELETE FROM users WHERE id = 4242424")
        self.erase()
        self.assert_nothing_left()
        self.assertEqual(len(self.digests("x")), 2)

    def paused(self, step, *args):
        """Runs the program until the step, where it waits; the run, and the folder to remove."""
        pause = self.site.folder / f"pause-{secrets.token_hex(4)}"
        before, harness.BINARY = harness.BINARY, KILLABLE
        try:
            running = self.site.start(*args, env={"PWRESET_TEST_AT": step, "PWRESET_TEST_PAUSE": str(pause)})
        finally:
            harness.BINARY = before
        self.wait_for(pause, running)
        return running, pause

    def wait_for(self, pause, running):
        until(pause.exists, told=running.err, alive=running.alive)

    def test_a_worker_between_two_transactions_does_not_bring_her_back(self):
        for step in ("minted", "accepted"):
            with self.subTest(step=step):
                worker, pause = self.paused(step, "request", "ana@example.com", "--ticket", "SUP-5")
                self.erase()
                pause.rmdir()
                self.assertEqual(worker.wait().exit, 77, worker.err())
                self.assert_nothing_left()
                self.assertEqual(self.count("audit", "ticket = 'SUP-5'"), 0)
                self.assertEqual(self.count("deliveries"), 0)
                self.assertEqual(self.run_good("deliver", "--json").json["data"]["sent"], 0)
        self.assertEqual(self.count("audit", "result = 'overtaken' AND detail IS NULL"), 1)

    def test_a_worker_within_a_transaction_is_waited_for(self):
        for step in ("claimed", "minting", "marking"):
            with self.subTest(step=step):
                worker, pause = self.paused(step, "request", "ana@example.com", "--ticket", "SUP-5")
                erasing = self.site.start("subject", "erase", "id:4242424", "--yes")
                self.assert_waits_for_a_lock()
                self.assertTrue(erasing.alive(), erasing.err())
                pause.rmdir()
                self.assertIn(worker.wait().exit, (0, 77))
                self.assertEqual(erasing.wait().exit, 0)
                self.assert_nothing_left()
                self.assertEqual(self.count("tokens"), 0)

    def assert_waits_for_a_lock(self):
        """Returns once some transaction waits for another."""
        until(self.database.waits_for_a_lock)

    def test_a_worker_that_takes_its_place_later_finds_nothing_to_mint(self):
        self.run_good("request", "ana@example.com", "--queue")
        erasing, pause = self.paused("erasing", "subject", "erase", "id:4242424", "--yes")
        worker = self.site.start("deliver", "--json")
        self.assert_waits_for_a_lock()
        pause.rmdir()
        self.assertEqual(erasing.wait().exit, 0)
        self.assertEqual(worker.wait().exit, 0)
        self.assert_nothing_left()
        self.assertEqual(self.site.smtp.mails(), [])

    def many(self, number):
        """So many more tokens and entries of hers, and entries of Bob's that name her."""
        self.database.sql(f"""
            INSERT INTO pwreset_tokens (app, account, kind, channel, delivery_id, attempt, state, issued_at, expires_at)
            SELECT 'shop', '4242424', 'link', 'email', 1, seq, 'void', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM {numbers(number)};
            INSERT INTO pwreset_audit (app, at, operator, host, action, result, trace_id, account, reason, salt, personal, key_id, mac)
            SELECT 'shop', UTC_TIMESTAMP(6), 'tom', 'h', 'request', 'queued', '-', IF(seq % 2, '4242424', '7'),
                   IF(seq % 2, 'x', 'ana@example.com'), REPEAT('s', 16), REPEAT('p', 32), 'k', REPEAT('m', 32)
            FROM {numbers(number)}""")

    def test_an_erasure_killed_between_two_parts_is_finished_by_the_next(self):
        self.run_good("request", "ana@example.com", "--queue")
        self.many(2500)
        erasing, pause = self.paused("erasing", "subject", "erase", "ana@example.com", "--yes")
        for _ in range(3):
            pause.rmdir()
            self.wait_for(pause, erasing)
        erasing.kill()
        self.assertGreater(self.accounted(), 0)
        self.assertEqual(self.accounted(), self.count("audit", "salt IS NULL"))
        self.assertGreater(self.count("audit", "account = '4242424'"), 0)
        self.database.sql("DELETE FROM users WHERE id = 4242424")
        self.erase()
        self.assert_nothing_left(genuine=False)

    def test_an_erasure_killed_before_its_commit_has_changed_nothing(self):
        self.make_history()
        before = self.dump()
        erasing, _ = self.paused("erasing", "subject", "erase", "ana@example.com", "--yes")
        erasing.kill()
        self.assertEqual(self.dump(), before)
        self.erase()
        self.assert_nothing_left()

    def test_requests_meanwhile_lose_nothing_and_meet_no_deadlock(self):
        self.site.config(limits={"cooldown": "0s", "per_account": "1000/h", "per_recipient": "1000/h"})
        running = [self.site.start("request", "ana@example.com", "--queue") for _ in range(8)]
        erasing = [self.site.start("subject", "erase", "ana@example.com", "--yes") for _ in range(4)]
        self.assertEqual({run.wait().exit for run in running}, {0})
        self.assertLessEqual({run.wait().exit for run in erasing}, {0, 1})
        self.site.run("subject", "erase", "ana@example.com", "--yes")
        self.assert_nothing_left()

    def test_nobody_is_erased_unasked(self):
        self.run_good("request", "ana@example.com")
        done = self.site.run("subject", "erase", "ana@example.com", stdin="ana@example.com\n")
        self.assertEqual(done.exit, 64, done)
        self.assertEqual(self.typed("no")[0], 77)
        self.assertEqual(self.count("tokens"), 1)
        status, shown = self.typed("ana@example.com")
        self.assertEqual(status, 0, shown)
        self.assertIn("id:4242424  A••a@Example.com", shown)
        self.assert_nothing_left()

    def typed(self, answer):
        """The exit status and the screen, when the answer is typed at a terminal."""
        ours, theirs = pty.openpty()
        command = [harness.BINARY, "--config", str(self.site.file), "subject", "erase", "ana@example.com"]
        with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env={"LANG": "C.UTF-8"}) as run:
            os.close(theirs)
            os.write(ours, answer.encode() + b"\n")
            screen = b""
            try:
                while part := os.read(ours, 4096):
                    screen += part
            except OSError:
                pass  # the other end is closed
        os.close(ours)
        return run.returncode, screen.decode()

    def test_each_needs_two_capabilities(self):
        me = "user:" + pwd.getpwuid(os.getuid()).pw_name
        self.run_good("request", "ana@example.com")
        for given, export, erase in ((["audit"], 77, 77), (["unmask"], 77, 77), (["maintain", "unmask"], 77, 77),
                                     (["audit", "unmask"], 0, 77), (["audit", "maintain"], 77, 0)):  # fmt: skip
            self.site.config(operators={me: given})
            self.assertEqual(self.site.run("subject", "export", "ana@example.com").exit, export, given)
            self.assertEqual(self.site.run("subject", "erase", "ana@example.com", "--dry-run").exit, erase, given)
        self.assertEqual(self.count("audit", "action = 'subject-export' AND result = 'FORBIDDEN'"), 4)


if __name__ == "__main__":
    unittest.main()
