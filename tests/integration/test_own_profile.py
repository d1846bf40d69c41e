"""Profiles of a site's own, for applications that there is no preset for: what is written, mailed and told of it again."""

import unittest

from database import Database
from harness import Site, SmtpServer

PASSWORD = "$2y$10$" + "u" * 53


class OwnProfileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database, cls.smtp = Database(), SmtpServer()
        cls.addClassCleanup(cls.database.close)
        cls.addClassCleanup(cls.smtp.close)

    def site(self, tables, profile, test_account):
        """A site whose application has these tables, by a profile of its own. Nobody has seen that at work yet: what is
        issued is for the test account."""
        site = Site(database=self.database, smtp=self.smtp)
        self.addCleanup(site.close)
        self.database.sql("DROP TABLE users; " + tables)
        site.write_secret("own.toml", profile)
        users = {name: None for name in ("login", "active", "locale", "role", "protected")}
        reset = {"link": None, "base": "https://shop.example", "test_account": f"id:{test_account}"}
        site.config(users=users | {"profile": "own.toml"}, reset=reset)
        site.migrate()
        checked = site.run("profile", "check")
        self.assertEqual(checked.exit, 0, checked)
        return site

    def mail(self, site, identity):
        """The mail of a request."""
        before = len(self.smtp.mails())
        done = site.run("request", identity)
        self.assertEqual(done.exit, 0, done)
        return self.smtp.mails(at_least=before + 1)[-1]

    def verdict(self, site, link):
        return site.run("inspect", "-", "--json", stdin=link).json["data"]["link"]["application"]["verdict"]

    def test_a_key_that_is_drawn_for_a_row_is_no_part_of_its_token(self):
        site = self.site(
            f"""CREATE TABLE customer (id BINARY(16) PRIMARY KEY, email VARCHAR(190), password VARCHAR(255), KEY (email));
                INSERT INTO customer VALUES (UNHEX('0190F5E67B1A7C3D8E4F000000000001'), 'ana@example.com', '{PASSWORD}');
                CREATE TABLE recovery (id BINARY(16) PRIMARY KEY, hash VARCHAR(255), customer BINARY(16) UNIQUE,
                                       created_at DATETIME(3))""",
            """[users]
               table = "customer"
               protected = []
               [reset]
               link = "{base}/recover?hash={token}"
               parts = { row = "random(hex, 32)" }
               token = "random(alnum, 32)"
               application_lifetime = "2h"
               [reset.store]
               mode = "delete-insert"
               table = "recovery"
               find = { customer = "key" }
               set = { id = "unhex(row)", hash = "token", created_at = "issued" }
               revoke = "delete" """,
            test_account="0190f5e6-7b1a-7c3d-8e4f-000000000001")
        link = self.smtp.link(self.mail(site, "ana@example.com"))
        self.assertEqual(self.verdict(site, link), "valid")
        # The application mails another one, and keeps the row.
        self.database.sql("UPDATE recovery SET hash = 'other', created_at = UTC_TIMESTAMP()")
        self.assertEqual(self.verdict(site, link), "superseded")
        reference = site.run("inspect", "-", "--json", stdin=link).json["data"]["reference"]
        self.assertEqual(site.run("revoke", f"ref:{reference}").exit, 0)
        self.assertEqual(self.database.sql("SELECT hash FROM recovery"), [{"hash": "other"}])
        self.assertEqual(site.run("revoke", "ana@example.com").exit, 0)
        self.assertEqual(self.database.sql("SELECT hash FROM recovery"), [], "of an account, the application's own ends too")

    def test_a_mail_of_whole_words_and_a_link_of_letters_that_links_may_have(self):
        site = self.site(
            f"""CREATE TABLE fe_users (uid INT PRIMARY KEY, email VARCHAR(190), password VARCHAR(255), groups_of TEXT,
                                       forgot VARCHAR(80) DEFAULT '', KEY (email));
                INSERT INTO fe_users (uid, email, password, groups_of) VALUES (1, 'ana@example.com', '{PASSWORD}', ''),
                    (2, 'root@example.com', '{PASSWORD}', 'a:2:{{i:0;s:9:"ROLE_USER";i:1;s:10:"ROLE_ADMIN";}}')""",
            """[users]
               table = "fe_users"
               id = "uid"
               role = { column = "groups_of", list = "php-serialized" }
               protected = ["ROLE_ADMIN"]
               [reset]
               link = "{base}/login?hash={token}"
               token = "unix(expires) + '|' + random(hex, 32)"
               [reset.store]
               mode = "columns"
               set = { forgot = "hex(sha256(token))" }
               empty = { forgot = "''" }
               revoke = "empty" """,
            test_account=1)
        mail = self.mail(site, "ana@example.com")
        link = self.smtp.link(mail)
        self.assertRegex(link, r"^https://shop\.example/login\?hash=\d+%7C[0-9a-f]{32}$")
        self.assertEqual(self.verdict(site, link), "valid")
        self.assertEqual(self.verdict(site, link.replace("%7C", "|")), "valid")
        self.assertIn("for 1 hour", " ".join(self.smtp.text(mail).split()))
        self.assertIn("is protected by its role 'ROLE_ADMIN'\n", site.run("request", "root@example.com").err)

    def test_an_address_that_is_only_a_login_is_told_as_one(self):
        site = self.site(
            f"""CREATE TABLE mailbox (username VARCHAR(255) CHARACTER SET latin1 PRIMARY KEY, password VARCHAR(255),
                    email_other VARCHAR(190) NOT NULL DEFAULT '', token VARCHAR(255) NOT NULL DEFAULT '',
                    token_validity DATETIME NOT NULL DEFAULT '2000-01-01', KEY (email_other));
                INSERT INTO mailbox (username, password, email_other)
                    VALUES ('ana@example.com', '{PASSWORD}', 'ana@elsewhere.example')""",
            """[users]
               table = "mailbox"
               id = "username"
               login = "username"
               email = "email_other"
               protected = []
               [reset]
               link = "{base}/users/password-change.php?username={key}&code={token}"
               token = "random(alnum, 24)"
               zone = "application"
               [reset.store]
               mode = "columns"
               set = { token = "bcrypt(token, 4)", token_validity = "expires" }
               empty = { token = "''" }
               revoke = "empty" """,
            test_account="ana@example.com")
        self.assertIn("it is the login of one: use login:ana@example.com", site.run("request", "ana@example.com").err)
        self.assertIn("check the spelling", site.run("request", "bob@example.com").err)
        link = self.smtp.link(self.mail(site, "login:ana@example.com"))
        self.assertIn("username=ana%40example.com&code=", link)
        self.assertEqual(self.verdict(site, link), "valid")

    def test_what_stands_elsewhere_is_read_by_views_of_the_sites_own(self):
        site = self.site(
            f"""CREATE TABLE person (id INT PRIMARY KEY, password VARCHAR(255), code VARCHAR(64), code_at DATETIME,
                                     until_day DATETIME);
                CREATE TABLE element (id INT PRIMARY KEY, uid CHAR(36));
                CREATE TABLE address (id INT PRIMARY KEY, name VARCHAR(190), KEY (name));
                CREATE TABLE link (person INT, address INT, KEY (person), KEY (address));
                INSERT INTO person VALUES (1, '{PASSWORD}', NULL, NULL, NULL), (2, '{PASSWORD}', NULL, NULL, '2001-01-01');
                INSERT INTO element VALUES (1, '0190f5e6-7b1a-7c3d-8e4f-000000000001'), (2, 'x');
                INSERT INTO address VALUES (7, 'ana@example.com'), (8, 'old@example.com');
                INSERT INTO link VALUES (1, 7), (2, 8);
                CREATE VIEW site_users AS SELECT p.id, p.password, p.code, p.code_at, e.uid
                    FROM person p JOIN element e ON e.id = p.id;
                CREATE VIEW site_mail AS SELECT l.person, a.name FROM link l JOIN address a ON a.id = l.address;
                CREATE VIEW site_ended AS SELECT id FROM person WHERE until_day < NOW()""",
            """[users]
               table = "site_users"
               id = { column = "id", unique = "application" }
               email = { table = "site_mail", user = "person", column = "name" }
               refuse = [{ table = "site_ended", user = "id", because = "its time is over" }]
               protected = []
               [reset]
               link = "{base}/set-password?code={token}&id={uid}"
               token = "random(hex, 64)"
               application_lifetime = "1d"
               reads = { uid = { column = "uid" } }
               places = { uid = "uid" }
               [reset.store]
               mode = "columns"
               set = { code = "token", code_at = "issued" }
               empty = { code = "null", code_at = "null" }
               revoke = "empty" """,
            test_account=1)
        link = self.smtp.link(self.mail(site, "ana@example.com"))
        self.assertTrue(link.endswith("&id=0190f5e6-7b1a-7c3d-8e4f-000000000001"), link)
        self.assertIn(self.database.sql("SELECT code FROM person WHERE id = 1")[0]["code"], link)
        self.assertIn("may not be reset: its time is over", site.run("request", "old@example.com").err)
        self.assertEqual(site.run("revoke", "ana@example.com").exit, 0)
        self.assertEqual(self.database.sql("SELECT code FROM person WHERE id = 1"), [{"code": None}])


if __name__ == "__main__":
    unittest.main()
