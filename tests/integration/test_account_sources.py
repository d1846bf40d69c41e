"""Accounts whose address, hash or roles are not columns of the users table, in the shapes that applications have them: found,
refused with the right reason, protected; and `doctor --accounts`."""

import json
import re
import secrets
import unittest

from database import Database
from harness import Site

BCRYPT = "$2y$04$abcdefghijklmnopqrstuuxLZ1DPpSbyQMNbYJvQGyDJYfdcS.pVi"


class AccountSourcesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.site = Site(database=cls.database, limits={"cooldown": "0s", "per_operator": "9999/h", "per_account": "999/h",
                                                       "per_recipient": "999/h", "lookups": "99999/h", "agents": "99999/h"})
        cls.addClassCleanup(cls.site.close)
        cls.site.migrate()

    def application(self, statements, users, **sections):
        """The tables of an application, and [users] of its configuration."""
        ours = {row["t"] for row in self.database.sql(
            "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = DATABASE()")}  # fmt: skip
        drops = "".join(f"DROP TABLE `{name}`;" for name in ours if not name.startswith("pwreset_"))
        self.database.sql("SET sql_mode = '', foreign_key_checks = 0;" + drops + statements)
        self.site.settings["users"] = {"protected": []} | users
        self.site.settings["temporary_password"] = None
        self.site.config(**sections)

    def may(self, *identities):
        """Of each identity "may", or the message."""
        done = self.site.run("request", *identities, "--dry-run", "--json")
        results = done.json["data"]["results"] if "data" in done.json else [done.json]  # of one that was refused
        self.assertEqual(len(results), len(identities), done)
        return ["may" if one["success"] else one["message"] for one in results]

    def assert_said(self, expected):
        """{identity: "may" or a part of the message}"""
        for identity, message in zip(expected, self.may(*expected)):
            self.assertIn(expected[identity], message, identity)

    def account(self, identity):
        done = self.site.run("inspect", identity, "--json")
        self.assertEqual(done.exit, 0, done)
        return done.json["data"]["account"]

    def doctor(self, *args):
        return self.site.run("doctor", "--json", *args).json["data"]["checks"]

    def assert_sound(self):
        faults = [one for one in self.doctor() if one["area"] == "users" and one["level"] != "ok"]
        faults = [one for one in faults if not one["finding"].startswith("the key 'id' is varchar")]  # it is short all the same
        self.assertEqual(faults, [])

    def test_redmine(self):
        self.application(
            "CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, login VARCHAR(190) UNIQUE, hashed_password VARCHAR(40) NOT NULL, "
            "admin BOOLEAN NOT NULL DEFAULT 0, status INT NOT NULL DEFAULT 1, auth_source_id INT, language VARCHAR(5));"
            "CREATE TABLE email_addresses (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT NOT NULL, "
            "address VARCHAR(190) COLLATE utf8mb4_general_ci NOT NULL, is_default BOOLEAN NOT NULL DEFAULT 0, KEY (user_id), KEY (address));"
            "INSERT INTO users VALUES (1, 'admin', 'h', 1, 1, NULL, 'en'), (2, 'ana', 'h', 0, 1, NULL, 'de'), "
            "(3, 'bob', 'h', 0, 3, NULL, ''), (4, 'eve', '', 0, 1, 7, ''), (5, 'mike', 'h', 0, 1, NULL, '');"
            "INSERT INTO email_addresses (user_id, address, is_default) VALUES (1, 'admin@example.com', 1), (2, 'ana@example.com', 1), "
            "(2, 'ana@work.example', 0), (3, 'bob@example.com', 1), (4, 'eve@example.com', 1), (5, 'mike@example.com', 1);",
            {"email": {"table": "email_addresses", "user": "user_id", "column": "address", "where": {"is_default": 1}},
             "login": "login", "password": "hashed_password", "locale": "language",
             "active": {"column": "status", "values": ["1"]},
             "role": [{"flags": {"admin": "admin"}}], "protected": ["admin"],
             "refuse": [{"column": "auth_source_id", "set": True, "because": "its password is kept by a directory"}]},
        )  # fmt: skip
        self.assert_sound()
        self.assert_said({
            "ana@example.com": "may", "login:ana": "was named before", "ANA@example.com": "was named before",
            "ana@work.example": "no account has the identity", "admin@example.com": "protected by its role 'admin'",
            "bob@example.com": "is disabled: 'status' holds '3'", "eve@example.com": "its password is kept by a directory",
            "m\u0131ke@example.com": "only looks like the identity",
        })  # fmt: skip
        self.assertEqual(self.account("id:2")["recipient"], "a••a@example.com")
        # To the end: the mail goes to the row's address.
        done = self.site.run("request", "login:ana", "--json")
        self.assertEqual(done.exit, 0, done)
        self.assertEqual(self.site.smtp.mails(at_least=1)[-1]["To"], "ana@example.com")
        # Asked again when the token is made.
        self.site.run("request", "id:2", "--queue")
        self.database.sql("UPDATE users SET auth_source_id = 7 WHERE id = 2")
        self.site.run("deliver")
        told = self.site.run("inspect", "id:2", "--json").json["data"]["deliveries"][0]
        self.assertEqual((told["state"], told["why"]), ("refused", "refused"))
        # A second default address: nobody knows which.
        self.database.sql("UPDATE users SET auth_source_id = NULL; UPDATE email_addresses SET is_default = 1")
        self.assert_said({"id:2": "'email_addresses' has 2 values of 'address' for it"})
        self.database.sql("ALTER TABLE email_addresses DROP KEY address, DROP KEY user_id")
        unindexed = [one["remedy"] for one in self.doctor() if "has no index" in one["finding"]]
        self.assertEqual([re.sub(r" ON .*email_addresses` ", " ", one) for one in unindexed],
                         ["CREATE INDEX `pwreset_user_id` (`user_id`)"])

    def test_shield(self):
        self.application(
            "CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(30) UNIQUE, active TINYINT NOT NULL DEFAULT 0, "
            "deleted_at DATETIME);"
            "CREATE TABLE auth_identities (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT, type VARCHAR(190), secret VARCHAR(190), "
            "secret2 VARCHAR(190), force_reset TINYINT NOT NULL DEFAULT 0, UNIQUE (type, secret), KEY (user_id), KEY (secret)) ENGINE=InnoDB;"
            "CREATE TABLE auth_groups_users (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT, `group` VARCHAR(190), KEY (user_id));"
            "CREATE TABLE auth_remember_tokens (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT, KEY (user_id));"
            "INSERT INTO users VALUES (1, 'root', 1, NULL), (2, 'ana', 1, NULL), (3, 'bob', 1, '2026-01-01 00:00:00');"
            f"INSERT INTO auth_identities (user_id, type, secret, secret2) VALUES (1, 'email_password', 'root@example.com', '{BCRYPT}'), "
            f"(2, 'email_password', 'ana@example.com', '{BCRYPT}'), (2, 'magic-link', '0123456789abcdef0123', NULL), "
            f"(3, 'email_password', 'bob@example.com', '{BCRYPT}'), (2, 'access_token', 'ana@other.example', 'x');"
            "INSERT INTO auth_groups_users (user_id, `group`) VALUES (1, 'superadmin'), (2, 'user'), (3, 'user');"
            "INSERT INTO auth_remember_tokens (user_id) VALUES (1), (2);",
            {"email": {"table": "auth_identities", "user": "user_id", "column": "secret", "where": {"type": "email_password"}},
             "password": {"table": "auth_identities", "user": "user_id", "column": "secret2", "where": {"type": "email_password"}},
             "login": "username", "active": "active", "disabled": "deleted_at",
             "role": {"table": "auth_groups_users", "user": "user_id", "role": "group"}, "protected": ["superadmin", "admin"]},
        )  # fmt: skip
        self.site.config(temporary_password={
            "enabled": True, "must_change": {"column": "force_reset", "value": "1"},
            "sessions": {"table": "auth_remember_tokens", "user": "user_id"}})  # fmt: skip
        faults = [one for one in self.doctor() if one["area"] == "users" and one["level"] == "problem"]
        self.assertEqual(faults, [])
        self.assert_said({"ana@example.com": "may", "ana@other.example": "no account has the identity",
                          "root@example.com": "protected by its role 'superadmin'", "bob@example.com": "is disabled"})  # fmt: skip
        done = self.site.run("request", "ana@example.com", "--via", "password", "--json")
        self.assertEqual(done.exit, 0, done)
        rows = self.database.sql("SELECT type, secret2, force_reset FROM auth_identities WHERE user_id = 2 ORDER BY id")
        self.assertNotEqual(rows[0]["secret2"], BCRYPT)
        self.assertTrue(rows[0]["secret2"].startswith("$2y$04$"), rows)
        self.assertEqual([int(row["force_reset"]) for row in rows], [1, 0, 0])
        self.assertEqual([row["secret2"] for row in rows[1:]], [None, "x"])
        self.assertEqual([row["user_id"] for row in self.database.sql("SELECT user_id FROM auth_remember_tokens")], [1])
        # Nothing of an identity is ever written, nor is a row of one deleted.
        for wrong, told in (({"clear": ["secret"]}, "'secret' has another meaning"), ({"empty": ["type"]}, "'type' has another meaning"),
                            ({"clear": ["user_id"]}, "'user_id' has another meaning"),
                            ({"sessions": {"table": "auth_identities", "user": "user_id"}}, "is no table of sessions"),
                            ({"sessions": {"table": "auth_groups_users", "user": "user_id"}}, "is no table of sessions")):  # fmt: skip
            self.site.config(temporary_password=wrong)
            refused = self.site.run("inspect", "id:2")
            self.assertEqual(refused.exit, 78, refused)
            self.assertIn(told, refused.err)
            self.site.config(temporary_password={"clear": None, "empty": None, "sessions": None})

    def test_better_auth(self):
        self.application(
            "CREATE TABLE user (id VARCHAR(36) PRIMARY KEY, name TEXT, email VARCHAR(190) NOT NULL UNIQUE, emailVerified BOOLEAN, "
            "banned BOOLEAN);"
            "CREATE TABLE account (id VARCHAR(36) PRIMARY KEY, accountId TEXT, providerId VARCHAR(190), userId VARCHAR(36), password TEXT, "
            "KEY (userId));"
            "INSERT INTO user VALUES ('aaaaAAAA11', 'Ana', 'ana@example.com', 1, NULL), ('bbbbBBBB22', 'Bob', 'bob@example.com', 0, 0), "
            "('ccccCCCC33', 'Eve', 'eve@example.com', 1, 1);"
            "INSERT INTO account VALUES ('1', 'x', 'credential', 'aaaaAAAA11', 'salt:hash'), ('2', 'x', 'github', 'aaaaAAAA11', NULL), "
            "('3', 'x', 'github', 'bbbbBBBB22', NULL), ('4', 'x', 'credential', 'ccccCCCC33', 'salt:hash');",
            {"table": "user",
             "password": {"table": "account", "user": "userId", "column": "password", "where": {"providerId": "credential"}},
             "refuse": [{"table": "account", "user": "userId", "where": {"providerId": "credential"}, "none": True,
                         "because": "it signs in by a social login only"}],
             "blocked_by": [{"column": "banned", "set": True, "says": "banned in the application"},
                            {"column": "emailVerified", "set": False, "says": "the address was never confirmed"}]},
        )  # fmt: skip
        self.assert_sound()
        self.assert_said({"ana@example.com": "may", "bob@example.com": "may not be reset: it signs in by a social login only",
                          "eve@example.com": "may"})  # fmt: skip
        self.assertEqual(self.account("ana@example.com")["blocked_by"], [])
        self.assertEqual(self.account("bob@example.com")["blocked_by"], ["the address was never confirmed"])
        told = self.site.run("inspect", "eve@example.com")
        self.assertRegex(told.out, r"(?m)^blocked +banned in the application$")

    def test_django(self):
        self.application(
            "CREATE TABLE auth_user (id INT AUTO_INCREMENT PRIMARY KEY, password VARCHAR(128) NOT NULL, is_superuser BOOL NOT NULL, "
            "username VARCHAR(150) NOT NULL UNIQUE, email VARCHAR(254) NOT NULL, is_staff BOOL NOT NULL, is_active BOOL NOT NULL, KEY (email));"
            "CREATE TABLE auth_group (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(150) NOT NULL UNIQUE);"
            "CREATE TABLE auth_user_groups (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT NOT NULL, group_id INT NOT NULL, KEY (user_id));"
            "INSERT INTO auth_user (password, is_superuser, username, email, is_staff, is_active) VALUES "
            "('pbkdf2_sha256$1', 1, 'root', 'root@example.com', 0, 1), ('pbkdf2_sha256$1', 0, 'staff', 'staff@example.com', 1, 1), "
            "('pbkdf2_sha256$1', 0, 'ana', 'ana@example.com', 0, 1), ('!unusable', 0, 'sso', 'sso@example.com', 0, 1), "
            "('pbkdf2_sha256$1', 0, 'gone', 'gone@example.com', 0, 0), ('pbkdf2_sha256$1', 0, 'ed', 'ed@example.com', 0, 1);"
            "INSERT INTO auth_group VALUES (10, 'Editors'); INSERT INTO auth_user_groups (user_id, group_id) VALUES (6, 10);",
            {"table": "auth_user", "login": "username", "active": "is_active",
             "role": [{"flags": {"superuser": "is_superuser", "staff": "is_staff"}},
                      {"table": "auth_user_groups", "user": "user_id", "role": "group_id",
                       "names": {"table": "auth_group", "id": "id", "name": "name"}}],
             "protected": ["superuser", "staff", "editors"],
             "refuse": [{"column": "password", "starts": ["!"], "because": "it signs in elsewhere"}]},
        )  # fmt: skip
        self.assert_sound()
        self.assert_said({"root@example.com": "protected by its role 'superuser'", "staff@example.com": "protected by its role 'staff'",
                          "ana@example.com": "may", "sso@example.com": "it signs in elsewhere", "gone@example.com": "is disabled",
                          "ed@example.com": "protected by its role 'Editors'"})  # fmt: skip
        self.assertEqual(self.account("id:2")["roles"], ["staff"])
        # Where nobody has any of them, that is told: in each of the sources.
        self.site.config(users={"protected": ["owner"]})
        told = [one["finding"] for one in self.doctor() if "no account has the role" in one["finding"]]
        self.assertEqual(told, ["no account has the role 'owner'; found are 'superuser', 'staff', 'Editors'"])
        self.site.config(users={"protected": ["superuser"], "allowed_roles": ["staff"]})
        self.assert_said({"staff@example.com": "may", "ana@example.com": "no role in [users] allowed_roles"})

    def test_wordpress_and_drupal(self):
        self.application(
            "CREATE TABLE wp_users (ID BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, user_login VARCHAR(60), user_pass VARCHAR(255), "
            "user_email VARCHAR(100), KEY (user_email), KEY (user_login));"
            "CREATE TABLE wp_usermeta (umeta_id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, user_id BIGINT UNSIGNED, meta_key VARCHAR(255), "
            "meta_value LONGTEXT, KEY (user_id));"
            "INSERT INTO wp_users VALUES (1, 'first', '$wp$2y$10$x', 'first@example.com'), (2, 'boss', '$wp$2y$10$x', 'boss@example.com'), "
            "(3, 'ana', '$wp$2y$10$x', 'ana@example.com');"
            "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) VALUES (1, 'wp_capabilities', 'a:1:{s:10:\"subscriber\";b:1;}'), "
            "(2, 'wp_capabilities', 'a:1:{s:13:\"administrator\";b:1;}'), (3, 'wp_capabilities', 'a:1:{s:10:\"subscriber\";b:1;}'), "
            "(3, 'nickname', 'administrator');",
            {"table": "wp_users", "id": "ID", "email": "user_email", "login": "user_login", "password": "user_pass",
             "role": [{"table": "wp_usermeta", "user": "user_id", "role": "meta_value", "where": {"meta_key": "wp_capabilities"},
                       "list": "php-serialized"}, {"keys": {"1": "first account"}}],
             "protected": ["administrator", "first account"]},
        )  # fmt: skip
        self.assert_sound()
        self.assert_said({"first@example.com": "protected by its role 'first account'", "boss@example.com": "protected by its role",
                          "ana@example.com": "may"})  # fmt: skip
        self.application(
            "CREATE TABLE users_field_data (uid INT UNSIGNED, langcode VARCHAR(12), default_langcode TINYINT, name VARCHAR(60), "
            "mail VARCHAR(190), pass VARCHAR(255), status TINYINT, PRIMARY KEY (uid, langcode), KEY (mail), KEY (uid, default_langcode), "
            "UNIQUE (uid, default_langcode));"
            "CREATE TABLE user__roles (entity_id INT UNSIGNED, roles_target_id VARCHAR(190), KEY (entity_id));"
            "INSERT INTO users_field_data VALUES (0, 'en', 1, '', NULL, NULL, 0), (1, 'en', 1, 'admin', 'admin@example.com', 'h', 1), "
            "(2, 'en', 1, 'ana', 'ana@example.com', 'h', 1), (3, 'en', 1, 'ed', 'ed@example.com', 'h', 1);"
            "INSERT INTO user__roles VALUES (3, 'content_editor');",
            {"table": "users_field_data", "id": "uid", "scope": {"column": "default_langcode", "value": "1"}, "email": "mail", "login": "name",
             "password": "pass", "active": "status",
             "role": [{"keys": {"1": "uid 1"}},
                      {"table": "user__roles", "user": "entity_id", "role": "roles_target_id", "where": {"entity_id": 3}}],
             "protected": ["uid 1", "content_editor"]},
        )  # fmt: skip
        self.assert_said({"admin@example.com": "protected by its role 'uid 1'", "ana@example.com": "may",
                          "ed@example.com": "protected by its role 'content_editor'"})  # fmt: skip

    def test_the_least_rights_are_those_that_doctor_tells(self):
        self.application(
            "CREATE TABLE people (id INT PRIMARY KEY, gone DATETIME, secret TEXT);"
            "CREATE TABLE mails (owner INT, mail VARCHAR(190), hash VARCHAR(99), kind INT, KEY (owner), KEY (mail));"
            "CREATE TABLE bans (who INT, why TEXT, KEY (who));"
            f"INSERT INTO people VALUES (1, NULL, 's'), (2, NULL, 's'); INSERT INTO mails VALUES (1, 'ana@example.com', '{BCRYPT}', 1), "
            f"(2, 'bob@example.com', '{BCRYPT}', 1); INSERT INTO bans VALUES (2, 'spam');",
            {"table": "people", "email": {"table": "mails", "user": "owner", "column": "mail", "where": {"kind": 1}},
             "password": {"table": "mails", "user": "owner", "column": "hash", "where": {"kind": 1}},
             "refuse": [{"table": "bans", "user": "who", "because": "banned"}, {"column": "gone", "set": True, "because": "gone"}]},
        )  # fmt: skip
        admin = dict(self.site.settings["database"])
        login = "least_" + secrets.token_hex(3)
        self.database.sql(f"CREATE USER {login}@'%' IDENTIFIED BY 'least'; GRANT SELECT ON pwreset_schema TO {login}@'%'")
        self.addCleanup(self.database.sql, f"DROP USER {login}@'%'")
        self.addCleanup(self.site.config, database=admin)
        self.addCleanup(self.site.write_secret, "database.password", self.database.password)
        self.site.config(database={"user": login})
        self.site.write_secret("database.password", "least")
        granted = []
        for one in self.doctor():
            if one["area"] == "grants" and one["remedy"]:
                granted += re.findall(r"GRANT [^;]* TO `[^;]*", one["remedy"])
        self.database.sql(";".join(granted))
        self.assert_said({"ana@example.com": "may", "bob@example.com": "banned"})
        told = [re.sub(r"`[^`]*`\.", "", one.split(" TO ")[0]) for one in granted]  # the schema's name may begin as our tables'
        told = [one for one in told if "`pwreset_" not in one]
        self.assertEqual(told, ["GRANT SELECT (`id`, `gone`) ON `people`", "GRANT SELECT (`owner`, `mail`, `kind`, `hash`) ON `mails`",
                                "GRANT SELECT (`who`) ON `bans`"])
        self.assertEqual([one for one in self.doctor() if one["area"] == "grants" and "lacks" in one["finding"]], [])

    def test_doctor_compares_all_accounts(self):
        self.application(
            "CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(190) COLLATE utf8mb4_general_ci, mobile VARCHAR(40), password VARCHAR(99), "
            "KEY (email), KEY (mobile));"
            "INSERT INTO users VALUES (1, 'anabel@example.com', '0912 123 4567', 'h'), (2, 'Anabel@example.com', '+989121234567', 'h'), "
            "(3, 'jose@example.com', '09121111111', 'h'), (4, 'jos\u00e9@example.com', '\u06f0\u06f9\u06f1\u06f2\u06f1\u06f1\u06f1\u06f1"
            "\u06f1\u06f1\u06f1', 'h'), (5, '\uff42ob@example.com', NULL, 'h'), (6, 'bob@example.com', '', 'h'), (7, 'eve@example.com', "
            "'09122222222', 'h');",
            {"phone": "mobile", "phone_region": "IR"},
        )  # fmt: skip
        checks = self.doctor("--accounts")
        found = {one["finding"]: one["level"] for one in checks if one["area"] == "accounts"}
        text = "\n".join(found)
        self.assertIn("'users.email': 1 identity of 2 accounts, such as 'A••l@example.com' of id:1 and id:2 are the same to who takes no "
                      "notice of case", text)  # fmt: skip
        self.assertRegex(text, r"'users\.email': 2 identities of 4 accounts.* are the same to the collation utf8mb4_general_ci")
        self.assertRegex(text, r"'users\.phone': 2 numbers are of several accounts.*'\+98•+11' of id:3 and id:4.*'\+98•+67' of id:1 and id:2")
        for secret in ("anabel", "1234567", "jos", "bob@"):
            self.assertNotIn(secret, json.dumps(checks, ensure_ascii=False))
        zones = [one["finding"] for one in checks if one["area"] == "zones"]
        self.assertEqual(len(zones), 2)
        self.assertRegex(zones[0], r"^the server's zone, .*: [+-]\d\d:\d\d now")
        self.assertEqual(zones[1], "the session of pwreset is in '+00:00'")
        self.assertEqual([one for one in self.doctor() if one["area"] in ("accounts", "zones")], [])


if __name__ == "__main__":
    unittest.main()
