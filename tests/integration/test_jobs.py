"""Jobs over many accounts: planned, confirmed, released page by page, killed and resumed; one line a user at the end."""

import csv
import hashlib
import io
import os
import signal
import time
import unittest

import harness
from database import Database
from harness import Site

KILLABLE = os.environ["PWRESET_KILLABLE"]
#: Where a process is killed, once each: before a page, in its transaction, behind it, and at two steps of a mail.
INSTANTS = ("selected", "releasing", "released", "claimed", "accepted")
TWICE = 4 * (1 + 50)  # what a kill may send twice: connections by those on their way and those not marked yet


class JobSite(unittest.TestCase):
    """A site with users, and what a job of many leaves."""

    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database, limits={"unapproved": "100000/d"}, reset={"notify_on_change": False})
        self.addCleanup(self.site.close)
        self.site.migrate()

    def sql(self, text):
        return self.site.database.sql(text)

    def users(self, count, first=1):
        """So many of them, by one statement."""
        self.sql(f"""INSERT INTO users (email, login, password, active, role)
                     WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {first + count - 1})
                     SELECT CONCAT('user', i, '@example.com'), CONCAT('user', i), CONCAT('$2y$10$', REPEAT('u', 53)), 1,
                            'customer' FROM n""")  # fmt: skip

    def file(self, lines, name="users.csv"):
        path = self.site.folder / name
        path.write_text("\n".join(lines) + "\n")
        path.chmod(0o600)
        return str(path)

    def job(self, *options):
        return self.site.run("request", "--yes", *options)

    def report(self, job, *options):
        done = self.site.run("jobs", "report", job, "--output", "csv", *options)
        return done, list(csv.DictReader(io.StringIO(done.out)))

    def deliveries(self):
        return self.sql("SELECT account, state FROM pwreset_deliveries ORDER BY id")

    def assert_each_has_a_link(self, count, kills):
        live = {row["v"].lower() for row in self.sql("SELECT HEX(verifier) AS v FROM pwreset_tokens WHERE live = 1")}
        self.assertEqual(len(live), count)
        mails = self.site.smtp.mails(at_least=count)
        mailed = {hashlib.sha256(self.site.smtp.link(mail).rsplit("/", 1)[1].encode()).hexdigest() for mail in mails}
        self.assertEqual(live - mailed, set())
        self.assertLessEqual(len(mails) - count, kills * TWICE)
        twice = self.sql("SELECT account FROM pwreset_deliveries GROUP BY account HAVING COUNT(*) > 1")
        self.assertEqual(twice, [])


