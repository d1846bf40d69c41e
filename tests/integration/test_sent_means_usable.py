"""A temporary password leaves only when it is known that it will be stored: each situation in which an application's tables
refuse it, what is said, and that nobody was mailed and nothing was changed. On a real server, since only that refuses."""

import secrets
import unittest
from dataclasses import dataclass, field

from database import Database
from harness import Site
from test_temporary_password import TemporaryPasswordTest, php_verify

FLAG = {"must_change": {"column": "must_change", "value": "1"}}
SESSIONS = {"sessions": {"table": "sessions", "user": "user_id"}}
CONFIG, FORBIDDEN, UNDELIVERABLE = 78, 77, 1


@dataclass
class Situation:
    """What an application's tables are like, what [temporary_password] and [users] say of them, and what is answered."""

    name: str
    says: str
    sql: str = ""
    exit: int = CONFIG
    passwords: dict = field(default_factory=dict)
    users: dict = field(default_factory=dict)
    mariadb: bool = False  # there is no such thing elsewhere


def view(select):
    """The users table is a view of `people`, which is the table that was."""
    return f"RENAME TABLE users TO people; CREATE VIEW users AS {select}"


TRIGGER = "CREATE TRIGGER watchful BEFORE UPDATE ON users FOR EACH ROW "

