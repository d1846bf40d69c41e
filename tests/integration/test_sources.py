"""The five back ends whose behaviour pwreset gives from the command line: a test for each thing that they do.

S1 a Django account service (a link by mail), S2 an Express auth service (one live token, stored hashed), S3 a university's
service on FastAPI (a new password by mail, for some roles), S4 a Persian account service (address or mobile number, captcha,
waiting time), S5 a service like Laravel's (a code of six digits, one envelope for all answers).

`request IDENTITY` is what an agent types, `request --public` what a web back end calls. The HTTP status is the one of the
table in pwreset(1) for the code word. Depth is elsewhere: test_public.py, test_phone.py, test_temporary_password.py …
"""

import hashlib
import re
import unittest
import urllib.parse
import uuid
from pathlib import Path

import pymysql

from children import HANGS
from database import Database
from harness import SOURCE, Site, SmtpServer
from test_manual import http_statuses, literals
from test_public import call
from test_sms import GATEWAY
from test_temporary_password import php_verify
from web_service import WebService

PASSWORD_ALONE = re.compile(r"^(?=\S*\d)(?=\S*[A-Z])\S{16}$", re.MULTILINE)
PERSIAN = re.compile(r"[\u0600-\u06ff]")
DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")


def setUpModule():
    SourceTest.database = Database()
    unittest.addModuleCleanup(SourceTest.database.close)
    SourceTest.smtp = SmtpServer()
    unittest.addModuleCleanup(SourceTest.smtp.close)
    SourceTest.service = WebService()
    unittest.addModuleCleanup(SourceTest.service.close)


class SourceTest(unittest.TestCase):
    """A site as one of the five would configure it, with ada who has forgotten her password."""

    settings = {}
    number = "09121234567"

    def setUp(self):
        self.site = Site(database=self.database, smtp=self.smtp)
        self.addCleanup(self.site.close)
        self.addCleanup(self.smtp.behave)
        self.addCleanup(self.service.behave)
        self.sql = self.database.sql
        self.sql("ALTER TABLE users ADD phone VARCHAR(40), ADD KEY (phone)")
        self.site.config(**self.settings)
        self.site.migrate()
        self.ada = str(self.site.add_user(email="ada@example.com", phone=self.number, role="student"))
        self.mails_before = len(self.smtp.mails())
        self.asked_before = len(self.service.requests())

    def mails(self):
        return self.smtp.mails()[self.mails_before :]

    def mail(self):
        return self.mails()[-1]

    def token(self):
        """The token in the link that was mailed last."""
        return self.smtp.link(self.mail()).rsplit("/", 1)[1]

    def code(self):
        return self.smtp.code(self.mail())

    def texts(self):
        """The text messages that the gateway was given."""
        posted = [urllib.parse.parse_qs(request["body"]) for request in self.service.requests()[self.asked_before :]]
        return [fields for fields in posted if "receptor" in fields]

    def rows(self, columns="*", table="tokens"):
        return self.sql(f"SELECT {columns} FROM pwreset_{table} ORDER BY id")

    def password(self):
        return self.sql(f"SELECT password FROM users WHERE id = {self.ada}")[0]["password"]

    def good(self, done):
        """It is a success, and its one result."""
        self.assertEqual((done.exit, done.json["success"]), (0, True), done)
        uuid.UUID(done.json["trace_id"])
        (result,) = done.json["data"]["results"]
        return result

    def ask(self, *args, identity="ada@example.com"):
        return self.good(self.site.run("request", identity, "--json", *args))

    def web(self, **body):
        return self.good(call(self.site, {"identity": "ada@example.com"} | body))

    def refused(self, done, exit, code, http):
        """It is this failure, in the envelope of failures."""
        self.assertEqual((done.exit, done.json["success"], done.json["code"]), (exit, False, code), done)
        self.assertEqual(http_statuses()[exit, code], http)
        uuid.UUID(done.json["trace_id"])
        self.assertTrue(done.json["message"])
        return done.json

    def deliver(self):
        done = self.site.run("deliver", "--json")
        self.assertEqual(done.exit, 0, done)
        return done.json["data"]

    def past(self, seconds):
        """So long ago was all that was done."""
        self.sql(f"UPDATE pwreset_tokens SET issued_at = issued_at - INTERVAL {seconds} SECOND, "
                 f"expires_at = expires_at - INTERVAL {seconds} SECOND")  # fmt: skip

    def application(self):
        """What pwreset-tokens(5) gives an application in Python, and a connection for it."""
        page, where = {}, self.database.settings()
        exec(compile(next(text for text in literals("pwreset-tokens.5") if text.startswith('"""')), "page", "exec"), page)
        place = {"unix_socket": where["socket"]} if "socket" in where else {
            "host": where["host"], "port": where["port"], "ssl": {"check_hostname": False, "verify_mode": "none"}}  # fmt: skip
        connection = pymysql.connect(user=where["user"], password=self.database.password, database=where["name"], **place)
        self.addCleanup(connection.close)
        return page, connection

    def takes_link(self, token):
        """Whether the application lets the password be set with it."""
        page, connection = self.application()
        return page["use_link"](connection, token, "new hash") == self.ada

    def takes_code(self, code):
        page, connection = self.application()
        keys = page["read_keys"](self.site.folder / "keys/application.key")
        return page["use_code"](connection, keys, self.ada, code, "new hash") == self.ada


