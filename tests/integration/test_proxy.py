"""The clients of web services behind a proxy, which is all that they can reach: the name of the service is known to it alone."""

import os
import time
import unittest

from harness import Database, Site, SmtpServer
from test_gateway import KAVENEGAR, TEXT, ProbeTest
from web_service import Proxy, WebService

NAME = "gateway.example"
ACCEPTED = "accepted: 200 id 8792343"


class BehindProxy(ProbeTest):
    tls = True
    cert_name = NAME

    def setUp(self):
        super().setUp()
        self.proxy = Proxy(self.service)
        self.addCleanup(self.proxy.close)
        self.network = {"proxy": self.proxy.url}

    def configure(self, **sections):
        super().configure(network=self.network, **sections)

    def gateway(self, settings=KAVENEGAR, url=f"https://{NAME}", **more):
        settings = settings | {"tls_ca": str(self.service.ca), "timeout": "2s"} | more
        self.configure(sms=settings | {"url": url + settings.pop("path")})

    def log_in(self, password, **wishes):
        self.secret("proxy.password", password)
        self.network |= {"proxy_user": "mia", "proxy_password_file": "proxy.password"}
        self.proxy.behave(login="mia:open-the-way", **wishes)

    def became(self, **wishes):
        """What becomes of a text when the proxy behaves so: the answer, its time and how often the gateway was asked."""
        self.gateway()
        self.proxy.behave(**wishes)
        began = time.monotonic()
        said = self.send()
        return said, time.monotonic() - began, len(self.service.requests())

    def at_proxy(self, why, hint="is network.proxy right, and the proxy up?"):
        return f"UNAVAILABLE: cannot use gateway '{NAME}:443': proxy '127.0.0.1:{self.proxy.port}'{why} | {hint}"


class OpenWayTest(BehindProxy):
    def test_a_text_reaches_the_gateway(self):
        self.gateway()
        self.assertEqual(self.send(), ACCEPTED)
        (request,) = self.service.requests()
        self.assertEqual((request["method"], request["path"]), ("POST", "/v1/the-key/sms/send.json"))
        self.assertEqual(request["headers"]["Host"], NAME)
        self.assertNotIn("Proxy-Authorization", request["headers"])

    def test_the_proxy_learns_the_address_and_nothing_else(self):
        self.gateway()
        self.assertEqual(self.send(), ACCEPTED)
        ((head, through),) = self.proxy.connections()
        self.assertEqual(head, f"CONNECT {NAME}:443 HTTP/1.1\r\nHost: {NAME}:443\r\nUser-Agent: pwreset\r\n\r\n")
        self.assertEqual(through[:2], b"\x16\x03")  # a handshake of TLS
        for hidden in (b"the-key", b"271 828", TEXT.encode(), b"9121234567", b"POST"):
            self.assertNotIn(hidden, through)

    def test_each_text_has_a_way_of_its_own(self):
        self.gateway()
        for _ in range(3):
            self.assertEqual(self.send(), ACCEPTED)
        self.assertEqual(len(self.proxy.connections()), 3)

    def test_a_port_and_an_address_are_named_as_they_are(self):
        self.service.close()
        self.service = WebService(tls=True, cert_name="10.1.2.3")
        self.proxy = Proxy(self.service)
        self.addCleanup(self.proxy.close)
        self.network = {"proxy": self.proxy.url}
        self.gateway(url="https://10.1.2.3:8443")
        self.assertEqual(self.send(), ACCEPTED)
        self.assertTrue(self.proxy.connections()[0][0].startswith("CONNECT 10.1.2.3:8443 HTTP/1.1\r\n"))

    def test_an_interim_answer_of_the_proxy_is_passed_over(self):
        self.assertEqual(self.became(before="HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n")[0], ACCEPTED)

    def test_a_way_that_opens_slowly_is_open_all_the_same(self):
        self.assertEqual(self.became(drip=0.02)[0], ACCEPTED)

    def test_the_certificate_must_be_the_gateways(self):
        self.gateway(url="https://other.example")
        self.assertRegex(self.send(), "^UNAVAILABLE: .*certificate of 'other.example' refused: hostname mismatch")
        self.gateway(tls_ca="")
        self.assertRegex(self.send(), f"^UNAVAILABLE: .*certificate of '{NAME}' refused: ")
        self.assertEqual(self.service.requests(), [])

    def test_plain_http_stays_on_this_host(self):
        with WebService() as here:
            self.gateway(url=here.url, tls_ca=None)
            self.assertEqual(self.send(), ACCEPTED)
            self.assertEqual(len(here.requests()), 1)
        self.assertEqual(self.proxy.connections(), [])

    def test_a_captcha_is_asked_about_through_it(self):
        self.configure(captcha={"url": f"https://{NAME}/turnstile/v0/siteverify", "secret_file": "captcha.secret",
                                "tls_ca": str(self.service.ca)})  # fmt: skip
        self.assertEqual(self.probe("captcha", "good-1"), "passed")
        self.assertIn("secret=the-secret&response=good-1", self.service.requests()[0]["body"])
        self.assertEqual(len(self.proxy.connections()), 1)


