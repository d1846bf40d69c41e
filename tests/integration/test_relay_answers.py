"""What a relay says, by code and step, and what becomes of it: in the queue, the audit trail, inspect and the answer."""

import re
import unittest

from database import Database
from harness import SOURCE, Site, SmtpServer

CONDEMNED, TRIED, KEPT, STOPPED = "condemned", "tried", "kept", "stopped"

STEPS = {"MAIL": "mail", "RCPT": "rcpt", "DATA": "data", "end": "final"}


class Row:
    """A row of the table "What a relay says" in pwreset(1): its two first columns there, and replies it is about.

    A reply that differs from the others of its row is a tuple: the reply, its fate, what it is about, and where it is only
    about some of the steps these.
    """

    def __init__(self, code, steps, fate, about, *replies, utf8=False):
        self.code, self.steps, self.utf8 = code, steps, utf8
        words = list(STEPS) if steps == "each" else steps.split(", ")
        self.cases, self.some = [], []  # every reply at every step, and each reply and each step at least once
        for reply in replies:
            text, its_fate, its_about, *some = (reply, fate, about) if isinstance(reply, str) else reply
            for word in some[0] if some else words:
                self.cases.append((text, STEPS[word], its_fate, its_about))
        seen = set()
        for alike in (lambda case: not seen & {case[:1], case[1:]}, lambda case: not {case[:1], case[1:]} <= seen):
            for case in filter(alike, self.cases):
                self.some.append(case)
                seen |= {case[:1], case[1:]}


def each(template, *details):
    """A reply for each detail of an enhanced code."""
    return [template % detail for detail in details]


