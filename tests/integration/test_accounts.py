"""Applications' tables as they really are: roles, states, keys and identities in every form."""

import socket
import unittest

from database import Database
from harness import Site

SENT = "would be sent"

# Of each country: as it is stored, and as it is asked for.
NUMBERS = {
    "DE": [("0170/1234501", "+49 (0)170 1234501"), ("+49 170 123 45 02", "0170-123 45 02"), ("(0170) 123.45.03", "0049 170 1234503"),
           ("0170 \u2013 1234504", "tel:+491701234504"), ("\u202a+49 170 1234505\u202c", "0170\u00a01234505")],
    "AT": [("0664 1234501", "+43 (0)664 1234501"), ("+43/664/1234502", "0664/123 45 02")],
    "CH": [("079 123 45 01", "+41 79 123 45 01"), ("0041791234502", "(079) 123 45 02"), ("+41 (0)79 123 45 03", "079/123.45.03")],
    "FR": [("06 12 34 56 01", "+33 (0)6 12 34 56 01"), ("06.12.34.56.02", "+33612345602"), ("+33 6 12 34 56 03", "0033 6 12 34 56 03"),
           ("612345604", "06-12-34-56-04")],
    "GB": [("07400 123401", "+44 (0)7400 123401"), ("+44 7400 123 402", "07400123402"), ("(07400) 123403", "0044 7400 123403")],
    "US": [("(202) 555-0171", "+1 202 555 0171"), ("202.555.0172", "1-202-555-0172"), ("1 (202) 555-0173", "202 555 0173"),
           ("+1-202-555-0174", "(202)555-0174")],
    "RU": [("8 (912) 345-67-01", "+7 912 345 67 01"), ("+7(912)345-67-02", "8 912 345 67 02"), ("79123456703", "8-912-345-67-03")],
    "HU": [("06 20 123 4501", "+36 20 123 4501"), ("+36-20/123-4502", "06-20-123-4502"), ("0620/1234503", "0036201234503")],
    "IT": [("340 123 4501", "+39 340 1234501"), ("+39 3401234502", "340.123.4502"), ("0039 340 1234503", "340-1234503"),
           ("06 1234 5678", "+39 06 12345678")],
    "ES": [("612 34 56 01", "+34 612345601"), ("+34612345602", "612-345-602")],
    "NL": [("06-12345601", "+31 (0)6 12345601"), ("+31 6 1234 5602", "0612345602")],
    "PL": [("512 345 601", "+48 512 345 601"), ("+48-512-345-602", "512345602")],
    "TR": [("0 (532) 123 45 01", "+90 532 123 45 01"), ("532 123 4502", "0532 1234502")],
    "BR": [("(11) 91234-5601", "+55 11 91234-5601"), ("011 91234 5602", "+55 (11) 91234.5602"), ("+55 11 912345603", "11912345603")],
    "AR": [("011 15-1234-5601", "+54 9 11 1234 5601"), ("+54 9 11 1234-5602", "011 15 1234 5602")],
    "IN": [("098765 43201", "+91 98765 43201"), ("+91-9876543202", "9876543202")],
    "CN": [("138 0013 8001", "+86 138 0013 8001"), ("0086-13800138002", "13800138002")],
    "JP": [("090-1234-5601", "+81 90 1234 5601"), ("\uff10\uff19\uff10\uff0d\uff11\uff12\uff13\uff14\uff0d\uff15\uff16\uff10\uff12", "09012345602"),
           ("+81-90-1234-5603", "\uff10\uff19\uff10\u30fc1234\u30fc5603")],
    "EG": [("\u0660\u0661\u0660 \u0661\u0662\u0663\u0664 \u0665\u0666\u0660\u0661", "+20 10 1234 5601"), ("01012345602", "+20 (0)10 12345602")],
    "IR": [("\u06f0\u06f9\u06f1\u06f2 \u06f1\u06f2\u06f3 \u06f4\u06f5\u06f0\u06f1", "+98 (0)912 123 4501"), ("0912-123 45 02", "\u0660\u0669\u0661\u06621234502")],
    "AU": [("0412 345 601", "+61 412 345 601"), ("+61 (0)412 345 602", "0412345602")],
    "SE": [("070-123 45 01", "+46 (0)70 123 45 01"), ("+46701234502", "0701234502")],
}  # fmt: skip


class AccountsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database, limits={"cooldown": "0s", "per_operator": "9999/h"})
        self.addCleanup(self.site.close)
        self.sql = self.site.database.sql
        self.assertEqual(self.site.run("migrate").exit, 0)

    def table(self, columns, *rows):
        """A users table of these columns besides an address and a password."""
        self.sql("DROP VIEW IF EXISTS seen; DROP TABLE IF EXISTS users")
        self.sql(f"SET sql_mode = ''; CREATE TABLE users ({columns}, email VARCHAR(190) UNIQUE, "
                 "password VARCHAR(99) DEFAULT 'x')")  # fmt: skip
        for row in rows:
            self.sql(f"SET sql_mode = ''; INSERT INTO users SET {row}")

    def users(self, **keys):
        self.site.settings["users"] = {"protected": []} | keys
        self.site.config()

    def dry(self, identity, *more):
        return self.site.run("request", identity, "--dry-run", *more)

    def may(self, identity, *more):
        done = self.dry(identity, *more)
        self.assertEqual(done.exit, 0, done)
        self.assertIn(SENT, done.out + done.err, done)

    def refused(self, identity, text="", code=None):
        done = self.dry(identity)
        self.assertNotEqual(done.exit, 0, done)
        if code is not None:
            self.assertEqual(done.exit, code, done)
        self.assertIn(text, done.out + done.err, done)
        return done

    def test_a_part_of_a_list_of_roles_protects_and_does_not_permit(self):
        lists = ["user,chief", "user chief", "user; CHIEF", '["user","chief"]', '{"chief":true}', "user|Chief",
                 'a:2:{i:0;s:4:"user";i:1;s:5:"chief";}', '"chief"']  # fmt: skip
        self.table("id INT PRIMARY KEY, role TEXT", *(f"id={i}, email='{i}@x.example', role='{one}'"
                                                      for i, one in enumerate(lists, 1)))  # fmt: skip
        for number, stored in enumerate(lists, 1):
            with self.subTest(stored=stored):
                self.users(role="role", protected=["chief"])
                self.refused(f"id:{number}", "protected", 77)
                self.users(role="role", allowed_roles=["user"])
                self.refused(f"id:{number}", "allowed_roles", 77)
        self.users(role={"column": "role", "list": "comma"}, allowed_roles=["user"])
        self.may("id:1")

    def test_a_protection_that_protects_nobody_is_told(self):
        self.table("id INT PRIMARY KEY, role VARCHAR(20)", "id=1, email='a@x.example', role='admin'",
                   "id=2, email='b@x.example', role='user'")  # fmt: skip
        self.users(role="role", protected=["administrator"])
        told = "no account has the role 'administrator'; found are 'admin', 'user'"
        for command in (("migrate",), ("request", "b@x.example", "--queue"), ("doctor",)):
            done = self.site.run(*command)
            self.assertIn(told, done.out + done.err, done)
        self.assertNotIn(told, self.site.run("request", "b@x.example", "--queue").err)
        self.users(role="role", protected=["admin"])
        self.assertNotIn("no account has the role", self.site.run("doctor").out)

    def test_keys_of_roles_have_their_names_elsewhere_and_their_rows_a_constant(self):
        self.table("id INT PRIMARY KEY", "id=1, email='a@x.example'", "id=2, email='b@x.example'")
        self.sql("DROP TABLE IF EXISTS meta, teams; CREATE TABLE meta (u INT, k VARCHAR(20), v TEXT); CREATE TABLE teams (id INT, name "
                 "VARCHAR(20)); INSERT INTO teams VALUES (7, 'Chiefs'); INSERT INTO meta VALUES (1, 'team', '7'), "
                 "(2, 'nickname', 'Chiefs')")  # fmt: skip
        self.users(role={"table": "meta", "user": "u", "role": "v", "where": {"k": "team"},
                         "names": {"table": "teams", "id": "id", "name": "name"}}, protected=["chiefs"])  # fmt: skip
        self.refused("id:1", "Chiefs", 77)
        self.may("id:2")
        self.sql("DROP TABLE meta, teams")

    def test_a_state_that_is_not_known_refuses_with_its_reason(self):
        self.table("id INT PRIMARY KEY, status VARCHAR(20)",
                   *(f"id={i}, email='{i}@x.example', status='{word}'"
                     for i, word in enumerate(("Active", "pending", "archived", "10", "2", "Y"), 1)))  # fmt: skip
        self.users(active="status")
        for number in (1, 6):
            self.may(f"id:{number}")
        for number, word in ((2, "pending"), (3, "archived"), (4, "10"), (5, "2")):
            self.refused(f"id:{number}", f"'status' holds '{word}'", 77)
        self.users(active={"column": "status", "values": ["10", "archived"]})
        for number in (3, 4):
            self.may(f"id:{number}")
        self.refused("id:1", "disabled", 77)
        doctor = self.site.run("doctor")
        self.assertIn("'archived'", doctor.out, doctor)

    def test_times_that_stand_for_none_are_none(self):
        none = ("NULL", "'0000-00-00 00:00:00'", "'1970-01-01 00:00:00'", "'9999-12-31 23:59:59'", "'0001-01-01 00:00:00'")
        self.table("id INT PRIMARY KEY, gone DATETIME NULL", *(f"id={i}, email='{i}@x.example', gone={one}"
                                                                for i, one in enumerate(none, 1)),
                   "id=9, email='old@x.example', gone='2024-05-01 10:00:00'")  # fmt: skip
        self.users(disabled="gone")
        for number in range(1, len(none) + 1):
            self.may(f"id:{number}")
        self.refused("id:9", "disabled", 77)

    def test_a_key_that_is_not_unique_is_refused_by_every_command_and_named_by_its_scope(self):
        self.table("shop INT, id INT, PRIMARY KEY (shop, id), KEY (id)", "shop=1, id=42, email='ana@north.example'",
                   "shop=2, id=42, email='bob@south.example'")  # fmt: skip
        self.users()
        for command in (("request", "bob@south.example"), ("request", "id:42"), ("inspect", "id:42"),
                        ("inspect", "bob@south.example"), ("revoke", "id:42"), ("subject", "export", "id:42"),
                        ("subject", "erase", "bob@south.example", "--yes"), ("request", "id:42", "--dry-run")):  # fmt: skip
            with self.subTest(command=command):
                done = self.site.run(*command)
                self.assertEqual(done.exit, 78, done)
                self.assertIn("not unique", done.err)
                self.assertIn("scope = {", done.err)
        self.users(scope={"column": "shop", "value": "2"})
        self.may("bob@south.example")
        self.refused("ana@north.example", code=67)
        self.sql("CREATE VIEW seen AS SELECT id, email, password FROM users")
        self.users(table="seen")
        self.refused("bob@south.example", "not unique")
        self.sql("DROP VIEW seen")

    def test_packed_uuids_are_keys(self):
        for declared, stored in (
            ("", "UNHEX('6BA7B8109DAD11D180B400C04FD430C8')"),
            ("uuid-binary16-swapped", "UNHEX('11D19DAD6BA7B81080B400C04FD430C8')"),
        ):
            self.table("id BINARY(16) PRIMARY KEY", f"id={stored}, email='ana@x.example'",
                       "id=UNHEX('FFFEFDFCFBFAF9F8F7F6F5F4F3F2F1F0'), email='bob@x.example'")  # fmt: skip
            self.users(id={"column": "id", "type": declared} if declared else "id")
            queued = self.site.run("request", "ana@x.example", "--queue")
            self.assertEqual(queued.exit, 0, queued)
            for spelled in ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6BA7B8109DAD11D180B400C04FD430C8",
                            "{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}"):  # fmt: skip
                self.may("id:" + spelled)
            inspected = self.site.run("inspect", "bob@x.example")
            self.assertEqual(inspected.exit, 0, inspected)
            self.assertNotIn("queued", inspected.out)
            self.assertEqual(self.site.run("deliver").exit, 0)

    def test_bytes_that_read_as_no_key_are_refused_with_the_reason(self):
        self.table("id VARBINARY(64) PRIMARY KEY", "id=UNHEX('FF00AA'), email='ana@x.example'")
        self.users()
        self.refused("ana@x.example", "no text", 77)

    def test_an_address_is_found_in_any_case_and_its_domain_in_any_form(self):
        for kind in ("VARCHAR(190) COLLATE utf8mb4_bin", "VARBINARY(190)", "VARCHAR(190) COLLATE utf8mb4_general_ci",
                     "VARCHAR(190) CHARACTER SET latin1 COLLATE latin1_general_cs"):  # fmt: skip
            self.table(f"id INT PRIMARY KEY, mail {kind}, KEY (mail)", "id=1, mail='Ana.Weber@B\u00fccher.example'",
                       "id=2, mail='bo@xn--mnchen-3ya.example'", "id=3, mail='BO@XN--MNCHEN-3YA.example'")  # fmt: skip
            self.users(email="mail")
            with self.subTest(kind=kind):
                self.may("ana.weber@xn--bcher-kva.example")
                self.may("ANA.WEBER@b\u00fccher.example")
                self.may("bo@xn--mnchen-3ya.example")
                self.refused("Bo@M\u00fcnchen.example", "2 accounts", 67)
                self.refused("ana.webe\u0440@b\u00fccher.example", code=67)

    def test_a_number_is_found_however_it_is_written(self):
        stored = ["+49 (0)170 1234501", "0170/12 34 502", "(0170) 123.45.03", "0049-170-12345-04", "\u06f0\u06f1\u06f7\u06f0 \u06f1\u06f2\u06f3\u06f4\u06f5\u06f0\u06f5",
                  "0170\u20131234506", "tel. none", "49 170 1234508"]  # fmt: skip
        self.table("id INT PRIMARY KEY, phone VARCHAR(40), KEY (phone)",
                   *(f"id={i}, email='{i}@x.example', phone='{one}'" for i, one in enumerate(stored, 1)))  # fmt: skip
        self.users(phone="phone", phone_region="DE")
        for number in (1, 2, 3, 4, 5, 6, 8):
            for typed in (f"+4917012345{number:02}", f"0170 12345{number:02}", f"tel:+49-170-12345{number:02}",
                          f"\u202a0049 (170) 12345{number:02}\u202c"):  # fmt: skip
                with self.subTest(stored=stored[number - 1], typed=typed):
                    self.may(typed, "--via", "link")
        self.refused("01701234599", code=67)

    def test_numbers_of_twenty_countries_are_found_as_people_write_them(self):
        self.table("id INT AUTO_INCREMENT PRIMARY KEY, phone VARCHAR(40), KEY (phone)")
        for region, pairs in NUMBERS.items():
            self.sql("DELETE FROM users")
            for i, (stored, _) in enumerate(pairs):
                self.sql(f"INSERT INTO users SET email = '{i}@x.example', phone = '{stored}'")
            self.users(phone="phone", phone_region=region)
            done = self.site.run("request", *(typed for _, typed in pairs), "--via", "link", "--dry-run", "--json")
            for (stored, typed), result in zip(pairs, done.json["data"]["results"]):
                with self.subTest(region=region, stored=stored, typed=typed):
                    self.assertTrue(result["success"], result)

    def test_domains_in_any_mixture_of_forms_are_found(self):
        stored = ["ana@b\u00fccher.example", "bo@xn--mnchen-3ya.example", "eva@B\u00dcCHER.Example", "leo@xn--bcher-kva.m\u00fcnchen.example",
                  "ida@XN--BCHER-KVA.example", "ute@stra\u00dfe.example", "max@\u0645\u062b\u0627\u0644.example"]  # fmt: skip
        typed = ["ana@XN--BCHER-KVA.EXAMPLE", "BO@M\u00dcNCHEN.example", "eva@xn--bcher-kva.example", "leo@b\u00fccher.xn--mnchen-3ya.example",
                 "ida@B\u00dccher.example", "ute@xn--strae-oqa.example", "max@xn--mgbh0fb.example"]  # fmt: skip
        for kind in ("VARCHAR(190)", "VARCHAR(190) COLLATE utf8mb4_bin", "VARBINARY(190)"):
            self.table(f"id INT AUTO_INCREMENT PRIMARY KEY, mail {kind}, KEY (mail)", *(f"mail = '{one}'" for one in stored))
            self.users(email="mail")
            done = self.site.run("request", *typed, "--dry-run", "--json")
            for one, result in zip(typed, done.json["data"]["results"]):
                with self.subTest(kind=kind, typed=one):
                    self.assertTrue(result["success"], result)

    def test_a_tenant_is_a_uuid_in_bytes_too(self):
        tenants = ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "11111111-2222-3333-4444-555555555555"]
        self.table("tenant BINARY(16), id INT, PRIMARY KEY (tenant, id)",
                   *(f"tenant = UNHEX('{one.replace('-', '')}'), id = 42, email = 'u{i}@x.example'" for i, one in enumerate(tenants)))  # fmt: skip
        for i, one in enumerate(tenants):
            for value in (one, one.upper(), one.replace("-", "")):
                self.users(scope={"column": "tenant", "value": value})
                self.may(f"u{i}@x.example")
                self.refused(f"u{1 - i}@x.example", code=67)
        self.users(scope={"column": "tenant", "value": "6ba7b810-9dad-11d1-80b4-000000000000"})
        self.assertIn("no account has '6ba7b810-9dad-11d1-80b4-000000000000' in 'tenant'", self.site.run("doctor").out)

    def test_localhost_with_a_port_is_no_socket(self):
        if not self.database.socket:
            self.skipTest("the server has no socket")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            dead = listener.getsockname()[1]
        # Where the library takes the local server to be; nobody listens at the port, where a tunnel should be.
        local = {"MYSQL_UNIX_PORT": str(self.database.socket)}
        self.site.add_user(email="ana@x.example")
        self.users()
        for more in ({"host": "localhost"}, {"host": "LOCALHOST"}, {"hosts": ["localhost"]}, {"hosts": ["127.0.0.2", "localhost"]}):
            for tls in ("off", "verify"):
                with self.subTest(tls=tls, **more):
                    where = {"socket": None, "host": None, "hosts": None, "port": dead, "tls": tls, "connect_timeout": "2s"}
                    self.site.config(database=where | more)
                    done = self.site.run("request", "ana@x.example", "--dry-run", env=local)
                    self.assertEqual(done.exit, 69, done)
        self.site.config(database={"socket": None, "host": "localhost", "hosts": None, "port": None, "tls": "off"})
        self.assertEqual(self.site.run("request", "ana@x.example", "--dry-run", env=local).exit, 0)


if __name__ == "__main__":
    unittest.main()