class LoginTest(BehindProxy):
    def test_a_login_opens_the_way(self):
        self.log_in("open-the-way\n")
        self.gateway()
        self.assertEqual(self.send(), ACCEPTED)
        self.assertNotIn("Proxy-Authorization", self.service.requests()[0]["headers"])

    def test_a_wrong_password_is_told_and_not_shown(self):
        self.log_in("shut")
        self.gateway()
        said = self.send()
        self.assertEqual(said, self.at_proxy(" refuses the login of 'network.proxy_user'",
                                             "correct network.proxy_user or the proxy's password"))  # fmt: skip
        self.assertEqual((len(self.proxy.connections()), self.service.requests()), (1, []))

    def test_a_login_that_is_asked_for_is_told(self):
        said, _, asked = self.became(login="mia:open-the-way")
        self.assertEqual(said, self.at_proxy(" asks for a login", "write it into network.proxy_user and the file of "
                                                                  "network.proxy_password_file"))  # fmt: skip
        self.assertEqual(asked, 0)

    def test_a_scheme_that_is_not_known_is_named(self):
        self.log_in("open-the-way", schemes=["Negotiate", "NTLM"])
        self.proxy.behave(login="another:one", schemes=["Negotiate", "NTLM"])
        self.gateway()
        self.assertIn("lets in by 'negotiate', 'ntlm' only, and pwreset knows 'basic' alone", self.send())

    def test_a_password_that_others_can_read_is_refused(self):
        self.log_in("open-the-way")
        (self.folder / "proxy.password").chmod(0o640)
        self.gateway()
        self.assertRegex(self.send(), "^CONFIG: .*proxy.password")
        self.assertEqual(self.proxy.connections(), [])

    def test_a_captcha_service_is_not_blamed_for_the_proxys_refusal(self):
        self.proxy.behave(login="mia:open-the-way")
        self.configure(captcha={"url": f"https://{NAME}/turnstile/v0/siteverify", "secret_file": "captcha.secret"})
        self.assertEqual(self.probe("captcha", "good-1"),
                         f"UNAVAILABLE: no usable answer from captcha service '{NAME}': proxy '127.0.0.1:{self.proxy.port}' asks "
                         "for a login | write it into network.proxy_user and the file of network.proxy_password_file")  # fmt: skip


class ShutWayTest(BehindProxy):
    def test_a_proxy_that_hangs_costs_no_more_than_the_time_and_sends_nothing(self):
        for silence in ("accept", "connect"):
            with self.subTest(silence):
                said, took, asked = self.became(silence=silence)
                self.assertEqual(said, self.at_proxy(": no answer in time"))
                self.assertLess(took, 8)
                self.assertEqual(asked, 0)

    def test_a_way_that_leads_nowhere_costs_no_more_than_the_time(self):
        said, took, asked = self.became(silence="tunnel")
        self.assertEqual(said, f"UNAVAILABLE: cannot use gateway '{NAME}:443': no answer in time")
        self.assertLess(took, 8)
        self.assertEqual(asked, 0)

    def test_an_answer_that_drips_has_no_more_than_the_same_time(self):
        said, took, asked = self.became(drip=0.3)
        self.assertEqual(said, self.at_proxy(": no answer in time"))
        self.assertLess(took, 8)
        self.assertEqual(asked, 0)

    def test_a_refusal_says_what_it_is_about(self):
        service = f"'{NAME}:443'"
        for status, why, hint in ((403, f" opens no way to {service}: status 403", f"have it allow CONNECT to {service}"),
                                  (302, f" opens no way to {service}: status 302", f"have it allow CONNECT to {service}"),
                                  (502, f" does not reach {service}: status 502", "is the service up?"),
                                  (599, f" does not reach {service}: status 599", "is the service up?")):  # fmt: skip
            with self.subTest(status):
                said, _, asked = self.became(answer=f"HTTP/1.1 {status} \r\nContent-Type: text/html\r\n\r\n<h1>\x1b[31mno</h1>")
                self.assertEqual((said, asked), (self.at_proxy(why, hint), 0))

    def test_what_is_no_proxy_is_told(self):
        self.assertEqual(self.became(answer="220 mail.example ESMTP\r\n")[0], self.at_proxy(": an answer that is not HTTP"))
        self.assertEqual(self.became(behind="hello")[0], self.at_proxy(": more than an answer"))
        self.assertEqual(self.became(cut="connect")[0], self.at_proxy(": the connection was closed without an answer"))
        self.assertRegex(self.became(cut="tunnel")[0], "^UNAVAILABLE: .*the connection was (closed during the TLS|reset)")
        endless = "HTTP/1.1 200 OK\r\n" + f"X: {'x' * 8000}\r\n" * 20
        self.assertEqual(self.became(answer=endless)[0], self.at_proxy(": an answer whose head does not end"))
        self.assertEqual(self.service.requests(), [])

    def test_a_proxy_that_is_away_is_named(self):
        self.gateway()
        self.proxy.stop()
        self.assertEqual(self.send(), self.at_proxy(f": 127.0.0.1:{self.proxy.port}: Connection refused"))

    def test_a_way_that_breaks_when_the_text_has_left_leaves_it_in_doubt(self):
        said, _, asked = self.became(cut="request")
        self.assertRegex(said, "^unknown: the connection was (closed|reset)")
        self.assertLessEqual(asked, 1)
        self.assertEqual(len(self.proxy.connections()), 1)

    def test_an_answer_that_does_not_come_back_leaves_it_in_doubt(self):
        said, took, asked = self.became(silence="answer")
        self.assertEqual((said, asked), ("unknown: no answer in time", 1))
        self.assertLess(took, 8)


