"""Text messages through the built program: the queue, the gateway, and what stops them."""

import re
import time
import unittest
import urllib.parse

from harness import Database, Site, SmtpServer
from web_service import WebService

GATEWAY = {
    "form": {"receptor": "{{to_national}}", "message": "{{text}}", "sender": "{{sender}}"},
    "sender": "10004346",
    "key_file": "sms.key",
    "result": "/return/status",
    "accepted": ["200"],
    "permanent": ["411"],
    "message_id": "/entries/0/messageid",
    "timeout": "2s",
}
NUMBER = "+989121234567"


class SmsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.smtp = SmtpServer()
        cls.addClassCleanup(cls.smtp.close)

    def setUp(self):
        self.service = WebService()
        self.addCleanup(self.service.close)
        self.site = Site(database=self.database, smtp=self.smtp)
        self.addCleanup(self.site.close)
        self.database.sql("ALTER TABLE users ADD phone VARCHAR(40)")
        for name, secret in (("sms.key", "the-key"), ("captcha.secret", "the-secret")):
            self.site.write_secret(name, secret)
        self.site.config(users={"phone": "phone", "phone_region": "IR"},
                         sms=GATEWAY | {"url": self.service.url + "/v1/{{key}}/sms/send.json"})  # fmt: skip
        self.site.migrate()

    def queue(self, number=NUMBER):
        """A code for a new account, as if it had been asked for; the id of its delivery."""
        account = self.site.add_user(email="ada@example.com", phone=number)
        return self.database.sql(
            "INSERT INTO pwreset_jobs (app, command, budget, operator, trace_id, total, created_at) VALUES "
            "('shop', 'send-otp', 'agents', 'tom', UUID(), 1, UTC_TIMESTAMP(6)); "
            "INSERT INTO pwreset_deliveries (app, job_id, account, kind, channel, state, next_at, queued_at) VALUES "
            f"('shop', LAST_INSERT_ID(), '{account}', 'reset_otp', 'sms', 'queued', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)); "
            "SELECT LAST_INSERT_ID() AS id")[0]["id"]  # fmt: skip

    def delivery(self, delivery):
        return self.database.sql(f"SELECT state, relay, answer, next_at, failures FROM pwreset_deliveries WHERE id = {delivery}")[0]

    def codes(self, used, unused):
        """Codes of text messages whose time is over."""
        values = ["('shop', '1', 'reset_otp', 'sms', 1, 1, '%s', UTC_TIMESTAMP(6) - INTERVAL 5 MINUTE, UTC_TIMESTAMP(6))" % state
                  for state, count in (("used", used), ("void", unused)) for _ in range(count)]  # fmt: skip
        self.database.sql("INSERT INTO pwreset_tokens (app, account, kind, channel, delivery_id, attempt, state, issued_at, "
                          "expires_at) VALUES " + ", ".join(values))  # fmt: skip

    def checks(self, area):
        return [check for check in self.site.run("doctor", "--json").json["data"]["checks"] if check["area"] == area]