REFUSED = [
    # --- what could not be taken back, so is not tried ---
    Situation("users in MyISAM", "table 'users' is MyISAM, which knows no transactions", "ALTER TABLE users ENGINE = MyISAM"),
    Situation("users in MEMORY", "table 'users' is MEMORY, which knows no transactions", "ALTER TABLE users ENGINE = MEMORY"),
    Situation("users in Aria", "table 'users' is Aria, which knows no transactions", "ALTER TABLE users ENGINE = Aria", mariadb=True),
    Situation("sessions in MyISAM", "table 'sessions' is MyISAM, which knows no transactions",
              "ALTER TABLE sessions ENGINE = MyISAM", passwords=SESSIONS),
    Situation("sessions in MEMORY", "table 'sessions' is MEMORY, which knows no transactions",
              "ALTER TABLE sessions ENGINE = MEMORY", passwords=SESSIONS),
    Situation("our own ledger in MyISAM", "table 'pwreset_tokens' is MyISAM, which knows no transactions",
              "ALTER TABLE pwreset_tokens ENGINE = MyISAM"),
    Situation("a view of MyISAM", "what is behind the view 'users' knows no transactions",
              "ALTER TABLE users ENGINE = MyISAM; " + view("SELECT * FROM people")),
    Situation("a view of Aria", "what is behind the view 'users' knows no transactions",
              "ALTER TABLE users ENGINE = Aria; " + view("SELECT * FROM people"), mariadb=True),
    Situation("a view of a view of MEMORY", "what is behind the view 'users' knows no transactions",
              "ALTER TABLE users ENGINE = MEMORY; RENAME TABLE users TO people; "
              "CREATE VIEW some AS SELECT * FROM people; CREATE VIEW users AS SELECT * FROM some"),
    Situation("a trigger that writes MyISAM", "a trigger of 'users' writes a table that knows no transactions",
              "CREATE TABLE log (line VARCHAR(40)) ENGINE = MyISAM; " + TRIGGER + "INSERT INTO log VALUES ('changed')"),
    # --- columns ---
    Situation("a column that takes no NULL", "column 'remember_token' of 'users' takes no NULL",
              "ALTER TABLE users MODIFY remember_token VARCHAR(100) NOT NULL", passwords={"clear": ["remember_token"]}),
    Situation("a time that takes no NULL", "column 'seen_at' of 'users' takes no NULL",
              "ALTER TABLE users ADD seen_at DATETIME NOT NULL DEFAULT '2026-01-01'", passwords={"clear": ["seen_at"]}),
    Situation("a number that takes no ''", "column 'visits' of 'users' does not take the value",
              "ALTER TABLE users ADD visits INT NOT NULL DEFAULT 3", passwords={"empty": ["visits"]}),
    Situation("a time that takes no ''", "column 'seen_at' of 'users' does not take the value",
              "ALTER TABLE users ADD seen_at DATETIME", passwords={"empty": ["seen_at"]}),
    Situation("an ENUM without ''", "column 'theme' of 'users' does not take the value",
              "ALTER TABLE users ADD theme ENUM('dark','light') NOT NULL", passwords={"empty": ["theme"]}),
    Situation("an ENUM without that member", "column 'state' of 'users' does not take the value",
              "ALTER TABLE users ADD state ENUM('fine','expired') NOT NULL",
              passwords={"must_change": {"column": "state", "value": "forced"}}),
    Situation("a SET without that member", "column 'state' of 'users' does not take the value",
              "ALTER TABLE users ADD state SET('fine','expired') NOT NULL",
              passwords={"must_change": {"column": "state", "value": "forced"}}),
    Situation("a number is taken for a member's position", "column 'state' of 'users' does not hold the value",
              "ALTER TABLE users ADD state ENUM('no','yes') NOT NULL",
              passwords={"must_change": {"column": "state", "value": "1"}}),
    Situation("a word for a number", "column 'must_change' of 'users' does not take the value",
              passwords={"must_change": {"column": "must_change", "value": "yes"}}),
    Situation("a number out of range", "column 'must_change' of 'users' does not take the value",
              passwords={"must_change": {"column": "must_change", "value": "1000"}}),
    Situation("a word for a time", "column 'due' of 'users' does not take the value", "ALTER TABLE users ADD due DATETIME",
              passwords={"must_change": {"column": "due", "value": "now"}}),
    Situation("a flag that is too short", "column 'state' of 'users' is too short for what is written there",
              "ALTER TABLE users ADD state VARCHAR(3)", passwords={"must_change": {"column": "state", "value": "forced"}}),
    Situation("a generated column", "column 'remembers' of 'users' ",
              "ALTER TABLE users ADD remembers INT GENERATED ALWAYS AS (LENGTH(remember_token)) VIRTUAL",
              passwords={"must_change": {"column": "remembers", "value": "7"}}),
    Situation("a column that is not there", "Unknown column 'no_such'", passwords={"clear": ["no_such"]}),
    Situation("a flag that is not there", "Unknown column 'no_such'",
              passwords={"must_change": {"column": "no_such", "value": "1"}}),
    Situation("hashes padded with NULs", "passwords are stored in a format that cannot be written here",
              "ALTER TABLE users MODIFY password BINARY(80)", FORBIDDEN),
    # --- triggers, keys, constraints: they may be about this account ---
    Situation("a trigger that refuses", "a trigger of 'users' refuses it",
              TRIGGER + "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'through the portal only'", UNDELIVERABLE),
    Situation("a trigger that refuses afterwards", "a trigger of 'users' refuses it",
              TRIGGER.replace("BEFORE", "AFTER") + "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'", UNDELIVERABLE),
    Situation("a trigger that writes what is not there", "Table", TRIGGER + "INSERT INTO nothing VALUES (1)"),
    Situation("a trigger that changes the hash", "column 'password' of 'users' does not give the hash back",
              TRIGGER + "SET NEW.password = UPPER(NEW.password)"),
    Situation("a trigger that adds a blank", "column 'password' of 'users' does not give the hash back",
              TRIGGER + "SET NEW.password = CONCAT(NEW.password, ' ')"),
    Situation("a trigger that keeps the hash", "column 'password' of 'users' does not give the hash back",
              TRIGGER + "SET NEW.password = OLD.password"),
    Situation("a trigger that takes back the demand", "column 'must_change' of 'users' does not hold the value",
              TRIGGER + "SET NEW.must_change = 0", passwords=FLAG),
    Situation("a trigger of somebody who is gone", "a view or trigger of 'users' belongs to a database account that is gone",
              "CREATE DEFINER = 'gone'@'nowhere' TRIGGER watchful BEFORE UPDATE ON users FOR EACH ROW SET NEW.role = OLD.role"),
    Situation("a value that another account has", "the table 'users' refuses it: a key or a trigger of it",
              "ALTER TABLE users ADD api_token VARCHAR(40) DEFAULT 'a', ADD UNIQUE (api_token); "
              "INSERT INTO users (email, api_token) VALUES ('bob@example.com', '')", UNDELIVERABLE,
              passwords={"empty": ["api_token"]}),
    Situation("a constraint", "a constraint of 'users' refuses it",
              "ALTER TABLE users ADD CONSTRAINT remembered CHECK (remember_token IS NOT NULL)", UNDELIVERABLE,
              passwords={"clear": ["remember_token"]}),
    Situation("sessions that others refer to", "a foreign key refuses it: rows of other tables refer to this one of 'sessions'",
              "CREATE TABLE carts (session_id INT, FOREIGN KEY (session_id) REFERENCES sessions (id)) ENGINE = InnoDB; "
              "INSERT INTO carts SELECT id FROM sessions", UNDELIVERABLE, passwords=SESSIONS),
    Situation("a trigger of the sessions", "a trigger of 'sessions' refuses it",
              "CREATE TRIGGER keeps BEFORE DELETE ON sessions FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'",
              UNDELIVERABLE, passwords=SESSIONS),
    Situation("sessions that are not there", "no_such", passwords={"sessions": {"table": "no_such", "user": "user_id"}}),
    # --- views ---
    Situation("a view that cannot be written", "'users' cannot be written: it is a view of more than one row or table",
              view("SELECT DISTINCT * FROM people")),
    Situation("a view whose hash is made", "cannot be written",
              view("SELECT id, email, login, CONCAT(password, '') AS password, role, active, locale, must_change, remember_token FROM people")),
    Situation("a view that lets nobody out", "the view 'users' refuses it: the account would no longer be in it",
              view("SELECT * FROM people WHERE must_change = 0 WITH CHECK OPTION"), UNDELIVERABLE, passwords=FLAG),
    Situation("a view that loses the account", "the account is not found in 'users' any more",
              view("SELECT * FROM people WHERE must_change = 0"), passwords=FLAG),
    Situation("sessions in a view that cannot be written", "cannot be written",
              "RENAME TABLE sessions TO visits; CREATE VIEW sessions AS SELECT DISTINCT user_id FROM visits", passwords=SESSIONS),
]  # fmt: skip


