"""Why is this user stuck: what inspect shows, to whom, and what it leaves behind."""

import os
import pwd
import re
import unittest
from email.message import EmailMessage
from urllib.parse import quote

from children import HANGS
from database import Database
from harness import Site


class InspectTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database)
        self.addCleanup(self.site.close)
        self.site.migrate()
        self.key = self.site.add_user(email="ana@example.com", login="ana", role="کاربر")

    def run_good(self, *args):
        done = self.site.run(*args)
        self.assertEqual(done.exit, 0, done)
        return done

    def inspect(self, target="ana@example.com"):
        return self.run_good("inspect", target, "--json").json["data"]

    def paste(self, text, *args, status=0):
        """Looks at what was pasted; the answer. Whatever it is, no token is in the output and none in the trail."""
        done = self.site.run("inspect", "-", "--json", *args, stdin=text)
        self.assertEqual(done.exit, status, done)
        self.assertIsNone(re.search(r"[0-9A-Fa-f]{16}", done.out + done.err), done)
        details = [row["detail"] or "" for row in self.database.sql("SELECT detail FROM pwreset_audit")]
        self.assertIsNone(re.search(r"[0-9a-f]{32}", " ".join(details)))
        return done.json["data"] if status == 0 else done.json

    def damages(self, text):
        link = self.paste(text)["link"]
        return [(row["damage"], row["digits_before"]) for row in link["damages"]]

    def last_link(self):
        return self.site.smtp.link(self.site.smtp.mails()[-1])

    def request(self, *args):
        """Asks for a link; its reference."""
        done = self.run_good("request", "ana@example.com", "--override-limits", "--json", *args)
        return done.json["data"]["results"][0]["reference"]

    def test_a_mail_on_its_way_is_looked_for(self):
        reference = self.request("--ticket", "SUP-1")
        data = self.inspect()
        self.assertEqual(data["account"]["recipient"], "a••a@example.com")
        self.assertEqual(data["account"]["roles"], ["کاربر"])
        self.assertEqual([may["allowed"] for may in data["account"]["may"]], [True] * 3)
        self.assertEqual([(row["kind"], row["reference"]) for row in data["tokens"]], [("link", reference)])
        delivery = data["deliveries"][0]
        self.assertEqual((delivery["state"], delivery["relay"], delivery["ticket"]), ("sent", self.site.smtp.host, "SUP-1"))
        self.assertIn("stored as", delivery["answer"])
        self.assertEqual([row["action"] for row in data["history"]], ["send", "mint", "request"])
        self.assertIn(f"look for the mail with reference {reference}", data["next"])

    def test_limits_tell_what_is_left_and_when_it_ends(self):
        self.run_good("request", "ana@example.com")
        limits = {(row["limit"], row["kind"]): row for row in self.inspect()["limits"]}
        cooldown = limits["cooldown", "link"]
        self.assertEqual((cooldown["left"], cooldown["most"]), (0, 1))
        self.assertTrue(0 < cooldown["seconds"] <= 120, cooldown)
        self.assertEqual(limits["cooldown", "reset_otp"]["left"], 1)
        self.assertIsNone(limits["cooldown", "reset_otp"]["seconds"])
        for name in ("account", "recipient"):
            self.assertEqual((limits[name, None]["left"], limits[name, None]["most"]), (9, 10))
        self.assertEqual(limits["wrong_codes", None]["left"], 10)

    def test_an_uncertain_delivery_is_explained(self):
        self.site.smtp.behave(drop="before_final_reply")
        self.run_good("request", "ana@example.com")
        self.site.smtp.behave()
        shown = self.run_good("inspect", "ana@example.com").out
        self.assertIn("the connection broke after the message was handed over, so it may have arrived", shown)
        self.assertIn("next try: ", shown)
        self.assertEqual(self.inspect()["deliveries"][0]["state"], "uncertain")

    def test_a_refusal_has_its_reason_and_the_next_step(self):
        off = self.site.add_user(email="off@example.com", active=0)
        boss = self.site.add_user(email="boss@example.com", role="admin")
        data = self.inspect(f"id:{off}")
        self.assertEqual([may["code"] for may in data["account"]["may"]], ["FORBIDDEN"] * 3)
        self.assertEqual(data["next"], "enable it in the application first")
        data = self.inspect(f"id:{boss}")
        self.assertEqual([may["code"] for may in data["account"]["may"]], ["PROTECTED_ACCOUNT"] * 2 + [None])
        self.assertIn("a code that verifies the caller may be sent", self.run_good("inspect", f"id:{boss}").out)

    def test_a_reference_leads_to_its_account_and_is_shown_however_old(self):
        oldest = self.request("--queue")
        newer = [self.request("--queue") for _ in range(6)]
        data = self.inspect(f"ref:{oldest}")
        self.assertEqual(data["reference"], oldest)
        self.assertEqual([row["reference"] for row in data["deliveries"]], [*reversed(newer[1:]), oldest])
        self.assertRegex(self.run_good("inspect", f"ref:{oldest}").out, f"{oldest}  link  queued .*<- this one")
        self.assertEqual(len(self.inspect()["deliveries"]), 5)

    def test_who_is_unknown_or_malformed_is_said_and_recorded(self):
        for target, status, code in (("nobody@example.com", 67, "USER_NOT_FOUND"), ("id:999", 67, "USER_NOT_FOUND"),
                                     ("ref:ZZZZ", 65, "INVALID_IDENTITY"), ("nonsense", 65, "INVALID_IDENTITY"),
                                     ("ref:G1XB-MX", 1, "NOT_FOUND")):  # fmt: skip
            done = self.site.run("inspect", target, "--json")
            self.assertEqual((done.exit, done.json["code"]), (status, code), done)
            row = self.database.sql("SELECT action, result, account FROM pwreset_audit ORDER BY id DESC LIMIT 1")[0]
            self.assertEqual(row, {"action": "inspect", "result": code, "account": None})

    def test_an_account_that_the_application_deleted_still_has_its_history(self):
        self.request()
        self.database.sql("DELETE FROM users")
        data = self.inspect(f"id:{self.key}")
        self.assertEqual((data["account"]["exists"], data["account"]["may"]), (False, []))
        self.assertEqual(len(data["deliveries"]), 1)
        self.assertIn("no such account any more", data["next"])

    def test_looking_is_recorded_and_does_not_push_the_history_out(self):
        self.request()
        for _ in range(7):
            self.run_good("inspect", "ana@example.com", "--ticket", "SUP-9")
        rows = self.database.sql("SELECT account, ticket, result FROM pwreset_audit WHERE action = 'inspect'")
        self.assertEqual(rows, [{"account": str(self.key).encode(), "ticket": "SUP-9", "result": "done"}] * 7)
        self.assertEqual([row["action"] for row in self.inspect()["history"]], ["send", "mint", "request"])

    def test_looking_changes_nothing_else(self):
        self.request()
        tables = ("deliveries", "jobs", "limits WHERE limit_key NOT LIKE 'lookups:%'", "tokens")
        before = [self.database.sql(f"SELECT * FROM pwreset_{table}") for table in tables]
        link = self.site.smtp.link(self.site.smtp.mails()[0])
        self.inspect()
        self.paste(link)
        self.assertEqual([self.database.sql(f"SELECT * FROM pwreset_{table}") for table in tables], before)

    def test_no_secret_and_no_full_address_is_shown(self):
        self.request()
        self.run_good("send-otp", "ana@example.com", "--override-limits")
        link, code = (mail for mail in self.site.smtp.mails())
        for output in ("table", "json", "ndjson"):
            shown = self.run_good("inspect", f"id:{self.key}", "--output", output).out
            self.assertNotIn(self.site.smtp.link(link).rsplit("/", 1)[1], shown)
            self.assertNotIn(self.site.smtp.code(code), shown)
            self.assertNotIn("ana@example.com", shown)
            self.assertIsNone(re.search(r"[0-9a-f]{64}", shown))

    def test_what_a_relay_or_an_operator_wrote_cannot_drive_the_terminal(self):
        self.request()
        self.database.sql("UPDATE pwreset_deliveries SET answer = CONCAT('550 ', CHAR(27), '[2Jgone'); "
                          "UPDATE pwreset_jobs SET operator = CONCAT('t', CHAR(0xE280AE USING utf8mb4), 'm')")  # fmt: skip
        shown = self.run_good("inspect", "ana@example.com").out
        self.assertNotIn("\x1b", shown)
        self.assertIn("550 \\u{1B}[2Jgone", shown)
        self.assertIn("by t\\u{202E}m", shown)

    def test_ndjson_is_one_line_and_csv_is_refused(self):
        self.request()
        rows = self.run_good("inspect", "ana@example.com", "--output", "ndjson").rows
        self.assertEqual([row["account"]["account"] for row in rows], [str(self.key)])
        self.assertEqual(self.site.run("inspect", "ana@example.com", "--output", "csv").exit, 64)

    def test_a_pasted_link_is_told_apart_by_what_became_of_it(self):
        first = self.request()
        old = self.last_link()
        self.assertEqual(self.paste(old)["link"]["verdict"], "valid")
        second = self.request()
        new = self.last_link()
        data = self.paste(f"On Monday the shop wrote:\r\n> {old}\r\n")
        link = data["link"]
        self.assertEqual((link["verdict"], link["reference"], link["superseded_by"]), ("superseded", first, second))
        self.assertIn(f"only the newest link works: ask the user to look for the mail with reference {second}", data["next"])
        self.assertEqual((data["reference"], data["account"]["account"]), (first, str(self.key)))
        used = "state = 'used', live = NULL, used_at = UTC_TIMESTAMP(6)"
        for change, verdict in ((f"{used}", "used"),
                                ("state = 'void', live = NULL, voided_at = UTC_TIMESTAMP(6), void_reason = 'revoked'", "revoked"),
                                ("void_reason = 'undeliverable'", "ended"),
                                ("state = 'live', live = 1, expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR", "expired")):  # fmt: skip
            self.database.sql(f"UPDATE pwreset_tokens SET {change} ORDER BY id DESC LIMIT 1")
            self.assertEqual(self.paste(new)["link"]["verdict"], verdict)

    def test_damages_of_the_mail_are_found_with_their_places(self):
        self.request()
        link = self.last_link()
        token = link.rsplit("/", 1)[1]
        base = link.removesuffix(token)
        for pasted, damages in ((f"{base}{token[:30]}=\n{token[30:]}", [("soft_line_break", 30)]),
                                (f"{base}{token[:30]}\n{token[30:]}", [("line_break", 30)]),
                                (f"{base}{token[:9]} {token[9:]}", [("space", 9)]),
                                (f"{base}{token[:9]}\u200b{token[9:]}", [("invisible", 9)]),
                                (f"https://shop.example/?token=3D{token}", [("quoted_printable", 0)]),
                                (f"{base}{token}.", [("punctuation", 64)]),
                                (f"{base}{token}&amp;id=1", [("html_entity", 64)]),
                                (f"https://mail.example/?url={base.replace('/', '%2F')}{token}&x=1", [("wrapped", 0)]),
                                (f"https://mail.example/?url={base}{token}", [("wrapped", 0)]),
                                (token, [])):  # fmt: skip
            self.assertEqual(self.damages(pasted), damages, pasted)
        self.assertIn("upper_case", [name for name, _ in self.damages(base + token.upper())])
        shown = self.site.run("inspect", "-", stdin=f"{base}{token[:30]}=\n{token[30:]}")
        self.assertIn("damaged: a soft line break of quoted-printable ('=' at the end of a line) after 30 of 64 digits", shown.out)
        self.assertIn("not as it was pasted", shown.out)
        self.assertNotIn(token[:20], shown.out)

    def test_a_mail_is_read_from_its_source_and_a_part_s_encoding_is_no_damage(self):
        self.request()
        raw, link = self.site.smtp.mails()[-1].as_bytes(), self.last_link()
        # The line of base64 that is cut off below must not reach back into the link.
        texts = {"base64": f"سلام\n\n{link}\n\n" + "Grüße = äöü\n" * 8, "quoted-printable": f"سلام\n\n{link}\n\nGrüße = äöü\n"}
        page = f'<html><body><p>سلام</p><a href="{link}">Choose a new password</a><br>{link[:50]}<wbr>{link[50:]}</body></html>'
        mails = {}
        for encoding in ("base64", "quoted-printable"):
            for charset in ("utf-8", "utf-16", "utf-16-le"):
                mail = EmailMessage()
                mail["Subject"] = "Passwort zurücksetzen"
                mail.set_content(texts[encoding], charset=charset, cte=encoding)
                mails[f"{encoding} {charset}"] = mail
                both = EmailMessage()
                both.set_content("see the other part")
                both.add_alternative(page, subtype="html", charset=charset, cte=encoding)
                both.add_attachment(b"\x89PNG" * 1000, maintype="image", subtype="png")
                mails[f"alternative {encoding} {charset}"] = both
        outer = EmailMessage()
        outer.set_content("as attached")
        outer.add_attachment(mails["alternative base64 utf-8"])
        mails["forwarded"] = outer
        sources = {name: mail.as_bytes() for name, mail in mails.items()} | {"ours": raw}
        for name, source in sources.items():
            lines = source.decode("ascii").splitlines()
            for form, pasted in (("as it is", source), ("CRLF", "\r\n".join(lines)), ("quoted", "\n".join("> " + line for line in lines)),
                                 ("cut", "\n".join(lines[:-1])), ("UTF-16", "\r\n".join(lines).encode("utf-16")),
                                 ("without a mark", "\n".join(lines).encode("utf-16-be"))):  # fmt: skip
                with self.subTest(name, form=form):
                    self.assertEqual(self.damages(pasted), [])
        self.assertEqual(self.database.sql("SELECT state FROM pwreset_tokens"), [{"state": "live"}])

    def test_what_a_mail_scanner_rewrote_is_told_so(self):
        self.request()
        link = self.last_link()
        escaped = quote(link, safe="")
        for pasted in (f"https://eur05.safelinks.example/?url={escaped}&data=05%7C02%7C&reserved=0",
                       f"{link}<https://eur05.safelinks.example/?url={escaped}&data=05>",
                       f'<a href="https://eur05.safelinks.example/?url={escaped}&amp;data=05">{link}</a>',
                       f"https://click.example/?a=1&u={quote(escaped, safe='')}&k=x", f"https://scan.example/s/Ab1/{escaped}",
                       f"https://urldefense.example/v3/__{link}__;!!Ab1$",
                       f"https://urldefense.example/v2/url?u={escaped.replace('%', '-').replace('-2F', '_')}&d=Dw"):  # fmt: skip
            self.assertEqual(self.damages(pasted), [("wrapped", 0)], pasted)
        shown = self.site.run("inspect", "-", stdin=pasted).out
        self.assertIn("rewritten by a mail scanner, whose own link is around it (character 4", shown)
        self.assertNotIn("damaged", shown)
        self.assertIn(", by way of a mail scanner: the user opens it", shown)
        # Where the site's own link holds another, nobody rewrote it.
        self.site.config(reset={"link": "https://shop.example/reset?next=https%3A%2F%2Fshop.example%2F&token={token}"})
        self.request()
        self.assertEqual(self.damages(self.last_link()), [])

    def test_what_is_no_link_of_ours_is_told_apart(self):
        self.request()
        link = self.last_link()
        for text, status, code, part in ((link[:-2], 1, "NOT_FOUND", "62 of 64 digits: it was cut at the end"),
                                         (link[:-1] + ("0" if link[-1] != "0" else "1"), 1, "NOT_FOUND", "none of ours"),
                                         ("https://shop.example/", 65, "INVALID_INPUT", "no link and no token"),
                                         ("123 456", 65, "INVALID_INPUT", "a code, not a link"),
                                         ("  \n", 65, "INVALID_INPUT", "nothing was entered"),
                                         ("x" * ((1 << 20) + 1), 65, "INVALID_INPUT", "more than 1 MiB")):  # fmt: skip
            answer = self.paste(text, status=status)
            self.assertEqual(answer["code"], code)
            self.assertIn(part, answer["message"])
        rows = self.database.sql("SELECT result FROM pwreset_audit WHERE action = 'inspect' ORDER BY id")
        self.assertEqual([row["result"] for row in rows], ["NOT_FOUND"] * 2 + ["INVALID_INPUT"] * 2)

    def test_another_applications_link_is_none_of_ours(self):
        self.request()
        self.database.sql("UPDATE pwreset_tokens SET app = 'other'")
        self.paste(self.last_link(), status=1)

    def test_a_link_on_the_command_line_is_refused_and_not_repeated(self):
        self.request()
        link = self.last_link()
        for word in (link, link.rsplit("/", 1)[1], "https://shop.example/reset/x"):
            done = self.site.run("inspect", word, "--json")
            self.assertEqual((done.exit, done.json["code"]), (64, "USAGE"), done)
            self.assertNotIn(word[-8:], done.out + done.err)
        self.assertEqual(self.database.sql("SELECT id FROM pwreset_audit WHERE action = 'inspect'"), [])

    def test_a_pasted_link_is_recorded_by_its_token_and_reference(self):
        self.request()
        self.paste(self.last_link(), "--ticket", "SUP-3")
        row = self.database.sql("SELECT detail, account, ticket, delivery_id FROM pwreset_audit ORDER BY id DESC LIMIT 1")[0]
        self.assertEqual(row, {"detail": "link, token 1", "account": str(self.key).encode(), "ticket": "SUP-3", "delivery_id": 1})

    def test_two_links_in_one_text_are_counted(self):
        self.request()
        old = self.last_link()
        self.request()
        data = self.paste(f"{self.last_link()}\n\n{old}\n")
        self.assertEqual((data["link"]["verdict"], data["link"]["others"]), ("valid", 1))

    def test_look_ups_are_limited_for_each_operator(self):
        self.site.config(limits={"lookups": "2/h"})
        self.request()
        self.run_good("inspect", "ana@example.com")
        self.paste(self.last_link())
        done = self.site.run("inspect", "nobody@example.com", "--json")
        self.assertEqual((done.exit, done.json["code"]), (75, "RATE_LIMITED"), done)
        self.assertTrue(3600 - HANGS < done.json["available_in_seconds"] <= 3600, done)
        row = self.database.sql("SELECT result FROM pwreset_audit ORDER BY id DESC LIMIT 1")[0]
        self.assertEqual(row["result"], "RATE_LIMITED")

    def test_a_mistyped_domain_is_asked_about_without_naming_anybody(self):
        self.site.add_user(email="bob@gmail.com", login="bob")
        done = self.site.run("inspect", "bob@gmial.com")
        self.assertEqual(done.exit, 67, done)
        self.assertIn("is 'gmail.com' meant? check the spelling with the caller", done.err)
        self.assertNotIn("bob@gmail.com", done.err)

    def test_a_second_factor_is_shown_where_the_table_has_one_and_never_its_secret(self):
        self.assertIsNone(self.inspect()["account"]["second_factor"])
        self.database.sql("ALTER TABLE users ADD COLUMN two_factor_secret TEXT NULL")
        self.assertEqual(self.inspect()["account"]["second_factor"], {"column": "two_factor_secret", "set": False})
        self.database.sql("UPDATE users SET two_factor_secret = 'JBSWY3DPEHPK3PXP'")
        shown = self.run_good("inspect", "ana@example.com").out
        self.assertIn("factor    second factor: set (column two_factor_secret)", shown)
        self.assertNotIn("JBSWY3DP", shown)
        for kind, empty, full in (("TINYINT(1)", "0", "1"), ("BIT(1)", "b'0'", "b'1'"), ("DATETIME NULL", "NULL", "UTC_TIMESTAMP()"),
                                  ("VARBINARY(64)", "''", "x'00ff'")):  # fmt: skip
            self.database.sql(f"ALTER TABLE users ADD COLUMN own_factor {kind}")
            self.site.config(users={"second_factor": "own_factor"})
            for value, is_set in ((empty, False), (full, True)):
                self.database.sql(f"UPDATE users SET own_factor = {value}")
                self.assertEqual(self.inspect()["account"]["second_factor"], {"column": "own_factor", "set": is_set})
            self.database.sql("ALTER TABLE users DROP COLUMN own_factor")
        self.assertEqual(self.inspect()["account"]["second_factor"], {"column": "own_factor", "set": None})

    def test_what_is_shared_tells_the_story_and_nobodys_name(self):
        reference = self.request("--ticket", "SUP-1|](http://evil.example)<b>")
        hostile = "550 5.1.1 <ana@example.com> Ana ](http://evil.example) | <script> gone"
        self.database.sql(f"UPDATE pwreset_deliveries SET answer = '{hostile}'; UPDATE pwreset_jobs SET operator = 'tom'; "
                          "UPDATE pwreset_audit SET operator = 'tom'; UPDATE users SET login = 'ana.login'")  # fmt: skip
        link = self.last_link()
        done = self.site.run("inspect", "-", "--share", stdin=link[:60] + "=\n" + link[60:])
        self.assertEqual(done.exit, 0, done)
        text = done.out
        for part in (f"# Account recovery, reference {reference}", "valid until 20", "damaged: a soft line break", "550 5.1.1 |",
                     "SUP-1\\|\\]\\(http:\\/\\/evil\\.example\\)\\<b\\>", "## Next"):  # fmt: skip
            self.assertIn(part, text)
        for secret in ("ana", "Ana", "@example.com", "tom", "id:", "کاربر", "](", "script", link[30:60], "http://"):
            self.assertNotIn(secret, text)
        self.assertEqual(self.site.run("inspect", "ana@example.com", "--share", "--json").exit, 64)
        boss = self.site.add_user(email="boss@example.com", role="admin")
        shared = self.run_good("inspect", f"id:{boss}", "--share").out
        self.assertIn("refused, PROTECTED\\_ACCOUNT", shared)
        self.assertNotIn("admin ", shared.replace("administrator", ""))

    def test_an_operator_without_support_is_refused(self):
        me = pwd.getpwuid(os.getuid()).pw_name
        self.site.config(operators={f"user:{me}": ["audit"]})
        self.assertEqual(self.site.run("inspect", "ana@example.com").exit, 77)
        self.site.config(operators={f"user:{me}": ["support"]})
        self.run_good("inspect", "ana@example.com")


if __name__ == "__main__":
    unittest.main()
