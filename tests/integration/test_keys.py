"""Keys: listed, rotated, prepared; what was made with the old ones goes on; a host that lacks the new ones stops."""

import hashlib
import hmac
import base64
import os
import shutil
import stat
import threading
import unittest

import harness
from database import Database
from harness import Site

KILLABLE = os.environ["PWRESET_KILLABLE"]
FILES = {"application": "application.key", "own": "pwreset.key"}


class KeysTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database, limits={"cooldown": "0s"})
        self.addCleanup(self.site.close)
        self.site.migrate()
        self.site.add_user(email="ada@example.com")

    def file(self, purpose, site=None):
        return (site or self.site).folder / "keys" / FILES[purpose]

    def ids(self, purpose, site=None):
        """The ids of a key file, in its order."""
        lines = self.file(purpose, site).read_text().splitlines()
        return [line.split(":")[0] for line in lines if line and not line.startswith("#")]

    def key(self, purpose, key_id):
        line = next(line for line in self.file(purpose).read_text().splitlines() if line.startswith(key_id + ":"))
        return base64.b64decode(line.split(":")[1])

    def current(self):
        return {row["purpose"]: row["key_id"] for row in self.database.sql("SELECT purpose, key_id FROM pwreset_keys")}

    def rotate(self, *args):
        done = self.site.run("keys", "rotate", *args, "--json")
        self.assertEqual(done.exit, 0, done)
        return done.json["data"]["keys"]

    def newest(self, column, table):
        return self.database.sql(f"SELECT {column} AS v FROM pwreset_{table} ORDER BY id DESC LIMIT 1")[0]["v"]

    def second_host(self):
        """A site with the same database and a copy of the keys, as another host has them."""
        other = harness.Site.__new__(harness.Site)
        other.__dict__ = self.site.__dict__ | {"folder": self.site.folder / "elsewhere", "_own": [], "_running": []}
        shutil.copytree(self.site.folder / "keys", other.folder / "keys")
        shutil.copy(self.site.folder / "database.password", other.folder)
        other.write_secret("shop.toml", self.site.file.read_text())
        return other

    def kill_at(self, step, *args):
        before, harness.BINARY = harness.BINARY, KILLABLE
        try:
            done = self.site.run(*args, env={"PWRESET_TEST_AT": step})
        finally:
            harness.BINARY = before
        self.assertEqual(done.exit, -9, done)

    def assert_no_key_in(self, text):
        for purpose in FILES:
            for line in self.file(purpose).read_text().splitlines():
                self.assertNotIn(line.split(":")[1][:12], text)

    # --- listing and rotating

    def test_the_list_shows_ids_and_roles_and_no_byte_of_a_key(self):
        first = self.current()
        self.rotate()
        done = self.site.run("keys", "list", "--output", "ndjson")
        roles = {(row["purpose"], row["key_id"]): (row["role"], row["since"] is not None) for row in done.rows}
        expected = {(purpose, key_id): ("mints", True) for purpose, key_id in self.current().items()}
        expected |= {(purpose, key_id): ("verifies", False) for purpose, key_id in first.items()}
        self.assertEqual(roles, expected)
        for text in (done.out, self.site.run("keys", "list").out, self.site.run("keys", "rotate").out):
            self.assert_no_key_in(text)

    def test_a_rotation_puts_a_new_line_first_and_leaves_the_others_and_the_comments(self):
        for purpose, name in FILES.items():
            text = f"# kept by the administrators\n{self.file(purpose).read_text()}\n# the end"
            self.site.write_secret(f"keys/{name}", text)
            os.chmod(self.file(purpose), 0o400)
            inode = self.file(purpose).stat().st_ino
            key = self.rotate(purpose)[0]
            after = self.file(purpose).read_text()
            self.assertTrue(after.startswith(key["key_id"] + ":"))
            self.assertEqual(after.split("\n", 1)[1], text)
            status = self.file(purpose).stat()
            self.assertEqual((stat.S_IMODE(status.st_mode), status.st_uid), (0o600, os.geteuid()))
            self.assertNotEqual(status.st_ino, inode)
        self.assertEqual(sorted(os.listdir(self.site.folder / "keys")), sorted([*FILES.values(), "shop.mark"]))

    def test_one_of_the_two_can_be_rotated_alone(self):
        before = self.current()
        rotated = self.rotate("application")
        self.assertEqual([(key["purpose"], key["former"], key["added"]) for key in rotated],
                         [("application", before["application"], True)])  # fmt: skip
        self.assertEqual(self.current(), before | {"application": rotated[0]["key_id"]})
        self.assertEqual(self.ids("own"), [before["own"]])

    def test_a_dry_run_changes_nothing(self):
        before, files = self.current(), [self.file(purpose).read_text() for purpose in FILES]
        done = self.site.run("keys", "rotate", "--dry-run", "--json")
        self.assertEqual([key["key_id"] for key in done.json["data"]["keys"]], [None, None])
        self.assertEqual(self.current(), before)
        self.assertEqual([self.file(purpose).read_text() for purpose in FILES], files)
        self.assertEqual(self.newest("action", "audit"), "migrate")

    def test_a_prepared_key_waits_for_the_next_rotation(self):
        before = self.current()
        prepared = {key["purpose"]: key["key_id"] for key in self.rotate("--prepare")}
        self.assertEqual(self.current(), before)
        self.assertEqual(self.newest("result", "audit"), "prepared")
        self.assertEqual({key["key_id"] for key in self.rotate("--prepare")}, set(prepared.values()))
        self.site.run("send-otp", "ada@example.com")
        self.assertEqual(self.newest("key_id", "tokens"), before["application"])
        self.assertEqual({key["added"] for key in self.rotate()}, {False})
        self.assertEqual(self.current(), prepared)
        self.assertEqual(len(self.ids("own")), 2)

    def test_the_audit_row_names_the_new_keys_and_is_made_with_the_new_one(self):
        self.rotate("--ticket", "OPS-7", "--reason", "yearly")
        row = self.database.sql("SELECT * FROM pwreset_audit ORDER BY id DESC LIMIT 1")[0]
        current = self.current()
        self.assertEqual((row["action"], row["result"], row["ticket"], row["reason"]), ("keys-rotate", "done", "OPS-7", "yearly"))
        self.assertEqual(row["detail"], f"application.key {current['application']}, pwreset.key {current['own']}")
        self.assertEqual(row["key_id"], current["own"])

    def test_who_lacks_the_capability_rotates_nothing(self):
        before = self.current()
        self.site.config(operators={"nobody-of-these": ["maintain"]})
        for command in (("keys", "list"), ("keys", "rotate")):
            self.assertEqual(self.site.run(*command).exit, 77)
        self.assertEqual(self.current(), before)
        self.assertEqual(self.newest("action", "audit"), "keys-rotate")
        self.assertEqual(self.newest("result", "audit"), "FORBIDDEN")

    def test_a_link_to_a_shared_file_stays_a_link(self):
        shared = self.site.folder / "shared.key"
        shutil.move(self.file("application"), shared)
        self.file("application").symlink_to(shared)
        key = self.rotate("application")[0]
        self.assertTrue(self.file("application").is_symlink())
        self.assertTrue(shared.read_text().startswith(key["key_id"] + ":"))

    # --- what was made before goes on

    def test_a_code_from_before_the_rotation_verifies_and_a_new_one_carries_the_new_id(self):
        self.site.run("send-otp", "ada@example.com", "--for", "caller")
        code = self.site.smtp.code(self.site.smtp.mails()[-1])
        former = self.current()["application"]
        self.rotate()
        self.assertEqual(self.newest("key_id", "tokens"), former)
        done = self.site.run("verify-otp", "ada@example.com", stdin=code + "\n")
        self.assertEqual(done.exit, 0, done)
        self.site.run("send-otp", "ada@example.com", "--for", "caller")
        self.assertEqual(self.newest("key_id", "tokens"), self.current()["application"])
        code = self.site.smtp.code(self.site.smtp.mails()[-1])
        self.assertEqual(self.site.run("verify-otp", "ada@example.com", stdin=code + "\n").exit, 0)

    def test_a_reset_code_is_made_with_the_new_key_that_the_application_finds_by_its_id(self):
        self.rotate()
        self.site.run("send-otp", "ada@example.com")
        row = self.database.sql("SELECT delivery_id, attempt, key_id, HEX(code_mac) AS mac FROM pwreset_tokens")[0]
        code = self.site.smtp.code(self.site.smtp.mails()[-1])
        text = f"{row['delivery_id']}:{row['attempt']}:reset_otp:{code}"
        mac = hmac.new(self.key("application", row["key_id"]), text.encode(), hashlib.sha256).hexdigest()
        self.assertEqual(mac, row["mac"].lower())

    def test_audit_rows_name_the_key_that_made_them(self):
        former = self.current()["own"]
        self.rotate()
        self.site.run("request", "ada@example.com")
        rows = self.database.sql("SELECT action, key_id FROM pwreset_audit ORDER BY id")
        self.assertEqual(rows[0], {"action": "migrate", "key_id": former})
        self.assertEqual({row["key_id"] for row in rows[1:]}, {self.current()["own"]})

    def test_a_retry_across_a_rotation_is_no_changed_password(self):
        self.kill_at("minted", "request", "ada@example.com")
        self.rotate()
        done = self.site.run("deliver", "--json")
        self.assertEqual((done.json["data"]["sent"], done.json["data"]["dropped"]), (1, 0), done)

    def test_a_password_that_changed_across_a_rotation_ends_the_retry(self):
        self.site.config(reset={"notify_on_change": False})
        self.kill_at("minted", "request", "ada@example.com")
        self.rotate()
        self.database.sql("UPDATE users SET password = '$2y$12$other'")
        done = self.site.run("deliver", "--json")
        self.assertEqual((done.json["data"]["sent"], done.json["data"]["dropped"]), (0, 1), done)
        self.assertEqual(self.newest("reason", "deliveries"), "password_changed")

    # --- several hosts, several at once, and crashes

    def test_a_host_without_the_new_key_refuses_everything_until_it_is_copied(self):
        other = self.second_host()
        self.assertEqual(other.run("list-tokens").exit, 0)
        for purpose, name in FILES.items():
            key = self.rotate(purpose)[0]
            for command in (("request", "ada@example.com"), ("deliver",), ("keys", "list"), ("keys", "rotate"), ("migrate",)):
                done = other.run(*command, "--json")
                self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
                self.assertIn(f"{name}' lacks key '{key['key_id']}', which is current since 2", done.json["message"])
                self.assertIn("keys rotate", done.json["hint"])
            self.assertEqual(self.ids(purpose, other), self.ids(purpose)[1:])
            shutil.copy(self.file(purpose), self.file(purpose, other))
            self.assertEqual(other.run("list-tokens").exit, 0)
        self.assertEqual(self.newest("COUNT(*)", "tokens"), 0)

    def test_a_new_host_is_told_to_copy_the_files_and_makes_none(self):
        other = self.second_host()
        shutil.rmtree(other.folder / "keys")
        for command in (("migrate",), ("migrate", "--dry-run")):
            done = other.run(*command)
            self.assertEqual(done.exit, 78, done)
            self.assertIn("copy the file", done.err)
        self.assertFalse((other.folder / "keys").exists())

    def test_a_file_that_lost_the_current_key_is_refused(self):
        self.rotate()
        lines = self.file("own").read_text().splitlines(keepends=True)
        self.site.write_secret("keys/pwreset.key", "".join(lines[1:]))
        self.assertEqual(self.site.run("audit").exit, 78)

    def test_two_lines_with_one_id_are_refused(self):
        line = self.file("application").read_text()
        self.site.write_secret("keys/application.key", line + line)
        done = self.site.run("list-tokens")
        self.assertEqual(done.exit, 78, done)
        self.assertIn("application.key:2: a second key", done.err)
        self.assert_no_key_in(done.err)

    def test_a_rotation_killed_between_file_and_database_leaves_everything_working(self):
        before = self.current()
        self.kill_at("key_written", "keys", "rotate")
        self.assertEqual(self.current(), before)
        written = {purpose: self.ids(purpose)[0] for purpose in FILES}
        self.site.run("send-otp", "ada@example.com", "--for", "caller")
        self.assertEqual(self.newest("key_id", "tokens"), before["application"])
        code = self.site.smtp.code(self.site.smtp.mails()[-1])
        self.assertEqual(self.site.run("verify-otp", "ada@example.com", stdin=code + "\n").exit, 0)
        self.assertEqual(self.rotate()[0]["added"], False)
        self.assertEqual(self.current(), written)
        self.assertEqual([len(self.ids(purpose)) for purpose in FILES], [2, 2])

    def test_of_two_rotations_at_once_each_is_whole_or_refused(self):
        results = []
        threads = [threading.Thread(target=lambda: results.append(self.site.run("keys", "rotate", "--json"))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        good = [result for result in results if result.exit == 0]
        self.assertGreater(len(good), 0)
        for result in results:
            self.assertIn(result.exit, (0, 69), result)
        for number, purpose in enumerate(FILES):
            # Each that succeeded added a line of its own, the last of them is current, and none lost another's.
            made = {result.json["data"]["keys"][number]["key_id"] for result in good}
            self.assertEqual(len(made), len(good))
            self.assertEqual(set(self.ids(purpose)[:-1]), made)
            self.assertEqual(self.current()[purpose], self.ids(purpose)[0])
        rows = self.database.sql("SELECT COUNT(*) AS n FROM pwreset_audit WHERE action = 'keys-rotate'")
        self.assertEqual(rows[0]["n"], len(good))

    def test_a_rotation_waits_for_no_other_but_names_it(self):
        self.database.sql("INSERT INTO pwreset_leases VALUES ('shop', 'keys', 'db2/b/n/1/1', UTC_TIMESTAMP(6) + INTERVAL 9 SECOND)")
        done = self.site.run("keys", "rotate")
        self.assertEqual(done.exit, 69, done)
        self.assertIn("another 'keys rotate' is at work on db2", done.err)
        self.assertEqual(len(self.ids("own")), 1)

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_that_cannot_be_written_is_an_io_error(self):
        os.chmod(self.site.folder / "keys", 0o500)
        done = self.site.run("keys", "rotate")
        os.chmod(self.site.folder / "keys", 0o700)
        self.assertEqual(done.exit, 74, done)
        self.assertEqual(len(self.ids("own")), 1)

    # --- migrate records what was there

    def test_tables_from_before_keys_were_recorded_get_the_first_key_of_each_file(self):
        self.rotate()
        first = self.current()
        self.database.sql("DELETE FROM pwreset_keys")
        done = self.site.run("list-tokens")
        self.assertEqual(done.exit, 78, done)
        self.assertIn("pwreset migrate", done.err)
        planned = self.site.run("migrate", "--dry-run")
        self.assertIn(f"would record key {first['own']} (own) as current", planned.out)
        self.assertEqual(self.current(), {})
        done = self.site.run("migrate", "--json")
        self.assertEqual(done.json["data"]["steps"], [])
        self.assertEqual({key["purpose"]: key["key_id"] for key in done.json["data"]["keys_recorded"]}, first)
        self.assertEqual(self.current(), first)
        self.assertIn("nothing to do", self.site.run("migrate").out)


if __name__ == "__main__":
    unittest.main()