class TableTest(unittest.TestCase):
    def test_the_readme_has_a_row_for_each_test_here_in_their_order(self):
        rows = re.findall(r"^\| (S\d) \| (.*?) \| .+ \|$", (SOURCE / "README.md").read_text(), re.MULTILINE)
        names = re.findall(r'"""(S\d): (.*)"""$', Path(__file__).read_text(), re.MULTILINE)
        self.assertEqual(rows, names)
        for case in (S1Test, S2Test, S3Test, S4Test, S5Test):
            for test in unittest.defaultTestLoader.getTestCaseNames(case):
                self.assertRegex(getattr(case, test).__doc__, f"^{case.__name__[:2]}: ")


class S1Test(SourceTest):
    settings = {"reset": {"link": "https://accounts.example/reset?token={token}"}}

    def test_s1_a_registered_address_is_mailed_a_link_with_a_token(self):
        """S1: a registered address is mailed a reset link that carries a token"""
        self.assertEqual(self.ask()["message"], "reset link sent")
        self.assertEqual(self.mail().envelope["to"], ["ada@example.com"])
        self.assertRegex(self.smtp.link(self.mail()), r"^https://accounts\.example/reset\?token=[0-9a-f]{64}$")
        self.assertEqual(http_statuses()[0, None], 200)

    def test_s1_the_token_link_of_the_mail_received_works(self):
        """S1: the token link of the mail received works, once"""
        self.ask()
        token = self.smtp.link(self.mail()).partition("token=")[2]
        self.assertTrue(self.takes_link(token))
        self.assertEqual(self.password(), "new hash")
        self.assertFalse(self.takes_link(token))

    def test_s1_a_missing_address_is_400(self):
        """S1: a missing e-mail is refused with 400, by an agent and by a web page"""
        self.refused(self.site.run("request", "--json"), 64, "USAGE", 400)
        answer = self.refused(call(self.site, {}), 65, "INVALID_IDENTITY", 400)
        self.assertEqual(list(answer["errors"]), ["identity"])
        self.assertEqual(self.mails(), [])

    def test_s1_an_invalid_address_is_400(self):
        """S1: an invalid e-mail is refused with 400"""
        for address in ("ada", "ada@", "@example.com", "a b@example.com"):
            with self.subTest(address):
                self.refused(self.site.run("request", address, "--json"), 65, "INVALID_IDENTITY", 400)
                self.refused(call(self.site, {"identity": address}), 65, "INVALID_IDENTITY", 400)
        self.assertEqual((self.mails(), self.rows()), ([], []))

    def test_s1_no_such_user_is_a_failure_of_its_own(self):
        """S1: an address that belongs to no user is refused; with 404, as S2, S3 and S5 have it"""
        answer = self.refused(self.site.run("request", "nobody@example.com", "--json"), 67, "USER_NOT_FOUND", 404)
        self.assertIn("'nobody@example.com'", answer["message"])
        self.assertEqual((self.mails(), self.rows()), ([], []))

    def test_s1_nothing_is_cached(self):
        """S1: nothing is cached: a new user is found and a changed address used at once"""
        self.refused(self.site.run("request", "new@example.com", "--json"), 67, "USER_NOT_FOUND", 404)
        key = self.site.add_user(email="new@example.com")
        self.ask(identity="new@example.com")
        self.sql(f"UPDATE users SET email = 'newer@example.com' WHERE id = {key}")
        self.ask("--override-limits", identity="newer@example.com")
        self.assertEqual([mail.envelope["to"] for mail in self.mails()], [["new@example.com"], ["newer@example.com"]])
        self.refused(self.site.run("request", "new@example.com", "--json"), 67, "USER_NOT_FOUND", 404)


