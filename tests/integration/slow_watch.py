"""deliver --watch over a longer time: everything goes and comes back at once, memory stays, the database is left alone."""

import hashlib
import signal
import time
import unittest

from children import until
from database import Database
from harness import Site
from watching import Watch

UNLIMITED = {"cooldown": "0s", "per_account": "9999/h", "per_recipient": "9999/h", "per_operator": "99999/h", "agents": "99999/h"}


class SlowWatchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database(private="it is stopped, and its statements are counted")
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database, limits=UNLIMITED)
        self.addCleanup(self.site.close)
        self.site.migrate()

    def add_users(self, count):
        """Their addresses; the ids are 1 to count."""
        rows = ", ".join(f"('user{number}@example.com', '$2y$10$u')" for number in range(count))
        self.database.sql(f"INSERT INTO users (email, password) VALUES {rows}")
        return [f"user{number}@example.com" for number in range(count)]

    def watch(self):
        watch = Watch(self.site)
        watch.wait_for("watching the queue")
        return watch

    def queue(self, addresses):
        for first in range(0, len(addresses), 200):
            done = self.site.run("request", "--queue", *addresses[first:first + 200], timeout=300)
            self.assertEqual(done.exit, 0, done)

    def count(self, condition):
        return self.database.sql(f"SELECT COUNT(*) AS n FROM pwreset_deliveries WHERE {condition}")[0]["n"]

    def wait_until_sent(self, count, timeout=300):
        deadline = time.monotonic() + timeout
        while self.count("state = 'sent'") < count:
            self.assertLess(time.monotonic(), deadline, self.database.sql("SELECT state, COUNT(*) FROM pwreset_deliveries GROUP BY state"))
            time.sleep(0.2)

    def questions(self):
        return int(self.database.sql("SHOW GLOBAL STATUS LIKE 'Questions'")[0]["Value"])

    def connections_to_the_relay(self, pid):
        wanted = f":{self.site.smtp.port:04X} 01 "
        with open(f"/proc/{pid}/net/tcp") as table:
            lines = [" ".join(line.split()[1:4]) + " " for line in table]
        return sum(line.split(" ", 1)[1].endswith(wanted) for line in lines)

    def test_an_idle_watch_asks_the_database_less_than_eight_times_a_second(self):
        self.watch()
        time.sleep(1)
        before = self.questions()
        time.sleep(20)
        asked = self.questions() - before
        print(f"idle: {asked / 20:.1f} statements a second")
        self.assertLess(asked, 160)

    def test_an_idle_connection_is_given_back_to_the_relay(self):
        addresses = self.add_users(1)
        watch = self.watch()
        self.queue(addresses)
        self.wait_until_sent(1)
        self.assertEqual(self.connections_to_the_relay(watch.pid), 1)
        until(lambda: not self.connections_to_the_relay(watch.pid), alive=watch.process.alive)
        self.assertEqual(watch.stop().exit, 0)

    def test_memory_is_the_same_after_one_thousand_deliveries_and_after_five(self):
        """The first thousand bring it to its full size: rows are sealed by the thousand."""
        addresses = self.add_users(5000)
        watch = self.watch()
        self.queue(addresses[:1000])
        self.wait_until_sent(1000)
        early = watch.resident()
        self.queue(addresses[1000:])
        self.wait_until_sent(5000)
        late = watch.resident()
        print(f"resident: {early} kB after 1000 deliveries, {late} kB after 5000")
        self.assertLess(late, early * 1.1)
        self.assertEqual(watch.stop().exit, 0)

    def test_a_mark_that_cannot_be_written_before_the_end_is_said(self):
        addresses = self.add_users(1)
        self.site.smtp.behave(hold_final=True)
        self.queue(addresses)
        watch = self.watch()
        self.site.smtp.mails(at_least=1)
        self.database.stop(signal.SIGKILL)
        try:
            self.site.smtp.behave()
            watch.wait_for("^database away")
            done = watch.stop()
            self.assertEqual(done.exit, 69, done)
            self.assertIn("could not be written down", done.err)
        finally:
            self.database.start()

    def test_database_relay_and_keys_go_and_come_back_and_nothing_is_lost(self):
        addresses = self.add_users(600)
        self.site.smtp.behave(hold_final=0.02)
        self.queue(addresses)
        watch = self.watch()
        for kind in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
            time.sleep(1)
            self.database.stop(kind)
            watch.wait_for("^database away")
            time.sleep(2)
            self.database.start()
            watch.wait_for("^database back")
            self.assertEqual(self.site.run("keys", "rotate").exit, 0)
            time.sleep(1)
            self.site.smtp.stop()
            time.sleep(2)
            self.site.smtp.start()
        self.database.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6) WHERE state IN ('queued', 'uncertain')")
        watch.wait_for("^keys read again")
        self.wait_until_sent(600)
        done = watch.stop()
        print("\n" + done.err + done.out)
        self.assertEqual(done.exit, 0, done)
        self.assert_newest_mail_of_each_has_its_live_link(addresses)
        self.assertEqual({row["key_id"] for row in self.database.sql("SELECT DISTINCT key_id FROM pwreset_audit")}
                         - {line.split(":")[0] for line in (self.site.folder / "keys/pwreset.key").read_text().split()}, set())

    def assert_newest_mail_of_each_has_its_live_link(self, addresses):
        """Each account has one live link, and it is in a mail. At most the mail in flight of each outage came twice."""
        live = {row["v"] for row in self.database.sql("SELECT LOWER(HEX(verifier)) AS v FROM pwreset_tokens WHERE live = 1")}
        self.assertEqual(len(live), len(addresses))
        good = []
        mails = self.site.smtp.mails()
        for mail in mails:
            token = self.site.smtp.link(mail).rsplit("/", 1)[1]
            if hashlib.sha256(token.encode()).hexdigest() in live:
                good.append(mail.envelope["to"][0])
        self.assertEqual(sorted(good), sorted(addresses))
        print(f"{len(mails) - len(addresses)} mails of {len(mails)} came twice")
        self.assertLessEqual(len(mails) - len(addresses), 6)


if __name__ == "__main__":
    unittest.main()
