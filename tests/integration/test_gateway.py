"""The clients of web services against a real server: the gateway for text messages and the captcha service.

service_probe.cpp has the clients without the rest of the program.
"""

import os
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.parse
from pathlib import Path

from children import HANGS, until
from harness import SOURCE, to_toml
from web_service import WebService

PROBE = os.environ.get("PWRESET_PROBE", str(SOURCE / "build/debug/tests/service-probe"))

KAVENEGAR = {
    "path": "/v1/{{key}}/sms/send.json",
    "form": {"receptor": "{{to_national}}", "message": "{{text}}", "sender": "{{sender}}"},
    "sender": "10004346",
    "key_file": "sms.key",
    "result": "/return/status",
    "accepted": ["200"],
    "permanent": ["411"],
    "temporary": ["409", "418"],
    "message_id": "/entries/0/messageid",
}
TWILIO = {
    "path": "/2010-04-01/Accounts/AC0/Messages.json",
    "form": {"To": "{{to}}", "From": "{{sender}}", "Body": "{{text}}"},
    "sender": "+15005550006",
    "user": "AC0",
    "password_file": "sms.password",
    "accepted_status": [201],
    "result": "/code",
    "permanent": ["21211", "21610", "21614"],
    "message_id": "/sid",
}
TEXT = "Shop: 271 828 is your code. \u200eکد \"شما\" & more + 100 %\nNobody asks for it"