class S2Test(SourceTest):
    settings = {"reset": {"link": "https://yourapp.com/auth/reset-password/{token}"}, "limits": {"cooldown": "0s"}}

    def test_s2_the_user_is_looked_up_by_address(self):
        """S2: the user is looked up by e-mail, and the link goes to the address that is stored"""
        self.ask(identity="ADA@Example.com")
        self.assertEqual(self.mail().envelope["to"], ["ada@example.com"])
        self.assertEqual(self.rows("CAST(account AS CHAR) AS account"), [{"account": self.ada}])

    def test_s2_every_older_token_is_dead(self):
        """S2: every token that the user has dies when a new one is made; only the latest is valid"""
        tokens = []
        for _ in range(3):
            self.ask()
            tokens.append(self.token())
        self.assertEqual([row["state"] for row in self.rows()], ["void", "void", "live"])
        self.assertEqual([self.takes_link(token) for token in tokens], [False, False, True])

    def test_s2_the_token_is_32_random_bytes_as_64_hex_digits(self):
        """S2: a token is 32 random bytes, written as 64 hex digits, each time others"""
        tokens = set()
        for _ in range(3):
            self.ask()
            tokens.add(self.token())
        self.assertEqual([bool(re.fullmatch("[0-9a-f]{64}", token)) for token in tokens], [True] * 3)

    def test_s2_the_token_is_stored_hashed(self):
        """S2: only the SHA-256 of the token is stored"""
        self.ask()
        (row,) = self.rows("HEX(verifier) AS digest")
        self.assertEqual(row["digest"].lower(), hashlib.sha256(self.token().encode()).hexdigest())
        dump = self.database.dump().lower()
        self.assertNotIn(self.token(), dump)
        self.assertNotIn(self.token().encode().hex(), dump)

    def test_s2_it_expires_after_an_hour(self):
        """S2: the token expires after one hour; then a new one is asked for"""
        self.ask()
        self.assertEqual(self.rows("TIMESTAMPDIFF(SECOND, issued_at, expires_at) AS life"), [{"life": 3600}])
        old = self.token()
        self.past(3601)
        self.assertFalse(self.takes_link(old))
        self.ask()
        self.assertTrue(self.takes_link(self.token()))

    def test_s2_the_link_is_the_one_of_the_application(self):
        """S2: the link is https://yourapp.com/auth/reset-password/ and the token"""
        self.ask()
        self.assertEqual(self.smtp.link(self.mail()), f"https://yourapp.com/auth/reset-password/{self.token()}")

    def test_s2_success_is_200(self):
        """S2: success is 200, "reset link sent", with the reference that is in the mail"""
        result = self.ask()
        self.assertEqual((result["message"], result["delivery"]), ("reset link sent", "accepted"))
        self.assertIn(result["reference"], self.smtp.text(self.mail()))

    def test_s2_an_unknown_user_is_404(self):
        """S2: an unknown user is 404, and no token of anybody dies"""
        self.ask()
        self.refused(self.site.run("request", "adda@example.com", "--json"), 67, "USER_NOT_FOUND", 404)
        self.assertEqual(self.rows("state"), [{"state": "live"}])

    def test_s2_anything_unexpected_is_500(self):
        """S2: a mail that is refused for good, and tables that are gone, are 500"""
        self.smtp.behave(rcpt="550 5.1.1 no such mailbox")
        self.refused(self.site.run("request", "ada@example.com", "--json"), 1, "UNDELIVERABLE", 500)
        self.assertEqual(self.rows("state"), [{"state": "void"}])
        self.sql("DROP TABLE pwreset_tokens")
        self.refused(self.site.run("request", "ada@example.com", "--json"), 78, "CONFIG", 500)

    def test_s2_support_sees_a_mistyped_address(self):
        """S2: support sees that an address was mistyped"""
        self.site.run("request", "adda@example.com")
        done = self.site.run("inspect", "adda@example.com", "--json")
        self.refused(done, 67, "USER_NOT_FOUND", 404)
        entries = self.site.run("audit", "--action", "request", "--json").json["data"]["entries"]
        self.assertEqual([entry["result"] for entry in entries], ["USER_NOT_FOUND"])

    def test_s2_support_sees_that_the_mail_was_taken(self):
        """S2: support sees that the relay took the mail, and says which to look for in the spam folder"""
        result = self.ask()
        self.assertIn("look in the spam folder too", result["tell"])
        (delivery,) = self.site.run("inspect", "ada@example.com", "--json").json["data"]["deliveries"]
        self.assertEqual((delivery["reference"], delivery["state"]), (result["reference"], "sent"))
        self.assertTrue(delivery["answer"].startswith("250 "), delivery)

    def test_s2_support_sees_which_link_was_used_again(self):
        """S2: support sees whether a link that fails is superseded, used or expired"""
        self.ask()
        first = self.smtp.link(self.mail())
        self.ask()
        second, token = self.smtp.link(self.mail()), self.token()
        self.assertEqual(self.verdict(first), "superseded")
        self.past(3601)
        self.assertEqual(self.verdict(second), "expired")
        self.past(-3601)
        self.assertEqual(self.verdict(second), "valid")
        self.assertTrue(self.takes_link(token))
        self.assertEqual(self.verdict(second), "used")

    def verdict(self, link):
        done = self.site.run("inspect", "-", "--json", stdin=link)
        self.assertEqual(done.exit, 0, done)
        return done.json["data"]["link"]["verdict"]