class SituationTest(TemporaryPasswordTest):
    """A users table, sessions, and ada, who is in both."""

    def setUp(self):
        super().setUp()
        self.is_mariadb = "MariaDB" in self.sql("SELECT VERSION() AS v")[0]["v"]

    def arrange(self, situation):
        """The application's tables anew, as the situation has them; Ada's row is there before it changes anything."""
        kinds = {tuple(row.values()) for row in self.sql("SHOW FULL TABLES")}
        gone = [(kind, name) for name, kind in kinds if not name.startswith("pwreset_")]
        drop = "".join(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} `{name}`; " for kind, name in sorted(gone))
        self.sql("SET foreign_key_checks = 0; " + drop + "DELETE FROM pwreset_tokens; DELETE FROM pwreset_deliveries; "
                 "DELETE FROM pwreset_jobs; DELETE FROM pwreset_limits")  # fmt: skip
        self.database.create_users_table()
        self.sql("ALTER TABLE users ADD must_change TINYINT NOT NULL DEFAULT 0, ADD remember_token VARCHAR(100); "
                 "CREATE TABLE sessions (id INT PRIMARY KEY AUTO_INCREMENT, user_id BIGINT, KEY (user_id)) ENGINE = InnoDB")  # fmt: skip
        self.user(remember_token="r")
        self.sql(f"INSERT INTO sessions (user_id) VALUES ({self.key})")
        if situation.sql:
            self.sql(situation.sql)
        self.site.config(temporary_password=None)
        self.site.config(temporary_password={"enabled": True} | situation.passwords, users=situation.users)

    def state(self):
        """All that is the application's, but for what a trigger wrote that cannot be taken back."""
        tables = [list(row.values())[0] for row in self.sql("SHOW TABLES")]
        return {name: self.sql(f"SELECT * FROM `{name}`") for name in tables if not name.startswith("pwreset_") and name != "log"}

    def here(self, situations):
        """Those that there are on this server."""
        return [situation for situation in situations if self.is_mariadb or not situation.mariadb]

    def assert_nothing_happened(self, before, mails):
        self.assertEqual(self.state(), before)
        self.assertEqual(len(self.site.smtp.mails()), mails)
        self.assertEqual(self.sql("SELECT COUNT(*) AS n FROM pwreset_tokens WHERE erase_at IS NOT NULL OR live = 1"), [{"n": 0}])

    def assert_plain(self, text, situation):
        self.assertIn(situation.says, text)
        self.assertNotIn("fault of pwreset", text)
        self.assertNotIn("$2y$10$", text)


