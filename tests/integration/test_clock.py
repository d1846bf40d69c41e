"""Clocks that are wrong for a while: the database's, set by its own variable, and this host's, by Debian's faketime.

What each rule makes of each jump is told by tests/core/recovery/clock_test.cpp; here the built program does it on a server.
"""

import pathlib
import time
import unittest

from harness import Database, Site

HOUR, DAY = 3600, 86400
JUMPS = (30 * DAY, HOUR, -HOUR, -30 * DAY)
FAKETIME = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


class ClockTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database(private="its clock is set")
        cls.addClassCleanup(cls.database.close)
        cls.login = "plain@localhost"
        cls.database.sql(f"CREATE USER {cls.login} IDENTIFIED BY '{cls.database.password}'")

    def setUp(self):
        self.set_clock(0)
        self.site = Site(database=self.database, limits={"cooldown": "1m", "per_operator": "9999/h"})
        self.addCleanup(self.site.close)
        self.database.sql(f"GRANT ALL ON `{self.database.name}`.* TO {self.login}")
        self.site.config(database={"user": "plain"})
        self.site.migrate()
        for name in ("ana", "bob", "eve"):
            self.site.add_user(email=f"{name}@example.com")

    def set_clock(self, jump):
        """For the logins without an administrator's rights, of which ours is one."""
        self.database.sql(f"SET GLOBAL init_connect = '{f'SET timestamp = {int(time.time()) + jump}' if jump else ''}'")

    def life(self):
        """How many seconds the longest-lived link lives."""
        rows = self.database.sql("SELECT COALESCE(MAX(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), expires_at)), 0) AS s "
                                 "FROM pwreset_tokens WHERE state = 'live'")  # fmt: skip
        return int(rows[0]["s"])

    def run_well(self, *args, exit=0):
        done = self.site.run(*args)
        self.assertEqual(done.exit, exit, done)
        return done

    def findings(self, level):
        checks = self.site.run("doctor", "--json").json["data"]["checks"]
        return " ".join(check["finding"] for check in checks if check["level"] == level)


class DatabaseClockTest(ClockTest):
    def test_the_first_commands_after_a_jump_find_everything_bounded_and_nobody_accused(self):
        for jump in JUMPS:
            with self.subTest(jump=jump):
                self.setUp()
                self.run_well("request", "eve@example.com")
                self.set_clock(jump)
                self.run_well("request", "ana@example.com")
                self.run_well("request", "bob@example.com", "--queue")
                self.set_clock(0)
                done = self.run_well("deliver", "--json").json["data"]
                # What a clock of last month queued has had its day.
                self.assertEqual((done["sent"], done["dropped"]), (0, 1) if jump < -DAY else (1, 0), done)
                self.assertLessEqual(self.life(), HOUR)
                self.run_well("request", "ana@example.com")
                self.assertLessEqual(self.life(), HOUR)
                verified = self.run_well("audit", "verify", "--json").json["data"]
                remarks = [remark["kind"] for remark in verified["remarks"]]
                self.assertTrue("clock_back" in remarks or abs(jump) <= HOUR, verified)
                if jump > 0:
                    self.assertIn("ahead: the database's clock was wrong", self.findings("problem"))

    def test_what_was_bounded_is_recorded_once(self):
        self.set_clock(30 * DAY)
        self.run_well("request", "ana@example.com")
        self.set_clock(0)
        for _ in range(2):
            self.run_well("deliver")
        rows = self.database.sql("SELECT result FROM pwreset_audit WHERE action = 'clock'")
        self.assertEqual([row["result"] for row in rows], ["SET_RIGHT"], rows)

    def test_a_login_from_before_that_may_set_no_times_makes_the_link_void(self):
        self.set_clock(30 * DAY)
        self.run_well("request", "ana@example.com")
        self.set_clock(0)
        schema = f"`{self.database.name}`"
        grants = [f"REVOKE ALL ON {schema}.* FROM {self.login}", f"GRANT SELECT ON {schema}.* TO {self.login}",
                  "GRANT UPDATE (state, live, code_mac, erase_at, voided_at, void_reason) "
                  f"ON {schema}.pwreset_tokens TO {self.login}"]  # fmt: skip
        for table in ("audit", "deliveries", "leases"):
            grants.append(f"GRANT INSERT, UPDATE, DELETE ON {schema}.pwreset_{table} TO {self.login}")
        self.database.sql("; ".join(grants))
        self.run_well("deliver")
        rows = self.database.sql("SELECT state, void_reason FROM pwreset_tokens")
        self.assertEqual([(row["state"], row["void_reason"]) for row in rows], [("void", "clock")])

    def test_a_purge_by_a_clock_that_is_ahead_deletes_nothing(self):
        self.run_well("request", "ana@example.com")
        self.set_clock(500 * DAY)
        done = self.run_well("purge-expired", exit=1)
        self.assertIn("ahead of this host's", done.out + done.err)
        self.set_clock(0)
        self.assertEqual(self.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens")[0]["n"], 1)


@unittest.skipUnless(FAKETIME, "needs the package faketime")
class HostClockTest(ClockTest):
    def at(self, jump, *args):
        """pwreset on a host whose clock is wrong by so much."""
        env = {"LD_PRELOAD": str(FAKETIME[0]), "FAKETIME": f"{jump:+d}", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
               "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}  # fmt: skip
        return self.site.run(*args, env=env)

    def test_a_hosts_wrong_clock_changes_nothing_that_is_decided(self):
        for jump in JUMPS:
            with self.subTest(jump=jump):
                self.setUp()
                done = self.at(jump, "request", "ana@example.com")
                self.assertEqual(done.exit, 0, done)
                self.assertTrue(HOUR - 60 <= self.life() <= HOUR, self.life())
                self.run_well("request", "ana@example.com", exit=75)
                self.assertEqual(self.at(jump, "request", "bob@example.com", "--queue").exit, 0)
                self.assertEqual(self.at(jump, "deliver", "--json").json["data"]["sent"], 1)
                self.assertLessEqual(self.life(), HOUR)
                verified = self.at(jump, "audit", "verify", "--json").json["data"]
                self.assertEqual((verified["findings"], verified["remarks"]), ([], []))
                # A host that is behind cannot tell whose clock it is: it deletes nothing.
                done = self.at(jump, "purge-expired")
                self.assertEqual(done.exit, 1 if jump <= -HOUR else 0, done)


if __name__ == "__main__":
    unittest.main()
