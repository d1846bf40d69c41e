"""Killed at every step of a delivery: nothing is lost, nothing secret is left, the newest link works."""

import hashlib
import os
import unittest

import harness
from children import until
from database import Database
from harness import Site

KILLABLE = os.environ["PWRESET_KILLABLE"]
STEPS = ("claimed", "minting", "minted", "accepted", "marking")


class CrashTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        # The news of a changed password is a mail of its own: test_notice.
        self.site = Site(database=self.database, limits={"cooldown": "0s"}, reset={"notify_on_change": False})
        self.addCleanup(self.site.close)
        self.site.migrate()
        self.key = self.site.add_user(email="crash@example.com")

    def kill_at(self, step, *args):
        before, harness.BINARY = harness.BINARY, KILLABLE
        try:
            done = self.site.run(*args, env={"PWRESET_TEST_AT": step})
        finally:
            harness.BINARY = before
        self.assertEqual(done.exit, -9, done)

    def live(self):
        return self.site.database.sql("SELECT HEX(verifier) AS v FROM pwreset_tokens WHERE live = 1")

    def tokens_mailed(self):
        return [self.site.smtp.link(mail).rsplit("/", 1)[1] for mail in self.site.smtp.mails()]

    def assert_nothing_secret_at_rest(self):
        dump = self.site.database.dump()
        for token in self.tokens_mailed():
            self.assertNotIn(token, dump)
            self.assertNotIn(token.encode().hex(), dump.lower())

    def test_the_next_deliver_ends_the_job_at_once(self):
        for step in STEPS:
            with self.subTest(step=step):
                self.kill_at(step, "request", "crash@example.com")
                self.assert_nothing_secret_at_rest()
                done = self.site.run("deliver", "--json")
                self.assertEqual(done.exit, 0, done)
                self.assertEqual(done.json["data"]["taken_back"], 1, done)
                self.assertEqual(done.json["data"]["sent"], 1, done)
                newest = self.tokens_mailed()[-1]
                self.assertEqual([row["v"].lower() for row in self.live()], [hashlib.sha256(newest.encode()).hexdigest()])
                self.assert_nothing_secret_at_rest()
                states = self.site.database.sql("SELECT DISTINCT state FROM pwreset_deliveries")
                self.assertEqual([row["state"] for row in states], ["sent"])

    def test_a_worker_killed_at_any_step_is_replaced_by_the_next(self):
        for step in STEPS:
            with self.subTest(step=step):
                self.site.run("request", "crash@example.com", "--queue")
                self.kill_at(step, "deliver")
                self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 1)
                newest = self.tokens_mailed()[-1]
                self.assertEqual([row["v"].lower() for row in self.live()], [hashlib.sha256(newest.encode()).hexdigest()])

    def test_revoke_after_a_kill_at_any_step_leaves_nothing_live_and_nothing_queued(self):
        for step in STEPS:
            with self.subTest(step=step):
                self.kill_at(step, "request", "crash@example.com")
                done = self.site.run("revoke", "crash@example.com", "--json")
                self.assertEqual(done.exit, 0, done)
                self.assertEqual(self.live(), [])
                before = len(self.site.smtp.mails())
                self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 0)
                self.assertEqual(len(self.site.smtp.mails()), before)
                self.assertEqual(self.live(), [])

    def test_revoke_while_a_worker_is_between_two_steps_wins(self):
        for step in ("minted", "accepted"):
            with self.subTest(step=step):
                pause = self.site.folder / f"pause-{step}"
                before, harness.BINARY = harness.BINARY, KILLABLE
                try:
                    worker = self.site.start("request", "crash@example.com",
                                             env={"PWRESET_TEST_AT": step, "PWRESET_TEST_PAUSE": str(pause)})  # fmt: skip
                finally:
                    harness.BINARY = before
                until(pause.exists, told=worker.err, alive=worker.alive)
                self.assertEqual(self.site.run("revoke", "crash@example.com").exit, 0)
                pause.rmdir()
                worker.wait()
                self.assertEqual(self.live(), [])
                open_ones = self.site.database.sql("SELECT id FROM pwreset_deliveries WHERE state IN ('held','queued','claimed','uncertain')")
                self.assertEqual(open_ones, [])

    def test_a_link_used_after_the_crash_is_not_replaced(self):
        self.kill_at("accepted", "request", "crash@example.com")
        self.site.database.sql("UPDATE pwreset_tokens SET state = 'used', live = NULL, used_at = UTC_TIMESTAMP(6) WHERE live = 1")
        before = len(self.site.smtp.mails())
        self.site.run("deliver")
        self.assertEqual(len(self.site.smtp.mails()), before)
        row = self.site.database.sql("SELECT state, reason FROM pwreset_deliveries ORDER BY id DESC LIMIT 1")[0]
        self.assertEqual((row["state"], row["reason"]), ("sent", "used"))

    def test_a_password_changed_after_the_crash_ends_the_retry(self):
        self.kill_at("accepted", "request", "crash@example.com")
        self.site.database.sql(f"UPDATE users SET password = '$2y$12$other' WHERE id = {self.key}")
        before = len(self.site.smtp.mails())
        self.site.run("deliver")
        self.assertEqual(len(self.site.smtp.mails()), before)
        self.assertEqual(self.live(), [])

    def test_a_lease_of_another_host_is_respected_until_its_time_is_up(self):
        self.kill_at("minted", "request", "crash@example.com")
        self.site.database.sql("UPDATE pwreset_deliveries SET lease_owner = 'elsewhere/b/n/1/1'")
        self.assertEqual(self.site.run("deliver", "--json").json["data"]["taken_back"], 0)
        self.site.database.sql("UPDATE pwreset_deliveries SET lease_until = UTC_TIMESTAMP(6)")
        self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 1)

    def test_migrate_killed_half_way_goes_on(self):
        with Site(database=self.database) as site:
            for table, steps in (("tokens", ["tokens"]), ("audit", ["audit", "proofs"])):  # the latter adds a column
                site.run("migrate")
                site.database.sql(f"DROP TABLE pwreset_{table}")
                for step in steps:
                    site.database.sql(f"UPDATE pwreset_schema SET state = 'started', finished_at = NULL WHERE name = '{step}'")
                site.database.sql("INSERT INTO pwreset_leases VALUES ('', 'migrate', 'elsewhere/b/n/1/1', UTC_TIMESTAMP(6))")
                done = site.run("migrate", "--json")
                self.assertEqual(done.exit, 0, done)
                self.assertEqual([step["name"] for step in done.json["data"]["steps"]], steps)
                self.assertEqual(site.run("list-tokens").exit, 0)


if __name__ == "__main__":
    unittest.main()