class DeliveryTest(SmsTest):
    def test_a_message_that_was_taken_is_sent_with_the_gateways_number(self):
        delivery = self.queue()
        self.site.run("deliver")
        row = self.delivery(delivery)
        self.assertEqual((row["state"], row["relay"], row["answer"]), ("sent", "127.0.0.1", "200 id 8792343"))
        (request,) = self.service.requests()
        self.assertEqual(urllib.parse.parse_qs(request["body"])["receptor"], ["09121234567"])
        self.assertEqual(self.smtp.mails(), [])

    def test_neither_code_nor_key_nor_number_is_kept_or_told(self):
        self.service.behave(status=400, body="not sent")
        self.queue()
        done = self.site.run("deliver", "--verbose")
        (request,) = self.service.requests()
        text = urllib.parse.parse_qs(request["body"])["message"][0]
        codes = set(re.findall(r"(?<!\d)\d{3}[ -]?\d{3}(?!\d)", text))
        self.assertTrue(codes)
        kept = "\n".join(line for line in self.database.dump().splitlines() if "INSERT INTO `users`" not in line)
        told = str(done) + kept + self.site.run("audit", "--json").out + self.site.run("list-tokens", "--json").out
        for hidden in [*codes, *(re.sub(r"\D", "", code) for code in codes), "the-key", "9121234567"]:
            self.assertNotIn(hidden, told)

    def test_one_in_doubt_is_held_and_never_sent_again(self):
        self.service.behave(status=500)
        delivery = self.queue()
        self.site.run("deliver")
        self.assertEqual(self.delivery(delivery)["state"], "uncertain")
        self.service.behave()
        self.database.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6)")
        self.site.run("deliver")
        self.assertEqual(self.delivery(delivery)["state"], "uncertain")
        self.assertEqual(len(self.service.requests()), 1)

    def test_one_that_was_put_off_is_sent_later_with_a_new_code(self):
        self.service.behave(status=503, body="")
        delivery = self.queue()
        self.site.run("deliver")
        self.assertEqual(self.delivery(delivery)["state"], "queued")
        self.service.behave()
        self.database.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6)")
        self.site.run("deliver")
        self.assertEqual(self.delivery(delivery)["state"], "sent")
        first, second = (urllib.parse.parse_qs(request["body"])["message"] for request in self.service.requests())
        self.assertNotEqual(first, second)

    def test_a_number_that_cannot_be_reached_has_failed_and_its_code_is_void(self):
        self.service.behave(status=411, body='{"return": {"status": 411}}')
        delivery = self.queue()
        self.site.run("deliver")
        row = self.delivery(delivery)
        self.assertEqual((row["state"], row["answer"]), ("failed", "411"))
        self.assertEqual(self.database.sql("SELECT state, void_reason FROM pwreset_tokens"),
                         [{"state": "void", "void_reason": "undeliverable"}])  # fmt: skip

    def test_for_a_gateway_that_is_away_nothing_is_minted(self):
        self.service.stop()
        delivery = self.queue()
        done = self.site.run("deliver")
        self.assertIn("cannot use gateway '127.0.0.1:", done.err)
        self.assertEqual(self.delivery(delivery)["state"], "queued")
        self.assertEqual(self.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens")[0]["n"], 0)


class PaceTest(SmsTest):
    """A gateway says how fast it takes messages."""

    def test_messages_go_as_fast_as_the_gateway_takes_them(self):
        self.service.behave(every=1)
        deliveries = [self.queue(f"+98912123450{i}") for i in range(4)]
        done = self.site.run("deliver", "--json")
        self.assertEqual((done.exit, done.json["data"]["sent"]), (0, 4), done)
        self.assertEqual([self.delivery(delivery)["state"] for delivery in deliveries], ["sent"] * 4)
        # The first that came too soon was told so; the others were in time.
        self.assertLessEqual(len(self.service.requests()), 6)

    def test_one_that_is_asked_for_now_waits_a_moment_too(self):
        for i in range(2):
            self.site.add_user(phone=f"0912123450{i}")
        self.service.behave(every=1)
        for i in range(2):
            done = self.site.run("send-otp", f"0912123450{i}", "--json")
            self.assertEqual(done.json["data"]["results"][0]["delivery"], "accepted", done)

    def test_a_longer_pause_is_kept_by_all_messages(self):
        self.service.behave(status=429, body="{}", headers={"Retry-After": "120"})
        first, second = self.queue(), self.queue("+989121234568")
        done = self.site.run("deliver")
        self.assertEqual(done.exit, 69, done)
        self.assertIn("gateway '127.0.0.1' takes no more for 2 min: 429", done.err)
        self.assertEqual(len(self.service.requests()), 1)
        wait = self.database.sql(f"SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), next_at) AS s FROM pwreset_deliveries WHERE id = {first}")
        self.assertTrue(100 <= wait[0]["s"] <= 120, wait)
        self.assertEqual((self.delivery(second)["state"], self.delivery(second)["answer"]), ("queued", None))
        self.assertEqual(self.delivery(first)["failures"], 0)

    def test_a_pause_may_be_given_as_a_date(self):
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 90))
        self.service.behave(status=503, body="", headers={"Retry-After": date})
        self.queue()
        self.assertIn("takes no more for 1 min", self.site.run("deliver").err)

    def test_a_code_that_would_come_too_late_has_failed(self):
        self.service.behave(status=429, body="{}", headers={"Retry-After": "3600"})
        delivery = self.queue()
        self.site.run("deliver")
        self.assertEqual(self.delivery(delivery)["state"], "failed")