class S3Test(SourceTest):
    roles = ["student", "uni-admin", "sys-admin"]
    settings = {"users": {"allowed_roles": roles, "protected": ["owner"]}, "temporary_password": {"enabled": True},
                "public": {"email": "password", "cooldown": "0s"}, "limits": {"cooldown": "0s"}}  # fmt: skip

    def set_password(self):
        return self.site.run("request", "ada@example.com", "--via", "password", "--json")

    def mailed(self):
        return PASSWORD_ALONE.search(self.smtp.text(self.mail())).group()

    def test_s3_three_roles_may_use_it(self):
        """S3: student, uni-admin and sys-admin may use it, and no other role"""
        for role in self.roles:
            self.sql(f"UPDATE users SET role = '{role}'")
            self.good(self.set_password())
            self.assertTrue(php_verify(self.mailed(), self.password()), role)
        last = self.mailed()
        for role in ("guest", None):
            self.sql("UPDATE users SET role = " + (f"'{role}'" if role else "NULL"))
            self.refused(self.set_password(), 77, "FORBIDDEN", 403)
            self.assertFalse(php_verify(last, self.password()), "what was given before ends with the permission")
        self.assertEqual(len(self.mails()), 3)

    def test_s3_a_new_password_is_mailed_and_replaces_the_old_one(self):
        """S3: a generated password is mailed, its hash takes the place of the stored one, and nobody else sees it"""
        before = self.password()
        done = self.set_password()
        self.assertEqual(self.good(done)["message"], "temporary password sent")
        self.assertNotEqual(self.password(), before)
        self.assertTrue(php_verify(self.mailed(), self.password()))
        self.assertEqual(self.mail().envelope["to"], ["ada@example.com"])
        self.assertNotIn(self.mailed(), done.out + done.err + self.database.dump())

    def test_s3_the_answer_does_not_say_whether_there_is_an_account(self):
        """S3: success is 200 in words that do not reveal whether the account exists"""
        known, unknown = (call(self.site, {"identity": f"{name}@example.com"}) for name in ("ada", "nobody"))
        self.assertTrue(self.good(known)["message"].startswith("If there is an account with this address"))
        self.good(unknown)
        self.assertEqual(*(done.out.replace(done.json["trace_id"], "") for done in (known, unknown)))
        self.assertEqual(self.deliver()["sent"], 1)
        self.assertTrue(php_verify(self.mailed(), self.password()))

    def test_s3_an_unknown_user_is_404_for_an_agent(self):
        """S3: user not found is 404, for who may know it"""
        done = self.site.run("request", "nobody@example.com", "--via", "password", "--json")
        self.refused(done, 67, "USER_NOT_FOUND", 404)

    def test_s3_an_empty_request_is_400(self):
        """S3: an empty request is 400"""
        self.refused(call(self.site, {}), 65, "INVALID_IDENTITY", 400)
        self.refused(call(self.site, {"identity": ""}), 65, "INVALID_IDENTITY", 400)

    def test_s3_a_malformed_request_is_422_with_the_field(self):
        """S3: a malformed request is 422, with what is wrong under the name of the field"""
        for body, field in (("{", "call"), ("", "call"), ({"identity": "ada@example.com", "caller_authenticated": "no"}, "caller_authenticated"),
                            ({"identity": "ada@example.com", "locale": 7}, "locale"), ({"identity": "ada@example.com", "to": "x"}, "to")):  # fmt: skip
            with self.subTest(body):
                answer = self.refused(call(self.site, body), 65, "INVALID_INPUT", 422)
                self.assertEqual(list(answer["errors"]), [field])
                self.assertTrue(all(isinstance(text, str) and text for text in answer["errors"][field]), answer)

    def test_s3_a_password_that_cannot_be_stored_is_500(self):
        """S3: the new password could not be stored: 500, and the old one goes on working"""
        before = self.password()
        self.sql("CREATE TRIGGER not_today BEFORE UPDATE ON users FOR EACH ROW "
                 "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not today'")  # fmt: skip
        self.refused(self.set_password(), 1, "UNDELIVERABLE", 500)
        self.assertEqual(self.deliver()["sent"], 0)
        self.assertEqual((self.password(), self.mails()), (before, []))

    def test_s3_a_mail_that_cannot_be_sent_is_500_and_keeps_the_old_password(self):
        """S3: the mail could not be sent: 500, and the old password goes on working"""
        before = self.password()
        self.smtp.behave(rcpt="550 5.1.1 no such mailbox")
        self.refused(self.set_password(), 1, "UNDELIVERABLE", 500)
        self.assertEqual((self.password(), self.mails()), (before, []))

    def test_s3_a_relay_that_is_away_is_503_and_keeps_the_old_password(self):
        """S3: a relay that is away is 503 of deliver; what was asked for stays queued, and the old password works"""
        before = self.password()
        self.smtp.stop()
        try:
            self.assertEqual(self.good(self.set_password())["delivery"], "queued")
            self.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6)")
            self.refused(self.site.run("deliver", "--json"), 69, "UNAVAILABLE", 503)
        finally:
            self.smtp.start()
        self.assertEqual(self.password(), before)
        self.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6)")
        self.assertEqual(self.deliver()["sent"], 1)
        self.assertTrue(php_verify(self.mailed(), self.password()))

    def test_s3_a_gateway_that_is_away_is_503(self):
        """S3: a gateway for text messages that is away is 503 of deliver"""
        self.site.config(users={"phone": "phone", "phone_region": "IR"}, sms=GATEWAY | {"url": "http://127.0.0.1:9/", "key_file": None})
        self.good(self.site.run("request", self.number, "--queue", "--json"))
        self.refused(self.site.run("deliver", "--json"), 69, "UNAVAILABLE", 503)


