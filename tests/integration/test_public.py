"""`request --public`: what a web back end asks for, and what it must never be able to learn."""

import json
import os
import re
import subprocess
import time
import unittest

import harness
from harness import Site
from watching import Watch, kill_at
from web_service import WebService

# Nobody listens there.
GATEWAY = {"url": "http://127.0.0.1:9/send", "form": {"to": "{{to}}", "text": "{{text}}"}, "timeout": "2s"}
TRACE = re.compile(r'"trace_id":"[0-9a-f-]{36}"')


def call(site, body, *more, **named):
    """Runs `request --public --json` with an object, or with text or bytes as they are."""
    if isinstance(body, dict):
        body = json.dumps(body)
    return site.run("request", "--public", "--json", *more, stdin=body, **named)


def call_bytes(site, body):
    """The same with bytes that need not be UTF-8: (exit, answer)."""
    done = subprocess.run([harness.BINARY, "--config", str(site.file), "request", "--public", "--json"], input=body,
                          capture_output=True, timeout=60, cwd=site.folder, env={"PATH": os.defpath})  # fmt: skip
    return done.returncode, json.loads(done.stdout)


class PublicTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(reset={"link": "https://shop.example/reset/{token}",
                               "verify_link_url": "https://shop.example/verify-link/",
                               "verify_otp_url": "https://shop.example/verify-otp/"}, public={"cooldown": "2m"})  # fmt: skip
        cls.addClassCleanup(cls.site.close)
        cls.site.migrate()

    def setUp(self):
        for table in ("intake", "limits", "web_limits", "deliveries", "jobs", "tokens"):
            self.site.database.sql(f"DELETE FROM pwreset_{table}")
        self.site.database.sql("DELETE FROM users")
        self.mails_before = len(self.site.smtp.mails())

    def rows(self, what):
        return self.site.database.sql(what)

    def waiting(self):
        return self.rows("SELECT COUNT(*) AS n FROM pwreset_intake")[0]["n"]

    def newest(self, action):
        return self.rows(f"SELECT * FROM pwreset_audit WHERE action = '{action}' ORDER BY id DESC LIMIT 1")[0]

    def mails(self):
        return self.site.smtp.mails()[self.mails_before :]

    def deliver(self):
        done = self.site.run("deliver", "--json")
        self.assertEqual(done.exit, 0, done)
        return done.json["data"]

    def refused(self, body, exit, code, field=None):
        """The call is refused so, nothing is kept of it, and the audit trail has it."""
        done = call(self.site, body)
        self.assertEqual((done.exit, done.json["code"]), (exit, code), done)
        if field:
            self.assertEqual(list(done.json["errors"]), [field], done)
            self.assertTrue(done.json["errors"][field], done)
        self.assertEqual(self.waiting(), 0)
        self.assertEqual(self.rows("SELECT COUNT(*) AS n FROM pwreset_deliveries")[0]["n"], 0)
        entry = self.newest("request-public")
        self.assertEqual((entry["result"], entry["trace_id"]), (code, done.json["trace_id"]), done)
        return done

    def test_the_answer_is_made_of_syntax_and_the_mail_goes_out_by_deliver(self):
        self.site.add_user(email="Ada@example.com")
        done = call(self.site, {"identity": "ada@example.com", "locale": "de", "client": "203.0.113.9"})
        self.assertEqual(done.exit, 0, done)
        self.assertEqual(done.json["data"]["results"], [{
            "success": True,
            "message": "Wenn es ein Konto mit dieser Adresse gibt, schicken wir ihm eine E-Mail mit einem Link zu einem neuen Passwort.",
            "reference": None, "delivery": "queued", "purpose": "reset_password", "channel": "email",
            "next": "verify-link", "next_url": "https://shop.example/verify-link/", "recipient": None, "token_id": None,
            "expires_at": None, "resend_in_seconds": 120}])  # fmt: skip
        self.assertEqual(self.mails(), [])
        self.assertEqual(self.deliver()["sent"], 1)
        self.assertEqual(self.mails()[0].envelope["to"], ["Ada@example.com"])
        self.assertEqual(self.waiting(), 0)
        job = self.rows("SELECT * FROM pwreset_jobs")[0]
        self.assertEqual((job["command"], job["budget"], job["locale"], job["trace_id"]),
                         ("request", "web", "de", done.json["trace_id"]))  # fmt: skip
        self.assertEqual(self.newest("request-public")["detail"], "client 203.0.113.9")
        entry = self.newest("request")
        self.assertEqual((entry["result"], entry["trace_id"]), ("queued", done.json["trace_id"]))

    def test_an_unknown_account_gets_the_same_bytes_and_no_mail_and_the_trail_says_why(self):
        self.site.add_user(email="known@example.com")
        known, unknown = (call(self.site, {"identity": f"{name}@example.com"}) for name in ("known", "never"))
        self.assertEqual(TRACE.sub("", known.out), TRACE.sub("", unknown.out))
        self.assertEqual((known.exit, known.err), (unknown.exit, unknown.err))
        self.assertEqual(self.deliver()["sent"], 1)
        self.assertEqual([mail.envelope["to"] for mail in self.mails()], [["known@example.com"]])
        entry = self.rows(f"SELECT result, account FROM pwreset_audit WHERE trace_id = '{unknown.json['trace_id']}' ORDER BY id")
        self.assertEqual([row["result"] for row in entry], ["queued", "USER_NOT_FOUND"])
        self.assertEqual(self.waiting(), 0)
        self.assertNotIn("never@example.com", self.site.database.dump())

    def test_policy_speaks_in_deliver_and_to_the_trail_alone(self):
        self.site.add_user(email="boss@example.com", role="admin")
        self.site.add_user(email="off@example.com", active=0)
        for name, code, why in (("boss", "PROTECTED_ACCOUNT", "protected"), ("off", "FORBIDDEN", "disabled")):
            self.assertEqual(call(self.site, {"identity": f"{name}@example.com"}).exit, 0)
            self.assertEqual(self.deliver()["sent"], 0)
            entry = self.newest("request")
            self.assertEqual((entry["result"], entry["reason"]), (code, why))
        self.assertEqual(self.mails(), [])

    def test_the_limits_of_an_account_hold_in_deliver_however_it_is_spelt(self):
        self.site.config(public={"cooldown": "0s"})
        self.addCleanup(self.site.config, public={"cooldown": "2m"})
        self.site.add_user(email="ada@example.com")
        for spelling in ("ada@example.com", "ADA@example.com"):
            self.assertEqual(call(self.site, {"identity": spelling}).exit, 0)
        self.assertEqual(self.deliver()["sent"], 1)
        self.assertEqual(self.newest("request")["result"], "RATE_LIMITED")

    def test_the_same_identity_waits_two_minutes_known_or_not_and_in_any_case(self):
        self.site.add_user(email="ada@example.com")
        for first, again in (("ada@example.com", "Ada@Example.com"), ("never@example.com", "NEVER@example.com")):
            before = time.monotonic()
            self.assertEqual(call(self.site, {"identity": first}).exit, 0)
            self.assertEqual(self.deliver()["requests"], 0)
            done = call(self.site, {"identity": again})
            self.assertEqual((done.exit, done.json["code"]), (75, "RATE_LIMITED"), done)
            self.assertTrue(119 - (time.monotonic() - before) <= done.json["available_in_seconds"] <= 120, done)
            self.assertNotIn("override", done.out + done.err)
            entry = self.newest("request-public")
            self.assertEqual(entry["result"], "RATE_LIMITED")

    def test_ten_an_hour_and_the_budget_of_all_web_back_ends(self):
        self.addCleanup(self.site.config, public={"cooldown": "2m", "per_identity": None}, limits=None)
        self.site.config(public={"cooldown": "0s", "per_identity": "3/h"})
        answers = [call(self.site, {"identity": "never@example.com"}).exit for _ in range(4)]
        self.assertEqual(answers, [0, 0, 0, 75])
        self.site.config(limits={"web": "5/h"})
        answers = [call(self.site, {"identity": f"x{i}@example.com"}) for i in range(3)]
        self.assertEqual([done.exit for done in answers], [0, 0, 75])
        self.assertIn("the web back ends have had", answers[-1].json["message"])
        # A refused call took nothing of what comes before that limit.
        self.assertEqual(self.rows("SELECT COUNT(*) AS n FROM pwreset_web_limits WHERE limit_key LIKE 'web:call:%' AND hits > 0")[0]["n"], 3)

    def test_a_caller_who_is_signed_in_is_403(self):
        done = self.refused({"identity": "ada@example.com", "caller_authenticated": True}, 77, "FORBIDDEN")
        self.assertIn("signed in", done.json["message"])
        self.assertEqual(call(self.site, {"identity": "ada@example.com", "caller_authenticated": False}).exit, 0)

    def test_fields_that_are_null_or_blank_are_absent(self):
        self.site.add_user(email="ada@example.com")
        self.site.config(public={"cooldown": "0s"})
        self.addCleanup(self.site.config, public={"cooldown": "2m"})
        plain = call(self.site, {"identity": "ada@example.com"})
        for nothing in (None, "", " ", "\u00a0\n"):
            with self.subTest(nothing=nothing):
                fields = dict.fromkeys(("captcha_token", "caller_authenticated", "locale", "client"), nothing)
                done = call(self.site, {"identity": " ada@example.com\u3000", **fields})
                self.assertEqual((done.exit, TRACE.sub("", done.out)), (0, TRACE.sub("", plain.out)), done)
                self.assertIsNone(self.newest("request-public")["detail"])
        kept = self.rows("SELECT DISTINCT identity, locale FROM pwreset_intake")
        self.assertEqual(kept, [{"identity": b"ada@example.com", "locale": None}])

    def test_what_a_browser_says_of_languages_is_a_locale(self):
        self.site.add_user(email="ada@example.com")
        done = call(self.site, {"identity": "ada@example.com", "locale": "en;q=0.5, de-AT, de;q=0.9"})
        self.assertIn("Wenn es ein Konto", done.json["data"]["results"][0]["message"])
        self.assertEqual(self.deliver()["sent"], 1)
        self.assertEqual(self.mails()[0]["Content-Language"], "de")

    def test_a_malformed_identity_is_65_under_its_field(self):
        for identity in ("", "ana", "ana@", "a b@example.com", "id:1", "login:ada", "--print-link", "a\nb@example.com",
                         "a\0b@example.com", "ada@example.com\0", "an\u200ba@example.com", "x" * 250 + "@example.com"):  # fmt: skip
            with self.subTest(identity=identity[:30]):
                self.refused({"identity": identity}, 65, "INVALID_IDENTITY", "identity")
        self.refused({"locale": "de"}, 65, "INVALID_IDENTITY", "identity")

    def test_a_call_that_is_no_such_object_is_65_under_its_field(self):
        good = '"identity":"ada@example.com"'
        for text, code, field in (
            ("", "INVALID_INPUT", "call"), ("ada@example.com", "INVALID_INPUT", "call"), ("[]", "INVALID_INPUT", "call"),
            ("null", "INVALID_INPUT", "call"), ('"x"', "INVALID_INPUT", "call"), ("{" + good, "INVALID_INPUT", "call"),
            ("{" + good + "} {}", "INVALID_INPUT", "call"), ("{" + good + "}\0", "INVALID_INPUT", "call"),
            ("{" + good + ",}", "INVALID_INPUT", "call"), ("{" + good + "," + good + "}", "INVALID_IDENTITY", "identity"),
            ('{"identity":["ada@example.com"]}', "INVALID_IDENTITY", "identity"),
            ('{"identity":{"a":1}}', "INVALID_IDENTITY", "identity"), ('{"identity":null}', "INVALID_IDENTITY", "identity"),
            ('{"identity":1e999}', "INVALID_INPUT", "call"), ('{"identity":7}', "INVALID_IDENTITY", "identity"),
            ("{" + good + ',"override_limits":true}', "INVALID_INPUT", "override_limits"),
            ("{" + good + ',"caller_authenticated":"no"}', "INVALID_INPUT", "caller_authenticated"),
            ("{" + good + ',"locale":"../../etc"}', "INVALID_INPUT", "locale"),
            ("{" + good + ',"client":"a\\u001b[31m"}', "INVALID_INPUT", "client"),
            ("{" + good + ',"client":"' + "x" * 129 + '"}', "INVALID_INPUT", "client"),
            ("{" + good + ',"captcha_token":"' + "x" * 2049 + '"}', "INVALID_INPUT", "captcha_token"),
            ('{"identity":"\\ud800@example.com"}', "INVALID_INPUT", "call"),
            ("{" + good + " " * 65536 + "}", "INVALID_INPUT", "call"),
        ):  # fmt: skip
            with self.subTest(text=text[:60]):
                self.refused(text, 65, code, field)

    def test_bytes_that_are_not_utf8_are_65(self):
        for bad in (b'{"identity":"\xff@example.com"}', b'{"identity":"\xed\xa0\x80@example.com"}', b"\xff\xfe{\0}\0"):
            with self.subTest(bad=bad):
                code, answer = call_bytes(self.site, bad)
                self.assertEqual((code, answer["code"], list(answer["errors"])), (65, "INVALID_INPUT", ["call"]))

    def test_no_value_of_a_refused_call_is_repeated_but_the_identity(self):
        done = call(self.site, {"identity": "ada@example.com", "captcha_token": "tok\x07-unrepeated", "locale": "en"})
        self.assertEqual(done.exit, 65)
        self.assertNotIn("unrepeated", done.out + done.err)
        self.assertNotIn("unrepeated", self.site.database.dump())

    def test_nothing_goes_beside_it_on_the_command_line(self):
        for more in (["ada@example.com"], ["--queue"], ["--override-limits"], ["--dry-run"], ["--yes"], ["--quiet"],
                     ["--verbose"], ["--ticket", "T"], ["--reason", "r"], ["--locale", "de"], ["--color", "never"]):  # fmt: skip
            with self.subTest(more=more):
                done = call(self.site, {"identity": "ada@example.com"}, *more)
                self.assertEqual((done.exit, done.json["code"]), (64, "USAGE"), done)
        self.assertEqual(self.waiting(), 0)

    def test_the_capability_web_is_enough_and_only_it_is(self):
        self.addCleanup(self.site.config, operators=None)
        name = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        self.site.add_user(email="ada@example.com")
        self.site.config(operators={f"user:{name}": ["web"]})
        self.assertEqual(call(self.site, {"identity": "ada@example.com"}).exit, 0)
        done = self.site.run("request", "ada@example.com", "--json")
        self.assertEqual((done.exit, done.json["code"]), (77, "FORBIDDEN"), done)
        self.site.config(operators={f"user:{name}": ["support", "maintain", "bulk", "override"]})
        done = call(self.site, {"identity": "bob@example.com"})
        self.assertEqual((done.exit, done.json["code"]), (77, "FORBIDDEN"), done)
        self.assertEqual(self.waiting(), 1)

    def test_a_code_instead_of_a_link_where_configured(self):
        self.site.config(public={"email": "code"})
        self.addCleanup(self.site.config, public={"email": "link"})
        self.site.add_user(email="ada@example.com")
        answer = call(self.site, {"identity": "ada@example.com"}).json["data"]["results"][0]
        self.assertEqual((answer["next"], answer["next_url"]), ("verify-otp", "https://shop.example/verify-otp/"))
        self.assertEqual(self.deliver()["sent"], 1)
        self.assertRegex(self.site.smtp.code(self.mails()[0]), r"^\d{6}$")

    def test_the_other_formats(self):
        for number, (form, pattern) in enumerate((("table", r"^If there is an account[^{]*\n$"), ("ndjson", r'^\{"success":true'),
                                                  ("csv", r"^delivery,channel,next,message\r\nqueued,email,verify-link,"))):  # fmt: skip
            done = self.site.run("request", "--public", "--output", form, stdin=f'{{"identity":"f{number}@example.com"}}')
            self.assertEqual(done.exit, 0, done)
            self.assertRegex(done.out, pattern)

    def test_the_call_does_not_read_the_users_table(self):
        """Not even its name: it is away while the call is answered."""
        self.rows("RENAME TABLE users TO users_away")
        try:
            self.assertEqual(call(self.site, {"identity": "ada@example.com"}).exit, 0)
        finally:
            self.rows("RENAME TABLE users_away TO users")

    def test_a_request_that_nobody_worked_off_is_erased_after_a_day(self):
        self.site.add_user(email="late@example.com")
        for command, action in (("deliver", "request"), ("purge-expired", "purge")):
            self.rows("DELETE FROM pwreset_limits; DELETE FROM pwreset_web_limits")
            self.assertEqual(call(self.site, {"identity": "late@example.com"}).exit, 0)
            self.rows("UPDATE pwreset_intake SET taken_at = taken_at - INTERVAL 25 HOUR")
            self.assertEqual(self.site.run(command).exit, 0)
            self.assertEqual(self.waiting(), 0)
            self.assertIn("1 intake" if action == "purge" else "intake=1", self.newest(action)["detail"])
        self.assertEqual(self.mails(), [])

    def test_doctor_tells_of_requests_that_wait(self):
        call(self.site, {"identity": "late@example.com"})
        self.rows("UPDATE pwreset_intake SET taken_at = taken_at - INTERVAL 2 HOUR")
        checks = self.site.run("doctor", "--json").json["data"]["checks"]
        found = [check for check in checks if "web back ends" in check["finding"]]
        self.assertEqual([check["level"] for check in found], ["warning"])
        self.assertRegex(found[0]["finding"], "^1 request of web back ends waits, the first for 2 h")

    def test_a_dry_run_of_deliver_leaves_them(self):
        call(self.site, {"identity": "never@example.com"})
        done = self.site.run("deliver", "--dry-run", "--json")
        self.assertEqual((done.json["data"]["requests"], self.waiting()), (1, 1), done)

    def test_what_waits_is_part_of_what_is_held_about_a_person(self):
        self.site.add_user(email="ada@example.com")
        call(self.site, {"identity": "ADA@example.com"})
        call(self.site, {"identity": "bob@example.com"})
        held = self.site.run("subject", "export", "ada@example.com").json["data"]
        self.assertEqual([row["identity"] for row in held["intake"]], ["ADA@example.com"])
        self.assertEqual(len([row for row in held["limits"] if "call:" in row["key"]]), 2)
        gone = self.site.run("subject", "erase", "ada@example.com", "--yes", "--json").json["data"]
        self.assertEqual(gone["intake"], 1)
        self.assertEqual([row["identity"] for row in self.rows("SELECT identity FROM pwreset_intake")], [b"bob@example.com"])
        self.assertNotIn("ADA@example.com", self.site.database.dump())
        self.assertEqual(self.site.run("audit", "verify").exit, 0)


