"""In which language a message comes, and a site's own templates, by the mails that arrive."""

import os
import unittest

from database import Database
from harness import Site

SUBJECTS = {"en": "Reset your Shop password", "de": "Passwort für Shop zurücksetzen", "fa": "بازیابی رمز عبور در Shop"}


class TemplatesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database, limits={"cooldown": "0s"})
        self.addCleanup(self.site.close)
        self.site.migrate()

    def mail_to(self, locale, *options):
        """The mail that an account with this locale gets."""
        address = f"user{len(self.site.smtp.mails())}@example.com"
        self.site.add_user(email=address, locale=locale)
        done = self.site.run("request", address, *options)
        self.assertEqual(done.exit, 0, done)
        return self.site.smtp.mails()[-1]

    def assert_language(self, mail, language):
        self.assertEqual((mail["Subject"], mail["Content-Language"]), (SUBJECTS[language], language))

    def write(self, name, text, mode=0o644):
        """A file of the site's own templates."""
        file = self.site.folder / "templates" / name
        for folder in (self.site.folder / "templates", file.parent):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        file.write_text(text)
        file.chmod(mode)
        self.site.config(text={"templates": "templates"})

    def test_the_accounts_own_language_comes_before_the_sites(self):
        self.site.config(text={"locale": "de"})
        for locale, language in (("fa", "fa"), ("fa_IR.UTF-8", "fa"), ("EN-gb", "en"), ("de-AT", "de"), ("pt-BR", "de"),
                                 (None, "de"), ("", "de"), ("../../fa", "de"), ("\x1b[2J", "de"), ("x" * 16, "de")):  # fmt: skip
            with self.subTest(locale):
                self.assert_language(self.mail_to(locale), language)

    def test_the_language_asked_for_comes_first(self):
        self.assert_language(self.mail_to("de", "--locale", "fa_IR"), "fa")
        self.assert_language(self.mail_to("fa", "--locale", "en-US"), "en")

    def test_a_language_that_is_not_there_is_refused_and_nothing_is_sent(self):
        self.site.add_user(email="ana@example.com")
        for locale in ("tlh", "../de", "d"):
            done = self.site.run("request", "ana@example.com", f"--locale={locale}", "--json")
            self.assertEqual((done.exit, done.json["code"]), (64, "USAGE"), done)
            self.assertEqual(done.json["hint"], "there are: de, en, fa")
        self.assertEqual(self.site.smtp.mails(), [])
        self.assertEqual(self.database.sql("SELECT COUNT(*) AS n FROM pwreset_deliveries"), [{"n": 0}])

    def test_the_link_of_a_persian_mail_is_alone_on_its_line_without_marks(self):
        mail = self.mail_to("fa")
        text = self.site.smtp.text(mail)
        link = self.site.smtp.link(mail)
        self.assertRegex(link, r"^https://shop\.example/reset/[0-9a-f]{64}$")
        self.assertEqual(text.splitlines().count(link), 1)
        self.assertIn(f'href="{link}"', mail.get_body(("html",)).get_content())

    def test_the_answer_is_in_the_language_asked_for_and_tell_in_the_agents(self):
        self.site.add_user(email="ana@example.com", locale="fa")
        answer = self.site.run("request", "ana@example.com", "--locale", "de", "--json").json["data"]["results"][0]
        self.assertEqual(answer["message"], "Der Link zum Zurücksetzen des Passworts wurde gesendet.")
        self.assertTrue(answer["tell"].startswith("look for a mail 'Passwort für Shop zurücksetzen' from"))
        self.site.config(text={"locale": "fa"})
        answer = self.site.run("send-otp", "ana@example.com", "--json").json["data"]["results"][0]
        self.assertEqual(answer["message"], "کد ارسال شد.")

    def test_a_sites_file_takes_the_place_of_one_and_leaves_the_rest(self):
        self.write("de/reset-link.subject", "Neues Passwort bei {{product}}\n")
        mail = self.mail_to("de")
        self.assertEqual(mail["Subject"], "Neues Passwort bei Shop")
        self.assertIn("öffnen Sie diesen Link", self.site.smtp.text(mail))
        self.assertEqual(self.mail_to("en")["Subject"], SUBJECTS["en"])
        rows = self.site.run("template", "list", "--output", "ndjson").rows
        own = [row for row in rows if row["source"] == "site"]
        file = str(self.site.folder / "templates/de/reset-link.subject")
        self.assertEqual(own, [{"name": "reset-link", "locale": "de", "part": "subject", "source": "site", "file": file}])

    def test_a_site_adds_a_language_message_by_message(self):
        for part, text in (("subject", "Mot de passe"), ("txt", "{{link}}\n\n{{valid_for}}"), ("html", "<a href='{{link}}'>{{link}}</a>")):
            self.write(f"fr/reset-link.{part}", text)
        mail = self.mail_to("fr_CA.UTF-8")
        self.assertEqual((mail["Subject"], mail["Content-Language"]), ("Mot de passe", "fr"))
        self.assertIn("\n1 h", self.site.smtp.text(mail))
        self.site.add_user(email="code@example.com", locale="fr")
        self.assertEqual(self.site.run("send-otp", "code@example.com").exit, 0)
        self.assertEqual(self.site.smtp.mails()[-1]["Content-Language"], "en")

    def test_a_faulty_template_sends_nothing_and_says_where(self):
        self.write("en/reset-link.txt", "{{product}}\n{{lnik}}\n")
        self.site.add_user(email="ana@example.com")
        done = self.site.run("request", "ana@example.com")
        self.assertEqual(done.exit, 78, done)
        self.assertIn("templates/en/reset-link.txt', line 2: unknown variable 'lnik'", done.err)
        self.assertEqual(self.site.smtp.mails(), [])

    def test_check_finds_every_fault_at_once(self):
        self.write("en/reset-link.txt", "{{lnik}}\n{{>footer}}\n")
        self.write("fr/reset-otp.html", "{{code}}")
        self.write("de/reset-otp.txt", "{{code}}", mode=0o666)
        done = self.site.run("template", "check", "--json")
        self.assertEqual((done.exit, done.json["code"]), (1, "PROBLEMS"), done)
        faults = [fault["message"].replace(str(self.site.folder), "") for fault in done.json["data"]["faults"]]
        self.assertEqual(len(faults), 5, faults)
        for words in ("lets others write it", "missing template 'fr/reset-otp.subject'", "missing template 'fr/reset-otp.txt'",
                      "line 1: unknown variable 'lnik'", "line 2: partial '>footer'"):  # fmt: skip
            self.assertEqual(sum(words in fault for fault in faults), 1, (words, faults))
        self.assertIn("'pwreset template check' lists them", self.site.run("template", "list").err)

    def test_check_notes_what_turns_one_text_message_into_two(self):
        self.write("en/sms-otp.txt", "{{product}}: it’s {{code}}, valid for {{valid_for}} – don’t tell anybody. Ref. {{reference}}")
        done = self.site.run("template", "check")
        self.assertEqual(done.exit, 0, done)
        self.assertIn("sms-otp.txt': '’' U+2019, '–' U+2013 turn 1 text message into 2\n"
                      "  > write \"'\" for '’' U+2019, \"-\" for '–' U+2013\n", done.out)  # fmt: skip
        self.write("en/sms-otp.txt", "{{product}}: it's {{code}}, valid for {{valid_for}} - don't tell anybody. Ref. {{reference}}")
        self.assertEqual(self.site.run("template", "check", "--json").json["data"]["notes"], [])
        # The name of the product is in them too.
        self.site.config(text={"product": "Łódź Shop"})
        notes = self.site.run("template", "check", "--json").json["data"]["notes"]
        self.assertTrue(notes)
        self.assertIn("'Ł' U+0141", notes[0]["message"])

    def test_a_template_cannot_reach_beyond_its_folder(self):
        self.site.write_secret("secret.txt", "{{link}}")
        self.write("en/notes.txt~", "x")
        os.symlink("/etc/shadow", self.site.folder / "templates/en/reset-link.subject")
        for command in (["template", "check"], ["template", "preview", "reset-link"]):
            done = self.site.run(*command)
            self.assertNotEqual(done.exit, 0, done)
            self.assertNotIn("root:", done.out + done.err)

    def test_the_commands_need_no_database(self):
        self.site.config(database={"socket": None, "host": "127.0.0.1", "port": 1, "tls": "off"})
        for command in (["list"], ["check"], ["preview", "sms-otp", "--locale", "fa"]):
            done = self.site.run("template", *command)
            self.assertEqual(done.exit, 0, done)

    def preview(self, *args):
        done = self.site.run("template", "preview", *args)
        self.assertEqual(done.exit, 0, done)
        return done.out

    def test_a_preview_shows_the_lifetimes_configured(self):
        self.site.config(reset={"link_lifetime": "90m", "code_lifetime": "7m"}, temporary_password={"lifetime": "3h"})
        for name, words in (("reset-link", ("1 hour 30 minutes", "14:04 UTC")), ("reset-otp", ("7 minutes", "12:41 UTC")),
                            ("verify-caller", ("7 minutes", "12:41 UTC")), ("sms-otp", ("7 minutes",)),
                            ("temporary-password", ("3 hours", "15:34 UTC"))):  # fmt: skip
            shown = self.preview(name)
            for word in words:
                self.assertIn(word, shown, name)

    def test_a_preview_shows_the_part_that_is_named(self):
        for name in ("reset-link", "reset-otp", "temporary-password", "password-changed"):
            parts = self.site.run("template", "preview", name, "--json").json["data"]
            self.assertEqual(self.preview(name, "--part", "subject"), parts["subject"] + "\n")
            self.assertEqual(self.preview(name, "--part", "txt"), parts["text"])
            self.assertEqual(self.preview(name, "--part", "text"), parts["text"])
            self.assertEqual(self.preview(name, "--part", "html"), parts["html"])
        self.assertEqual(self.preview("sms-otp", "--part", "txt"), self.preview("sms-otp"))
        self.assertEqual(self.site.run("template", "preview", "sms-otp", "--part", "html").exit, 64)

    def test_lines_of_a_template_that_show_nothing_leave_nothing_in_the_mail(self):
        self.write("en/reset-link.subject", "{{! as short as it can be }}\nReset {{product}}\n{{! the end }}\n")
        self.write("en/reset-link.txt", "{{! hello }}\nOpen\n  {{=<% %>=}}\n<%link%>\n<%={{ }}=%>\n{{#support}}\nHelp: {{support}}\n{{/support}}\n"
                                        "{{^support}}\nbye\n{{/support}}\n")  # fmt: skip
        mail = self.mail_to("en")
        self.assertEqual(mail["Subject"], "Reset Shop")
        self.assertEqual(self.site.smtp.text(mail).replace("\r\n", "\n"), f"Open\n{self.site.smtp.link(mail)}\nbye\n")
        self.assertEqual(self.site.run("template", "check").exit, 0)

    def test_a_preview_holds_what_nobody_owns(self):
        self.mail_to("en")
        first, second = (self.site.run("template", "preview", "reset-link").out for _ in range(2))
        self.assertEqual(first, second)
        self.assertIn("https://shop.example/reset/" + "0123456789abcdef" * 4 + "\n", first)


if __name__ == "__main__":
    unittest.main()
