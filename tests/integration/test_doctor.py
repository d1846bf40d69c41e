"""`doctor` on real sites: what it finds on a healthy one, and on one broken in each way that it knows."""

import grp
import json
import os
import secrets
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import harness
from database import Database
from harness import Site, SmtpServer
from mariadb_server import free_port
from smtp_server import make_certificates

USERS = "id, email, login, password, role, active, locale"
TABLES = {
    "schema": "SELECT",
    "leases": "SELECT, INSERT, UPDATE, DELETE",
    "jobs": "SELECT, INSERT, UPDATE, DELETE",
    "job_rows": "SELECT, INSERT, UPDATE, DELETE",
    "job_pages": "SELECT, INSERT, DELETE",
    "deliveries": "SELECT, INSERT, UPDATE, DELETE",
    "tokens": "SELECT, INSERT, UPDATE, DELETE",
    "limits": "SELECT, INSERT, UPDATE, DELETE",
    "web_limits": "SELECT, INSERT, UPDATE, DELETE",
    "intake": "SELECT, INSERT, DELETE",
    "audit": "SELECT, INSERT, UPDATE, DELETE",
    "checkpoints": "SELECT, INSERT, UPDATE",
    "keys": "SELECT, INSERT, UPDATE",
    "proofs": "SELECT, INSERT, DELETE",
}
GROUP = grp.getgrgid(os.getgid()).gr_name  # whose member runs the tests

class DoctorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.login = "least_" + secrets.token_hex(3)
        cls.least = f"{cls.login}@'%'"
        cls.addClassCleanup(cls.database.sql, f"DROP USER IF EXISTS {cls.least}")
        cls.smtp = SmtpServer()
        cls.addClassCleanup(cls.smtp.close)

    def site(self, *, migrated=True, **more):
        """A site as it should be: migrated by an administrator, and used with the least grants."""
        site = Site(database=more.pop("database", self.database), smtp=more.pop("smtp", self.smtp), **more)
        self.addCleanup(site.close)
        if migrated:
            site.migrate()
        self.grant_least(site, migrated)
        site.config(operators={GROUP: ["support", "maintain", "audit"]})
        return site

    def grant_least(self, site, migrated):
        """The site's login is the one that has what it needs and nothing else."""
        least, database = self.least, site.database
        database.sql(f"DROP USER IF EXISTS {least}; CREATE USER {least} IDENTIFIED BY 'least';"
                     f"GRANT SELECT ({USERS}) ON users TO {least}")  # fmt: skip
        if migrated:
            database.sql("; ".join(f"GRANT {rights} ON pwreset_{table} TO {least}" for table, rights in TABLES.items()))
        site.config(database={"user": self.login})
        site.write_secret("database.password", "least")

    def lines(self, site, *args):
        """The checks of a run, and that its envelope agrees with them."""
        done = site.run("doctor", "--json", *args)
        answer = done.json
        checks = answer["data"]["checks"]
        counts = [sum(check["level"] == level for check in checks) for level in ("ok", "warning", "problem")]
        self.assertEqual([answer["data"][name] for name in ("ok", "warnings", "problems")], counts, done)
        self.assertEqual(done.exit, 1 if counts[2] else 0, done)
        self.assertEqual(answer.get("code"), "PROBLEMS" if counts[2] else None)
        return checks

    def faults(self, site):
        return [check for check in self.lines(site) if check["level"] != "ok"]

    def fault(self, site, area, level, finding):
        """The one line of a run that is not ok."""
        faults = self.faults(site)
        self.assertEqual([(one["area"], one["level"]) for one in faults], [(area, level)], faults)
        self.assertIn(finding, faults[0]["finding"])
        self.assertTrue(faults[0]["remedy"])
        return faults[0]

    def among_faults(self, site, area, level, finding):
        faults = self.faults(site)
        found = [one for one in faults if (one["area"], one["level"]) == (area, level) and finding in one["finding"]]
        self.assertEqual(len(found), 1, faults)
        return found[0]

    # --- a site as it should be -----------------------------------------------------------------------------------

    def test_a_healthy_site_is_ok_throughout(self):
        site = self.site()
        checks = self.lines(site)
        self.assertEqual([check for check in checks if check["level"] != "ok"], [])
        areas = {check["area"] for check in checks}
        self.assertEqual(areas, {"configuration", "operators", "keys", "database", "schema", "grants", "users", "queue",
                                 "purge", "mail", "templates"})  # fmt: skip
        self.assertEqual({tuple(check) for check in checks}, {("area", "level", "finding", "remedy")})

    def test_nothing_is_sent_and_nothing_changed(self):
        site = self.site()
        site.add_user(email="ada@example.com")
        site.run("request", "ada@example.com", "--queue")
        sent, before = len(self.smtp.mails()), site.database.dump()
        files = sorted((file, file.stat().st_mtime_ns) for file in site.folder.rglob("*"))
        self.lines(site)
        self.assertEqual(len(self.smtp.mails()), sent)
        self.assertEqual([line for line in site.database.dump().splitlines() if not line.startswith("-- Dump completed")],
                         [line for line in before.splitlines() if not line.startswith("-- Dump completed")])  # fmt: skip
        self.assertEqual(sorted((file, file.stat().st_mtime_ns) for file in site.folder.rglob("*")), files)

    def test_the_site_that_it_calls_healthy_works(self):
        site = self.site()
        site.add_user(email="works@example.com")
        self.assertEqual(site.run("request", "works@example.com").exit, 0)
        self.assertEqual(site.run("purge-expired").exit, 0)
        self.assertEqual(site.run("deliver").exit, 0)
        self.assertEqual(self.faults(site), [])
        self.assertIn("the last purge was", json.dumps(self.lines(site)))

    # --- configuration, files, operators ----------------------------------------------------------------------------

    def test_without_a_configuration_it_says_so(self):
        done = subprocess.run([harness.BINARY, "doctor", "--json", "--config", "nowhere"], capture_output=True, text=True,
                              timeout=60)  # fmt: skip
        answer = json.loads(done.stdout)
        self.assertEqual((done.returncode, answer["code"]), (1, "PROBLEMS"))
        first, second = answer["data"]["checks"]
        self.assertEqual((first["area"], first["level"], first["remedy"]), ("configuration", "problem", "check the path"))
        self.assertEqual((second["area"], second["level"]), ("configuration", "warning"))
        self.assertIn("not looked at", second["finding"])

    def test_a_configuration_that_does_not_parse_is_a_problem(self):
        site = self.site()
        site.config(users={"emial": "email"})
        self.among_faults(site, "configuration", "problem", "emial")

    def test_a_configuration_that_others_can_write_is_a_problem(self):
        site = self.site()
        site.file.chmod(0o620)
        self.assertIn("chmod go-w", self.among_faults(site, "configuration", "problem", "lets others write it")["remedy"])

    def test_a_configuration_that_everybody_can_read_is_a_warning(self):
        site = self.site()
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        settings = site.settings | {"keys": {"folder": str(site.folder / "keys")}}
        settings["database"] = settings["database"] | {"password_file": str(site.folder / "database.password")}
        file = folder / "shop.toml"
        file.write_text(harness.to_toml(settings))
        for mode, expected in ((0o644, "warning"), (0o640, "ok")):
            file.chmod(mode)
            done = subprocess.run([harness.BINARY, "doctor", "--json", "--config", str(file)], capture_output=True, text=True)
            self.assertEqual(json.loads(done.stdout)["data"]["checks"][0]["level"], expected)

    def test_a_password_file_that_others_can_read_is_a_problem(self):
        site = self.site()
        (site.folder / "database.password").chmod(0o644)
        self.assertIn("chmod 600", self.among_faults(site, "configuration", "problem", "0644")["remedy"])

    def test_a_key_file_that_others_can_read_is_a_problem(self):
        site = self.site()
        (site.folder / "keys/pwreset.key").chmod(0o640)
        self.assertIn("chmod 600", self.fault(site, "keys", "problem", "mode 0640")["remedy"])

    def test_a_key_folder_that_others_can_enter_is_a_warning(self):
        site = self.site()
        (site.folder / "keys").chmod(0o755)
        self.assertIn("chmod 700", self.fault(site, "keys", "warning", "key folder")["remedy"])

    def test_a_key_of_both_files_is_a_problem(self):
        site = self.site()
        keys = site.folder / "keys"
        (keys / "pwreset.key").write_text((keys / "application.key").read_text())
        found = self.fault(site, "keys", "problem", "forge audit rows")
        secret = (keys / "pwreset.key").read_text().split(":")[1].strip()
        self.assertNotIn(secret, json.dumps(found))

    def test_an_operator_without_maintain_is_refused_and_recorded(self):
        site = self.site()
        site.config(operators={GROUP: ["support", "audit"]})
        done = site.run("doctor", "--json", "--ticket", "SUP-1")
        self.assertEqual((done.exit, done.json["code"]), (77, "FORBIDDEN"), done)
        self.assertNotIn("data", done.json)
        row = site.run("audit", "--action", "doctor", "--json").json["data"]["entries"][0]
        self.assertEqual((row["result"], row["ticket"]), ("FORBIDDEN", "SUP-1"))

    def test_a_refusal_stands_where_it_cannot_be_recorded(self):
        site = self.site(migrated=False)
        site.config(operators={GROUP: ["support"]})
        done = site.run("doctor")
        self.assertEqual((done.exit, done.out), (77, ""), done)

    def test_an_unknown_group_is_a_warning(self):
        site = self.site()
        site.config(operators={"no-such-group": ["support"]})
        self.fault(site, "operators", "warning", "'no-such-group'")

    # --- the database -----------------------------------------------------------------------------------------------

    def test_before_migrate_it_says_what_is_missing(self):
        site = self.site(migrated=False)
        faults = self.faults(site)
        self.assertEqual([(one["area"], one["level"]) for one in faults],
                         [("keys", "problem"), ("schema", "problem"), ("schema", "warning")], faults)  # fmt: skip
        self.assertIn("pwreset migrate", faults[0]["remedy"])
        self.assertIn("pwreset migrate", faults[1]["remedy"])

    def test_tables_that_are_not_all_made_are_a_problem(self):
        site = self.site()
        site.database.sql("UPDATE pwreset_schema SET state = 'started' WHERE step = 7")
        self.among_faults(site, "schema", "problem", "steps are not done")

    def test_a_database_that_is_stopped_is_a_problem_and_the_rest_is_looked_at(self):
        database = Database(private="it is stopped")
        self.addCleanup(database.close)
        site = self.site(database=database)
        database.stop()
        began = time.monotonic()
        checks = self.lines(site)
        self.assertLess(time.monotonic() - began, 20)
        faults = [check for check in checks if check["level"] != "ok"]
        self.assertEqual([(one["area"], one["level"]) for one in faults], [("database", "problem"), ("database", "warning")])
        self.assertIn("cannot connect", faults[0]["finding"])
        self.assertLessEqual({"mail", "templates", "keys"}, {check["area"] for check in checks})

    def test_a_wrong_password_is_a_problem(self):
        site = self.site()
        site.write_secret("database.password", "wrong-secret")
        found = self.among_faults(site, "database", "problem", "Access denied")
        self.assertNotIn("wrong-secret", json.dumps(found))

    def test_a_server_that_is_read_only_is_a_problem(self):
        database = Database(private="it is made read-only")
        self.addCleanup(database.close)
        site = self.site(database=database)
        database.sql("SET GLOBAL read_only = 1")
        self.fault(site, "database", "problem", "read-only")

    def test_tls_is_verified_and_told(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        make_certificates(folder, "127.0.0.1")
        for file in folder.iterdir():
            file.chmod(0o600)
        certificate = [f"--ssl-cert={folder}/cert.pem", f"--ssl-key={folder}/key.pem", f"--ssl-ca={folder}/ca.pem"]
        database = Database(private="its certificate is ours", tcp=True, options=certificate)
        self.addCleanup(database.close)
        site = self.site(database=database)
        over_tcp = {"socket": None, "host": "127.0.0.1", "port": database.port}
        site.config(database=over_tcp | {"tls": "verify", "tls_ca": str(folder / "ca.pem")})
        checks = self.lines(site)
        self.assertTrue(any("certificate and host name verified" in one["finding"] for one in checks), checks)
        self.assertEqual(self.faults(site), [])
        site.config(database={"tls_ca": None})
        self.among_faults(site, "database", "problem", "cannot connect")
        site.config(database={"tls": "off"})
        self.assertTrue(any("does not leave this host" in one["finding"] for one in self.lines(site)))

    def test_too_many_grants_are_warnings_whose_remedies_help(self):
        site = self.site()
        database = site.database
        database.sql(f"GRANT FILE, PROCESS ON *.* TO {self.least};"
                     f"GRANT CREATE, DROP ON `{database.name}`.* TO {self.least} WITH GRANT OPTION;"
                     f"GRANT UPDATE (password) ON users TO {self.least}")  # fmt: skip
        faults = self.faults(site)
        self.assertEqual({one["area"] for one in faults}, {"grants"}, faults)
        self.assertEqual({one["level"] for one in faults}, {"warning"})
        self.assertEqual(len(faults), 3, faults)
        for one in faults:
            database.sql(one["remedy"])
        self.assertEqual(self.faults(site), [])

    def test_missing_grants_are_problems_whose_remedies_help(self):
        site = self.site()
        database = site.database
        database.sql(f"REVOKE INSERT, UPDATE ON pwreset_audit FROM {self.least};"
                     f"REVOKE SELECT (locale) ON users FROM {self.least}")  # fmt: skip
        faults = [one for one in self.faults(site) if one["area"] == "grants"]
        self.assertEqual({one["level"] for one in faults}, {"problem"}, faults)
        self.assertEqual(len(faults), 2, faults)
        for one in faults:
            database.sql(one["remedy"])
        self.assertEqual(self.faults(site), [])

    def test_a_login_for_some_commands_only_is_a_warning_whose_remedy_helps(self):
        site = self.site()
        site.database.sql(f"REVOKE DELETE ON pwreset_tokens FROM {self.least};"
                          f"REVOKE INSERT, UPDATE ON pwreset_keys FROM {self.least}")  # fmt: skip
        found = self.fault(site, "grants", "warning", "not for all commands")
        site.database.sql(found["remedy"].partition("else ")[2])
        self.assertEqual(self.faults(site), [])

    def test_no_hash_or_password_is_printed(self):
        site = self.site()
        stored = site.database.sql(f"SELECT authentication_string AS hash FROM mysql.user WHERE User = '{self.login}'")[0]["hash"]
        site.database.sql(f"GRANT ALL ON *.* TO {self.least} WITH GRANT OPTION")
        done = site.run("doctor", "--verbose")
        self.assertNotIn(stored[-40:], done.out + done.err)
        self.assertNotIn((site.folder / "keys/application.key").read_text().split(":")[1].strip(), done.out + done.err)

    # --- the users table ------------------------------------------------------------------------------------------

    def test_a_missing_column_is_a_problem_with_the_nearest_name(self):
        site = self.site()
        site.config(users={"email": "e_mail"})
        found = self.among_faults(site, "users", "problem", "'e_mail' ('users.email')")
        self.assertIn("did you mean 'email'?", found["remedy"])

    def test_a_missing_table_is_a_problem_with_the_nearest_name(self):
        site = self.site()
        site.config(users={"table": "user"})
        self.assertIn("did you mean 'users'?", self.among_faults(site, "users", "problem", "`user`")["remedy"])

    def test_a_missing_index_is_a_warning_whose_remedy_helps(self):
        site = self.site()
        site.database.sql("ALTER TABLE users DROP KEY login")
        found = self.fault(site, "users", "warning", "no index")
        site.database.sql(found["remedy"])
        self.assertEqual(self.faults(site), [])

    def test_names_from_the_database_cannot_forge_a_line(self):
        site = self.site()
        forged = "emai\nmail           ok       relay answers\x1b[2K\u202e"
        site.database.sql(f"ALTER TABLE users CHANGE email `{forged}` VARCHAR(190)")
        site.database.sql(f"GRANT SELECT (`{forged}`) ON users TO {self.least}")
        site.config(users={"email": "emai"})
        out = site.run("doctor", "--color", "always").out
        self.assertNotIn("relay answers\x1b", out)
        self.assertNotIn("\u202e", out)
        self.assertFalse([line for line in out.splitlines() if line.startswith("mail ") and "relay answers" in line], out)

    # --- mail and templates -------------------------------------------------------------------------------------------

    def test_a_relay_that_is_down_is_a_problem(self):
        site = self.site()
        site.config(mail={"port": free_port()})
        self.fault(site, "mail", "problem", "Connection refused")

    def test_a_relay_that_says_nothing_is_a_problem_in_its_time(self):
        site = self.site(mail={"timeout": "1s"})
        self.smtp.behave(silence="greeting")
        self.addCleanup(self.smtp.behave)
        began = time.monotonic()
        self.fault(site, "mail", "problem", "no answer in time")
        self.assertLess(time.monotonic() - began, 20)

    def test_a_verified_relay_with_login_is_ok(self):
        smtp = SmtpServer(tls="starttls", auth="shop:relay-secret")
        self.addCleanup(smtp.close)
        site = self.site(smtp=smtp)
        mail = [one for one in self.lines(site) if one["area"] == "mail"]
        self.assertIn("certificate and host name verified, login of 'shop' accepted", mail[0]["finding"])
        self.assertEqual(smtp.mails(), [])

    def test_a_relay_with_another_name_in_its_certificate_is_a_problem(self):
        smtp = SmtpServer(tls="starttls", cert_name="other.example")
        self.addCleanup(smtp.close)
        found = self.fault(self.site(smtp=smtp), "mail", "problem", "certificate of 'localhost' refused")
        self.assertIn("mail.host", found["remedy"])

    def test_a_relay_that_refuses_the_login_is_a_problem(self):
        smtp = SmtpServer(tls="starttls", auth="shop:relay-secret")
        self.addCleanup(smtp.close)
        site = self.site(smtp=smtp)
        site.write_secret("mail.password", "wrong-secret")
        found = self.fault(site, "mail", "problem", "refused the login of 'shop'")
        self.assertNotIn("wrong-secret", json.dumps(found))

    def test_a_maildir_is_a_warning_and_is_not_made(self):
        site = self.site()
        site.config(mail={"transport": "maildir", "maildir": "maildir", "host": None, "port": None, "tls": None})
        self.fault(site, "mail", "warning", "reaches nobody")
        self.assertFalse((site.folder / "maildir").exists())

    def test_a_broken_template_is_a_problem(self):
        site = self.site()
        folder = site.folder / "templates/en"
        folder.mkdir(parents=True, mode=0o700)
        (site.folder / "templates").chmod(0o700)
        file = folder / "reset-link.txt"
        file.write_text("Hello\n\n{{lnik}}\n")
        file.chmod(0o600)
        site.config(text={"templates": "templates"})
        self.fault(site, "templates", "problem", "unknown variable 'lnik'")
        file.write_text("Hello\n\n{{link}}\n\n{{valid_for}} {{reference}}\n")
        self.assertEqual(self.faults(site), [])
        file.chmod(0o620)
        self.assertIn("chmod go-w", self.fault(site, "templates", "problem", "lets others write it")["remedy"])

    def test_a_language_without_templates_is_a_warning(self):
        site = self.site(text={"locale": "xx"})
        self.fault(site, "templates", "warning", "no templates in 'xx'")

    # --- the queue --------------------------------------------------------------------------------------------------

    def test_an_old_backlog_is_a_warning(self):
        site = self.site()
        site.add_user(email="waits@example.com")
        site.run("request", "waits@example.com", "--queue")
        self.assertEqual(self.faults(site), [])
        site.database.sql("UPDATE pwreset_deliveries SET next_at = next_at - INTERVAL 1 HOUR")
        self.fault(site, "queue", "warning", "1 delivery is due, the first for 1 h")

    def test_a_site_that_is_never_purged_is_a_warning(self):
        site = self.site()
        site.database.sql("UPDATE pwreset_schema SET started_at = started_at - INTERVAL 3 DAY")
        self.fault(site, "purge", "warning", "no purge in the last two days")
        site.run("purge-expired")
        self.assertEqual(self.faults(site), [])

    # --- how it is told -----------------------------------------------------------------------------------------------

    def test_people_read_a_table_and_one_line_in_the_end(self):
        site = self.site()
        site.database.sql("ALTER TABLE users DROP KEY login")
        lines = site.run("doctor").out.splitlines()
        self.assertRegex(lines[0], "^AREA +LEVEL +FINDING$")
        self.assertRegex(lines[-1], r"^\d+ ok, 1 warning, 0 problems$")
        warning = next(index for index, line in enumerate(lines) if "warning " in line)
        self.assertRegex(lines[warning + 1], "^ +> CREATE INDEX ")

    def test_quiet_says_what_is_wrong_and_otherwise_nothing(self):
        site = self.site()
        done = site.run("doctor", "--quiet")
        self.assertEqual((done.exit, done.out, done.err), (0, "", ""))
        site.config(mail={"port": free_port()})
        out = site.run("doctor", "--quiet").out
        self.assertNotIn(" ok  ", out)
        self.assertIn("Connection refused", out)

    def test_a_level_is_coloured_when_colour_is_wanted(self):
        site = self.site()
        self.assertIn("\x1b[32mok", site.run("doctor", "--color", "always").out)
        self.assertNotIn("\x1b", site.run("doctor").out)

    def test_rows_for_programs_are_complete(self):
        site = self.site()
        site.config(mail={"port": free_port()})
        rows = site.run("doctor", "--output", "ndjson").rows
        self.assertEqual(rows[-1]["code"], "PROBLEMS")
        self.assertEqual([row["level"] for row in rows[:-1]].count("problem"), 1)
        table = site.run("doctor", "--output", "csv").out.splitlines()
        self.assertEqual(table[0], "area,level,finding,remedy")
        self.assertEqual(len(table), len(rows))

    def test_a_signal_ends_it(self):
        site = self.site(mail={"timeout": "30s"})
        self.smtp.behave(silence="greeting")
        self.addCleanup(self.smtp.behave)
        running = site.start("doctor")
        self.smtp.wait_for_silence()
        running.signal(signal.SIGINT)
        done = running.wait()
        self.assertEqual(done.exit, 130, done)
        self.assertIn("nothing was changed", done.err)

    def test_the_demo_on_sqlite_is_looked_at_too(self):
        site = self.site()
        done = subprocess.run([harness.BINARY, "demo"], capture_output=True, text=True, timeout=60,
                              env={"PATH": os.defpath, "TMPDIR": str(site.folder)})  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)
        file = next(site.folder.glob("pwreset-demo-*")) / "shop.toml"
        done = subprocess.run([harness.BINARY, "doctor", "--json", "--config", str(file)], capture_output=True, text=True)
        data = json.loads(done.stdout)["data"]
        self.assertEqual((done.returncode, data["problems"]), (0, 0), done)
        self.assertEqual({one["area"] for one in data["checks"] if one["level"] == "warning"}, {"operators", "mail"}, done)
        (file.parent / "shop.sqlite").rename(file.parent / "moved.sqlite")
        done = subprocess.run([harness.BINARY, "doctor", "--json", "--config", str(file)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertFalse((file.parent / "shop.sqlite").exists())


if __name__ == "__main__":
    unittest.main()