class RefusedTest(SituationTest):
    # What only a row can tell, doctor does not know.
    BY_A_ROW = ("a generated", "a number is taken", "out of range", "a word for a time", "too short", "a trigger", "another account",
                "a constraint", "a SET", "others refer", "lets nobody", "loses the account")  # fmt: skip

    def test_in_none_of_them_anybody_is_mailed_or_anything_changed(self):
        self.addCleanup(self.sql, "ALTER TABLE pwreset_tokens ENGINE = InnoDB")
        for situation in self.here(REFUSED):
            with self.subTest(situation.name):
                self.arrange(situation)
                before, mails = self.state(), len(self.site.smtp.mails())
                self.ask(situation, before, mails)
                self.deliver(situation, before, mails)
                if not any(words in situation.name for words in self.BY_A_ROW):
                    self.examine(situation, before, mails)
            if "pwreset_tokens" in situation.sql:
                self.sql("ALTER TABLE pwreset_tokens ENGINE = InnoDB")

    def ask(self, situation, before, mails):
        """Who asks is refused before anything is queued."""
        for more in (("--queue",), ("--dry-run",)):
            done = self.request(*more, exit=situation.exit)
            self.assert_plain(done.err, situation)
            self.assertIn("hint: ", done.err)
            self.assert_nothing_happened(before, mails)
        self.assertEqual(self.sql("SELECT COUNT(*) AS n FROM pwreset_deliveries"), [{"n": 0}])

    def deliver(self, situation, before, mails):
        """What was queued before, when it could be stored, is not sent."""
        self.sql(f"INSERT INTO pwreset_jobs (app, command, budget, operator, trace_id, total, created_at) VALUES "
                 f"('shop', 'request', 'agents', 'tom', '{secrets.token_hex(18)}', 1, UTC_TIMESTAMP(6)); "
                 f"INSERT INTO pwreset_deliveries (app, job_id, account, kind, channel, state, next_at, queued_at) VALUES "
                 f"('shop', LAST_INSERT_ID(), '{self.key}', 'temporary_password', 'email', 'queued', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")  # fmt: skip
        done = self.site.run("deliver", "--json")
        self.assert_nothing_happened(before, mails)
        if done.exit == CONFIG and "pwreset_tokens" in situation.sql:
            # A server with GTIDs takes no transaction that also writes such a table: there is not even a claim.
            self.assertIn("a transaction changes tables with and without transactions", done.json["message"])
            return
        self.assertEqual(done.exit, 0, done)
        told = self.sql("SELECT state, reason, answer, failures FROM pwreset_deliveries")[0]
        state = "queued" if situation.exit == CONFIG else "failed"
        self.assertEqual((told["state"], told["reason"]), (state, "not_storable"), told)
        self.assertEqual(told["failures"], 0)
        self.assert_plain(told["answer"], situation)
        self.assertIn("not sent", self.site.run("inspect", "ada@example.com").out)

    def examine(self, situation, before, mails):
        """What the tables tell without a row, doctor tells before anybody asks."""
        done = self.site.run("doctor")
        self.assertEqual(done.exit, 1, done)
        self.assertRegex(done.out, r"no temporary password c|\('temporary_password\.")
        self.assert_nothing_happened(before, mails)


