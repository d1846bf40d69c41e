"""Servers as they are set up: what pwreset works with, and how it names what it cannot work with."""

import json
import tempfile
import time
import unittest
from pathlib import Path

from children import until
from database import Database
from harness import Site, SmtpServer
from smtp_server import make_certificates

FAULT = "fault of pwreset"


class ServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.smtp = SmtpServer()
        cls.addClassCleanup(cls.smtp.close)

    def private(self, why, **options):
        database = Database(private=why, **options)
        self.addCleanup(database.close)
        return database

    def site(self, database, **more):
        site = Site(database=database, smtp=self.smtp, limits={"cooldown": "0s", "per_operator": "9999/h"}, **more)
        self.addCleanup(site.close)
        return site

    def login(self, site, name, rights, at="localhost"):
        """A login without the rights of an administrator, whom read_only does not stop."""
        site.database.sql(f"CREATE USER {name}@'{at}' IDENTIFIED BY '{name}';"
                          f"GRANT {rights} ON `{site.database.name}`.* TO {name}@'{at}'")  # fmt: skip
        site.config(database={"user": name})
        site.write_secret("database.password", name)


class SettingsTest(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = tempfile.TemporaryDirectory(prefix="pwreset-binlog-")
        cls.addClassCleanup(cls.folder.cleanup)
        log = [f"--log-bin={cls.folder.name}/binlog", "--binlog-format=STATEMENT", "--server-id=7"]
        cls.database = Database(private="its settings are changed", options=log)
        cls.addClassCleanup(cls.database.close)

    def set_global(self, **settings):
        """Until the end of the test."""
        for name, value in settings.items():
            before = self.database.sql(f"SELECT @@global.{name} AS value")[0]["value"]
            text = f"'{before}'" if isinstance(before, str) else before
            self.addCleanup(self.database.sql, f"SET GLOBAL {name} = {text}")
            self.database.sql(f"SET GLOBAL {name} = {value}")

    def works(self, site):
        """The day of an installation, from its tables to its purge."""
        for args in (("migrate",), ("request", "ada@example.com"), ("request", "bob@example.com", "--queue"), ("deliver",),
                     ("inspect", "ada@example.com"), ("list-tokens",), ("revoke", "bob@example.com"), ("purge-expired",),
                     ("audit", "verify"), ("keys", "rotate")):  # fmt: skip
            done = site.run(*args)
            self.assertEqual(done.exit, 0, done)

    def ready(self):
        site = self.site(self.database)
        for name in ("ada", "bob"):
            site.add_user(email=f"{name}@example.com")
        return site

    def test_a_binary_log_of_statements_works_and_doctor_counts_it(self):
        site = self.ready()
        self.works(site)
        done = site.run("doctor")
        self.assertEqual(done.exit, 1, done)
        self.assertIn("binlog_format is STATEMENT", done.out)
        # It may also change under a site that is there, as when a replica is promoted.
        for mode in ("MIXED", "ROW", "STATEMENT"):
            self.set_global(binlog_format=f"'{mode}'")
            self.assertEqual(site.run("request", "ada@example.com").exit, 0)
            self.assertEqual("binlog_format" in site.run("doctor").out, mode == "STATEMENT")

    def test_defaults_that_other_clients_would_stumble_over_do_no_harm(self):
        site = self.ready()
        site.database.sql("INSERT INTO users (email, login, password) VALUES ('ADA@example.com', 'other', 'x')")
        self.set_global(binlog_format="'ROW'", sql_mode="'ANSI,NO_BACKSLASH_ESCAPES'", sql_select_limit=1, completion_type=2,
                        sql_safe_updates=1, autocommit=0, tx_read_only=1, character_set_server="'latin1'",
                        collation_connection="'utf8mb4_unicode_ci'", time_zone="'-07:00'", lc_messages="'de_DE'",
                        foreign_key_checks=0, max_join_size=1, default_storage_engine="'MyISAM'")  # fmt: skip
        self.works(site)
        done = site.run("request", "Ada@example.com", "--json")
        self.assertEqual((done.exit, done.json["code"]), (67, "AMBIGUOUS_USER"), done)

    def test_a_limit_of_a_statement_is_busy_and_named(self):
        site = self.ready()
        site.migrate()
        self.assertEqual(site.run("request", "ada@example.com").exit, 0)
        with self.database.connect() as holder:
            holder.execute("START TRANSACTION; SELECT * FROM pwreset_limits FOR UPDATE")
            self.set_global(max_statement_time=0.5)
            done = site.run("request", "ada@example.com", "--json")
            self.assertEqual((done.exit, done.json["code"]), (69, "UNAVAILABLE"), done)
            self.assertIn("max_statement_time", done.json["hint"])
        self.assertIn("ends statements after 500 ms (max_statement_time)", site.run("doctor").out)
        self.set_global(max_statement_time=0.000001)
        for command in ("request ada@example.com", "inspect ada@example.com", "purge-expired", "migrate", "doctor", "deliver"):
            self.assertNotIn(FAULT, str(site.run(*command.split())))

    def test_a_lock_that_somebody_holds_is_waited_for_ten_seconds_altogether(self):
        site = self.ready()
        site.config(public={"cooldown": "0s"})
        site.migrate()
        call = json.dumps({"identity": "ada@example.com"})
        self.assertEqual(site.run("request", "ada@example.com").exit, 0)
        self.assertEqual(site.run("request", "--public", stdin=call).exit, 0)
        for lock in ("START TRANSACTION; SELECT * FROM pwreset_limits FOR UPDATE; SELECT * FROM pwreset_web_limits FOR UPDATE",
                     "LOCK TABLES pwreset_limits WRITE, pwreset_web_limits WRITE", "FLUSH TABLES WITH READ LOCK"):  # fmt: skip
            with self.subTest(lock), self.database.connect() as holder:
                holder.execute(lock)
                (site.folder / "call").write_text(call)
                with open(site.folder / "call") as stdin:
                    public = site.start("request", "--public", "--json", stdin=stdin)
                running = [site.start("request", "ada@example.com", "--json"), public]
                # How long they are connected: a busy machine may take seconds to start them, and to end them.
                until(lambda: len(self.database.connections()) > 2, alive=public.alive)
                began = time.monotonic()
                until(lambda: len(self.database.connections()) == 1)
                waited = time.monotonic() - began
                for done in [one.wait() for one in running]:
                    self.assertEqual((done.exit, done.json["code"]), (69, "UNAVAILABLE"), done)
                    self.assertIn("somebody holds a lock", done.json["message"])
                self.assertLess(waited, 17)
                self.assertGreater(waited, 5)
        self.assertEqual(site.run("request", "ada@example.com").exit, 0)

    def test_a_character_that_a_column_cannot_hold_is_nobodys(self):
        site = self.ready()
        site.migrate()
        for charset in ("latin1", "utf8mb3", "ascii", "cp1251"):
            self.database.sql(f"ALTER TABLE users MODIFY email VARCHAR(190) CHARACTER SET {charset}")
            for identity in ("adı@example.com", "😀@example.com", "login:😀", "id:😀", "ада@example.com"):
                done = site.run("request", identity, "--json")
                self.assertEqual((done.exit, done.json["code"]), (67, "USER_NOT_FOUND"), (charset, done))

    def test_a_login_that_cannot_sign_in_is_told_why(self):
        site = self.ready()
        site.migrate()
        self.login(site, "gone", "ALL")
        self.database.sql("UPDATE mysql.global_priv SET Priv = JSON_SET(Priv, '$.plugin', 'gone_password') WHERE User = 'gone';"
                          "FLUSH PRIVILEGES")  # fmt: skip
        done = site.run("list-tokens", "--json")
        self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
        self.assertIn("the way in which this login signs in is gone", done.json["message"])
        self.assertIn("caching_sha2_password", done.json["hint"])
        self.login(site, "locked", "ALL")
        self.database.sql("ALTER USER locked@localhost ACCOUNT LOCK")
        done = site.run("list-tokens", "--json")
        self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
        self.assertIn("ACCOUNT UNLOCK", done.json["hint"])
        self.login(site, "expired", "ALL")
        self.database.sql("ALTER USER expired@localhost PASSWORD EXPIRE")
        done = site.run("list-tokens", "--json")
        self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
        self.login(site, "busy", "ALL")
        self.database.sql("ALTER USER busy@localhost WITH MAX_QUERIES_PER_HOUR 3")
        done = [site.run("list-tokens", "--json") for _ in range(2)][1]
        self.assertEqual((done.exit, done.json["code"]), (69, "UNAVAILABLE"), done)
        self.assertIn("raise the limit of this login", done.json["hint"])


class HostsTest(ServerTest):
    def test_of_several_hosts_the_first_that_takes_writes_is_used(self):
        first = self.private("it is made read-only", tcp=True)
        second = self.private("it is the primary", options=["--bind-address=127.0.0.2", f"--port={first.port}", "--skip-networking=0"])
        for database in (first, second):
            database.sql(f"CREATE USER app@'%' IDENTIFIED BY 'app'; GRANT ALL ON `{database.name}`.* TO app@'%'")
        site = self.site(second)
        site.add_user(email="ada@example.com")
        over_tcp = {"socket": None, "hosts": ["127.0.0.1", "127.0.0.2"], "port": first.port, "tls": "off", "user": "app"}
        site.config(database=over_tcp)
        site.write_secret("database.password", "app")
        first.sql("SET GLOBAL read_only = 1")
        self.assertEqual(site.run("migrate").exit, 0)
        self.assertEqual(site.run("request", "ada@example.com").exit, 0)
        self.assertEqual(second.sql("SELECT COUNT(*) AS n FROM pwreset_tokens")[0]["n"], 1)
        self.assertIn("127.0.0.2", site.run("doctor").out)
        # A service that has a connection to what was the primary goes on with the other one.
        watch = site.start("deliver", "--watch")
        site.run("request", "ada@example.com", "--queue")
        until(lambda: self.states(second) == {"sent"})
        first.stop()
        second.sql("SET GLOBAL read_only = 1")
        done = site.run("request", "ada@example.com", "--json")
        self.assertEqual((done.exit, done.json["code"]), (69, "UNAVAILABLE"), done)
        self.assertIn("read-only (error 1290)", done.json["message"])
        self.assertIn("[database] hosts", done.json["hint"])
        second.sql("SET GLOBAL read_only = 0")
        self.assertEqual(site.run("request", "ada@example.com", "--queue").exit, 0)
        until(lambda: self.states(second) == {"sent"})
        watch.signal()
        self.assertEqual(watch.wait().exit, 0)

    def states(self, database):
        return {row["state"] for row in database.sql("SELECT state FROM pwreset_deliveries")}

    def test_a_certificate_of_another_name_is_refused_at_every_address_of_this_host(self):
        for name, answers in (("db.shop.example", {"127.0.0.1": False, "localhost": False}),
                              ("localhost", {"127.0.0.1": False, "localhost": True}),
                              ("127.0.0.1", {"127.0.0.1": True, "localhost": False})):  # fmt: skip
            folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
            make_certificates(folder, name)
            for file in folder.iterdir():
                file.chmod(0o600)
            certificate = [f"--ssl-cert={folder}/cert.pem", f"--ssl-key={folder}/key.pem", f"--ssl-ca={folder}/ca.pem"]
            database = self.private("its certificate is ours", tcp=True, options=certificate)
            site = self.site(database)
            site.migrate()
            for host, good in answers.items():
                site.config(database={"socket": None, "host": host, "port": database.port, "tls": "verify",
                                      "tls_ca": str(folder / "ca.pem")})  # fmt: skip
                for env in ({}, {"MARIADB_TLS_DISABLE_PEER_VERIFICATION": "1"}):
                    with self.subTest(name=name, host=host, env=env):
                        done = site.run("list-tokens", env=env)
                        self.assertEqual(done.exit, 0 if good else 69, done)
                        if not good:
                            self.assertIn(f"'{host}'", done.err)
                            self.assertIn("the certificate carries this host name", done.err)
            if name == "127.0.0.1":
                site.config(database={"host": "127.0.0.1"})
                self.assertIn("connected to 127.0.0.1 via TCP/IP", site.run("doctor").out)
            database.close()


if __name__ == "__main__":
    unittest.main()