class RequestTest(SmsTest):
    """Asked for on the command line."""

    def ask(self, number, *more):
        return self.site.run("send-otp", number, "--for", "caller", "--json", *more)

    def test_a_number_gets_a_code_that_verifies_its_caller(self):
        self.site.add_user(phone="09121234567")
        done = self.ask("+98 912 123 4567")
        (result,) = done.json["data"]["results"]
        self.assertEqual((result["delivery"], result["channel"], result["recipient"]), ("accepted", "sms", "+98•••••67"), done)
        text = urllib.parse.parse_qs(self.service.requests()[0]["body"])["message"][0]
        code = re.sub(r"\D", "", re.search(r"(?<!\d)\d{3}[ \u00a0-]?\d{3}(?!\d)", text).group())
        self.assertEqual(self.site.run("verify-otp", "09121234567", stdin=code + "\n").exit, 0)

    def test_each_budget_refuses_with_the_seconds_left(self):
        budgets = {"per_number": "1/d", "per_range": "2/h", "overall": "3/h"}
        self.site.config(sms=budgets, limits={"cooldown": "0s"})
        for number in ("09121234567", "09121234568", "09121234569", "09351112233", "09361112233"):
            self.site.add_user(phone=number)
        wanted = [("09121234567", None), ("09121234567", "this number has had its text messages"),
                  ("09121234568", None), ("09121234569", "the numbers around this one have had their text messages"),
                  ("09351112233", None), ("09361112233", "the text messages of all operators together are used up")]  # fmt: skip
        for number, refusal in wanted:
            with self.subTest(number, refusal=refusal):
                done = self.ask(number)
                self.assertEqual(done.exit, 75 if refusal else 0, done)
                if refusal:
                    self.assertIn(refusal, done.json["message"])
                    self.assertGreater(done.json["available_in_seconds"], 3000)
        self.assertEqual(len(self.service.requests()), 3)

    def test_while_text_messages_are_stopped_none_is_queued(self):
        self.codes(used=0, unused=200)
        self.site.add_user(phone="09121234567")
        done = self.ask("09121234567")
        self.assertEqual((done.exit, done.json["code"]), (69, "UNAVAILABLE"), done)
        self.assertIn("text messages are stopped", done.json["message"])
        self.assertEqual(self.database.sql("SELECT COUNT(*) AS n FROM pwreset_deliveries")[0]["n"], 0)

    def test_a_message_in_doubt_is_told_as_such(self):
        self.site.add_user(phone="09121234567")
        self.service.behave(silence=True)
        done = self.ask("09121234567")
        self.assertEqual(done.exit, 0, done)
        self.assertIn("no answer in time", done.out)
        self.assertEqual(self.database.sql("SELECT state FROM pwreset_deliveries"), [{"state": "uncertain"}])


class StoppedTest(SmsTest):
    def test_when_hardly_any_code_is_used_nothing_is_sent_until_an_administrator_has_looked(self):
        self.codes(used=4, unused=196)
        delivery = self.queue()
        alarm = "text messages are stopped: only 4 of the last 200 codes sent as text messages were used"
        self.assertIn(alarm, self.site.run("deliver").err)
        self.assertEqual((self.delivery(delivery)["state"], self.service.requests()), ("queued", []))
        problem, reachable = self.checks("sms")
        self.assertEqual((problem["level"], problem["finding"]), ("problem", alarm))
        self.assertEqual(reachable["level"], "ok")
        since = re.search(r'alarm_since = "([^"]+)"', problem["remedy"]).group(1)
        self.site.config(sms={"alarm_since": since})
        self.assertEqual([check["level"] for check in self.checks("sms")], ["ok", "ok"])
        self.site.run("deliver")
        self.assertEqual(self.delivery(delivery)["state"], "sent")

    def test_the_digest_tells_the_alarm(self):
        self.codes(used=0, unused=200)
        found = "only 0 of the last 200 codes sent as text messages were used"
        self.assertIn("text messages stopped: " + found, self.site.run("purge-expired", "--digest").out)
        self.assertEqual(self.site.run("purge-expired", "--digest", "--json").json["data"]["digest"]["sms_alarm"], found)

    def test_mails_are_sent_while_text_messages_are_stopped(self):
        self.codes(used=0, unused=200)
        self.queue()
        self.assertEqual(self.site.run("request", "ada@example.com").exit, 0)
        self.assertEqual(len(self.smtp.mails(at_least=1)), 1)


class DoctorTest(SmsTest):
    def captcha(self, secret):
        self.site.write_secret("captcha.secret", secret)
        self.site.config(captcha={"url": self.service.url + "/turnstile/v0/siteverify", "secret_file": "captcha.secret"})
        (check,) = self.checks("captcha")
        return check["level"], check["finding"]

    def test_a_gateway_is_looked_at_without_a_message(self):
        reachable = self.checks("sms")[-1]
        self.assertEqual(reachable["level"], "ok")
        self.assertIn(f"gateway '127.0.0.1:{self.service.port}' answered in ", reachable["finding"])
        self.assertEqual(self.service.requests(), [])
        self.service.stop()
        away = self.checks("sms")[-1]
        self.assertEqual((away["level"], away["remedy"]), ("problem", "is the gateway up, and is [sms] right?"))

    def test_a_captcha_service_is_asked_whether_it_knows_the_secret(self):
        level, finding = self.captcha("the-secret")
        self.assertEqual(level, "ok", finding)
        self.assertEqual(self.captcha("wrong"), ("problem", "captcha service '127.0.0.1' does not know our secret"))
        level, finding = self.captcha("1x0000000000000000000000000000000AA")
        self.assertEqual(level, "problem")
        self.assertIn("accepts any token", finding)


if __name__ == "__main__":
    unittest.main()
