"""What a relay says, by code and step, and what becomes of it: in the queue, the audit trail, inspect and the answer."""

import unittest

from database import Database
from harness import Site, SmtpServer

CONDEMNED, TRIED, KEPT, STOPPED = "condemned", "tried", "kept", "stopped"

EVERY = ("mail", "rcpt", "data", "final")
LATER = EVERY[1:]

# reply, steps, fate, what it is about; the table of pwreset(1)
TABLE = [
    ("550 5.1.1 no such user", LATER, CONDEMNED, None),
    ("550 5.1.2 no such domain", ("rcpt",), CONDEMNED, None),
    ("550 5.1.3 bad syntax", ("rcpt",), CONDEMNED, None),
    ("551 5.1.6 has moved", ("rcpt", "final"), CONDEMNED, None),
    ("556 5.1.10 null MX", ("rcpt",), CONDEMNED, None),
    ("550 5.2.1 disabled", LATER, CONDEMNED, None),
    ("552 5.2.2 mailbox full", LATER, CONDEMNED, None),
    ("450 4.1.1 unverified", ("rcpt",), TRIED, None),
    ("450 4.2.1 too quickly", LATER, TRIED, None),
    ("452 4.2.2 mailbox full", LATER, TRIED, None),
    ("450 later", ("rcpt",), TRIED, None),
    ("451 later", ("data", "final"), TRIED, "relay"),
    ("550 5.1.1 unknown", ("mail",), STOPPED, "sender"),
    ("550 no", ("mail",), STOPPED, "sender"),
    ("550 5.1.8 bad outbound sender", EVERY, STOPPED, "sender"),
    ("553 5.1.7 sender syntax", ("mail", "rcpt"), STOPPED, "sender"),
    ("550 5.1.0 <no-reply@shop.example>: Sender address rejected", ("rcpt",), STOPPED, "sender"),
    ("550 5.7.60 send as", EVERY, STOPPED, "sender"),
    ("550 5.7.26 unauthenticated", ("rcpt", "final"), STOPPED, "sender"),
    ("550 5.7.509 DMARC", ("final",), STOPPED, "sender"),
    ("550 Sender verify failed", ("rcpt",), STOPPED, "sender"),
    ("530 authentication required", EVERY, STOPPED, "login"),
    ("530 5.7.57 not authenticated", EVERY, STOPPED, "login"),
    ("535 5.7.8 wrong", ("mail", "final"), STOPPED, "login"),
    ("550 5.7.14 log in", ("final",), STOPPED, "login"),
    ("550 5.4.5 daily quota", EVERY, STOPPED, "quota"),
    ("450 4.7.28 rate", ("rcpt", "final"), STOPPED, "quota"),
    ("550 5.7.233 tenant", ("final",), STOPPED, "quota"),
    ("451 Daily sending limit exceeded", ("rcpt",), STOPPED, "quota"),
    ("550 5.7.54 unable to relay", EVERY, STOPPED, "routing"),
    ("550 5.4.1 no answer from host", ("rcpt", "final"), KEPT, "routing"),
    ("554 5.4.6 loop", ("final",), KEPT, "routing"),
    ("550 relay not permitted", ("rcpt",), KEPT, "routing"),
    ("554 5.7.1 Relay access denied", EVERY, KEPT, "policy"),
    ("450 4.7.1 greylisted", ("rcpt",), KEPT, "policy"),
    ("554 looks like a virus", ("final",), KEPT, "policy"),
    ("550 no", ("final",), KEPT, "policy"),
    ("552 5.3.4 too big", ("mail", "final"), KEPT, "size"),
    ("553 5.6.7 SMTPUTF8", ("rcpt", "final"), KEPT, "smtputf8"),
    ("452 4.3.1 disk full", EVERY, KEPT, "relay"),
    ("451 4.3.0 lookup failure", EVERY, KEPT, "relay"),
    ("503 5.5.1 sequence", EVERY, KEPT, "relay"),
    ("421 4.7.0 too many errors", EVERY, KEPT, "relay"),
    ("550 no such user", ("rcpt",), KEPT, "relay"),  # not proven: this relay has taken nobody
    ("553 no", ("rcpt",), KEPT, "relay"),
]
UNLIMITED = {"cooldown": "0s", "per_account": "9999/h", "per_recipient": "9999/h", "per_operator": "99999/h", "agents": "99999/h"}


class RelayAnswersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def site(self, **more):
        site = Site(database=self.database, **({"limits": UNLIMITED} | more))
        self.addCleanup(site.close)
        site.run("migrate")
        return site

    def queue(self, site, count):
        ids = [site.add_user(email=f"user{number}@example.com") for number in range(count)]
        site.run("request", "--queue", *(f"id:{key}" for key in ids))
        return ids

    def due_now(self, site):
        site.database.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6) WHERE state = 'queued'")

    def states(self, site):
        rows = site.database.sql("SELECT state, COUNT(*) AS n FROM pwreset_deliveries GROUP BY state")
        return {row["state"]: row["n"] for row in rows}

    def check(self, site, key, reply, fate, about):
        done = site.run("request", f"id:{key}", "--json")
        row = site.database.sql("SELECT id, state, failures, reason, relay, answer FROM pwreset_deliveries ORDER BY id DESC LIMIT 1")[0]
        audit = site.database.sql(f"SELECT result, reason FROM pwreset_audit WHERE delivery_id = {row['id']} AND action = 'send'")[0]
        seen = site.run("inspect", f"id:{key}", "--json").json["data"]
        self.assertEqual((row["relay"], row["answer"]), ("127.0.0.1", reply))
        if fate == CONDEMNED:
            self.assertEqual((done.exit, done.json["code"]), (1, "UNDELIVERABLE"), done)
            self.assertEqual((row["state"], row["reason"], audit["result"]), ("failed", "undeliverable", "failed"))
            self.assertIn("correct it in the application", seen["next"])
            return
        answer = done.json["data"]["results"][0]
        self.assertEqual((done.exit, answer["delivery"]), (0, "queued"), done)
        self.assertEqual((row["state"], row["reason"], row["failures"]), ("queued", about, int(fate == TRIED)))
        self.assertEqual((audit["result"], audit["reason"]), ("queued", about))
        self.assertEqual(seen["deliveries"][0]["why"], about)
        self.assertNotIn("correct it in the application", seen["next"])
        self.assertIn(reply, answer["warning"])
        if about:
            self.assertIn("relay '127.0.0.1'", answer["warning"])
            self.assertIn("nothing is wrong with the user's address", seen["next"])
            self.assertIn("no-reply@shop.example" if about in ("sender", "quota") else "relay '127.0.0.1'", seen["next"])

    def test_each_answer_at_each_step_becomes_what_the_table_says(self):
        site = self.site()
        for reply, steps, fate, about in TABLE:
            for step in steps:
                with self.subTest(reply=reply, step=step):
                    key = site.add_user(email=f"user{reply[:3]}.{step}.{self.number()}@example.com")
                    site.smtp.behave(**{step: reply})
                    self.check(site, key, reply, fate, about)

    _number = 0

    def number(self):
        RelayAnswersTest._number += 1
        return self._number

    def test_what_concerns_all_mails_is_asked_once_in_a_pass_and_the_queue_goes_out_when_it_is_over(self):
        for reply, steps, fate, _ in TABLE:
            if fate != STOPPED:
                continue
            with self.subTest(reply=reply):
                site = self.site()
                self.queue(site, 20)
                site.smtp.behave(**{steps[-1]: reply})
                done = site.run("deliver", "--json")
                self.assertEqual((done.exit, done.json["code"]), (69, "UNAVAILABLE"), done)
                self.assertIn(reply, done.json["message"])
                self.assertEqual(self.states(site), {"queued": 20})
                asked = site.database.sql("SELECT COUNT(*) AS n FROM pwreset_deliveries WHERE relay IS NOT NULL")[0]["n"]
                self.assertEqual(asked, 1)
                site.smtp.behave()
                self.due_now(site)
                self.assertEqual(site.run("deliver", "--json").json["data"]["sent"], 20)

    def test_what_may_concern_one_mail_alone_is_asked_three_times(self):
        site = self.site()
        self.queue(site, 20)
        site.smtp.behave(rcpt="554 5.7.1 Relay access denied")
        self.assertEqual(site.run("deliver").exit, 69)
        asked = site.database.sql("SELECT COUNT(*) AS n FROM pwreset_deliveries WHERE relay IS NOT NULL")[0]["n"]
        self.assertEqual((asked, self.states(site)), (3, {"queued": 20}))

    def test_what_was_not_offered_is_due_at_once_and_no_try(self):
        site = self.site()
        self.queue(site, 5)
        site.smtp.behave(final="550 5.4.5 quota")
        site.run("deliver")
        rows = site.database.sql("SELECT failures, next_at <= UTC_TIMESTAMP(6) AS due, answer FROM pwreset_deliveries ORDER BY id")
        self.assertEqual([row["failures"] for row in rows], [0] * 5)
        self.assertEqual([row["due"] for row in rows], [0, 1, 1, 1, 1])

    def test_a_bare_refusal_condemns_once_the_relay_has_taken_somebody(self):
        site = self.site()
        self.queue(site, 3)
        site.smtp.behave(rcpt_of={"user1@example.com": "550 no such user"})
        done = site.run("deliver", "--json")
        self.assertEqual((done.json["data"]["sent"], done.json["data"]["failed"]), (2, 1), done)
        failed = site.database.sql("SELECT reason FROM pwreset_deliveries WHERE state = 'failed'")
        self.assertEqual([row["reason"] for row in failed], ["undeliverable"])

    def test_a_relay_that_ends_each_connection_after_some_mails_gets_all_of_them(self):
        for how in ("421 too many messages in this connection", "452 4.5.3 Too many messages sent", "hang up"):
            with self.subTest(how=how):
                site = self.site()
                self.queue(site, 30)
                site.smtp.behave(after_mails=4, then=how)
                done = site.run("deliver", "--json")
                self.assertEqual((done.exit, done.json["data"]["sent"]), (0, 30), done)
                self.assertEqual(len(site.smtp.mails()), 30)
                failures = site.database.sql("SELECT SUM(failures) AS n FROM pwreset_deliveries")[0]["n"]
                self.assertEqual(failures, 0)
                site.smtp.behave()
                for file in site.smtp._files():
                    file.unlink()

    def test_one_request_for_many_outlives_the_ends_of_connections(self):
        site = self.site()
        ids = [site.add_user(email=f"user{number}@example.com") for number in range(15)]
        site.smtp.behave(after_mails=4, then="421 too many messages")
        done = site.run("request", *(f"id:{key}" for key in ids), "--json")
        self.assertEqual([one["delivery"] for one in done.json["data"]["results"]], ["accepted"] * 15, done)

    def test_a_connection_carries_no_more_mails_than_is_configured(self):
        for most, connections in ((10, 3), (25, 1), (0, 1)):
            with self.subTest(most=most):
                site = self.site(mail={"per_connection": most})
                self.queue(site, 25)
                self.assertEqual(site.run("deliver", "--json").json["data"]["sent"], 25)
                used = {mail.envelope["connection"] for mail in site.smtp.mails()}
                self.assertEqual(len(used), connections)

    def test_an_odd_address_is_mailed_in_quotes(self):
        site = self.site()
        for stored in ("a..b@docomo.example", "taro.@docomo.example", '"a b"@example.com', "x@my_host.example"):
            key = site.add_user(email=stored)
            done = site.run("request", f"id:{key}", "--json")
            self.assertEqual((done.exit, done.json["data"]["results"][0]["delivery"]), (0, "accepted"), done)
        sent = [mail.envelope["to"][0] for mail in site.smtp.mails()]
        # As aiosmtpd reads what was quoted; that it was is in tests/core/transport.
        self.assertEqual(sent, ["a..b@docomo.example", "taro.@docomo.example", '"a b"@example.com', "x@my_host.example"])

    def test_a_relay_is_not_blamed_for_what_it_was_not_asked(self):
        site = self.site()
        key = site.add_user(email="no address")
        done = site.run("request", f"id:{key}", "--json")
        self.assertNotIn("relay", done.json["message"])
        self.assertEqual(site.smtp.mails(), [])

    def test_doctor_tells_a_missing_login_before_anybody_is_mailed(self):
        site = self.site(smtp=self.smtp(auth="shop:secret"))
        site.config(mail={"user": None, "password_file": None})
        mail = [one for one in site.run("doctor", "--json").json["data"]["checks"] if one["area"] == "mail"]
        self.assertIn("problem", [one["level"] for one in mail], mail)
        self.assertIn("530", " ".join(one["finding"] for one in mail))

    def smtp(self, **options):
        server = SmtpServer(**options)
        self.addCleanup(server.close)
        return server


if __name__ == "__main__":
    unittest.main()