class JobsTest(JobSite):
    # --- the way through ---

    def test_everybody_in_a_file_gets_a_link_and_a_line_in_the_report(self):
        self.users(5)
        self.site.add_user(email="boss@example.com", login="boss", active=1, role="admin")
        self.site.add_user(email="gone@example.com", login="gone", active=0, role="customer")
        file = self.file(["email", "user1@example.com", "nobody@example.com", "user2@example.com", "not an address",
                          "boss@example.com", "gone@example.com", "USER1@example.com", "user3@example.com"])  # fmt: skip
        done = self.job("--from-file", file, "--expect", "3", "--json")
        self.assertEqual(done.exit, 1, done)
        data = done.json["data"]
        self.assertEqual(data["outcomes"], {"refused": 4, "sent": 3}, done)
        self.assertEqual((data["job"]["state"], data["job"]["queued"], data["duplicates"]), ("done", 3, 1), done)
        done, lines = self.report(data["job"]["id"])
        self.assertEqual(done.exit, 1, done)
        self.assertEqual([(int(line["line"]), line["outcome"], line["code"]) for line in lines],
                         [(2, "sent", ""), (3, "refused", "USER_NOT_FOUND"), (4, "sent", ""),
                          (5, "refused", "INVALID_IDENTITY"), (6, "refused", "PROTECTED_ACCOUNT"),
                          (7, "refused", "FORBIDDEN"), (9, "sent", "")])  # fmt: skip
        self.assertEqual({mail["To"] for mail in self.site.smtp.mails(at_least=3)},
                         {f"user{i}@example.com" for i in (1, 2, 3)})  # fmt: skip

    def test_a_dry_run_plans_and_queues_nothing(self):
        self.users(3)
        file = self.file(["user1@example.com", "user2@example.com", "nobody@example.com"])
        done = self.site.run("request", "--from-file", file, "--dry-run", "--json", "--rate", "2/s")
        self.assertEqual(done.exit, 0, done)
        plan = done.json["data"]["plan"]
        self.assertEqual((plan["accounts"], plan["refused"], plan["seconds"]), (2, {"unknown": 1}, 1), done)
        self.assertEqual(plan["left_out"][0]["line"], 3, done)
        for table in ("jobs", "job_rows", "deliveries"):
            self.assertEqual(self.sql(f"SELECT COUNT(*) AS n FROM pwreset_{table}")[0]["n"], 0, table)

    def test_without_the_number_nothing_happens(self):
        self.users(2)
        file = self.file(["user1@example.com", "user2@example.com"])
        for options in ((), ("--expect", "3")):
            done = self.job("--from-file", file, *options)
            self.assertEqual(done.exit, 64, done)
        self.assertEqual(self.deliveries(), [])
        self.assertEqual(self.sql("SELECT COUNT(*) AS n FROM pwreset_job_rows")[0]["n"], 0)

    def test_a_file_comes_in_by_standard_input(self):
        self.users(2)
        done = self.site.run("request", "--from-file", "-", "--yes", "--expect", "2", stdin="user1@example.com\nid:2\n")
        self.assertEqual(done.exit, 0, done)
        self.assertEqual([row["state"] for row in self.deliveries()], ["sent", "sent"])

    def test_deliver_works_off_what_was_only_queued(self):
        self.users(3)
        done = self.job("--from-file", self.file(["id:1", "id:2", "id:3"]), "--expect", "3", "--queue", "--json")
        self.assertEqual((done.exit, done.json["data"]["job"]["state"]), (0, "running"), done)
        self.assertEqual(self.deliveries(), [])
        done = self.site.run("deliver", "--json")
        self.assertEqual(done.json["data"]["sent"], 3, done)
        self.assertEqual(self.site.run("jobs", "list", "--json").json["data"]["jobs"][0]["state"], "done")

    def test_what_somebody_was_sent_just_now_is_not_made_void_but_waits(self):
        self.users(2)
        self.site.run("request", "user1@example.com")
        file = self.file(["user1@example.com", "user2@example.com"])
        done = self.job("--from-file", file, "--expect", "2", "--json")
        self.assertEqual((done.exit, done.json["data"]["outcomes"]), (0, {"deferred": 1, "sent": 1}), done)
        self.sql("UPDATE pwreset_limits SET window_ends = UTC_TIMESTAMP(6); UPDATE pwreset_job_rows SET retry_at = "
                 "UTC_TIMESTAMP(6) WHERE state = 'deferred'; UPDATE pwreset_jobs SET next_at = NULL")  # fmt: skip
        self.site.run("deliver")
        _, lines = self.report(done.json["data"]["job"]["id"])
        self.assertEqual([line["outcome"] for line in lines], ["sent", "sent"])

    def test_who_has_a_role_is_chosen_without_a_file(self):
        self.users(3)
        self.site.add_user(email="boss@example.com", login="boss", active=1, role="admin")
        self.sql("UPDATE users SET active = 0 WHERE id = 2")
        done = self.job("--role", "customer", "--expect", "2", "--json")
        self.assertEqual((done.exit, done.json["data"]["outcomes"]), (1, {"refused": 1, "sent": 2}), done)
        _, lines = self.report(done.json["data"]["job"]["id"])
        self.assertEqual(sorted((line["account"], line["outcome"], line["identity"]) for line in lines),
                         [("1", "sent", ""), ("2", "refused", ""), ("3", "sent", "")])  # fmt: skip

    def test_everybody_is_chosen_but_whom_a_file_leaves_out(self):
        self.users(5)
        done = self.job("--all", "--exclude", self.file(["id:2", "user4@example.com"]), "--expect", "3", "--queue", "--json")
        self.assertEqual(done.exit, 0, done)
        self.users(2, first=6)
        self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 3)
        self.assertEqual([row["account"] for row in self.deliveries()], [b"1", b"3", b"5"])

    def test_what_the_accounts_of_a_file_have_is_revoked(self):
        self.users(3)
        for user in ("id:1", "id:2"):
            self.site.run("request", user)
        file = self.file(["id:1", "id:2", "id:3", "id:4"])
        done = self.site.run("revoke", "--from-file", file, "--yes", "--expect", "3", "--json")
        self.assertEqual((done.exit, done.json["data"]["outcomes"]), (1, {"refused": 1, "revoked": 3}), done)
        self.assertEqual(self.sql("SELECT id FROM pwreset_tokens WHERE live = 1"), [])

    def test_a_person_is_found_in_a_job_and_erased_from_it(self):
        self.users(2)
        file = self.file(["user1@example.com", "user2@example.com", "left@example.com"])
        job = self.job("--from-file", file, "--expect", "2", "--json").json["data"]["job"]["id"]
        rows = self.site.run("subject", "export", "user1@example.com", "--json").json["data"]["job_rows"]
        self.assertEqual([(row["job"], row["line"], row["identity"]) for row in rows], [(job, 1, "user1@example.com")])
        for person in ("user1@example.com", "left@example.com"):
            self.site.run("revoke", person)
            done = self.site.run("subject", "erase", person, "--yes")
            self.assertEqual(done.exit, 0, done)
        _, lines = self.report(job)
        self.assertEqual([(line["identity"], line["account"], line["outcome"]) for line in lines],
                         [("", "", "erased"), ("user2@example.com", "2", "sent"), ("", "", "refused")])  # fmt: skip
        self.assertEqual(self.site.run("audit", "verify").exit, 0)

    # --- a life ---

    def test_a_paused_job_releases_nothing_and_a_cancelled_one_sends_nothing(self):
        self.users(4)
        file = self.file([f"id:{i}" for i in range(1, 5)])
        job = self.job("--from-file", file, "--expect", "4", "--queue", "--json").json["data"]["job"]["id"]
        self.assertEqual(self.site.run("jobs", "pause", job).exit, 0)
        self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 0)
        self.assertEqual(self.site.run("jobs", "resume", job, "--queue").exit, 0)
        self.assertEqual(self.site.run("jobs", "cancel", job).exit, 0)
        self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 0)
        done = self.site.run("jobs", "resume", job)
        self.assertEqual(done.exit, 77, done)
        _, lines = self.report(job)
        self.assertEqual([line["outcome"] for line in lines], ["cancelled"] * 4)

    def test_the_one_who_stops_it_is_told_how_it_goes_on(self):
        self.users(200)
        file = self.file([f"id:{i}" for i in range(1, 201)])
        running = self.site.start("request", "--from-file", file, "--yes", "--expect", "200", "--rate", "10/s")
        while not self.deliveries():
            self.assertTrue(running.alive(), running.err())
            time.sleep(0.05)
        running.signal(signal.SIGINT)
        done = running.wait()
        self.assertEqual(done.exit, 130, done)
        self.assertIn("is paused", done.err)
        self.assertIn("pwreset jobs resume", done.err)
        self.assertLess(len(self.deliveries()), 200)

    def test_the_operator_who_made_a_job_does_not_approve_it(self):
        self.users(2)
        self.site.config(limits={"unapproved": "1/d"})
        done = self.job("--from-file", self.file(["id:1", "id:2"]), "--expect", "2")
        # Nobody has logged in where tests run, so nobody could be told from a second operator.
        if "nobody has logged in" in done.err:
            self.assertEqual(done.exit, 77, done)
            return
        job = self.sql("SELECT id FROM pwreset_jobs")[0]["id"]
        done = self.site.run("jobs", "approve", job, "--yes", "--expect", "2")
        self.assertEqual(done.exit, 77, done)
        self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 0)

    # --- killed ---

    def killed_at(self, step, *args):
        before, harness.BINARY = harness.BINARY, KILLABLE
        try:
            return self.site.run(*args, env={"PWRESET_TEST_AT": step})
        finally:
            harness.BINARY = before

    def test_a_job_killed_at_any_instant_goes_on_and_nobody_is_in_it_twice(self):
        count = 400
        self.users(count)
        rows = [f"user{i}@example.com" for i in range(1, count + 1)]
        bad = range(99, count, 100)
        for at in bad:
            rows[at] = f"nobody{at}@example.com"
        file = self.file(["email"] + rows)
        good = str(count - len(bad))
        done = self.job("--from-file", file, "--expect", good, "--queue", "--rate", "100/s", "--json")
        job = done.json["data"]["job"]["id"]
        for step in INSTANTS:
            done = self.killed_at(step, "jobs", "resume", job)
            self.assertEqual(done.exit, -9, done)
        done = self.site.run("jobs", "resume", job)
        self.assertEqual(done.exit, 1, done)
        _, lines = self.report(job)
        refused = [int(line["line"]) for line in lines if line["outcome"] == "refused"]
        self.assertEqual(refused, [at + 2 for at in bad])
        self.assertEqual(sum(line["outcome"] == "sent" for line in lines), int(good))
        self.assert_each_has_a_link(int(good), kills=len(INSTANTS))


if __name__ == "__main__":
    unittest.main()