class StoredTest(SituationTest):
    """What looks odd and works: then it is stored, and the mailed password opens the account."""

    STORED = [
        Situation(f"hashes in {charset}", "", f"ALTER TABLE users MODIFY password VARCHAR(150) CHARACTER SET {charset}")
        for charset in ("ucs2", "utf16", "utf16le", "utf32", "latin1", "ascii", "swe7", "sjis", "big5")
    ] + [
        Situation("hashes as bytes", "", "ALTER TABLE users MODIFY password VARBINARY(150)"),
        Situation("hashes as bytes of just that length", "", "ALTER TABLE users MODIFY password BINARY(60)"),
        Situation("hashes in a BLOB", "", "ALTER TABLE users MODIFY password BLOB"),
        Situation("hashes in a TEXT of UTF-16", "", "ALTER TABLE users MODIFY password TEXT CHARACTER SET utf16"),
        Situation("hashes in CHAR", "", "ALTER TABLE users MODIFY password CHAR(150) CHARACTER SET ucs2"),
        Situation("numbers as members", "", "ALTER TABLE users ADD state ENUM('0','1') NOT NULL DEFAULT '0'",
                  passwords={"must_change": {"column": "state", "value": "1"}}),
        Situation("a member in UCS-2", "", "ALTER TABLE users ADD state ENUM('N','Y') CHARACTER SET ucs2 NOT NULL DEFAULT 'N'",
                  passwords={"must_change": {"column": "state", "value": "Y"}}),
        Situation("a bit", "", "ALTER TABLE users ADD state BIT(1) NOT NULL DEFAULT 0",
                  passwords={"must_change": {"column": "state", "value": "1"}}),
        Situation("a word", "", "ALTER TABLE users ADD state VARCHAR(9)",
                  passwords={"must_change": {"column": "state", "value": "forced"}}),
        Situation("a time", "", "ALTER TABLE users ADD state DATETIME",
                  passwords={"must_change": {"column": "state", "value": "2000-01-01 00:00:00"}}),
        Situation("a view", "", view("SELECT * FROM people"), passwords=SESSIONS | FLAG),
        Situation("a trigger that only watches", "",
                  "CREATE TABLE log (line VARCHAR(40)) ENGINE = InnoDB; " + TRIGGER + "INSERT INTO log VALUES ('changed')"),
        Situation("sessions in a view", "", "RENAME TABLE sessions TO visits; CREATE VIEW sessions AS SELECT * FROM visits",
                  passwords=SESSIONS),
    ]  # fmt: skip

    def test_what_can_be_stored_is_mailed_and_works(self):
        for situation in self.here(self.STORED):
            with self.subTest(situation.name):
                self.arrange(situation)
                mails = len(self.site.smtp.mails())
                done = self.request("--json")
                self.assertEqual(done.json["data"]["results"][0]["delivery"], "accepted", done)
                self.assertEqual(len(self.site.smtp.mails()), mails + 1)
                stored = self.sql(f"SELECT CONVERT(password USING utf8mb4) AS p FROM users WHERE id = {self.key}")[0]["p"]
                self.assertTrue(php_verify(self.mailed(), stored), stored)
                if "must_change" in situation.passwords:
                    wanted = situation.passwords["must_change"]
                    self.assertEqual(self.sql(f"SELECT `{wanted['column']}` = '{wanted['value']}' AS n FROM users WHERE id = {self.key}"),
                                     [{"n": 1}])  # fmt: skip
                if situation.passwords.get("sessions"):
                    self.assertEqual(self.sql("SELECT COUNT(*) AS n FROM sessions"), [{"n": 0}])
                if "log" in situation.sql:
                    self.assertEqual(self.sql("SELECT COUNT(*) AS n FROM log"), [{"n": 1}])  # what was tried has left none
                self.assertEqual(self.site.run("revoke", "ada@example.com").exit, 0)
                revoked = self.sql(f"SELECT CONVERT(password USING utf8mb4) AS p FROM users WHERE id = {self.key}")[0]["p"]
                self.assertFalse(php_verify(self.mailed(), revoked))

    def test_a_mail_promises_nothing_of_the_old_password(self):
        self.arrange(Situation("", ""))
        self.request()
        text = self.site.smtp.text(self.site.smtp.mails()[-1])
        self.assertNotIn("old password", text)


class LoginTest(SituationTest):
    """What the login at hand may do, which is not what another may."""

    def login(self, *grants):
        name, password = f"few_{secrets.token_hex(3)}", secrets.token_hex(8)
        self.sql(f"CREATE USER {name} IDENTIFIED BY '{password}'")
        self.addCleanup(self.sql, f"DROP USER {name}")
        for table in (list(row.values())[0] for row in self.sql("SHOW TABLES LIKE 'pwreset_%'")):
            self.sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON `{table}` TO {name}")
        for grant in grants:
            self.sql(f"GRANT {grant} TO {name}")
        self.site.write_secret("database.password", password)
        self.site.config(database={"user": name})

    def test_a_right_that_is_missing_is_named_before_anything_is_sent(self):
        full = ["SELECT ON users", "UPDATE (password, must_change, remember_token) ON users", "SELECT ON sessions", "DELETE ON sessions"]
        admin, password = self.site.settings["database"]["user"], self.database.password
        for missing, says in ((1, "UPDATE command denied"), (3, "DELETE command denied")):
            with self.subTest(says):
                self.site.write_secret("database.password", password)
                self.site.config(database={"user": admin})
                self.arrange(Situation("", "", passwords=SESSIONS | FLAG | {"clear": ["remember_token"]}))
                before = self.state()
                self.login(*full[:missing], *full[missing + 1 :])
                done = self.request(exit=CONFIG)
                self.assertIn(says, done.err)
                self.assertIn("packaging/grants/temporary-password.sql", done.err)
                self.assert_nothing_happened(before, 0)
                self.assertIn("no temporary password could be stored", self.site.run("doctor").out)
        self.site.write_secret("database.password", password)
        self.site.config(database={"user": admin})
        self.arrange(Situation("", "", passwords=SESSIONS | FLAG | {"clear": ["remember_token"]}))
        self.login(*full)
        self.request()
        self.assertTrue(php_verify(self.mailed(), self.stored()))

    def test_a_column_that_this_login_may_not_write_is_named(self):
        self.arrange(Situation("", "", passwords={"clear": ["remember_token"]}))
        before = self.state()
        self.login("SELECT ON users", "UPDATE (password) ON users")
        done = self.request(exit=CONFIG)
        self.assertIn("'remember_token'", done.err)
        self.assert_nothing_happened(before, 0)


