"""Several connections at a time, to relays that behave badly: no mail is lost, none stuck, few go twice, nobody is hurried."""

import time
import unittest
from collections import Counter

from harness import Site, SmtpServer

CONNECTIONS = 4


class FleetTest(unittest.TestCase):
    def site(self, mails, **mail):
        site = Site(mail={"connections": CONNECTIONS} | mail)
        self.addCleanup(site.close)
        site.migrate()
        for number in range(mails):
            site.add_user(email=f"user{number}@example.com")
        if mails:
            self.queue(site)
        return site

    def queue(self, site):
        keys = [f"id:{row['id']}" for row in site.database.sql("SELECT id FROM users ORDER BY id")]
        done = site.run("request", "--queue", *keys)
        self.assertEqual(done.exit, 0, done)

    def states(self, site):
        return Counter(row["state"] for row in site.database.sql("SELECT state FROM pwreset_deliveries"))

    def deliver_all(self, site, mails):
        """What waits is due; how many mails somebody has more than once."""
        site.smtp.behave()
        site.database.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6) WHERE state IN ('queued', 'uncertain')")
        done = site.run("deliver")
        self.assertEqual(done.exit, 0, done)
        self.assertEqual(self.states(site), {"sent": mails})
        had = Counter(mail.envelope["to"][0] for mail in site.smtp.mails())
        self.assertEqual(len(had), mails)
        return sum(had.values()) - mails

    def test_all_leave_by_several_connections(self):
        site = self.site(60, per_connection=0)
        site.smtp.behave(hold_final=0.02)
        self.assertEqual(self.deliver_all(site, 60), 0)
        used = {mail.envelope["connection"] for mail in site.smtp.mails()}
        self.assertTrue(1 < len(used) <= CONNECTIONS, used)

    def test_one_that_is_busy_for_a_while(self):
        site = self.site(30)
        site.smtp.behave(mail="421 4.7.0 too busy")
        for _ in range(3):
            done = site.run("deliver")
            self.assertEqual(done.exit, 69, done)
            self.assertIn("421 4.7.0 too busy", done.err)
        self.assertEqual(self.states(site), {"queued": 30})
        self.assertLessEqual(site.smtp.connections(), 3 * 2 * CONNECTIONS)
        self.assertEqual(self.deliver_all(site, 30), 0)

    def test_one_that_breaks_off_after_the_mail(self):
        for wish in ({"cut": "final"}, {"drop": "before_final_reply"}, {"silence": "final"}):
            with self.subTest(wish=wish):
                site = self.site(20, timeout="1s")
                site.smtp.behave(**wish)
                done = site.run("deliver")
                self.assertEqual(done.exit, 69, done)
                states = self.states(site)
                self.assertTrue(1 <= states["uncertain"] <= CONNECTIONS, states)
                self.assertEqual(states["uncertain"] + states["queued"], 20)
                self.assertLessEqual(site.smtp.connections(), 2 * CONNECTIONS)
                self.assertLessEqual(self.deliver_all(site, 20), CONNECTIONS)

    def test_one_that_closes_after_every_tenth(self):
        site = self.site(80, per_connection=0)
        site.smtp.behave(after_mails=10, then="hang up")
        done = site.run("deliver", "--json")
        self.assertEqual((done.exit, done.json["data"]["sent"]), (0, 80), done)
        self.assertEqual(len(site.smtp.mails()), 80)
        self.assertLessEqual(site.smtp.connections(), 80 / 10 + CONNECTIONS)
        self.assertEqual(site.database.sql("SELECT SUM(attempts) AS n FROM pwreset_deliveries")[0]["n"], 80)

    def test_another_relay_while_the_first_is_away(self):
        with SmtpServer() as second:
            site = self.site(20, relay=[{"host": second.host, "port": second.port, "tls": "off"}])
            site.smtp.stop()
            done = site.run("deliver")
            self.assertEqual(done.exit, 0, done)
            self.assertEqual(len(second.mails()), 20)
            site.smtp.start()
            key = site.add_user(email="late@example.com")
            self.assertEqual(site.run("request", f"id:{key}").exit, 0)
            self.assertEqual(len(site.smtp.mails()), 1)
            second.stop()
            mail = [one for one in site.run("doctor", "--json").json["data"]["checks"] if one["area"] == "mail"]
            self.assertIn("problem", [one["level"] for one in mail], mail)
            self.assertIn("ok", [one["level"] for one in mail], mail)

    def test_no_more_than_the_rates_say(self):
        site = self.site(0, rate="20/s", domains={"slow.example": "2/s"})
        for number in range(30):
            site.add_user(email=f"user{number}@{'slow' if number < 4 else 'quick'}.example")
        self.queue(site)
        began = time.monotonic()
        while self.states(site)["sent"] < 30:  # what is put off waits for the next one
            done = site.run("deliver")
            self.assertEqual(done.exit, 0, done)
            time.sleep(0.1)
        self.assertGreaterEqual(time.monotonic() - began, 1)
        to = [mail.envelope["to"][0] for mail in site.smtp.mails()]
        self.assertEqual(len(set(to)), 30)
        self.assertEqual(len(to), 30)
        self.assertGreater(max(place for place, one in enumerate(to) if "@slow" in one), 20)


if __name__ == "__main__":
    unittest.main()