LATER = "RCPT, DATA, end"
TABLE = [
    Row("530, 534, 535, 538", "each", STOPPED, "login", "530 authentication required", "530 5.7.57 not authenticated",
        "534 5.7.9 too weak", "535 5.7.8 wrong", "538 5.7.11 encryption required"),
    Row("421", "each", KEPT, "relay", "421 4.7.0 too many errors", "421 bye"),
    Row("x.1.*, x.2.*", "MAIL", STOPPED, "sender", "550 5.1.1 unknown", "550 5.1.0 rejected", "451 4.1.2 not found",
        "550 5.2.1 disabled", "452 4.2.2 full"),
    Row("x.1.7, x.1.8", "each", STOPPED, "sender", "553 5.1.7 sender syntax", "550 5.1.8 bad outbound sender", "450 4.1.8 no domain"),
    Row("x.1.0 with words about the sender or us", LATER, STOPPED, "sender",
        "550 5.1.0 <no-reply@shop.example>: Sender address rejected", "450 4.1.0 MAIL FROM refused",
        ("550 5.1.0 authentication required", STOPPED, "login"), ("550 5.1.0 daily maximum", STOPPED, "quota"),
        ("550 5.1.0 unable to relay", KEPT, "routing"), ("550 5.1.0 blocked", KEPT, "policy")),
    Row("x.1.0 to 6, x.1.10, x.2.1, x.2.2", LATER, CONDEMNED, None, *each("550 5.1.%d no", 0, 1, 2, 3, 4, 5, 6, 10),
        *each("550 5.2.%d no", 1, 2), *((reply, TRIED, None) for reply in (*each("450 4.1.%d no", 0, 1, 2, 3, 4, 5, 6, 10), *each("452 4.2.%d no", 1, 2)))),
    Row("x.2.*", LATER, TRIED, None, "550 5.2.0 mailbox", "552 5.2.3 too long for it", "550 5.2.4 list", "450 4.2.0 mailbox"),
    Row("x.1.*", LATER, KEPT, "routing", "550 5.1.9 not mail", "450 4.1.9 not mail", "550 5.1.11 other"),
    Row("x.3.4", "each", KEPT, "size", "552 5.3.4 too big", "452 4.3.4 too big"),
    Row("x.3.*", "each", KEPT, "relay", "451 4.3.0 lookup failure", "452 4.3.1 disk full", "453 4.3.2 closed", "550 5.3.5 set up wrongly"),
    Row("x.4.5", "each", STOPPED, "quota", "550 5.4.5 daily quota", "451 4.4.5 congestion"),
    Row("x.4.*", "each", KEPT, "routing", "550 5.4.1 no answer from host", "451 4.4.1 no answer from host", "554 5.4.6 loop",
        "550 5.4.310 no such domain"),
    Row("x.5.4 where SMTPUTF8 was asked for", "each", KEPT, "smtputf8", "555 5.5.4 unsupported option", "501 5.5.4 parameters", utf8=True),
    Row("x.5.*", "each", KEPT, "relay", "503 5.5.1 sequence", "501 5.5.2 syntax", "555 5.5.4 parameters", "451 4.5.3 recipients"),
    Row("x.6.7 to 10", "each", KEPT, "smtputf8", *each("553 5.6.%d letters", 7, 8, 9, 10)),
    Row("x.6.*", "each", KEPT, "policy", "550 5.6.0 content", "554 5.6.1 media", "451 4.6.0 content"),
    Row("x.7.8, 9, 11 to 14, 57", "each", STOPPED, "login", *each("550 5.7.%d log in", 8, 9, 11, 12, 13, 14, 57), "454 4.7.12 a transition"),
    Row("x.7.20 to 24, 26, 27, 60, 501 to 503, 509, 750", "each", STOPPED, "sender",
        *each("550 5.7.%d no", 20, 21, 22, 23, 24, 26, 27, 60, 501, 502, 503, 509, 750)),
    Row("x.7.28, 232, 233, 705", "each", STOPPED, "quota", "450 4.7.28 rate", *each("550 5.7.%d no", 28, 232, 233, 705)),
    Row("x.7.54, 64", "each", STOPPED, "routing", *each("550 5.7.%d no", 54, 64)),
    Row("x.7.*", "each", KEPT, "policy", "554 5.7.1 Relay access denied", "450 4.7.1 greylisted", "550 5.7.0 no", "550 5.7.606 listed"),
    Row("bare 504, 555 where SMTPUTF8 was asked for", "each", KEPT, "smtputf8", "504 parameter", "555 parameters", utf8=True),
    Row("bare, with words about us", "each", STOPPED, "sender", "550 Sender verify failed",
        ("550 Authentication is required", STOPPED, "login"), ("550 Daily sending limit exceeded", STOPPED, "quota"),
        ("451 Too many messages", STOPPED, "quota"), ("550 relay not permitted", KEPT, "routing"),
        ("554 looks like a virus", KEPT, "policy"), ("550 Administrative prohibition", KEPT, "policy"),
        ("552 message size exceeds the limit", KEPT, "size"), ("550 UTF8 addresses are not supported", KEPT, "smtputf8")),
    # Not proven: this relay has taken nobody.
    Row("bare 550 to 553", "RCPT", KEPT, "relay", "550 no such user", "551 not local", "552 full", "553 no", "550 5.0.0 no"),
    Row("bare 521, 556", LATER, KEPT, "routing", "521 takes no mail", "556 takes no mail"),
    Row("bare 552", "MAIL, end", KEPT, "size", "552 no", "552 5.0.0 no"),
    Row("bare 5xx", "MAIL", STOPPED, "sender", "550 no", "501 no", "554 no", "553 5.0.0 no"),
    Row("bare 554, 571; bare 550 to 559 at the end", LATER, KEPT, "policy", "554 no", "571 no",
        *((reply, KEPT, "policy", ["end"]) for reply in ("550 no", "551 no", "553 no", "555 no", "559 no"))),
    Row("bare 5xx", LATER, KEPT, "relay", "500 what", "501 no", "502 no", "503 no", "504 no",
        *((reply, KEPT, "relay", ["DATA"]) for reply in ("550 no", "552 no", "553 no", "555 no"))),
    Row("bare 4xx", "RCPT", TRIED, None, "450 later", "451 later", "452 later", "450 4.0.0 later"),
    Row("bare 4xx", "MAIL, DATA, end", TRIED, "relay", ("451 later", KEPT, "relay", ["MAIL"]),
        *((reply, TRIED, "relay", ["DATA", "end"]) for reply in ("450 later", "451 later", "452 later"))),
]  # fmt: skip
CASES = [(row, *case) for row in TABLE for case in row.cases]
SOME = [(row, *case) for row in TABLE for case in row.some]
UNLIMITED = {"cooldown": "0s", "per_account": "9999/h", "per_recipient": "9999/h", "per_operator": "99999/h", "agents": "99999/h"}


