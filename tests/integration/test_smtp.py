"""The relay at its worst: refusals, silence, cut replies, wrong certificates, smuggling."""

import time
import unittest

from database import Database
from harness import Site, SmtpServer


class RelayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def site(self, smtp=None, **more):
        site = Site(database=self.database, smtp=smtp, **({"limits": {"cooldown": "0s"}} | more))
        self.addCleanup(site.close)
        site.migrate()
        site.add_user(email="user@example.com")
        return site

    def smtp(self, **options):
        server = SmtpServer(**options)
        self.addCleanup(server.close)
        return server

    def delivery(self, site):
        return site.database.sql("SELECT state, failures, answer, reason FROM pwreset_deliveries ORDER BY id DESC LIMIT 1")[0]

    def live(self, site):
        return site.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens WHERE live = 1")[0]["n"]

    def due_now(self, site):
        site.database.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6)")

    def test_starttls_and_auth_with_a_verified_certificate(self):
        site = self.site(self.smtp(tls="starttls", auth="shop:s3cret word"))
        done = site.run("request", "user@example.com", "--json")
        self.assertEqual(done.json["data"]["results"][0]["delivery"], "accepted", done)
        self.assertTrue(site.smtp.mails()[0].envelope["tls"])
        self.assertEqual(site.smtp.mails()[0].envelope["auth"], "shop")

    def test_implicit_tls(self):
        site = self.site(self.smtp(tls="implicit"))
        self.assertEqual(site.run("request", "user@example.com", "--json").json["data"]["results"][0]["delivery"], "accepted")

    def test_an_untrusted_certificate_is_refused_and_the_delivery_stays_queued(self):
        site = self.site(self.smtp(tls="starttls"), mail={"tls_ca": None})
        done = site.run("request", "user@example.com", "--json")
        self.assertEqual((done.exit, done.json["data"]["results"][0]["delivery"]), (0, "queued"), done)
        self.assertIn("certificate", done.err)
        self.assertEqual(site.smtp.mails(), [])

    def test_a_certificate_for_another_name_is_refused(self):
        site = self.site(self.smtp(tls="starttls", cert_name="wrong.example"))
        done = site.run("request", "user@example.com", "--json")
        self.assertEqual(done.json["data"]["results"][0]["delivery"], "queued", done)
        self.assertIn("certificate", done.err)
        self.assertEqual(site.smtp.mails(), [])

    def test_a_relay_without_starttls_gets_nothing(self):
        site = self.site(self.smtp(), mail={"tls": "starttls", "host": "127.0.0.1"})
        done = site.run("request", "user@example.com", "--json")
        self.assertEqual(done.json["data"]["results"][0]["delivery"], "queued", done)
        self.assertEqual(site.smtp.mails(), [])

    def test_a_wrong_password_is_told_without_showing_it(self):
        site = self.site(self.smtp(tls="starttls", auth="shop:right"))
        site.write_secret("mail.password", "wr0ng-secret")
        done = site.run("request", "user@example.com", "--verbose")
        self.assertIn("535", done.err)
        self.assertNotIn("wr0ng-secret", done.out + done.err + site.database.dump())

    def test_a_temporary_refusal_is_retried_later_with_a_new_token(self):
        site = self.site()
        site.smtp.behave(rcpt="450 4.2.1 come back later")
        done = site.run("request", "user@example.com", "--json")
        self.assertEqual((done.exit, done.json["data"]["results"][0]["delivery"]), (0, "queued"), done)
        self.assertIsNotNone(done.json["data"]["results"][0]["next_try_at"])
        self.assertEqual((self.delivery(site)["state"], self.delivery(site)["failures"]), ("queued", 1))
        self.assertEqual(self.live(site), 0)
        site.smtp.behave()
        self.assertEqual(site.run("deliver", "--json").json["data"]["sent"], 0)
        self.due_now(site)
        self.assertEqual(site.run("deliver", "--json").json["data"]["sent"], 1)
        self.assertEqual(self.live(site), 1)

    def test_a_temporary_refusal_at_mail_does_not_count(self):
        site = self.site()
        site.smtp.behave(mail="451 4.3.0 busy")
        site.run("request", "user@example.com")
        self.assertEqual(self.delivery(site)["failures"], 0)

    def test_eight_counted_refusals_are_the_end(self):
        site = self.site()
        site.smtp.behave(rcpt="450 4.2.1 come back later")
        site.run("request", "user@example.com")
        for _ in range(7):
            self.due_now(site)
            site.run("deliver")
        self.assertEqual((self.delivery(site)["state"], self.delivery(site)["reason"]), ("failed", "gave_up"))

    def test_a_permanent_refusal_voids_the_token_and_ends_the_cooldown(self):
        for where in ("rcpt", "final"):
            with self.subTest(where=where):
                site = self.site(limits={"cooldown": "2m"})
                site.smtp.behave(**{where: "550 5.1.1 no such user"})
                done = site.run("request", "user@example.com", "--json")
                self.assertEqual((done.exit, done.json["code"]), (1, "UNDELIVERABLE"), done)
                self.assertIn("550 5.1.1 no such user", done.json["message"])
                self.assertEqual(self.live(site), 0)
                site.smtp.behave()
                self.assertEqual(site.run("request", "user@example.com").exit, 0)

    def test_a_relay_that_is_down_leaves_it_queued_and_older_links_alive(self):
        site = self.site()
        self.assertEqual(site.run("request", "user@example.com").exit, 0)
        site.smtp.stop()
        done = site.run("request", "user@example.com", "--json")
        self.assertEqual((done.exit, done.json["data"]["results"][0]["delivery"]), (0, "queued"), done)
        self.assertIn("warning", done.err)
        self.assertEqual(self.live(site), 1)
        site.smtp.start()
        self.due_now(site)
        self.assertEqual(site.run("deliver", "--json").json["data"]["sent"], 1)

    def test_deliver_with_the_relay_down_is_69_and_loses_nothing(self):
        site = self.site()
        site.run("request", "user@example.com", "--queue")
        site.smtp.stop()
        done = site.run("deliver", "--json")
        self.assertEqual((done.exit, done.json["code"]), (69, "UNAVAILABLE"), done)
        self.assertEqual(self.delivery(site)["state"], "queued")
        site.smtp.start()
        self.assertEqual(site.run("deliver", "--json").json["data"]["sent"], 1)

    def test_silence_times_out(self):
        for where in ("greeting", "rcpt", "final"):
            with self.subTest(where=where):
                site = self.site(mail={"timeout": "1s"})
                site.smtp.behave(silence=where)
                began = time.monotonic()
                done = site.run("request", "user@example.com", "--json")
                self.assertLess(time.monotonic() - began, 30)
                self.assertEqual(done.json["data"]["results"][0]["delivery"], "queued", done)
                self.assertEqual(self.delivery(site)["state"], "uncertain" if where == "final" else "queued")

    def test_a_reply_cut_in_the_middle_ends_the_attempt_as_uncertain(self):
        for how in ({"cut": "final"}, {"drop": "before_final_reply"}):
            with self.subTest(how=how):
                site = self.site()
                site.smtp.behave(**how)
                done = site.run("request", "user@example.com", "--json")
                self.assertEqual(done.json["data"]["results"][0]["delivery"], "queued", done)
                self.assertEqual(self.delivery(site)["state"], "uncertain")
                self.assertEqual(self.live(site), 1)
                first = site.smtp.mails()[0]["Message-ID"]
                site.smtp.behave()
                self.due_now(site)
                self.assertEqual(site.run("deliver", "--json").json["data"]["sent"], 1)
                self.assertNotEqual(site.smtp.mails()[-1]["Message-ID"], first)
                self.assertEqual(self.live(site), 1)

    def test_a_poisoned_stored_address_or_name_injects_nothing(self):
        site = self.site()
        for number, poison in enumerate(("a@example.com\r\nRCPT TO:<evil@example.com>", "b@example.com\nBcc: evil@example.com",
                                         "<c@example.com>", "d@example.com> SIZE=1", "e@[127.0.0.1]")):  # fmt: skip
            key = site.add_user(email=poison, login=f"poison{number}", name="x\r\nBcc: evil@example.com")
            done = site.run("request", f"id:{key}", "--json")
            self.assertEqual((done.exit, done.json["code"]), (1, "UNDELIVERABLE"), done)
        self.assertEqual(site.smtp.mails(), [])

    def test_line_breaks_in_configured_names_are_refused(self):
        site = self.site()
        site.config(text={"product": "Shop\r\nBcc: evil@example.com"})
        done = site.run("request", "user@example.com", "--json")
        self.assertNotEqual(done.exit, 0, done)
        self.assertEqual(site.smtp.mails(), [])

    def test_a_smuggling_corpus_in_a_template_arrives_as_one_mail(self):
        corpus = ["\n.\n", "\n.\r\n", "\r.\r", "\r\n.\r", ".\n.\n", "\n..\n.\nMAIL FROM:<evil@example.com>\n"]
        for number, poison in enumerate(corpus):
            with self.subTest(poison=poison):
                site = self.site()
                folder = site.folder / "templates" / "en"
                folder.mkdir(parents=True, mode=0o700)
                (site.folder / "templates").chmod(0o700)
                file = folder / "reset-link.txt"
                file.write_bytes(b"Hello\n\n{{link}}\n\n{{valid_for}} {{reference}}\n" + poison.encode() + b"\nend\n")
                file.chmod(0o600)
                site.config(text={"templates": "templates"})
                done = site.run("request", "user@example.com")
                mails = site.smtp.mails()
                if done.exit == 0:
                    self.assertEqual(len(mails), 1, done)
                    self.assertIn("end", site.smtp.text(mails[0]))
                else:
                    self.assertEqual((done.exit, mails), (78, []), done)

    def test_one_bad_address_does_not_stop_the_batch(self):
        site = self.site()
        site.add_user(email="good@example.com")
        bad = site.add_user(email="bad@example.com")
        for identity in (f"id:{bad}", "good@example.com"):
            site.run("request", identity, "--queue")
        site.database.sql(f"UPDATE users SET email = 'not an address' WHERE id = {bad}")
        done = site.run("deliver", "--json")
        self.assertEqual((done.json["data"]["sent"], done.json["data"]["dropped"]), (1, 1), done)


if __name__ == "__main__":
    unittest.main()
