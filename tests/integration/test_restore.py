"""What pwreset-audit(5) says of backups and of lost keys, done to the letter."""

import re
import shutil
import unittest

from harness import SOURCE, Database, Site

MANUAL = (SOURCE / "man/pwreset-audit.5").read_text()


class RestoreTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database, limits={"cooldown": "0s"})
        self.addCleanup(self.site.close)
        self.site.migrate()
        self.site.add_user(email="ada@example.com")
        self.site.add_user(email="bob@example.com")

    def good(self, *args, **more):
        done = self.site.run(*args, **more)
        self.assertEqual(done.exit, 0, done)
        return done

    def lose_everything(self):
        tables = [list(row.values())[0] for row in self.database.sql("SHOW TABLES")]
        self.database.sql("; ".join(f"DROP TABLE `{table}`" for table in tables))
        shutil.rmtree(self.site.folder / "keys")


class BackupTest(RestoreTest):
    def test_a_backup_that_is_restored_verifies_and_goes_on(self):
        self.assertIn("mariadb-dump --single-transaction --hex-blob shop", MANUAL)
        self.assertIn("tar -C /etc/pwreset --exclude='*.mark'", MANUAL)
        self.good("request", "ada@example.com")
        link = self.site.smtp.link(self.site.smtp.mails()[0])
        head = self.good("audit", "head").out
        dump = self.database.client("mariadb-dump", "--single-transaction", "--hex-blob").decode()
        self.good("keys", "rotate")  # between the tables and the files, as badly as it can come
        files = self.site.folder / "backup"
        shutil.copytree(self.site.folder / "keys", files, ignore=shutil.ignore_patterns("*.mark"))
        self.good("request", "bob@example.com")
        later = self.good("audit", "head").out

        self.lose_everything()
        self.database.client("mariadb", stdin=dump)
        for command in (("list-tokens",), ("migrate",), ("doctor",)):
            done = self.site.run(*command)
            self.assertIn("copy the file from the backup, or from the host", done.out + done.err)
        shutil.copytree(files, self.site.folder / "keys")

        self.assertNotEqual(self.site.run("doctor", "--json").json.get("code"), "CONFIG")
        self.good("audit", "verify", "--head", "-", stdin=head)
        told = self.site.run("audit", "verify", "--head", "-", stdin=head + later)
        self.assertEqual((told.exit, "cut" in told.out), (1, True), told)
        self.assertIn("until", self.good("inspect", "-", stdin=link).out)
        self.assertIn("made void 1 token", self.good("migrate", "--restored", "--yes", "--reason", "the disk is new").out)
        self.good("request", "bob@example.com")
        self.good("audit", "verify", "--head", "-", stdin=head + later)


class LostKeysTest(RestoreTest):
    def statements(self, purpose):
        """Those of the manual that end with this purpose."""
        blocks = re.findall(r"^\.Bd -literal -offset indent\n((?:DELETE .*\n(?: .*\n)?)+)\.Ed", MANUAL, re.MULTILINE)
        return next(block for block in blocks if f"'{purpose}'" in block)

    def lose(self, name):
        (self.site.folder / "keys" / name).unlink()
        hints = set()
        for command in (("list-tokens",), ("migrate",), ("migrate", "--dry-run"), ("request", "ada@example.com")):
            done = self.site.run(*command)
            self.assertEqual(done.exit, 78, done)
            hints.add(done.err.splitlines()[1])
        self.assertEqual(len(hints), 1, hints)
        checks = self.site.run("doctor", "--json").json["data"]["checks"]
        remedies = [check["remedy"] for check in checks if check["area"] == "keys" and check["level"] == "problem"]
        self.assertEqual(remedies, [hints.pop().split("hint: ", 1)[1]])

    def test_without_the_key_of_codes_only_codes_are_lost(self):
        self.good("request", "ada@example.com")
        self.good("send-otp", "ada@example.com", "--for", "caller")
        code = self.site.smtp.code(self.site.smtp.mails()[1])
        self.lose("application.key")
        self.database.sql(self.statements("application"))
        self.assertIn("application.key", self.good("migrate").out)
        self.assertEqual(self.site.run("verify-otp", "ada@example.com", stdin=code + "\n").exit, 1)
        self.assertEqual(self.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens WHERE live = 1 AND kind = 'link'")[0]["n"], 1)
        self.good("send-otp", "ada@example.com", "--for", "caller")
        code = self.site.smtp.code(self.site.smtp.mails()[2])
        self.good("verify-otp", "ada@example.com", stdin=code + "\n")
        self.good("audit", "verify")

    def test_without_the_key_of_the_trail_it_is_begun_anew(self):
        self.good("request", "ada@example.com")
        self.good("audit", "head")
        self.lose("pwreset.key")
        self.database.sql(self.statements("own"))
        self.assertIn("pwreset.key", self.good("migrate").out)
        self.good("request", "bob@example.com")
        self.good("audit", "verify")
        self.assertEqual(self.good("audit", "head").out.split()[3], "4")  # migrate, request, mint, send


if __name__ == "__main__":
    unittest.main()
