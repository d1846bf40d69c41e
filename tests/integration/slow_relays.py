"""Postfix, Exim and OpenSMTPD as Debian has them take 400 mails from one deliver, and all arrive at once.

Needs root and apt-get; see relay_boxes.py.
"""

import re
import time
import unittest
from datetime import datetime

import relay_boxes
from database import Database
from harness import Site

COUNT = 400
MINUTE = 60
UNLIMITED = {"cooldown": "0s", "per_account": "9999/h", "per_recipient": "9999/h", "per_operator": "99999/h", "agents": "99999/h"}
NAMES = [f"user{number}" for number in range(COUNT)]


class SlowRelaysTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def box(self, make):
        box = make(NAMES)
        self.addCleanup(box.close)
        return box

    def site(self, box):
        site = Site(database=self.database, limits=UNLIMITED, mail={"host": "127.0.0.1", "port": box.port, "tls": "off"})
        self.addCleanup(site.close)
        site.run("migrate")
        rows = ", ".join(f"('{name}@example.com', '$2y$10$u')" for name in NAMES)
        site.database.sql(f"INSERT INTO users (email, password) VALUES {rows}")
        for first in range(0, COUNT, 200):
            done = site.run("request", "--queue", *(f"{name}@example.com" for name in NAMES[first:first + 200]), timeout=300)
            self.assertEqual(done.exit, 0, done)
        return site

    def accepted(self, site):
        """When each address was marked as sent, in seconds since 1970."""
        rows = site.database.sql("SELECT u.email AS email, d.state AS state, d.finished_at AS at FROM pwreset_deliveries d "
                                 "JOIN users u ON u.id = d.account")  # fmt: skip
        self.assertEqual({row["state"] for row in rows}, {"sent"})
        return {row["email"]: datetime.fromisoformat(row["at"] + "+00:00").timestamp() for row in rows}

    def deliver_to(self, make):
        box = self.box(make)
        site = self.site(box)
        done = site.run("deliver", "--json", timeout=600)
        self.assertEqual(done.exit, 0, f"{done}\n{box.log.read_text()[-4000:]}")
        self.assertEqual((done.json["data"]["sent"], done.json["data"]["deferred"]), (COUNT, 0), done)
        accepted = self.accepted(site)
        deadline = time.monotonic() + MINUTE
        while len(box.arrived()) < COUNT and time.monotonic() < deadline:
            time.sleep(0.5)
        late = {}
        for file in box.arrived():
            address = re.search(rb"^To: (\S+)", file.read_bytes(), re.MULTILINE).group(1).decode()
            late[address] = file.stat().st_mtime - accepted[address]
        self.assertEqual(len(late), COUNT, box.log.read_text()[-4000:])
        self.assertLess(max(late.values()), MINUTE)

    def test_postfix_takes_400_mails_from_one_deliver(self):
        self.deliver_to(relay_boxes.postfix)

    def test_exim_takes_400_mails_from_one_deliver_and_leaves_none_lying(self):
        self.deliver_to(relay_boxes.exim)

    def test_opensmtpd_takes_400_mails_from_one_deliver(self):
        self.deliver_to(relay_boxes.opensmtpd)


if __name__ == "__main__":
    unittest.main()
