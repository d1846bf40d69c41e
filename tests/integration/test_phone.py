"""Phone numbers as identities, text messages as a channel, and who may be reset by whom."""

import collections
import threading
import unittest

from database import Database, numbers
from harness import Site

# Stored in every usual form, each a number of its own, and the spelling it is asked for with.
STORED = [
    ("09121234501", "+98 912 123 4501"),
    ("+989121234502", "09121234502"),
    ("00989121234503", "0912-123-4503"),
    ("989121234504", "(0912) 1234504"),
    ("9121234505", "00989121234505"),
    ("0912 123 4506", "989121234506"),
    ("0912-123-4507", "9121234507"),
    ("0912-1234508", "+98-912-123-4508"),
    ("+98 912 123 4509", "۰۹۱۲۱۲۳۴۵۰۹"),
    ("+98-912-123-4510", "٠٩١٢ ١٢٣ ٤٥١٠"),
    ("+98 9121234511", "0912.123.4511"),
    ("0098 912 123 4512", "0912/1234512"),
]


# Nobody listens there.
GATEWAY = {"url": "http://127.0.0.1:9/send", "form": {"to": "{{to}}", "text": "{{text}}"}, "timeout": "2s"}


def phone_site(database, **overrides):
    site = Site(database=database)
    site.database.sql("ALTER TABLE users ADD phone VARCHAR(40), ADD KEY (phone)")
    site.config(users=site.settings["users"] | {"phone": "phone", "phone_region": "IR"}, sms=GATEWAY, **overrides)
    site.migrate()
    return site


def result_of(done):
    return done.json["data"]["results"][0]


class PhoneTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = phone_site(self.database)
        self.addCleanup(self.site.close)

    def queued(self, *args):
        done = self.site.run("request", *args, "--queue", "--json")
        self.assertEqual(done.exit, 0, done)
        return result_of(done)

    def refused(self, exit_code, code, *args):
        done = self.site.run("request", *args, "--json")
        self.assertEqual((done.exit, done.json["code"]), (exit_code, code), done)
        self.assertTrue(done.json.get("hint"), done)
        return done.json

    def test_a_number_is_found_in_whichever_form_it_is_stored_and_typed(self):
        for stored, typed in STORED:
            with self.subTest(stored=stored, typed=typed):
                key = self.site.add_user(phone=stored)
                answer = self.queued(typed)
                self.assertEqual(answer["recipient"], "+98•••••" + stored[-2:])
                row = self.site.database.sql("SELECT CAST(account AS CHAR) AS account, kind, channel FROM pwreset_deliveries ORDER BY id DESC LIMIT 1")
                self.assertEqual(row, [{"account": str(key), "kind": "reset_otp", "channel": "sms"}])

    def test_a_number_stored_twice_in_two_forms_is_ambiguous(self):
        for stored in ("09121234567", "+98 912 123 4567"):
            self.site.add_user(phone=stored)
        answer = self.refused(67, "AMBIGUOUS_USER", "00989121234567")
        self.assertIn("id:1, id:2", answer["hint"])

    def test_what_is_no_number_is_65(self):
        for typed in ("0912CALLNOW", "09121234567 ext 5", "110", "+98", "091212345678901234", "+98+9121234567", "42"):
            with self.subTest(typed=typed):
                answer = self.refused(65, "INVALID_IDENTITY", typed)
                self.assertEqual(list(answer["errors"]), ["identity"])

    def test_an_application_without_phones_takes_no_number(self):
        self.site.config(users=self.site.settings["users"] | {"phone": None, "phone_region": None})
        self.assertIn("[users] phone", self.refused(65, "INVALID_IDENTITY", "09121234567")["hint"])

    def test_a_stored_number_that_is_garbage_is_refused_for_text_messages_alone(self):
        for stored, reason in (("call my mother", "that is none"), ("02188888888", "is no mobile"), (None, "no phone number stored")):
            with self.subTest(stored=stored):
                key = self.site.add_user(email=f"ana{len(stored or '')}@example.com", phone=stored)
                self.assertIn(reason, self.refused(1, "UNDELIVERABLE", f"id:{key}", "--channel", "sms")["message"])
                self.assertEqual(self.queued(f"id:{key}")["channel"], "email")

    def test_an_address_gets_a_link_and_a_number_a_code_and_both_say_what_is_next(self):
        pages = {"verify_link_url": "https://shop.example/verify-link/", "verify_otp_url": "https://shop.example/verify-otp/"}
        self.site.config(reset=self.site.settings["reset"] | pages)
        self.site.add_user(email="ana@example.com", phone="09121234567")
        for typed, channel, following in (("ana@example.com", "email", "verify-link"), ("09121234567", "sms", "verify-otp")):
            answer = self.queued(typed)
            self.assertEqual((answer["channel"], answer["next"], answer["purpose"]), (channel, following, "reset_password"))
            self.assertEqual(answer["next_url"], f"https://shop.example/{following}/")

    def test_via_and_channel_choose_otherwise(self):
        self.site.add_user(email="ana@example.com", phone="09121234567")
        ways = [
            (("09121234567", "--via", "link"), "email", "verify-link"),
            (("ana@example.com", "--via", "code", "--override-limits"), "email", "verify-otp"),
            (("ana@example.com", "--channel", "sms", "--override-limits"), "sms", "verify-otp"),
            (("09121234567", "--channel", "email", "--override-limits"), "email", "verify-link"),
        ]
        for args, channel, following in ways:
            with self.subTest(args=args):
                answer = self.queued(*args)
                self.assertEqual((answer["channel"], answer["next"]), (channel, following))
        self.refused(64, "USAGE", "09121234567", "--via", "link", "--channel", "sms")

    def test_who_has_a_number_only_gets_a_code_by_id_and_login(self):
        key = self.site.add_user(login="ana", phone="09121234567")
        self.assertEqual(self.queued(f"id:{key}")["channel"], "sms")
        self.assertEqual(self.queued("login:ana", "--override-limits")["channel"], "sms")
        self.assertIn("--channel sms", self.refused(1, "UNDELIVERABLE", f"id:{key}", "--via", "link")["hint"])

    def test_a_text_message_stays_queued_while_no_gateway_takes_it(self):
        self.site.add_user(phone="09121234567")
        done = self.site.run("send-otp", "09121234567", "--for", "caller", "--json")
        self.assertEqual((done.exit, result_of(done)["delivery"]), (0, "queued"), done)
        self.assertIn("queued only", done.err)
        self.site.database.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6)")
        self.assertEqual(self.site.run("deliver").exit, 69)
        self.assertEqual(self.site.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens")[0]["n"], 0)

    def test_commands_about_an_account_take_its_number(self):
        key = self.site.add_user(phone="0912 123 4567")
        self.queued("09121234567")
        seen = self.site.run("inspect", "+989121234567", "--json")
        self.assertEqual(seen.json["data"]["account"]["account"], str(key), seen)
        self.assertEqual(seen.json["data"]["account"]["phone"], "+98•••••67")
        self.assertEqual(self.site.run("list-tokens", "09121234567").exit, 0)
        self.assertEqual(self.site.run("audit", "09121234567", "--json").exit, 0)
        gone = self.site.run("revoke", "00989121234567", "--json")
        self.assertEqual(gone.json["data"]["results"][0]["deliveries"], 1, gone)

    def test_no_number_is_in_our_tables(self):
        self.site.add_user(phone="0912 123 4567")
        self.queued("0912 123 4567")
        self.refused(67, "USER_NOT_FOUND", "09127654321")
        tables = [row for row in self.site.database.sql("SHOW TABLES LIKE 'pwreset%'")]
        for name in (next(iter(row.values())) for row in tables):
            for row in self.site.database.sql(f"SELECT * FROM {name}"):
                text = repr(row)
                self.assertNotIn("1234567", text.replace(" ", ""), name)
                self.assertNotIn("7654321", text, name)

    def test_the_number_is_looked_up_by_the_index_also_in_a_column_of_integers(self):
        # The first request of all looks at the roles that there are.
        self.site.add_user(phone="09120000000")
        self.queued("09120000000")
        for column in ("VARCHAR(40)", "VARCHAR(40) CHARACTER SET ascii", "BIGINT"):
            with self.subTest(column=column):
                self.site.database.sql("DELETE FROM users")
                self.site.database.sql(f"ALTER TABLE users MODIFY phone {column}")
                self.site.database.sql(
                    f"INSERT INTO users (phone, password) SELECT 9100000000 + seq, '$2y$10$x' FROM {numbers(20000)}; "
                    "ANALYZE TABLE users")  # fmt: skip
                # Not at once: others may have made the server scan meanwhile.
                self.assertTrue(any(self.scanned_for(f"+9891000000{tail}") < 10000 for tail in (42, 43, 44)))

    def scanned_for(self, number):
        """How many rows the server scanned while the number was looked up."""
        before = self.site.database.rows_scanned()
        self.assertEqual(self.queued(number, "--override-limits")["recipient"], "+98•••••" + number[-2:])
        return self.site.database.rows_scanned() - before


class EraseTest(unittest.TestCase):
    def test_an_erased_person_leaves_nothing_by_which_the_number_could_be_found(self):
        with Database() as database, phone_site(database) as site:
            site.add_user(phone="0912 123 4567")
            site.run("request", "09121234567", "--queue", "--ticket", "SUP-1", "--reason", "called from 0912-123-4567")
            exported = site.run("subject", "export", "+989121234567", "--json")
            self.assertEqual(exported.exit, 0, exported)
            self.assertIn('"phone"', exported.out)
            erased = site.run("subject", "erase", "00989121234567", "--yes", "--json")
            self.assertEqual(erased.exit, 0, erased)
            counted = "limit_key LIKE 'recipient:%' OR limit_key LIKE 'sms-number:%'"
            self.assertEqual(database.sql(f"SELECT COUNT(*) AS n FROM pwreset_limits WHERE {counted}")[0]["n"], 0)
            self.assertEqual(database.sql("SELECT COUNT(*) AS n FROM pwreset_jobs WHERE reason IS NOT NULL")[0]["n"], 0)
            self.assertEqual(database.sql("SELECT COUNT(*) AS n FROM pwreset_audit WHERE action = 'request' AND recipient IS NOT NULL")[0]["n"], 0)

    def test_a_number_that_was_only_asked_for_is_forgotten_too(self):
        with Database() as database, phone_site(database) as site:
            site.add_user(phone="0912 123 4567")
            site.run("request", "09121234567", "--queue")
            database.sql("UPDATE users SET phone = '09127654321'")
            done = site.run("subject", "erase", "09121234567", "--yes", "--json")
            self.assertEqual(done.exit, 0, done)
            self.assertEqual(database.sql("SELECT COUNT(*) AS n FROM pwreset_limits WHERE limit_key LIKE 'recipient:%'")[0]["n"], 0)


class LimitsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def site(self, **limits):
        site = phone_site(self.database, limits=limits)
        self.addCleanup(site.close)
        return site

    def test_32_callers_by_four_spellings_of_one_number_are_one_code(self):
        site = self.site()
        site.add_user(phone="0912 123 4567")
        spellings = ["09121234567", "+98 912 123 4567", "00989121234567", "۰۹۱۲-۱۲۳-۴۵۶۷"]
        results = [None] * 32
        gate = threading.Barrier(32)

        def one(number):
            gate.wait()
            results[number] = site.run("request", spellings[number % 4], "--queue", "--json", timeout=240)

        threads = [threading.Thread(target=one, args=(number,)) for number in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(collections.Counter(result.exit for result in results), {0: 1, 75: 31})
        refused = [result for result in results if result.exit == 75]
        self.assertTrue(all(0 < result.json["available_in_seconds"] <= 120 for result in refused))
        recorded = site.database.sql("SELECT COUNT(*) AS n FROM pwreset_audit WHERE action = 'request' AND result = 'RATE_LIMITED'")
        self.assertEqual(recorded[0]["n"], 31)

    def test_an_account_has_one_share_whichever_way_it_is_named_and_sent_to(self):
        site = self.site(cooldown="0s", per_account="3/h")
        key = site.add_user(email="ana@example.com", phone="09121234567", login="ana")
        for identity in ("ana@example.com", "09121234567", "login:ana"):
            self.assertEqual(site.run("request", identity, "--queue").exit, 0)
        done = site.run("request", f"id:{key}", "--queue", "--json")
        self.assertEqual((done.exit, done.json["code"]), (75, "RATE_LIMITED"), done)

    def test_addresses_and_numbers_are_counted_apart(self):
        site = self.site(cooldown="0s", per_account="100/h", per_recipient="2/h")
        site.add_user(email="ana@example.com", phone="09121234567")
        for identity in ("ana@example.com", "09121234567"):
            self.assertEqual([site.run("request", identity, "--queue").exit for _ in range(3)], [0, 0, 75])

    def test_an_identity_that_nobody_has_is_counted_like_one_that_somebody_has(self):
        site = self.site(per_recipient="2/h")
        for spellings in (["nobody@example.com", "Nobody@Example.com", "nobody@EXAMPLE.com"],
                          ["09121234567", "+98 912 123 4567", "00989121234567"]):  # fmt: skip
            exits = [site.run("request", typed, "--queue").exit for typed in spellings]
            self.assertEqual(exits, [67, 67, 75])
        site.add_user(email="nobody@example.com")
        self.assertEqual(site.run("request", "nobody@example.com", "--queue").exit, 75)

    def test_refusals_take_the_share_of_the_operator(self):
        site = self.site(per_operator="3/h")
        site.add_user(email="boss@example.com", role="admin")
        site.add_user(email="off@example.com", active=0)
        exits = [site.run("request", f"{name}@example.com", "--queue").exit for name in ("boss", "off", "nobody", "x")]
        self.assertEqual(exits, [77, 77, 67, 75])
        results = site.database.sql("SELECT result FROM pwreset_audit WHERE action = 'request' ORDER BY id")
        self.assertEqual([row["result"] for row in results], ["PROTECTED_ACCOUNT", "FORBIDDEN", "USER_NOT_FOUND", "RATE_LIMITED"])

    def test_a_dry_run_takes_no_share(self):
        site = self.site(per_operator="1/h")
        self.assertEqual([site.run("request", "x@example.com", "--dry-run").exit for _ in range(3)], [67, 67, 67])

    def test_the_seconds_are_those_until_no_limit_refuses(self):
        site = self.site(cooldown="10s", per_account="1/h", per_recipient="1/30m")
        site.add_user(email="ana@example.com")
        self.assertEqual(site.run("request", "ana@example.com", "--queue").exit, 0)
        left = site.run("request", "ana@example.com", "--queue", "--json").json["available_in_seconds"]
        self.assertTrue(3590 <= left <= 3600, left)


class RolesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.close)
        cls.site.migrate()

    def request(self, *args):
        return self.site.run("request", *args, "--json")

    def test_an_override_needs_ticket_reason_and_capability(self):
        self.site.add_user(email="boss@example.com", role="admin")
        grounds = ("--ticket", "SUP-1", "--reason", "the owner is locked out, called back")
        self.assertEqual(self.request("boss@example.com", "--override-protected").exit, 64)
        self.assertEqual(self.request("boss@example.com", "--override-protected", *grounds[:2]).exit, 64)
        self.site.config(operators={"user:root": ["support", "audit"]})
        done = self.request("boss@example.com", "--override-protected", *grounds)
        self.assertEqual((done.exit, done.json["code"]), (77, "FORBIDDEN"), done)
        self.site.config(operators=None)
        done = self.request("boss@example.com", "--override-protected", *grounds)
        self.assertEqual((done.exit, result_of(done)["delivery"]), (0, "accepted"), done)
        detail = self.site.database.sql(
            "SELECT action, detail FROM pwreset_audit WHERE detail LIKE '%protection overridden%' ORDER BY id")
        self.assertEqual([row["action"] for row in detail], ["request", "mint"])

    def test_who_became_an_administrator_after_the_request_is_not_reset(self):
        key = self.site.add_user(email="rising@example.com")
        done = self.request("rising@example.com", "--queue")
        self.assertEqual(done.exit, 0, done)
        self.site.database.sql(f"UPDATE users SET role = 'admin' WHERE id = {key}")
        self.site.run("deliver")
        row = self.site.database.sql(f"SELECT state, reason FROM pwreset_deliveries WHERE account = '{key}'")
        self.assertEqual(row, [{"state": "refused", "reason": "protected"}])

    def test_an_override_of_an_ordinary_account_is_not_called_one(self):
        self.site.add_user(email="plain@example.com")
        done = self.request("plain@example.com", "--override-protected", "--ticket", "SUP-2", "--reason", "none needed")
        self.assertEqual(done.exit, 0, done)
        detail = self.site.database.sql("SELECT detail FROM pwreset_audit WHERE action = 'request' AND ticket = 'SUP-2'")
        self.assertEqual(detail, [{"detail": "link"}])


if __name__ == "__main__":
    unittest.main()
