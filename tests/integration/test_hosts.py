"""Hosts that look alike, and whatever a process inherits: a worker is dead only where that can be seen, and nothing that was
inherited changes what is done."""

import os
import signal
import unittest

import harness
from database import Database
from harness import Site
from watching import Watch

KILLABLE = os.environ.get("PWRESET_KILLABLE")
# The parts of an owner: host~machine/boot/pid namespace/pid/start.
HOST, BOOT, NAMESPACE, PID, START = range(5)


class HostsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database, limits={"cooldown": "0s"})
        self.addCleanup(self.site.close)
        self.site.migrate()
        self.site.add_user(email="ana@example.com")

    def killed(self):
        """A worker that was killed with a claim in its hands; who it was."""
        before, harness.BINARY = harness.BINARY, KILLABLE
        try:
            done = self.site.run("request", "ana@example.com", env={"PWRESET_TEST_AT": "minted"})
        finally:
            harness.BINARY = before
        self.assertEqual(done.exit, -9, done)
        claims = self.database.sql("SELECT CAST(lease_owner AS CHAR) AS o FROM pwreset_deliveries WHERE state = 'claimed'")
        return claims[0]["o"]

    def taken_back(self):
        done = self.site.run("deliver", "--json")
        self.assertEqual(done.exit, 0, done)
        return done.json["data"]["taken_back"]


@unittest.skipUnless(KILLABLE, "needs the program that is killed at a step")
class LookAlikeTest(HostsTest):
    def looks_like(self, owner, changes):
        parts = owner.split("/")
        for part, text in changes.items():
            parts[part] = text
        self.database.sql("UPDATE pwreset_deliveries SET lease_until = UTC_TIMESTAMP(6) + INTERVAL 10 MINUTE, "
                          f"lease_owner = '{'/'.join(parts)}' WHERE state = 'claimed'")  # fmt: skip

    def test_a_worker_that_cannot_be_seen_keeps_its_claim_until_the_lease_is_over(self):
        owner = self.killed()
        name = owner.split("/")[HOST].split("~")[0]
        other = "00000000-0000-4000-8000-000000000000"
        cases = {
            "a container of our name on another machine, without a machine id": {HOST: name, BOOT: other},
            "a container of our name beside ours": {NAMESPACE: "4026500001"},
            "a cloned machine: name and machine id are ours": {BOOT: other},
            "a machine id that was made anew since": {HOST: name + "~00000000"},
            "a host that was renamed since": {HOST: "renamed"},
            "the process 1 of a container that cannot see itself": {NAMESPACE: "", PID: "1", START: "-1"},
        }
        for what, changes in cases.items():
            with self.subTest(what):
                self.looks_like(owner, changes)
                self.assertEqual(self.taken_back(), 0)
        self.database.sql("UPDATE pwreset_deliveries SET lease_until = UTC_TIMESTAMP(6) WHERE state = 'claimed'")
        self.assertEqual(self.taken_back(), 1)

    def test_a_worker_of_this_host_and_boot_that_is_gone_is_seen_to_be_dead(self):
        self.killed()
        self.assertEqual(self.taken_back(), 1)


class InheritedTest(HostsTest):
    def test_blocked_signals_stop_a_watch_all_the_same(self):
        blocked = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGHUP, signal.SIGALRM, signal.SIGPIPE}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
        try:
            watch = Watch(self.site)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        watch.wait_for("watching the queue")
        self.assertEqual(self.site.run("request", "ana@example.com", "--queue").exit, 0)
        watch.wait_for("1 sent")
        self.assertEqual(watch.stop().exit, 0)

    def test_ignored_signals_stop_a_watch_all_the_same(self):
        before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            watch = Watch(self.site)
        finally:
            signal.signal(signal.SIGTERM, before)
        watch.wait_for("watching the queue")
        self.assertEqual(watch.stop().exit, 0)

    def test_closed_descriptors_change_nothing(self):
        for closed in ((0,), (1,), (2,), (0, 1, 2)):
            with self.subTest(closed=closed):
                before = len(self.site.smtp.mails())
                done = self.site.run("request", "ana@example.com", preexec=lambda: [os.close(number) for number in closed])
                self.assertEqual(done.exit, 0, done)
                self.assertEqual(len(self.site.smtp.mails()), before + 1)
        self.assertEqual(self.site.run("audit", "verify").exit, 0)

    def test_a_missing_environment_changes_nothing(self):
        kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        self.site._environment = lambda more: kept  # not even PATH, HOME and LANG
        done = self.site.run("request", "ana@example.com")
        self.assertEqual(done.exit, 0, done)
        self.assertIn("accepted", done.out)
        self.assertEqual(len(self.site.smtp.mails(at_least=1)), 1)


if __name__ == "__main__":
    unittest.main()
