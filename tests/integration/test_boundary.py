"""The boundary around the program: who may do what, and what a caller can do to the process from outside."""

import os
import pwd
import resource
import shutil
import sqlite3
import unittest
from pathlib import Path
from unittest import mock

import harness
from harness import Site, SmtpServer

COMMANDS = {
    "request": ["request", "ada@example.com"],
    "send-otp": ["send-otp", "ada@example.com"],
    "revoke": ["revoke", "ada@example.com"],
    "list-tokens": ["list-tokens"],
    "purge-expired": ["purge-expired"],
    "deliver": ["deliver"],
    "audit": ["audit"],
    "migrate": ["migrate"],
}


class CapabilityTest(unittest.TestCase):
    def test_who_is_not_listed_can_do_nothing_and_each_try_is_recorded(self):
        with Site() as site:
            self.assertEqual(site.run("migrate").exit, 0)
            site.add_user(email="ada@example.com")
            site.config(operators={"no-such-group": ["support", "maintain", "audit"]})
            for action, command in COMMANDS.items():
                with self.subTest(action):
                    result = site.run(*command, "--ticket", "SUP-" + action)
                    self.assertEqual(result.exit, 77, result)
                    self.assertIn("lacks the capability", result.err)
                    rows = site.database.sql("SELECT action, result FROM pwreset_audit "
                                             f"WHERE ticket = 'SUP-{action}'")  # fmt: skip
                    self.assertEqual(rows, [{"action": action, "result": "FORBIDDEN"}])
            self.assertEqual(site.database.sql("SELECT COUNT(*) AS n FROM pwreset_deliveries"), [{"n": 0}])

    def test_a_refused_migrate_makes_nothing(self):
        with Site() as site:
            site.config(operators={"no-such-group": ["maintain"]})
            self.assertEqual(site.run("migrate").exit, 77)
            self.assertEqual(list((site.folder / "keys").iterdir()), [])
            self.assertEqual(site.database.sql("SHOW TABLES LIKE 'pwreset%'"), [])

    def test_a_capability_is_for_its_own_commands(self):
        with Site() as site:
            self.assertEqual(site.run("migrate").exit, 0)
            site.add_user(email="ada@example.com")
            me = "user:" + _my_name()
            site.config(operators={me: ["support"]})
            self.assertEqual(site.run("request", "ada@example.com").exit, 0)
            for command in (["purge-expired"], ["audit"], ["migrate"], ["request", "ada@example.com", "--override-limits"]):
                self.assertEqual(site.run(*command).exit, 77, command)


class CallerTest(unittest.TestCase):
    def test_closed_streams_do_not_put_output_into_the_database(self):
        with Site() as site:
            site.config(database={"kind": "sqlite", "path": "shop.db", "host": None, "socket": None, "name": None,
                                  "user": None, "password_file": None, "port": None, "tls": None})  # fmt: skip
            sqlite3.connect(site.folder / "shop.db").executescript(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, login TEXT, password TEXT, active INTEGER, "
                "locale TEXT, role TEXT)"
            )
            self.assertEqual(site.run("migrate").exit, 0)

            def close_all():
                for stream in (0, 1, 2):
                    os.close(stream)

            for command in (["audit"], ["list-tokens"], ["frobnicate"], ["audit", "--json"]):
                site.run(*command, preexec=close_all)
            database = sqlite3.connect(site.folder / "shop.db")
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(site.run("audit").exit, 0)

    def test_under_sudo_no_variable_of_the_caller_reaches_a_library(self):
        with SmtpServer(tls="starttls") as smtp, Site(smtp=smtp) as site:
            self.assertEqual(site.run("migrate").exit, 0)
            for name in ("ada", "bob"):
                site.add_user(email=f"{name}@example.com")
            site.config(mail={"tls_ca": None})
            own = {"SSL_CERT_FILE": str(smtp.ca)}
            trusted = site.run("request", "ada@example.com", "--json", env=own)
            self.assertEqual(trusted.json["data"]["results"][0]["delivery"], "accepted", trusted)
            sudo = site.run("request", "bob@example.com", "--json", env=own | {"SUDO_UID": str(os.getuid())})
            self.assertEqual(sudo.json["data"]["results"][0]["delivery"], "queued", sudo)

    def test_a_file_size_limit_is_an_error_and_no_death(self):
        with Site() as site:
            site.config(mail={"transport": "maildir", "maildir": "mail", "host": None, "port": None, "tls": None})
            self.assertEqual(site.run("migrate").exit, 0)
            site.add_user(email="ada@example.com")
            result = site.run("request", "ada@example.com", "--json",
                              preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))  # fmt: skip
            self.assertEqual(result.exit, 0, result)
            self.assertEqual(result.json["data"]["results"][0]["delivery"], "queued")
            self.assertEqual(site.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens WHERE live = 1"), [{"n": 0}])

    def test_the_demo_writes_no_files_for_somebody_else(self):
        def as_ordinary_user():
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)

        with Site() as site:
            os.chmod(site.folder, 0o755)
            program = Path(shutil.copy(harness.BINARY, site.folder))  # the build's own folder may be root's alone
            with mock.patch.object(harness, "BINARY", str(program)):
                result = site.run("demo", env={"SUDO_UID": "1007"}, preexec=as_ordinary_user)
            self.assertEqual(result.exit, 77, result)


def _my_name():
    return pwd.getpwuid(os.getuid()).pw_name


if __name__ == "__main__":
    unittest.main()