class S4Test(SourceTest):
    settings = {
        "reset": {"verify_link_url": "https://account.example/verify-link/",
                  "verify_otp_url": "https://account.example/verify-otp/"},
        "users": {"phone": "phone", "phone_region": "IR"},
        "text": {"locale": "fa"},
    }  # fmt: skip
    fresh = 0

    def setUp(self):
        super().setUp()
        for name, secret in (("sms.key", "the-key"), ("captcha.secret", "the-secret")):
            self.site.write_secret(name, secret)
        self.site.config(sms=GATEWAY | {"url": self.service.url + "/v1/{{key}}/sms/send.json"},
                         captcha={"url": self.service.url + "/turnstile/v0/siteverify", "secret_file": "captcha.secret",
                                  "timeout": "1s"})  # fmt: skip

    def from_page(self, identity="ada@example.com", **body):
        """A call whose visitor has passed the captcha."""
        S4Test.fresh += 1
        return call(self.site, {"identity": identity, "captcha_token": f"good-s4-{self.fresh}"} | body)

    def test_s4_an_address_gets_a_link(self):
        """S4: an e-mail address gets a link"""
        self.assertEqual(self.good(self.from_page())["channel"], "email")
        self.assertEqual(self.deliver()["sent"], 1)
        self.assertTrue(self.takes_link(self.token()))
        self.assertEqual(self.texts(), [])

    def test_s4_a_mobile_number_gets_a_code(self):
        """S4: an Iranian mobile number, 09xxxxxxxxx, gets a code"""
        self.assertEqual(self.good(self.from_page(self.number))["channel"], "sms")
        self.assertEqual(self.deliver()["sent"], 1)
        (text,) = self.texts()
        self.assertEqual((text["receptor"], self.mails()), ([self.number], []))
        code = re.search(r"\d{3}[ \u00a0-]?\d{3}", text["message"][0].translate(DIGITS)).group()
        self.assertTrue(self.takes_code(code))

    def test_s4_success_tells_the_next_step(self):
        """S4: success tells the next step: next_url by what the identity is, purpose reset_password, a message"""
        for identity, step in (("ada@example.com", "verify-link"), (self.number, "verify-otp")):
            result = self.good(self.from_page(identity))
            self.assertEqual((result["next"], result["next_url"]), (step, f"https://account.example/{step}/"))
            self.assertEqual(result["purpose"], "reset_password")
            self.assertRegex(result["message"], PERSIAN)

    def test_s4_a_captcha_token_is_required(self):
        """S4: without a captcha token it is 400 under its own key"""
        answer = self.refused(call(self.site, {"identity": "ada@example.com"}), 77, "CAPTCHA_FAILED", 400)
        self.assertEqual(list(answer["errors"]), ["captcha_token"])

    def test_s4_an_invalid_captcha_token_is_400_under_its_key(self):
        """S4: an invalid captcha token, and one that was used, is 400 under its own key, and nothing is sent"""
        self.good(call(self.site, {"identity": "other@example.com", "captcha_token": "good-s4-once"}))
        for token in ("bad-token", "good-s4-once"):
            done = call(self.site, {"identity": "ada@example.com", "captcha_token": token})
            answer = self.refused(done, 77, "CAPTCHA_FAILED", 400)
            self.assertEqual(list(answer["errors"]), ["captcha_token"])
        self.deliver()
        self.assertEqual(self.mails(), [])

    def test_s4_a_captcha_service_that_is_away_is_503(self):
        """S4: a captcha service that does not answer is 503, and nothing is let through"""
        self.service.behave(silence=True)
        self.refused(self.from_page(), 69, "UNAVAILABLE", 503)
        self.assertEqual(self.rows(table="intake"), [])

    def test_s4_the_same_identity_waits_two_minutes(self):
        """S4: after a success the same identity waits 2 minutes: 429 with available_in_seconds"""
        for identity in ("ada@example.com", self.number):
            self.assertEqual(self.good(self.from_page(identity))["resend_in_seconds"], 120)
            answer = self.refused(self.from_page(identity), 75, "RATE_LIMITED", 429)
            self.assertTrue(0 < answer["available_in_seconds"] <= 120, answer)
        self.sql("UPDATE pwreset_web_limits SET window_ends = window_ends - INTERVAL 121 SECOND")
        self.good(self.from_page())

    def test_s4_a_refused_call_does_not_start_the_waiting(self):
        """S4: only a success makes the identity wait: a failed captcha does not"""
        self.refused(call(self.site, {"identity": "ada@example.com", "captcha_token": "bad"}), 77, "CAPTCHA_FAILED", 400)
        self.good(self.from_page())

    def test_s4_there_is_a_rate_limit_besides(self):
        """S4: there is a rate limit besides the waiting, known identity or not: 429 with available_in_seconds"""
        self.site.config(public={"cooldown": "0s", "per_identity": "3/h"})
        for identity in ("ada@example.com", "nobody@example.com"):
            for _ in range(3):
                self.good(self.from_page(identity))
            answer = self.refused(self.from_page(identity), 75, "RATE_LIMITED", 429)
            self.assertTrue(3600 - HANGS <= answer["available_in_seconds"] <= 3600, answer)

    def test_s4_a_malformed_identity_is_400_under_its_field(self):
        """S4: a malformed identity is 400, keyed by its field"""
        for identity in ("", "ada", "ada@", "0912", "0912345678901234", "09121234567x"):
            with self.subTest(identity):
                answer = self.refused(self.from_page(identity), 65, "INVALID_IDENTITY", 400)
                self.assertEqual(list(answer["errors"]), ["identity"])

    def test_s4_a_caller_who_is_signed_in_is_403(self):
        """S4: a caller who is already signed in is 403"""
        self.refused(self.from_page(caller_authenticated=True), 77, "FORBIDDEN", 403)
        self.assertEqual(self.rows(table="intake"), [])
        self.good(self.from_page(caller_authenticated=False))

    def test_s4_unexpected_is_500(self):
        """S4: what is unexpected is 500"""
        self.sql("DROP TABLE pwreset_intake")
        self.refused(self.from_page(), 78, "CONFIG", 500)

    def test_s4_messages_to_the_user_are_persian_from_right_to_left(self):
        """S4: mail, text message and answer are Persian, the mail from right to left"""
        for identity in ("ada@example.com", self.number):
            self.assertRegex(self.good(self.from_page(identity))["message"], PERSIAN)
        self.assertEqual(self.deliver()["sent"], 2)
        self.assertRegex(self.mail()["Subject"], PERSIAN)
        self.assertRegex(self.smtp.text(self.mail()), PERSIAN)
        self.assertRegex(self.mail().get_body(("html",)).get_content(), r'<html[^>]* lang="fa"[^>]* dir="rtl"|<html[^>]* dir="rtl"')
        self.assertRegex(self.texts()[0]["message"][0], PERSIAN)


