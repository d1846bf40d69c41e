"""A `deliver --watch` in the background, and what is asked of it."""

import hashlib
import os
import re
import shutil
import signal
import unittest

import harness
from children import HANGS, until
from database import Database
from harness import Site


class Watch:
    """A running watch of a site; ended at the latest with it."""

    def __init__(self, site, *args, env=None):
        self.process = site.start("deliver", "--watch", *args, env=env)
        self.pid = self.process.pid

    def log(self):
        return self.process.err().splitlines()

    def wait_for(self, pattern, *, count=1, timeout=120):
        """Waits until so many lines of the log match; the last of them."""

        def found():
            lines = [line for line in self.log() if re.search(pattern, line)]
            return lines[-1:] if len(lines) >= count else None

        told = lambda: f"not {count} times {pattern!r} in:\n{self.process.err()}"
        return until(found, timeout, told=told, alive=self.process.alive)[0]

    def stop(self, number=signal.SIGTERM, timeout=HANGS):
        """Ends it as systemd does; the Result."""
        self.process.signal(number)
        return self.process.wait(timeout)

    def resident(self):
        """Its memory, in kB."""
        with open(f"/proc/{self.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1))


def second_host(site):
    """A site with the same database and relay and a copy of the keys, as another host has them."""
    other = Site.__new__(Site)
    other.__dict__ = site.__dict__ | {"folder": site.folder / "elsewhere", "_own": [], "_running": []}
    shutil.copytree(site.folder / "keys", other.folder / "keys")
    for name in ("database.password", "mail.password"):
        if (site.folder / name).exists():
            shutil.copy(site.folder / name, other.folder)
    other.write_secret(other.file.name, site.file.read_text())
    return other


def kill_at(site, step, *args):
    """Runs a command that is killed at a named step."""
    before, harness.BINARY = harness.BINARY, os.environ["PWRESET_KILLABLE"]
    try:
        return site.run(*args, env={"PWRESET_TEST_AT": step})
    finally:
        harness.BINARY = before


class WatchTest(unittest.TestCase):
    """A site that is watched, in a database that is `private` (as a Database's) if it has to be."""

    private = None

    @classmethod
    def setUpClass(cls):
        cls.database = Database(private=cls.private)
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        many = {"cooldown": "0s", "per_account": "1000/h", "per_recipient": "1000/h", "per_operator": "9999/h"}
        self.site = Site(database=self.database, limits=many)
        self.addCleanup(self.site.close)
        self.site.migrate()

    def add_users(self, count):
        addresses = [f"user{number}@example.com" for number in range(count)]
        for address in addresses:
            self.site.add_user(email=address)
        return addresses

    def watch(self, *args):
        watch = Watch(self.site, *args)
        watch.wait_for("watching the queue of 'shop'")
        return watch

    def queue(self, *addresses, site=None):
        done = (site or self.site).run("request", "--queue", *addresses)
        self.assertEqual(done.exit, 0, done)

    def states(self):
        rows = self.database.sql("SELECT state, COUNT(*) AS n FROM pwreset_deliveries GROUP BY state")
        return {row["state"]: row["n"] for row in rows}

    def wait_until(self, states, timeout=120):
        until(lambda: self.states() == states, timeout, told=self.states)

    def assert_one_mail_and_one_live_link_each(self, addresses):
        """Exactly one mail for each, and the link in it is the one that lives."""
        mails = self.site.smtp.mails()
        self.assertEqual(sorted(mail.envelope["to"][0] for mail in mails), sorted(addresses))
        tokens = {self.site.smtp.link(mail).rsplit("/", 1)[1] for mail in mails}
        live = self.database.sql("SELECT LOWER(HEX(verifier)) AS v FROM pwreset_tokens WHERE live = 1")
        self.assertEqual({row["v"] for row in live}, {hashlib.sha256(token.encode()).hexdigest() for token in tokens})
        self.assertEqual(len(live), len(addresses))

    def assert_readable(self, log):
        """One line each, nobody's address, no times of its own, and never the same outage twice in a row."""
        for line in log:
            self.assertRegex(line, r"^[a-z0-9]")
            self.assertNotRegex(line.split(", which is current since ")[0], r"@example|\d\d:\d\d:\d\d|\x1b")
        outages = [line for line in log if " away: " in line]
        backs = [line for line in log if " back after " in line]
        self.assertLessEqual(len(outages), len(backs) + 1, log)