class Answers(unittest.TestCase):
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

    def check(self, site, key, reply, fate, about, look):
        """The answer, the queue, the trail and (`look`) what inspect shows of an account's mail."""
        done = site.run("request", f"id:{key}", "--json")
        row = site.database.sql("SELECT id, state, failures, reason, relay, answer FROM pwreset_deliveries ORDER BY id DESC LIMIT 1")[0]
        audit = site.database.sql(f"SELECT result, reason FROM pwreset_audit WHERE delivery_id = {row['id']} AND action = 'send'")[0]
        seen = site.run("inspect", f"id:{key}", "--json").json["data"] if look else None
        self.assertEqual((row["relay"], row["answer"]), ("127.0.0.1", reply))
        if fate == CONDEMNED:
            self.assertEqual((done.exit, done.json["code"]), (1, "UNDELIVERABLE"), done)
            self.assertEqual((row["state"], row["reason"], audit["result"]), ("failed", "undeliverable", "failed"))
            if seen:
                self.assertIn("correct it in the application", seen["next"])
            return
        answer = done.json["data"]["results"][0]
        self.assertEqual((done.exit, answer["delivery"]), (0, "queued"), done)
        self.assertEqual((row["state"], row["reason"], row["failures"]), ("queued", about, int(fate == TRIED)))
        self.assertEqual((audit["result"], audit["reason"]), ("queued", about))
        self.assertIn(reply, answer["warning"])
        if about:
            self.assertIn("relay '127.0.0.1'", answer["warning"])
        if not seen:
            return
        self.assertEqual(seen["deliveries"][0]["why"], about)
        self.assertNotIn("correct it in the application", seen["next"])
        if about:
            self.assertIn("nothing is wrong with the user's address", seen["next"])
            self.assertIn("no-reply@shop.example" if about in ("sender", "quota") else "relay '127.0.0.1'", seen["next"])

    def check_all(self, cases):
        site = self.site()
        looked = set()
        for row, reply, step, fate, about in cases:
            with self.subTest(row=row.code, reply=reply, step=step):
                name = ("z\u00e4" if row.utf8 else "user") + f"{self.number()}"
                key = site.add_user(email=f"{name}@example.com")
                site.smtp.behave(**{step: reply})
                kind = (id(row), step, fate, about)
                self.check(site, key, reply, fate, about, look=kind not in looked)
                looked.add(kind)

    _number = 0

    def number(self):
        Answers._number += 1
        return self._number


class RelayAnswersTest(Answers):
    def test_the_answers_become_what_the_table_says(self):
        self.check_all(SOME)

    def test_the_table_is_that_of_the_manual(self):
        page = (SOURCE / "man/pwreset.1").read_text()
        section = page[page.index(".Sh WHAT A RELAY SAYS"):]
        rows = re.findall(r"^\.It (.+) Ta (.+) Ta .+$", section[:section.index(".El")], re.MULTILINE)
        # What is answered to our login has tests of its own (core.transport.smtp_login, test_smtp).
        rows = [row for row in rows[1:] if row[1] != "AUTH"]
        self.assertEqual([(row.code, row.steps) for row in TABLE], rows)
        # Of each code that a row names there is a reply at each of its steps.
        for row in TABLE:
            steps = set(STEPS) if row.steps == "each" else set(row.steps.split(", "))
            self.assertEqual({step for _, step, _, _ in row.cases}, {STEPS[step] for step in steps}, row.code)

    def test_what_concerns_all_mails_is_asked_once_in_a_pass_and_the_queue_goes_out_when_it_is_over(self):
        stopped = {(row.code, about): (reply, step) for row, reply, step, fate, about in CASES if fate == STOPPED}
        for reply, step in stopped.values():
            with self.subTest(reply=reply):
                site = self.site()
                self.queue(site, 20)
                site.smtp.behave(**{step: reply})
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

    def test_a_limit_in_words_that_nobody_knows_condemns_ten_and_not_the_queue(self):
        site = self.site()
        self.queue(site, 30)
        site.smtp.behave(rcpt_of={f"user{number}@example.com": "550 Kontingent erschoepft" for number in range(2, 30)})
        self.assertEqual(site.run("deliver").exit, 69)
        self.assertEqual(self.states(site), {"sent": 2, "failed": 10, "queued": 18})
        kept = site.database.sql("SELECT COUNT(*) AS n FROM pwreset_deliveries WHERE state = 'queued' AND reason = 'relay'")[0]["n"]
        self.assertEqual(kept, 3)

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