class IntakeTest(unittest.TestCase):
    """Working it off: once, whoever does it and however often it is killed."""

    @classmethod
    def setUpClass(cls):
        cls.owner = Site()
        cls.addClassCleanup(cls.owner.close)

    def setUp(self):
        self.site = Site(database=self.owner.database, smtp=self.owner.smtp, public={"cooldown": "0s"})
        self.addCleanup(self.site.close)
        self.site.migrate()
        self.mails_before = len(self.site.smtp.mails())

    def mails(self, at_least=0):
        return self.site.smtp.mails(at_least=self.mails_before + at_least)[self.mails_before :]

    def counts(self):
        return self.site.database.sql(
            "SELECT (SELECT COUNT(*) FROM pwreset_intake) AS waiting, (SELECT COUNT(*) FROM pwreset_jobs) AS jobs, "
            "(SELECT COUNT(*) FROM pwreset_deliveries) AS deliveries, (SELECT COUNT(*) FROM pwreset_audit WHERE action = "
            "'request') AS entries")[0]  # fmt: skip

    def test_killed_before_the_commit_it_is_done_again_and_nothing_twice(self):
        self.site.add_user(email="ada@example.com")
        call(self.site, {"identity": "ada@example.com"})
        call(self.site, {"identity": "never@example.com"})
        for _ in range(2):
            self.assertEqual(kill_at(self.site, "taking", "deliver").exit, -9)
            self.assertEqual(self.counts(), {"waiting": 2, "jobs": 0, "deliveries": 0, "entries": 0})
        self.assertEqual(self.site.run("deliver").exit, 0)
        self.assertEqual(self.counts(), {"waiting": 0, "jobs": 1, "deliveries": 1, "entries": 2})
        self.assertEqual(len(self.mails()), 1)
        self.assertEqual(self.site.run("audit", "verify").exit, 0)

    def test_several_workers_at_once_make_one_delivery_of_each_request(self):
        count = 40
        for number in range(count):
            self.site.add_user(email=f"u{number}@example.com")
            self.assertEqual(call(self.site, {"identity": f"u{number}@example.com"}).exit, 0)
        for worker in [self.site.start("deliver") for _ in range(4)]:
            done = worker.wait()
            self.assertEqual(done.exit, 0, done)
        self.assertEqual(self.site.run("deliver").exit, 0)
        self.assertEqual(self.counts(), {"waiting": 0, "jobs": count, "deliveries": count, "entries": count})
        to = sorted(mail.envelope["to"][0] for mail in self.mails())
        self.assertEqual(to, sorted(f"u{number}@example.com" for number in range(count)))

    def test_a_watch_notices_a_request_within_seconds(self):
        self.site.add_user(email="ada@example.com")
        watch = Watch(self.site)
        watch.wait_for("watching the queue")
        call(self.site, {"identity": "ada@example.com"})
        self.assertEqual(self.mails(at_least=1)[0].envelope["to"], ["ada@example.com"])
        watch.wait_for("requests of web back ends: 1 queued, 0 refused")
        self.assertEqual(watch.stop().exit, 0)

    def test_while_the_relay_is_away_requests_become_deliveries_all_the_same(self):
        self.site.add_user(email="ada@example.com")
        self.site.smtp.stop()
        call(self.site, {"identity": "ada@example.com"})
        self.assertEqual(self.site.run("deliver").exit, 69)
        self.assertEqual(self.counts()["waiting"], 0)
        self.site.smtp.start()
        self.assertEqual(self.site.run("deliver").exit, 0)
        self.assertEqual(len(self.mails()), 1)

    def test_a_phone_number_is_one_identity_in_every_spelling_and_gets_a_code(self):
        site = self.site
        site.database.sql("ALTER TABLE users ADD phone VARCHAR(40), ADD KEY (phone)")
        site.config(users={"phone": "phone", "phone_region": "IR"}, sms=GATEWAY, public={"cooldown": "2m"})
        site.add_user(email="ada@example.com", phone="+98 912 123 4567")
        for typed, exit in (("09121234567", 0), ("+989121234567", 75), ("۰۹۱۲۱۲۳۴۵۶۷", 75), ("09351234567", 0)):
            done = call(site, {"identity": typed})
            self.assertEqual(done.exit, exit, done)
        answer = done.json["data"]["results"][0]
        self.assertEqual((answer["channel"], answer["next"]), ("sms", "verify-otp"))
        site.run("deliver")
        rows = site.database.sql("SELECT channel, kind FROM pwreset_deliveries")
        self.assertEqual(rows, [{"channel": "sms", "kind": "reset_otp"}])
        self.assertEqual(self.counts()["waiting"], 0)
        self.assertNotIn("9351234567", site.database.dump())

    def test_where_no_text_message_can_go_out_a_phone_number_is_refused_silently(self):
        site = self.site
        site.database.sql("ALTER TABLE users ADD phone VARCHAR(40), ADD KEY (phone)")
        site.config(users={"phone": "phone", "phone_region": "IR"})
        site.add_user(email="ada@example.com", phone="+989121234567")
        self.assertEqual(call(site, {"identity": "09121234567"}).exit, 0)
        self.assertEqual(site.run("deliver").exit, 0)
        entry = site.database.sql("SELECT result, reason FROM pwreset_audit WHERE action = 'request'")
        self.assertEqual(entry, [{"result": "FORBIDDEN", "reason": "no_text_messages"}])

    def test_a_database_that_is_away_is_69(self):
        self.site.config(database={"host": "127.0.0.1", "port": 1, "socket": None, "tls": "off"})
        done = call(self.site, {"identity": "ada@example.com"})
        self.assertEqual((done.exit, done.json["code"]), (69, "UNAVAILABLE"), done)


