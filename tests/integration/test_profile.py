"""`profile check` and `profile grants` against live tables: each fault is a line of its own, and the grants are enough. And
what has to be shown of a profile before it is issued by.
"""

import base64
import hashlib
import hmac
import secrets
import time
import unittest

from database import Database
from harness import Site

TOKENS = ("CREATE TABLE password_reset_tokens (email VARCHAR(191) PRIMARY KEY, token VARCHAR(255) NOT NULL, "
          "created_at TIMESTAMP NULL) ENGINE=InnoDB")  # fmt: skip


class ProfileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.site = Site(database=cls.database)
        cls.addClassCleanup(cls.site.close)
        cls.site.config(users={"profile": "laravel"}, reset={"link": None, "base": "https://shop.example"})

    def setUp(self):
        self.database.sql("DROP TABLE IF EXISTS password_reset_tokens")

    def problems(self):
        done = self.site.run("profile", "check", "--json")
        checks = done.json["data"]["checks"]
        self.assertEqual(done.exit, 1 if any(one["level"] == "problem" for one in checks) else 0, done)
        return [one["finding"] for one in checks if one["level"] == "problem" and one["area"] != "grants"]

    def test_a_table_that_is_not_there(self):
        (finding,) = self.problems()
        self.assertIn("('reset.store.table') is not there", finding)

    def test_a_table_as_laravel_makes_it(self):
        self.database.sql(TOKENS)
        self.assertEqual(self.problems(), [])

    def test_each_fault_is_told(self):
        self.database.sql(TOKENS.replace("VARCHAR(255)", "CHAR(40)").replace("TIMESTAMP NULL", "INT"))
        narrow, clock = self.problems()
        self.assertIn("holds 40 characters, and what is written has 60", narrow)
        self.assertIn("is int, and a time would be written into it", clock)

    def test_grants_name_the_tables_of_the_site(self):
        self.database.sql(TOKENS)
        rows = self.site.run("profile", "grants", "--json").json["data"]["grants"]
        self.assertEqual([row["table"] for row in rows][:2], ["users", "password_reset_tokens"])
        self.assertIn("GRANT SELECT (`email`, `token`, `created_at`), INSERT, DELETE ON ", rows[1]["statement"])
        self.assertIn("pwreset_tokens", [row["table"] for row in rows])

    def grants(self, *args):
        return self.site.run("profile", "grants", *args, "--json").json["data"]["grants"]

    def test_a_role_gets_no_more_than_its_work_takes(self):
        rights = {}
        for role in ("issue", "purge", "list", "web", "migrate"):
            rows = self.grants("--role", role, "--login", "some`body@db.example")
            rights[role] = {row["table"]: row["statement"] for row in rows}
            for row in rows:
                self.assertTrue(row["statement"].endswith(" TO `some``body`@`db.example`"), row)
        self.assertIn("INSERT", rights["issue"]["password_reset_tokens"])
        self.assertNotIn("INSERT", rights["purge"]["password_reset_tokens"])
        self.assertIn("DELETE", rights["purge"]["password_reset_tokens"])
        self.assertIn("GRANT SELECT (`email`, `token`, `created_at`) ON", rights["list"]["password_reset_tokens"])
        for role in ("web", "migrate"):
            self.assertEqual([table for table in rights[role] if not table.startswith("pwreset_")], [])
        self.assertIn("CREATE", rights["migrate"]["pwreset_tokens"])
        self.assertEqual(self.site.run("profile", "grants", "--role", "temporary-password").exit, 64)

    def test_what_is_printed_for_a_login_is_enough_for_its_work(self):
        self.database.sql(TOKENS)
        with Site(database=self.database) as site:
            self.database.sql(TOKENS)
            site.config(users={"profile": "laravel"}, reset={"link": None, "base": "https://shop.example"})
            site.migrate()
            self.database.sql("ALTER TABLE users ADD email_verified_at DATETIME NULL, ADD created_at TIMESTAMP NULL")
            site.add_user(email="ada@example.com")
            admin = dict(site.settings["database"])
            work = {"issue": (("request", "ada@example.com", "--override-limits", "--queue"), ("revoke", "ada@example.com"),
                              ("request", "ada@example.com", "--override-limits", "--queue")),
                    "deliver": (("deliver",),), "list": (("list-tokens", "ada@example.com"),),
                    "purge": (("purge-expired",),)}  # fmt: skip
            work[""] = sum(work.values(), ())
            for role, commands in work.items():
                login, password = f"{role or 'all'}_{secrets.token_hex(3)}", secrets.token_hex(8)
                self.database.sql(f"CREATE USER {login} IDENTIFIED BY '{password}'")
                self.addCleanup(self.database.sql, f"DROP USER {login}")
                site.config(database=admin)
                site.write_secret("database.password", self.database.password)
                printed = site.run("profile", "grants", *(("--role", role) if role else ()), "--login", f"{login}@%")
                self.database.sql(printed.out)
                site.config(database={"user": login})
                site.write_secret("database.password", password)
                for command in commands:
                    done = site.run(*command)
                    self.assertEqual(done.exit, 0, (role, done))
            # The link of the last round was mailed and stored.
            self.assertEqual(self.database.sql("SELECT COUNT(*) AS n FROM password_reset_tokens"), [{"n": 1}])

    def test_what_is_over_is_purged_whoever_issued_it(self):
        self.database.sql(TOKENS)
        self.database.sql("INSERT INTO password_reset_tokens VALUES ('old@example.com', 'x', NOW() - INTERVAL 40 DAY), "
                          "('new@example.com', 'x', NOW()), ('null@example.com', 'x', NULL)")  # fmt: skip
        self.assertEqual(self.site.run("migrate").exit, 0)
        for flags, left in ((["--dry-run"], 3), ([], 2)):
            done = self.site.run("purge-expired", "--json", *flags)
            self.assertEqual((done.exit, done.json["data"]["application_tokens"]), (0, 1), done)
            self.assertEqual(len(self.database.sql("SELECT email FROM password_reset_tokens")), left)