class S5Test(SourceTest):
    settings = {"public": {"email": "code", "cooldown": "0s"}, "limits": {"cooldown": "0s"}}

    def send(self, identity="ada@example.com"):
        return self.site.run("send-otp", identity, "--json")

    def test_s5_the_address_must_belong_to_a_user(self):
        """S5: an e-mail that belongs to no user is USER_NOT_FOUND, 404"""
        answer = self.refused(self.send("nobody@example.com"), 67, "USER_NOT_FOUND", 404)
        self.assertEqual(answer["errors"], {})
        self.assertEqual((self.mails(), self.rows()), ([], []))

    def test_s5_ten_requests_an_hour_for_an_address(self):
        """S5: ten requests per hour for an e-mail, then RATE_LIMITED, 429, by command and by web page"""
        for _ in range(10):
            self.good(self.send())
        answer = self.refused(self.send(), 75, "RATE_LIMITED", 429)
        self.assertTrue(3600 - HANGS <= answer["available_in_seconds"] <= 3600, answer)
        self.assertEqual(len(self.mails()), 10)
        for _ in range(10):
            self.web(identity="nobody@example.com")
        self.refused(call(self.site, {"identity": "Nobody@example.com"}), 75, "RATE_LIMITED", 429)

    def test_s5_a_code_of_six_digits_is_stored_and_mailed(self):
        """S5: a code of six digits is mailed, and stored as a digest that the application can check"""
        self.good(self.send())
        self.assertRegex(self.code(), r"^\d{6}$")
        self.assertEqual(self.mail().envelope["to"], ["ada@example.com"])
        (row,) = self.rows("kind, state, LENGTH(code_mac) AS digest")
        self.assertEqual(row, {"kind": "reset_otp", "state": "live", "digest": 32})
        self.assertNotIn(f"'{self.code()}'", self.database.dump())
        self.assertTrue(self.takes_code(self.code()))

    def test_s5_the_code_expires_after_a_few_minutes(self):
        """S5: the code expires after five minutes; an expired one is ignored"""
        self.good(self.send())
        self.assertEqual(self.rows("TIMESTAMPDIFF(SECOND, issued_at, expires_at) AS life"), [{"life": 300}])
        self.past(301)
        self.assertFalse(self.takes_code(self.code()))

    def test_s5_only_the_latest_code_is_valid(self):
        """S5: only the latest code is valid"""
        self.good(self.send())
        first = self.code()
        self.good(self.send())
        self.assertEqual([row["state"] for row in self.rows()], ["void", "live"])
        if first != self.code():
            self.assertFalse(self.takes_code(first))
        self.assertTrue(self.takes_code(self.code()))

    def test_s5_the_envelope_of_a_success(self):
        """S5: success is an envelope of success, data with the message, and trace_id"""
        done = self.send()
        self.assertEqual(list(done.json), ["success", "data", "trace_id"])
        self.assertEqual(self.good(done)["message"], "code sent")

    def test_s5_the_envelope_of_a_failure(self):
        """S5: a failure is an envelope of success, message, code, errors and the trace_id of its audit row"""
        answer = self.refused(self.send("nobody@example.com"), 67, "USER_NOT_FOUND", 404)
        self.assertLessEqual({"success", "message", "code", "errors", "trace_id"}, set(answer))
        self.assertEqual(answer["errors"], {})
        self.assertEqual([row["trace_id"] for row in self.rows(table="audit") if row["action"] == "send-otp"], [answer["trace_id"]])

    def test_s5_an_internal_error_is_500(self):
        """S5: what goes wrong inside is INTERNAL_ERROR, 500"""
        self.sql("CREATE TRIGGER broken BEFORE INSERT ON pwreset_limits FOR EACH ROW SET @broken = (SELECT 1 UNION SELECT 2)")
        self.refused(self.send(), 70, "INTERNAL_ERROR", 500)
        self.assertEqual(self.mails(), [])

    def test_s5_codes_are_in_a_table_and_users_are_only_read(self):
        """S5: the code's table is written, the users table only read"""
        before = self.sql("SELECT * FROM users")
        self.good(self.send())
        self.assertEqual(len(self.rows()), 1)
        self.assertEqual(self.sql("SELECT * FROM users"), before)

    def test_s5_the_mail_is_sent_in_the_background(self):
        """S5: the mail is dispatched in the background: the answer is there before it, deliver sends it"""
        self.assertEqual(self.web()["delivery"], "queued")
        self.assertEqual((self.mails(), self.rows()), ([], []))
        self.assertEqual(self.deliver()["sent"], 1)
        self.assertTrue(self.takes_code(self.code()))

    def test_s5_attempts_and_refusals_are_logged(self):
        """S5: send attempts and rate limiting are logged, with who, what and the result"""
        self.site.config(limits={"per_account": "1/h"})
        self.good(self.send())
        self.refused(self.send(), 75, "RATE_LIMITED", 429)
        entries = self.site.run("audit", "ada@example.com", "--json").json["data"]["entries"]
        told = [(entry["action"], entry["result"]) for entry in reversed(entries) if entry["action"] != "audit"]
        self.assertEqual(told, [("send-otp", "queued"), ("mint", "done"), ("send", "sent"), ("send-otp", "RATE_LIMITED")])
        self.assertTrue(all(entry["operator"] for entry in entries))

    def test_s5_rapid_repeats_send_one(self):
        """S5: rapid repeats: of eight at once with a waiting time, one is sent, the others are RATE_LIMITED"""
        self.site.config(limits={"cooldown": "2m"})
        done = [running.wait() for running in [self.site.start("send-otp", "ada@example.com", "--json") for _ in range(8)]]
        self.assertEqual(sorted(one.exit for one in done), [0] + [75] * 7)
        self.assertEqual(len(self.mails()), 1)

    def test_s5_a_network_error_does_not_lose_the_code(self):
        """S5: a network error: the mail stays queued, and a later try sends a new code"""
        self.smtp.stop()
        try:
            self.assertEqual(self.good(self.send())["delivery"], "queued")
        finally:
            self.smtp.start()
        self.assertEqual(self.rows(), [])
        self.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6)")
        self.assertEqual(self.deliver()["sent"], 1)
        self.assertTrue(self.takes_code(self.code()))


if __name__ == "__main__":
    unittest.main()
