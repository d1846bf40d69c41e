"""Applications' tables as they really are: roles, states, keys and identities in every form."""

import unittest

from database import Database
from harness import Site

SENT = "would be sent"


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


if __name__ == "__main__":
    unittest.main()