class CaptchaTest(unittest.TestCase):
    """With a captcha configured, a call that has not passed it costs no limit and leaves nothing but an audit row."""

    @classmethod
    def setUpClass(cls):
        cls.service = WebService()
        cls.addClassCleanup(cls.service.close)
        cls.site = Site()
        cls.addClassCleanup(cls.site.close)
        cls.site.write_secret("captcha.secret", "the-secret")
        cls.site.config(captcha={"url": cls.service.url + "/turnstile/v0/siteverify", "secret_file": "captcha.secret",
                                 "timeout": "1s"})  # fmt: skip
        cls.site.migrate()

    def answer(self, identity, token=None, exit=0, code=None):
        body = {"identity": identity} | ({"captcha_token": token} if token else {})
        done = call(self.site, body)
        self.assertEqual((done.exit, done.json.get("code")), (exit, code), done)
        if token:
            self.assertNotIn(token, done.out + done.err + self.site.database.dump())
        return done

    def test_a_token_is_asked_for_and_good_once(self):
        for token in (None, "bad-token-1"):
            done = self.answer("ada@example.com", token, 77, "CAPTCHA_FAILED")
            self.assertEqual(list(done.json["errors"]), ["captcha_token"], done)
        self.assertEqual(self.site.database.sql("SELECT limit_key FROM pwreset_limits UNION SELECT limit_key FROM pwreset_web_limits"), [])
        self.answer("ada@example.com", "good-token-1")
        self.answer("bob@example.com", "good-token-1", 77, "CAPTCHA_FAILED")
        self.answer("ada@example.com", "good-token-2", 75, "RATE_LIMITED")
        results = self.site.database.sql("SELECT result FROM pwreset_audit WHERE action = 'request-public' ORDER BY id")
        self.assertEqual([row["result"] for row in results][-5:],
                         ["CAPTCHA_FAILED", "CAPTCHA_FAILED", "queued", "CAPTCHA_FAILED", "RATE_LIMITED"])  # fmt: skip

    def test_a_service_that_is_down_is_69(self):
        self.addCleanup(self.service.behave)
        self.service.behave(silence=True)
        self.answer("late@example.com", "good-token-3", 69, "UNAVAILABLE")

    def test_what_is_malformed_is_refused_before_the_service_is_asked(self):
        before = len(self.service.requests())
        self.answer("no address", "good-token-4", 65, "INVALID_IDENTITY")
        self.assertEqual(len(self.service.requests()), before)


if __name__ == "__main__":
    unittest.main()