class ReadOnlyTest(unittest.TestCase):
    def test_on_a_read_only_server_nothing_is_sent(self):
        with Database(private="it becomes read-only") as database, Site(database=database, temporary_password={"enabled": True}) as site:
            site.migrate()
            site.add_user(email="ada@example.com")
            database.sql("CREATE USER agent IDENTIFIED BY 'secret'; GRANT SELECT, INSERT, UPDATE, DELETE ON shop.* TO agent; "
                         "SET GLOBAL read_only = 1")  # fmt: skip
            site.write_secret("database.password", "secret")
            site.config(database={"user": "agent"})
            done = site.run("request", "ada@example.com", "--via", "password")
            self.assertEqual(done.exit, CONFIG, done)
            self.assertIn("read-only", done.err)
            self.assertEqual(site.smtp.mails(), [])
            self.assertEqual(site.run("purge-expired").exit, CONFIG)


class DoctorTest(SituationTest):
    def test_who_does_not_queue_is_told_the_same(self):
        situation = Situation("", "a trigger of 'users' refuses it", TRIGGER + "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'")
        self.arrange(situation)
        before = self.state()
        self.assert_plain(self.request(exit=UNDELIVERABLE).err, situation)
        self.assert_nothing_happened(before, 0)

    def test_doctor_has_nothing_against_tables_that_take_it(self):
        self.arrange(Situation("", "", passwords=SESSIONS | FLAG | {"clear": ["remember_token"]}))
        self.assertNotIn("no temporary password c", self.site.run("doctor").out)


class AfterwardsTest(SituationTest):
    """The tables are changed between the try and the mark: what is known then is said."""

    def test_a_password_that_was_mailed_in_vain_is_told_with_the_next_step(self):
        self.arrange(Situation("", ""))
        before = self.stored()
        worker, pause = self.paused_at("accepted")
        self.sql(TRIGGER + "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'")
        pause.rmdir()
        done = worker.wait()
        self.assertEqual(done.exit, 1, done)
        self.assertEqual(done.json["code"], "UNDELIVERABLE")
        self.assertIn("the mail left, its password was not stored: a trigger of 'users' refuses it", done.json["message"])
        self.assertIn("the old password goes on working", done.json["hint"])
        self.assertIn("pwreset inspect ref:", done.json["hint"])
        self.assertEqual(self.stored(), before)
        self.assertEqual(self.delivery(), {"state": "failed", "reason": "not_stored"})
        self.assertEqual(self.token()["state"], "void")
        self.assertIn("the password in the mail does not work, the old one still does", self.site.run("inspect", "ada@example.com").out)
        audited = self.sql("SELECT result, reason, detail FROM pwreset_audit WHERE action = 'send' ORDER BY id DESC LIMIT 1")[0]
        self.assertEqual((audited["result"], audited["reason"]), ("failed", "not_stored"))
        self.assertIn("a trigger of 'users' refuses it", audited["detail"])
        self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 0)

    def test_a_password_changed_between_the_claim_and_the_mail_is_kept_and_nothing_is_sent(self):
        self.arrange(Situation("", ""))
        his_own = "$2y$10$" + "h" * 53
        worker, pause = self.paused_at("minted")
        self.sql(f"UPDATE users SET password = '{his_own}' WHERE id = {self.key}")
        pause.rmdir()
        done = worker.wait()
        self.assertEqual(done.exit, 77, done)
        self.assertEqual(self.stored(), his_own)
        self.assertEqual(self.delivery(), {"state": "cancelled", "reason": "password_changed"})
        self.assertEqual(self.site.smtp.mails(), [])


if __name__ == "__main__":
    unittest.main()