class EnvironmentTest(BehindProxy):
    def environment(self, names, value):
        for name in names:
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name)

    def test_no_proxy_comes_from_the_environment(self):
        names = [name for word in ("http_proxy", "https_proxy", "all_proxy") for name in (word, word.upper())]
        self.environment(names, self.proxy.url)
        self.network = None
        self.gateway(url=f"https://localhost:{self.service.port}")
        self.assertRegex(self.send(), "hostname mismatch")
        self.assertEqual(self.proxy.connections(), [])

    def test_no_exception_comes_from_the_environment(self):
        self.environment(["no_proxy", "NO_PROXY"], "*")
        self.gateway()
        self.assertEqual(self.send(), ACCEPTED)

    def test_no_keys_are_written_down_for_it(self):
        log = self.folder / "keys.log"
        self.environment(["SSLKEYLOGFILE"], str(log))
        self.gateway()
        self.assertEqual(self.send(), ACCEPTED)
        self.assertFalse(log.exists())


class DoctorTest(unittest.TestCase):
    """The built program."""

    def setUp(self):
        self.service = WebService(tls=True, cert_name=NAME)
        self.addCleanup(self.service.close)
        self.proxy = Proxy(self.service)
        self.addCleanup(self.proxy.close)
        self.site = Site(database=self.database, smtp=self.smtp)
        self.addCleanup(self.site.close)
        self.site.write_secret("sms.key", "the-key")
        self.site.write_secret("captcha.secret", "the-secret")
        services = {"sms": KAVENEGAR | {"url": f"https://{NAME}{KAVENEGAR['path']}", "timeout": "2s"},
                    "captcha": {"url": f"https://{NAME}/turnstile/v0/siteverify", "secret_file": "captcha.secret"}}  # fmt: skip
        services["sms"].pop("path")
        for section in services.values():
            section["tls_ca"] = str(self.service.ca)
        self.site.config(network={"proxy": self.proxy.url}, **services)

    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.smtp = SmtpServer()
        cls.addClassCleanup(cls.smtp.close)

    def checks(self, area):
        checks = self.site.run("doctor", "--json").json["data"]["checks"]
        return [check for check in checks if check["area"] == area]

    def test_the_way_is_tried_and_no_text_is_sent(self):
        through = f"through proxy '127.0.0.1:{self.proxy.port}': TLS, certificate and host name verified"
        for area in ("sms", "captcha"):
            (check,) = [check for check in self.checks(area) if "127.0.0.1" in check["finding"]]
            self.assertEqual(check["level"], "ok", check)
            self.assertIn(through, check["finding"])
        self.assertEqual({request["path"] for request in self.service.requests()}, {"/turnstile/v0/siteverify"})
        self.assertEqual(self.checks("network"), [])

    def test_a_proxy_that_opens_no_way_is_a_problem(self):
        self.proxy.behave(login="mia:open-the-way")
        for area in ("sms", "captcha"):
            check = self.checks(area)[-1]
            self.assertEqual((check["level"], check["remedy"]),
                             ("problem", "write it into network.proxy_user and the file of network.proxy_password_file"))  # fmt: skip
            self.assertIn(f"proxy '127.0.0.1:{self.proxy.port}' asks for a login", check["finding"])

    def test_a_proxy_that_nothing_goes_through_is_told(self):
        self.site.config(sms=None, captcha=None)
        (check,) = self.checks("network")
        self.assertEqual(check["level"], "warning")
        self.assertIn("nothing is reached through the proxy", check["finding"])

    def test_the_database_and_mail_do_not_go_through_it(self):
        self.proxy.stop()
        self.assertNotIn("problem", [check["level"] for area in ("database", "mail") for check in self.checks(area)])


if __name__ == "__main__":
    unittest.main()
