"""packaging/grants: each role's file suffices for its commands, and for nothing that would hurt.

A command that lacks a grant fails with the statement that the server refused, out of the server's own log.
"""

import re
import secrets
import time
import unittest

from harness import SOURCE, Site
from sql_connection import SqlError
from trail import Trail

GRANTS = SOURCE / "packaging/grants"
TIMES = {"tokens": ("issued_at", "expires_at", "erase_at"), "deliveries": ("queued_at", "next_at", "finished_at"), "jobs": ("created_at",),
         "limits": ("window_ends",), "intake": ("taken_at",)}  # fmt: skip
# Of a schema, a table, a column, an administrator's statement, a trigger where there is a binary log.
REFUSED = {1044, 1142, 1143, 1227, 1419}

# What no role but those named may do.
FORBIDDEN = {
    "UPDATE pwreset_audit SET operator = 'other'": ("migrate",),
    "UPDATE pwreset_audit SET result = 'done'": ("migrate",),
    "UPDATE pwreset_audit SET mac = ''": ("migrate",),
    "UPDATE pwreset_audit SET account = NULL, salt = NULL": ("migrate", "subject"),
    "DELETE FROM pwreset_audit WHERE id = 0": ("purge",),
    "UPDATE pwreset_checkpoints SET app = 'other'": ("purge", "migrate"),
    "DELETE FROM pwreset_checkpoints": (),
    "UPDATE pwreset_keys SET key_id = 'mine'": ("migrate",),
    "DELETE FROM pwreset_keys": (),
    "SELECT * FROM pwreset_proofs": ("issue", "deliver"),
    "INSERT INTO pwreset_proofs (app) SELECT app FROM pwreset_schema": ("migrate", "deliver"),
    "UPDATE pwreset_proofs SET operator = 'other'": (),
    "DELETE FROM pwreset_proofs": ("deliver",),
    "SELECT * FROM pwreset_tokens": ("issue", "deliver", "purge", "list", "subject"),
    "SELECT pw_mark FROM pwreset_tokens": ("issue", "deliver", "purge", "list", "subject"),
    "SELECT * FROM pwreset_deliveries": ("issue", "deliver", "purge", "list", "subject"),
    "SELECT * FROM pwreset_audit": ("migrate", "issue", "deliver", "purge", "list", "subject"),
    "SELECT identity FROM pwreset_intake": ("deliver", "purge", "subject"),
    "DELETE FROM pwreset_intake WHERE id = 0": ("deliver", "purge", "subject"),
    "UPDATE pwreset_intake SET identity = 'mine'": (),
    "INSERT INTO pwreset_deliveries (app) SELECT app FROM pwreset_schema": ("migrate", "issue", "deliver"),
    "INSERT INTO pwreset_tokens (app) SELECT app FROM pwreset_schema": ("migrate", "issue", "deliver"),
    "DELETE FROM pwreset_tokens WHERE id = 0": ("purge", "subject"),
    "UPDATE pwreset_tokens SET state = 'live'": ("issue", "deliver", "native", "subject", "temporary-password"),
    "UPDATE pwreset_tokens SET expires_at = '2100-01-01'": ("deliver",),
    "UPDATE pwreset_tokens SET account = '1'": (),
    "UPDATE pwreset_tokens SET pw_form = NULL": ("deliver", "temporary-password"),
    "UPDATE pwreset_tokens SET verifier = ''": (),
    "UPDATE pwreset_deliveries SET account = '1'": (),
    "UPDATE pwreset_deliveries SET state = 'queued'": ("issue", "deliver", "subject"),
    "DELETE FROM pwreset_deliveries WHERE id = 0": ("purge", "subject"),
    "SELECT hits FROM pwreset_limits": ("issue", "deliver", "purge", "subject"),
    "INSERT INTO pwreset_limits (app) SELECT app FROM pwreset_schema": ("migrate", "issue", "deliver"),
    "UPDATE pwreset_limits SET hits = 0": ("issue", "deliver"),
    "UPDATE pwreset_limits SET window_ends = '2000-01-01'": ("issue", "deliver"),
    "DELETE FROM pwreset_limits WHERE app = ''": ("purge", "subject"),
    "SELECT hits FROM pwreset_web_limits": ("issue", "purge", "subject", "web"),
    "UPDATE pwreset_web_limits SET hits = 0": ("web",),
    "DELETE FROM pwreset_web_limits WHERE app = ''": ("purge", "subject"),
    "UPDATE pwreset_jobs SET operator = 'other'": (),
    "UPDATE pwreset_jobs SET reason = NULL": ("subject",),
    "UPDATE pwreset_jobs SET state = 'paused' WHERE id = 0": ("issue", "deliver"),
    "SELECT typed FROM pwreset_job_rows": ("issue", "deliver", "purge", "list", "subject"),
    "UPDATE pwreset_job_rows SET account = NULL": ("subject",),
    "UPDATE pwreset_job_rows SET state = 'queued'": ("issue", "deliver"),
    "DELETE FROM pwreset_job_rows WHERE job_id = 0": ("issue", "purge"),
    "DELETE FROM pwreset_job_pages WHERE job_id = 0": ("purge",),
    "DELETE FROM pwreset_jobs WHERE id = 0": ("purge",),
    "DELETE FROM pwreset_schema WHERE step = 0": ("migrate",),
    "SELECT password FROM users": ("issue", "deliver", "purge", "list", "subject"),
    "SELECT name FROM users": (),
    "UPDATE users SET password = 'mine'": ("temporary-password",),
    "UPDATE users SET email = 'mine@example.com'": (),
    "DELETE FROM users": (),
    "ALTER TABLE users ADD COLUMN mine INT": (),
    "CREATE TABLE mine (id INT)": (),
    "CREATE TRIGGER mine BEFORE INSERT ON pwreset_tokens FOR EACH ROW SET NEW.state = 'used'": (),
    "DROP TABLE pwreset_audit": (),
    "SELECT * FROM mysql.user": (),
    "SELECT 1 INTO OUTFILE '/tmp/pwreset-grants'": (),
    "SET GLOBAL general_log = 0": (),
}


class GrantsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(limits={"cooldown": "2m"}, mail={"timeout": "5s"})
        cls.addClassCleanup(cls.site.close)
        cls.admin = dict(cls.site.settings["database"])
        cls.site.database.sql("SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = 1")
        cls.addClassCleanup(cls.site.database.sql, "SET GLOBAL general_log = 0; SET GLOBAL log_output = 'FILE'")
        cls.logins = {}
        cls.give("migrate")
        done = cls.run_as("migrate", "migrate")
        assert done.exit == 0, f"{done}{cls.refused('migrate')}"
        for role in sorted(file.stem for file in GRANTS.glob("*.sql")):
            if role != "migrate":
                cls.give(role)

    @classmethod
    def give(cls, role):
        """A login with the role's file and nothing else."""
        login, password = f"{role.replace('-', '_')}_{secrets.token_hex(3)}", secrets.token_hex(8)
        database = cls.site.database
        database.sql(f"CREATE USER {login} IDENTIFIED BY '{password}'")
        cls.addClassCleanup(database.sql, f"DROP USER {login}")
        text = (GRANTS / f"{role}.sql").read_text()
        for name, value in (("@APP@", f"`{database.name}`"), ("@OWN@", f"`{database.name}`"), ("@LOGIN@", login)):
            text = text.replace(name, value)
        for statement in re.sub(r"--.*", "", text).split(";"):
            if statement.strip():
                database.sql(statement)
        cls.logins[role] = login, password

    @classmethod
    def become(cls, role):
        """From now on the site's configuration has the role's login; None is the one that may do everything."""
        login, password = cls.logins[role] if role else (cls.admin["user"], cls.site.database.password)
        cls.site.write_secret("database.password", password)
        cls.site.config(database={"user": login})

    @classmethod
    def run_as(cls, role, *args, **more):
        cls.become(role)
        return cls.site.run(*args, **more)

    @classmethod
    def refused(cls, role):
        """The last statements that the role's login sent: the one before the ROLLBACK is what it lacks a grant for."""
        login = cls.logins[role][0]
        rows = cls.site.database.sql(
            "SELECT CONVERT(argument USING utf8mb4) AS statement FROM mysql.general_log WHERE command_type IN ('Query', "
            f"'Prepare') AND user_host LIKE '{login}%' ORDER BY event_time DESC LIMIT 4")  # fmt: skip
        return "\nthe last statements of the login:\n" + "\n".join(row["statement"] for row in reversed(rows))

    def check(self, role, *args, exit=0, **more):
        """The command as the role ends with this code, and with the audit trail sealed."""
        done = self.run_as(role, *args, **more)
        self.assertEqual(done.exit, exit, f"{done}{self.refused(role)}")
        app = self.site.settings["application"]
        left = self.site.database.sql(f"SELECT COUNT(*) AS n FROM pwreset_audit WHERE app = '{app}' AND seq IS NULL")
        self.assertEqual(left[0]["n"], 0, f"audit rows are not sealed after {done}{self.refused(role)}")
        return done

    def user(self):
        """The address of a new user."""
        email = f"{secrets.token_hex(4)}@example.com"
        self.site.add_user(email=email)
        return email

    def sent_code(self):
        return self.site.smtp.code(self.site.smtp.mails()[-1])

    def test_migrate_suffices_to_look_to_run_again_and_to_rotate(self):
        self.check("migrate", "migrate", "--dry-run")
        self.check("migrate", "migrate")
        for purpose in ("application", "own"):
            # It leaves the sealing to the next command, which has read the new keys.
            done = self.run_as("migrate", "keys", "rotate", purpose)
            self.assertEqual(done.exit, 0, f"{done}{self.refused('migrate')}")
        self.check("list", "audit", "verify")

    def test_issue_suffices_for_what_agents_do(self):
        email = self.user()
        self.check("issue", "request", email, "--ticket", "T-1")
        self.check("issue", "request", email, exit=75)
        self.check("issue", "request", email, "--override-limits", "--queue")
        self.check("issue", "send-otp", email, "--for", "caller")
        code = self.sent_code()
        self.check("issue", "verify-otp", email, stdin=f"{(int(code) + 1) % 1000000:06}\n", exit=1)
        self.check("issue", "verify-otp", email, stdin=code + "\n")
        self.check("issue", "list-tokens", email, "--ticket", "T-1", "--state", "live")
        self.check("issue", "revoke", email)
        open_now = self.check("issue", "revoke", "--all", "--dry-run", "--json").json["data"]["results"][0]
        self.check("issue", "revoke", "--all", "--yes", "--expect", open_now["tokens"] + open_now["deliveries"])

    def test_issue_suffices_when_the_relay_refuses_or_is_away(self):
        self.addCleanup(self.site.smtp.behave)
        self.site.smtp.behave(rcpt="550 5.1.1 no such user")
        self.check("issue", "request", self.user(), exit=1)
        self.site.smtp.behave(rcpt="450 4.2.0 later")
        self.check("issue", "request", self.user())
        self.site.smtp.stop()
        self.addCleanup(self.site.smtp.start)
        self.check("issue", "request", self.user())

    def test_deliver_suffices_for_the_queue(self):
        for _ in range(3):
            self.check("issue", "request", self.user(), "--queue")
        self.site.database.sql("UPDATE pwreset_deliveries SET state = 'claimed', in_flight = 1, lease_owner = 'gone', "
                               "lease_until = UTC_TIMESTAMP(6) - INTERVAL 1 HOUR ORDER BY id DESC LIMIT 1")  # fmt: skip
        self.check("deliver", "deliver", "--dry-run")
        before = len(self.site.smtp.mails())
        self.check("deliver", "deliver")
        self.assertGreaterEqual(len(self.site.smtp.mails()), before + 3)
        self.addCleanup(self.site.smtp.behave)
        for reply in ("550 5.1.1 no such user", "450 4.2.0 later"):
            self.site.smtp.behave(rcpt=reply)
            self.check("issue", "request", self.user(), "--queue")
            self.check("deliver", "deliver")

    def test_deliver_suffices_to_bound_what_a_clock_dated_ahead(self):
        month = int(time.time()) + 30 * 86400
        # For this role's login alone: others may use the server meanwhile.
        ahead = f"SET timestamp = IF(SUBSTRING_INDEX(USER(), ''@'', 1) = ''{self.logins['issue'][0]}'', {month}, 0)"
        self.site.database.sql(f"SET GLOBAL init_connect = '{ahead}'")
        self.addCleanup(self.site.database.sql, "SET GLOBAL init_connect = ''")
        self.check("issue", "request", self.user())
        self.site.database.sql("SET GLOBAL init_connect = ''")
        self.check("deliver", "deliver")
        ahead = "> UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE"
        for left in (f"tokens WHERE issued_at {ahead} OR void_reason = 'clock'", f"deliveries WHERE queued_at {ahead}"):
            self.assertEqual(self.site.database.sql(f"SELECT id FROM pwreset_{left}"), [])

    def public(self, email, exit=0):
        """A call as the web back end makes it; its audit rows are left for others to seal."""
        done = self.run_as("web", "request", "--public", "--json", stdin=f'{{"identity":"{email}"}}')
        self.assertEqual(done.exit, exit, f"{done}{self.refused('web')}")
        return done

    def test_web_suffices_for_public_calls_and_deliver_for_working_them_off(self):
        email = self.user()
        self.public(email)
        self.public(email, exit=75)
        self.public("no-address", exit=65)
        self.check("deliver", "deliver")
        self.assertIn([email], [mail.envelope["to"] for mail in self.site.smtp.mails()])
        self.site.database.sql("UPDATE pwreset_web_limits SET hits = 0 WHERE limit_key LIKE '%call:%'")
        for asked in ("nobody@example.com", email):  # nobody's, and one within the cooldown of its account
            self.public(asked)
        self.check("deliver", "deliver")
        self.public("late@example.com")
        self.site.database.sql("UPDATE pwreset_intake SET taken_at = taken_at - INTERVAL 25 HOUR")
        self.check("deliver", "deliver")

    def test_a_web_back_end_of_before_counts_again_after_the_steps_that_the_readme_names(self):
        """As it was set up before pwreset_web_limits: with rights to the counters of everybody."""
        database, (login, password) = self.site.database, self.logins["web"]
        revoke = re.search(r"REVOKE .*;", (GRANTS / "README").read_text())[0]
        revoke = revoke.replace("@OWN@", f"`{database.name}`").replace("@LOGIN@", login)
        database.sql(revoke.replace("REVOKE", "GRANT").replace(" FROM ", " TO ")
                     + revoke.replace("pwreset_limits", "pwreset_web_limits")
                     + "DROP TABLE pwreset_web_limits; DELETE FROM pwreset_schema WHERE step = 17")  # fmt: skip
        asked = '{"identity":"upgraded@example.com"}'
        self.assertIn("pwreset migrate", self.run_as("web", "request", "--public", stdin=asked).err)
        self.check("migrate", "migrate")
        done = self.run_as("web", "request", "--public", stdin=asked)
        self.assertEqual(done.exit, 78, done)
        self.assertIn("packaging/grants", done.err)
        database.sql(f"GRANT SELECT, INSERT, UPDATE (hits, window_ends) ON `{database.name}`.pwreset_web_limits TO {login}")
        database.sql(revoke)
        self.public("upgraded@example.com")
        with database.connect(user=login, password=password) as connection, self.assertRaises(SqlError) as refusal:
            connection.execute("UPDATE pwreset_limits SET hits = 0")
        self.assertIn(refusal.exception.number, REFUSED)

    def test_purge_suffices_for_every_table(self):
        # An application of its own, because its audit trail is about to be another one.
        self.addCleanup(self.site.config, application="shop")
        self.site.config(application="old")
        self.check("migrate", "migrate")
        for _ in range(3):
            self.check("issue", "send-otp", self.user())
        self.addCleanup(self.site.smtp.behave)
        self.site.smtp.behave(rcpt="550 5.1.1 no such user")
        self.check("issue", "request", self.user(), exit=1)
        self.check("purge", "purge-expired", "--digest", "--dry-run")
        self.public(self.user())
        self.check("list", "audit", "verify")  # seals
        self.age("old")
        self.check("purge", "purge-expired", "--dry-run")
        data = self.check("purge", "purge-expired", "--json").json["data"]
        for table in ("tokens", "deliveries", "jobs", "limits", "intake", "audit", "codes_erased"):
            self.assertGreater(data[table], 0, table)
        self.assertTrue(data["complete"])
        self.check("purge", "purge-expired", "--digest")

    def age(self, app):
        """All that the application has here happened 900 days ago."""
        for table, columns in TIMES.items():
            changes = ", ".join(f"{column} = {column} - INTERVAL 900 DAY" for column in columns)
            self.site.database.sql(f"UPDATE pwreset_{table} SET {changes} WHERE app = '{app}'")
        # The times of audit rows cannot be changed: there are others instead.
        trail = Trail(self.site)
        then = trail.now("-900 DAY")
        self.site.database.sql(f"DELETE FROM pwreset_audit WHERE app = '{app}'")
        trail.insert([trail.genuine(at=then) for _ in range(3)])
        trail.seal()

    def test_list_suffices_to_look(self):
        email = self.user()
        self.check("issue", "request", email, "--ticket", "T-2")
        self.check("list", "list-tokens", email, "--ticket", "T-2", "--operator", "root")
        self.check("list", "audit", email, "--ticket", "T-2")
        self.check("list", "audit", "--action", "request", "--since", "1h")
        self.check("list", "audit", "verify", stdin=self.check("list", "audit", "head").out)
        self.check("list", "keys", "list")

    def test_subject_suffices_for_everything_a_person_has(self):
        """What is sent and what waits, alone and together with somebody else, and again when nothing is left."""
        email, other = self.user(), self.user()
        self.check("issue", "request", email, "--reason", "lost it")
        self.check("issue", "send-otp", email, other, "--queue", "--reason", f"asked by {email}")
        self.public(email)
        self.check("subject", "subject", "export", email)
        gone = self.check("subject", "subject", "erase", email, "--yes", "--json").json["data"]
        for table in ("tokens", "deliveries", "jobs", "limits", "intake", "audit_rows"):
            self.assertGreater(gone[table], 0, table)
        self.check("subject", "subject", "erase", email, "--yes", exit=1)

    def test_what_a_role_has_no_use_for_is_refused(self):
        for role, (login, password) in self.logins.items():
            with self.site.database.connect(user=login, password=password) as connection:
                for statement, allowed in FORBIDDEN.items():
                    if role in allowed:
                        continue
                    with self.subTest(role=role, statement=statement):
                        with self.assertRaises(SqlError) as refusal:
                            connection.execute("START TRANSACTION;" + statement)
                            self.fail("the server did it")
                        self.assertIn(refusal.exception.number, REFUSED, refusal.exception)

    def test_the_exceptions_are_none_that_the_role_lacks(self):
        """A statement that only some may run is one that they can run: otherwise the list above proves nothing."""
        for statement, allowed in FORBIDDEN.items():
            for role in allowed:
                login, password = self.logins[role]
                with self.subTest(role=role, statement=statement):
                    with self.site.database.connect(user=login, password=password) as connection:
                        try:
                            connection.execute("START TRANSACTION;" + statement)
                        except SqlError as refusal:
                            self.assertNotIn(refusal.number, REFUSED, refusal)

    def test_no_role_has_a_right_to_a_whole_schema_or_may_give_its_rights(self):
        for role, (login, _) in self.logins.items():
            for row in self.site.database.sql(f"SHOW GRANTS FOR {login}"):
                grant = next(iter(row.values()))
                if "USAGE ON *.*" not in grant:
                    self.assertRegex(grant, r"^GRANT .* ON `[^`]+`\.`(users|pwreset_\w+)` TO ", role)
                self.assertNotIn("GRANT OPTION", grant, role)

    def test_the_applications_grants_are_those_of_the_manual(self):
        page = (SOURCE / "man/pwreset-tokens.5").read_text()
        manual = re.search(r"^-- grants\nGRANT (.*?)\n +ON ", page, re.DOTALL | re.MULTILINE).group(1)
        native = re.search(r"^GRANT (.*?)\n +ON ", (GRANTS / "native.sql").read_text(), re.DOTALL | re.MULTILINE).group(1)
        self.assertEqual(manual.split(), native.split())

    def test_the_files_name_every_table_there_is(self):
        rows = self.site.database.sql("SHOW TABLES LIKE 'pwreset\\_%'")
        text = (GRANTS / "migrate.sql").read_text()
        for row in rows:
            self.assertIn(f"@OWN@.{next(iter(row.values()))} ", text)


if __name__ == "__main__":
    unittest.main()