class ProbeTest(unittest.TestCase):
    tls = False
    cert_name = "localhost"

    def setUp(self):
        self.service = WebService(tls=self.tls, cert_name=self.cert_name)
        self.addCleanup(self.service.close)
        folder = tempfile.TemporaryDirectory(prefix="pwreset-probe-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name, secret in (("sms.key", "the-key"), ("sms.password", "open sesame"), ("captcha.secret", "the-secret")):
            self.secret(name, secret)

    def secret(self, name, text):
        (self.folder / name).unlink(missing_ok=True)
        with open(os.open(self.folder / name, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(text)

    def configure(self, **sections):
        settings = {
            "application": "shop",
            "database": {"kind": "sqlite", "path": "shop.db"},
            "users": {"protected": []},
            "reset": {"link": "https://shop.example/{token}"},
            "mail": {"from": "a@shop.example", "host": "localhost"},
        }
        self.secret("shop.toml", to_toml(settings | sections))

    def gateway(self, settings, **more):
        settings = settings | more
        path = settings.pop("path")
        if self.service.ca:
            settings.setdefault("tls_ca", str(self.service.ca))
        self.configure(sms={"url": self.service.url + path, "timeout": "2s"} | settings)

    def start(self, what, argument):
        command = [PROBE, what, str(self.folder / "shop.toml"), argument]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=self.folder)

    def probe(self, what, argument, stdin=""):
        return self.start(what, argument).communicate(stdin, timeout=60)[0].strip()

    def send(self, number="+989121234567", text=TEXT):
        said = self.probe("sms", number, text)
        for hidden in ("the-key", "sesame", "271828", "271 828", number.lstrip("+")):
            self.assertNotIn(hidden, said)
        return said


class GatewayTest(ProbeTest):
    def test_kavenegar_gets_what_it_documents(self):
        self.gateway(KAVENEGAR)
        self.assertEqual(self.send(), "accepted: 200 id 8792343")
        (request,) = self.service.requests()
        self.assertEqual((request["method"], request["path"]), ("POST", "/v1/the-key/sms/send.json"))
        self.assertEqual(request["headers"]["Content-Type"], "application/x-www-form-urlencoded")
        self.assertEqual(urllib.parse.parse_qsl(request["body"], strict_parsing=True),
                         [("receptor", "09121234567"), ("message", TEXT), ("sender", "10004346")])  # fmt: skip

    def test_kavenegar_refuses_a_number_for_good_and_a_key_for_now(self):
        self.gateway(KAVENEGAR)
        self.assertEqual(self.send("+982112345"), "permanent: 411")
        self.secret("sms.key", "another")
        self.assertEqual(self.send(), "temporary: 401")

    def test_twilio_gets_what_it_documents(self):
        self.gateway(TWILIO)
        self.assertEqual(self.send("+15005550009"), "accepted: 201 id SM1f0e8ae6ade43cb3c0ce4525424e404f")
        self.assertEqual(self.send("+15005550001"), "permanent: 400 21211")
        self.secret("sms.password", "wrong")
        self.assertEqual(self.send("+15005550009"), "temporary: 401 20003")
        fields = dict(urllib.parse.parse_qsl(self.service.requests()[0]["body"]))
        self.assertEqual(fields, {"To": "+15005550009", "From": "+15005550006", "Body": TEXT})

    def test_a_json_body_is_json_whatever_the_text_holds(self):
        import json

        self.gateway({"path": "/v1/json", "json": '{"to": "{{to_digits}}", "m": [{"text": "{{text}}", "ref": "{{reference}}"}]}'})
        self.service.behave(status=200, body="{}")
        self.assertEqual(self.send(), "accepted: 200")
        (request,) = self.service.requests()
        self.assertEqual(json.loads(request["body"]), {"to": "989121234567", "m": [{"text": TEXT, "ref": "7K3Q-M2"}]})
        self.assertEqual(request["headers"]["Content-Type"], "application/json")

    def test_values_in_a_url_are_encoded(self):
        self.gateway({"path": "/send?to={{to}}&text={{text}}", "method": "GET", "contains": "OK"})
        self.service.behave(status=200, body="OK 5")
        self.assertEqual(self.send(), "accepted: 200")
        (request,) = self.service.requests()
        self.assertEqual(request["method"], "GET")
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(request["path"]).query, strict_parsing=True)
        self.assertEqual(query, {"to": ["+989121234567"], "text": [TEXT]})

    def test_an_id_that_is_made_of_the_number_is_not_kept(self):
        self.gateway(KAVENEGAR)
        self.service.behave(body='{"return": {"status": 200}, "entries": [{"messageid": "a-989121234567-271828"}]}')
        self.assertEqual(self.send(text="271828"), "accepted: 200 id a-98912*******-******")

    def test_what_is_no_number_is_not_asked_about(self):
        self.gateway(KAVENEGAR)
        for number in ("09121234567", "+98 912", "+98912&x=1", "++98912123456", "a@b"):
            self.assertEqual(self.send(number), "permanent: the number is not one that text messages can be sent to")
        self.assertEqual(self.service.requests(), [])


class FailingGatewayTest(ProbeTest):
    """What became of the message when something goes wrong. The text goes out once, whatever happens."""

    def outcome(self, **wishes):
        self.gateway(KAVENEGAR)
        self.service.behave(**wishes)
        said = self.send()
        self.assertEqual(len(self.service.requests()), 0 if wishes.get("cut") == "before_reading" else 1)
        return said

    def test_a_gateway_that_is_busy_is_asked_again_later(self):
        self.assertEqual(self.outcome(status=429, body="slow down"), "temporary: 429")

    def test_an_inner_error_leaves_it_in_doubt(self):
        self.assertEqual(self.outcome(status=500, body="oops 271828 +989121234567"), "unknown: 500")

    def test_an_answer_that_is_not_json_leaves_it_in_doubt(self):
        self.assertEqual(self.outcome(body='{"return": {"status": 200'),
                         "unknown: 200 with an answer that was not expected")  # fmt: skip

    def test_a_redirect_is_not_followed(self):
        self.assertEqual(self.outcome(redirect=307), "unknown: 307: a redirect, not followed")

    def test_a_body_of_100_mb_is_not_read(self):
        self.assertEqual(self.outcome(huge=True), "unknown: 200 with an answer that was not expected")
        self.assertLess(self.service.taken_of_huge(), 20_000_000)

    def test_silence_ends_with_the_time(self):
        self.assertEqual(self.outcome(silence=True), "unknown: no answer in time")

    def test_an_answer_that_drips_ends_with_the_same_time(self):
        began = time.monotonic()
        self.assertEqual(self.outcome(drip=0.5), "unknown: no answer in time")
        self.assertLess(time.monotonic() - began, 30)  # seconds; the whole answer takes over a minute

    def test_a_connection_that_is_cut_leaves_it_in_doubt(self):
        for cut in ("before_reading", "after_reading", "inside_head"):
            with self.subTest(cut):
                for file in self.service.folder.glob("request-*.json"):
                    file.unlink()
                self.assertRegex(self.outcome(cut=cut), "^unknown: the connection was (closed|reset)")

    def test_a_body_that_is_cut_leaves_it_in_doubt(self):
        self.assertEqual(self.outcome(cut="inside_body"), "unknown: 200 with an answer that was not expected")

    def test_a_connection_that_is_reset_leaves_it_in_doubt(self):
        self.assertEqual(self.outcome(reset=True), "unknown: the connection was reset")

    def test_a_gateway_that_is_away_is_not_opened(self):
        self.gateway(KAVENEGAR)
        self.service.stop()
        self.assertEqual(self.send(), f"UNAVAILABLE: cannot use gateway '127.0.0.1:{self.service.port}': "
                                      f"127.0.0.1:{self.service.port}: Connection refused")  # fmt: skip

    def test_a_signal_leaves_a_moment_to_hear_the_answer(self):
        self.gateway(KAVENEGAR, timeout="60s")
        self.service.behave(silence=True)
        running = self.start("sms", "+989121234567")
        running.stdin.write(TEXT)
        running.stdin.close()
        until(self.service.requests)
        running.send_signal(signal.SIGTERM)
        began = time.monotonic()
        running.wait(HANGS)
        self.assertLess(time.monotonic() - began, 50)
        running.stdout.close()

    def test_no_proxy_of_the_environment_is_used(self):
        self.gateway(KAVENEGAR)
        os.environ["http_proxy"] = os.environ["HTTP_PROXY"] = "http://127.0.0.1:1"
        self.addCleanup(lambda: [os.environ.pop(name) for name in ("http_proxy", "HTTP_PROXY")])
        self.assertEqual(self.send(), "accepted: 200 id 8792343")


class EncryptedGatewayTest(ProbeTest):
    tls = True

    def test_a_verified_gateway_takes_messages(self):
        self.gateway(KAVENEGAR)
        self.assertEqual(self.send(), "accepted: 200 id 8792343")

    def test_a_gateway_of_an_unknown_authority_gets_nothing(self):
        self.gateway(KAVENEGAR, tls_ca="")
        self.assertRegex(self.send(), "^UNAVAILABLE: cannot use gateway 'localhost:[0-9]+': certificate of 'localhost' refused")
        self.assertEqual(self.service.requests(), [])


class WronglyNamedGatewayTest(ProbeTest):
    tls = True
    cert_name = "other.example"

    def test_a_certificate_of_another_name_gets_nothing(self):
        self.gateway(KAVENEGAR)
        self.assertRegex(self.send(), "^UNAVAILABLE: .*certificate of 'localhost' refused: hostname mismatch")
        self.assertEqual(self.service.requests(), [])


class CaptchaTest(ProbeTest):
    def check(self, token="good-1", secret="the-secret", **more):
        self.secret("captcha.secret", secret)
        self.configure(captcha={"url": self.service.url + "/turnstile/v0/siteverify", "secret_file": "captcha.secret",
                                "timeout": "2s"} | more)  # fmt: skip
        said = self.probe("captcha", token)
        self.assertNotIn(secret, said)
        return said.partition(" | ")[0]

    def test_a_token_passes_once(self):
        self.assertEqual(self.check(), "passed")
        self.assertEqual(self.check(), "CAPTCHA_FAILED: the captcha was not passed: the token is too old, or was used before")
        (first, second) = self.service.requests()
        self.assertEqual(first["path"], "/turnstile/v0/siteverify")
        self.assertIn("secret=the-secret&response=good-1&idempotency_key=", first["body"])
        self.assertNotEqual(first["body"], second["body"])

    def test_the_secrets_for_tests_do_what_they_are_for(self):
        self.assertEqual(self.check("x", "1x0000000000000000000000000000000AA"), "passed")
        self.assertEqual(self.check("x", "2x0000000000000000000000000000000AA"),
                         "CAPTCHA_FAILED: the captcha was not passed: the token is not valid")  # fmt: skip
        self.assertEqual(self.check("x", "3x0000000000000000000000000000000AA"),
                         "CAPTCHA_FAILED: the captcha was not passed: the token is too old, or was used before")  # fmt: skip

    def test_a_wrong_secret_is_a_fault_of_the_configuration(self):
        self.assertEqual(self.check(secret="wrong"), "CONFIG: captcha service '127.0.0.1' does not know our secret")

    def test_a_token_of_another_host_does_not_pass(self):
        self.assertEqual(self.check(hostname="shop.example", action="reset"), "passed")
        self.assertEqual(self.check("good-2", hostname="evil.example"),
                         "CAPTCHA_FAILED: the captcha was not passed: it was solved on another host")  # fmt: skip

    def test_a_service_without_a_usable_answer_is_unavailable(self):
        no_answer = "UNAVAILABLE: no usable answer from captcha service '127.0.0.1': "
        for wishes, why in (({"status": 500}, "status 500"),
                            ({"redirect": 302}, "status 302"),
                            ({"body": "{"}, "status 200 without a yes or no"),
                            ({"huge": True}, "status 200 without a yes or no"),
                            ({"silence": True}, "no answer in time"),
                            ({"drip": 0.5}, "no answer in time"),
                            ({"reset": True}, "the connection was reset")):  # fmt: skip
            with self.subTest(wishes):
                self.service.behave(**wishes)
                self.assertEqual(self.check(), no_answer + why)
        self.service.stop()
        self.assertRegex(self.check(), no_answer + ".*Connection refused")

    def test_a_break_after_the_token_was_spent_is_healed_by_asking_again(self):
        self.service.behave(reset=True, times=1)
        self.assertEqual(self.check(), "passed")
        self.assertEqual(len(self.service.requests()), 2)


if __name__ == "__main__":
    unittest.main()