class ProofTest(unittest.TestCase):
    """An application that keeps no tokens: what it mails is a MAC over the account, by a secret of its own."""

    secret = "the secret of the application"

    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.close)
        self.site.write_secret("shop.key", self.secret)
        self.site.migrate()
        self.ana = self.site.add_user(email="ana@example.com")
        self.tina = self.site.add_user(email="tina@example.com")
        self.site.config(
            secrets={"key": {"file": "shop.key"}},
            reset={
                "link": "https://shop.example/reset/{token}",
                "mailed": "base64url(key + '.' + unix(issued) + '.' + hex(hmac_sha256(secret.key, unix(issued) + password)))",
                "application_lifetime": "2h",
                "link_lifetime": "2h",
                "void_by": ["password"],
                "store": {"mode": "none"},
                "test_account": "tina@example.com",
            },
            limits={"cooldown": "0s"},
        )

    def of_application(self, key, secret=None, age=0):
        (row,) = self.site.database.sql(f"SELECT password FROM users WHERE id = {key}")
        issued = int(time.time()) - age
        mac = hmac.new((secret or self.secret).encode(), f"{issued}{row['password']}".encode(), hashlib.sha256).hexdigest()
        token = base64.urlsafe_b64encode(f"{key}.{issued}.{mac}".encode()).decode().rstrip("=")
        return f"https://shop.example/reset/{token}"

    def exits(self, exit, *words, stdin=None):
        done = self.site.run(*words, stdin=stdin)
        self.assertEqual(done.exit, exit, done)
        return done

    def findings(self, exit, *words, stdin=None):
        done = self.exits(exit, "profile", "check", *words, "--json", stdin=stdin)
        return {one["area"]: one["finding"] for one in done.json["data"]["checks"] if one["level"] != "ok"}

    def refused(self, *words):
        done = self.exits(78, "request", *words)
        self.assertIn("nothing is issued", done.err)
        self.assertIn("profile check", done.err)

    def test_from_nothing_shown_to_the_first_link_and_back(self):
        self.refused("tina@example.com")
        self.assertIn("no token of the application's own was compared", self.exits(1, "doctor").out)
        self.assertIn("pwreset made that one itself", str(self.findings(1, "--link", stdin=self.link_of_our_own())))
        found = self.findings(1, "--link", stdin=self.of_application(self.tina, secret="another"))
        self.assertIn("not what the profile makes", found["token"])
        found = self.findings(1, "--link", stdin=self.of_application(self.ana))
        self.assertIn("not what the profile makes", found["token"])
        self.assertIn("asked for 1 h", self.findings(1, "--link", stdin=self.of_application(self.tina, age=3600))["token"])
        self.assertNotIn("token", self.findings(0, "--link", stdin=self.of_application(self.tina)))
        self.refused("ana@example.com")
        answer = self.exits(0, "request", "tina@example.com", "--json").json
        reference = answer["data"]["results"][0]["reference"]
        self.assertIn("has its old password", self.findings(1, "--accepted", reference)["link"])
        self.site.database.sql(f"UPDATE users SET password = '$2y$10${'v' * 53}' WHERE id = {self.tina}")
        self.assertNotIn("link", self.findings(0, "--accepted", reference))
        self.exits(0, "request", "ana@example.com")
        self.assertIn("a token of the application agreed", self.site.run("doctor").out)
        trail = self.exits(0, "audit", "--json").json["data"]["entries"]
        shown = self.exits(0, "profile", "show", "--json").json["data"]
        self.assertEqual(shown["asks_for"], ["token", "link"])
        self.assertEqual({row["profile"] for row in trail if row["action"] == "mint"}, {shown["digest"]})
        self.assertEqual([row["result"] for row in trail if row["action"] == "profile-check"].count("done"), 2)
        self.exits(0, "audit", "verify")
        self.site.write_secret("shop.key", "another secret")
        self.refused("ana@example.com")

    def link_of_our_own(self):
        """One that pwreset made under another configuration of the same secret: as it would be, were it asked."""
        verifier = hashlib.sha256(b"ours").hexdigest()
        self.site.database.sql(
            "INSERT INTO pwreset_tokens (app, account, kind, channel, delivery_id, attempt, verifier, state, live, attempts, "
            f"issued_at, expires_at) VALUES ('shop', '{self.tina}', 'link', 'email', 999, 1, UNHEX('{verifier}'), 'void', NULL, "
            "0, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"
        )
        return "https://shop.example/reset/ours"

    def test_who_may_not_and_what_makes_no_sense(self):
        link = self.of_application(self.tina)
        self.exits(64, "profile", "check", "laravel", "--link", stdin=link)
        self.exits(64, "profile", "check", "--link", "--accepted", "7K3Q-M2", stdin=link)
        self.exits(64, "profile", "check", "--link", "--dry-run", stdin=link)
        self.exits(65, "profile", "check", "--link", stdin="no link at all, in many words")
        self.site.database.sql(f"UPDATE users SET role = 'admin' WHERE id = {self.tina}")
        self.exits(77, "profile", "check", "--link", stdin=link)
        self.site.config(reset={"test_account": None})
        self.exits(78, "profile", "check", "--link", stdin=link)


if __name__ == "__main__":
    unittest.main()
