"""The harness is itself relied upon: what it says about the database and the mails must be true."""

import signal
import smtplib
import socket
import ssl
import stat
import tempfile
import threading
import tomllib
import unittest
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from unittest import mock

import harness
from children import until
from database import Database, numbers
from harness import Site, SmtpServer
from sql_connection import SqlError


def loopback(host, *rest, find=socket.getaddrinfo):
    """Where 'localhost' is, also on a machine without /etc/hosts."""
    return find("127.0.0.1", *rest)


class DatabaseTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.database.reset()

    def test_values_come_back_as_they_were_written(self):
        self.database.sql(r"""CREATE TABLE t (id INT, bytes VARBINARY(8), words TEXT, at DATETIME(6), price DECIMAL(6,2));
            INSERT INTO t VALUES (1, X'00FF0A0D', 'a\n\r\n\tNULL <&>\\ سلام', '2026-01-02 03:04:05.000006', 1.50),
                                 (2, NULL, 'NULL', NULL, NULL)""")
        self.assertEqual(self.database.sql("SELECT * FROM t ORDER BY id"), [
            {"id": 1, "bytes": b"\x00\xff\n\r", "words": "a\n\r\n\tNULL <&>\\ سلام",
             "at": "2026-01-02 03:04:05.000006", "price": Decimal("1.50")},
            {"id": 2, "bytes": None, "words": "NULL", "at": None, "price": None},
        ])  # fmt: skip

    def test_a_refused_statement_raises_with_its_number(self):
        with self.assertRaises(SqlError) as refused:
            self.database.sql("SELECT 1; SELECT * FROM missing")
        self.assertEqual(refused.exception.number, 1146)

    def test_the_password_is_needed(self):
        with self.assertRaises(SqlError) as refused:
            self.database.connect(password="wrong")
        self.assertEqual(refused.exception.number, 1045)

    def test_a_kept_connection_holds_its_transaction(self):
        self.database.sql("CREATE TABLE t (id INT) ENGINE=InnoDB")
        with self.database.connect() as other:
            other.execute("START TRANSACTION; INSERT INTO t VALUES (1)")
            self.assertEqual(self.database.sql("SELECT * FROM t"), [])
            other.execute("COMMIT")
        self.assertEqual(self.database.sql("SELECT * FROM t"), [{"id": 1}])

    def test_numbers_are_a_table(self):
        found = self.database.sql(f"SELECT COUNT(*) AS n, MIN(seq) AS least, MAX(seq) AS most FROM {numbers(1234)}")
        self.assertEqual(found, [{"n": 1234, "least": 1, "most": 1234}])

    def test_who_is_connected_and_who_waits_is_told(self):
        self.database.sql("CREATE TABLE t (id INT) ENGINE=InnoDB; INSERT INTO t VALUES (1)")
        with self.database.connect() as first, self.database.connect() as second:
            ids = {one.execute("SELECT CONNECTION_ID() AS id")[0]["id"] for one in (first, second)}
            self.assertLessEqual(ids, self.database.connections())
            first.execute("START TRANSACTION; UPDATE t SET id = 2")
            self.assertFalse(self.database.waits_for_a_lock())
            waiting = threading.Thread(target=second.execute, args=("UPDATE t SET id = 3",))
            waiting.start()
            until(self.database.waits_for_a_lock)
            first.execute("COMMIT")
            waiting.join()

    def test_a_dump_shows_text_and_bytes(self):
        self.database.sql("CREATE TABLE t (a TEXT, b VARBINARY(9)); INSERT INTO t VALUES ('plain', X'DEADBEEF00')")
        dump = self.database.dump()
        self.assertIn("'plain'", dump)
        self.assertIn("0xDEADBEEF00", dump)

    def test_reset_empties_the_schema(self):
        self.database.create_users_table("utf8mb4_unicode_ci")
        self.database.reset()
        self.assertEqual(self.database.sql("SHOW TABLES"), [])


class PrivateServerTest(unittest.TestCase):
    def test_data_survives_a_restart_and_a_crash(self):
        with Database(private="it is stopped and killed", tcp=True) as database:
            database.create_users_table()
            for kind in (signal.SIGTERM, signal.SIGKILL):
                database.stop(kind)
                with self.assertRaises(SqlError):
                    database.sql("SELECT 1")
                database.start()
            self.assertEqual(database.sql("SELECT COUNT(*) AS n FROM users"), [{"n": 0}])
            with database.connect(socket=None, host="127.0.0.1", port=database.port) as connection:
                self.assertEqual(connection.execute("SELECT 1 AS one"), [{"one": 1}])


def a_mail(text="Hello"):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@shop.example", "ada@example.com", "Grüße"
    mail.set_content(text)
    return mail


class SmtpServerTest(unittest.TestCase):
    def test_a_mail_is_stored_with_its_envelope(self):
        with SmtpServer() as server:
            with smtplib.SMTP(server.host, server.port) as client:
                client.send_message(a_mail("Here:\n\nhttps://shop.example/reset/ab12\n\nYour code is 123 456.\n"))
            (mail,) = server.mails(at_least=1)
            self.assertEqual(mail["Subject"], "Grüße")
            self.assertEqual(mail.envelope["to"], ["ada@example.com"])
            self.assertFalse(mail.envelope["tls"])
            self.assertEqual(server.link(mail), "https://shop.example/reset/ab12")
            self.assertEqual(server.code(mail), "123456")

    def test_it_refuses_when_told_to_and_only_then(self):
        with SmtpServer() as server, smtplib.SMTP(server.host, server.port) as client:
            server.behave(rcpt="550 5.1.1 nobody here")
            with self.assertRaises(smtplib.SMTPRecipientsRefused):
                client.send_message(a_mail())
            server.behave()
            client.send_message(a_mail())
            self.assertEqual(len(server.mails()), 1)

    def test_it_comes_back_on_its_port_and_keeps_the_mails(self):
        with SmtpServer() as server:
            for text in ("first", "second"):
                with smtplib.SMTP(server.host, server.port) as client:
                    client.send_message(a_mail(text))
                server.stop()
                with self.assertRaises(ConnectionRefusedError):
                    smtplib.SMTP(server.host, server.port)
                server.start()
            self.assertEqual([server.text(mail) for mail in server.mails()], ["first\n", "second\n"])

    def test_tls_is_verifiable_and_auth_is_asked_for(self):
        with SmtpServer(tls="starttls", auth="shop:secret") as server:
            with mock.patch.object(socket, "getaddrinfo", loopback), smtplib.SMTP(server.host, server.port) as client:
                client.starttls(context=ssl.create_default_context(cafile=server.ca))
                client.login("shop", "secret")
                client.send_message(a_mail())
            (mail,) = server.mails()
            self.assertTrue(mail.envelope["tls"])
            self.assertEqual(mail.envelope["auth"], "shop")


class SiteTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.close)

    def stand_in(self, script):
        """A program of a few lines of shell in the place of pwreset."""
        program = Path(self.enterContext(tempfile.TemporaryDirectory())) / "program"
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(0o755)
        self.enterContext(mock.patch.object(harness, "BINARY", str(program)))

    def test_the_configuration_is_private_and_says_what_was_asked(self):
        self.site.config(limits={"cooldown": "1s"}, users={"role": {"table": "roles", "user": "u", "role": "r"}},
                         operators={"user:root": ["support"]}, text=None)  # fmt: skip
        self.assertEqual(stat.S_IMODE(self.site.file.stat().st_mode), 0o600)
        written = tomllib.loads(self.site.file.read_text())
        self.assertEqual(written["limits"], {"cooldown": "1s"})
        self.assertEqual(written["users"]["role"]["table"], "roles")
        self.assertEqual(written["users"]["protected"], ["admin"])
        self.assertEqual(written["operators"], {"user:root": ["support"]})
        self.assertNotIn("text", written)
        self.assertNotIn(self.site.database.password, self.site.file.read_text())

    def test_a_run_returns_streams_and_exit(self):
        self.stand_in('read line; echo "{\\"said\\": \\"$line\\", \\"last\\": \\"$3\\"}"; echo oops >&2; exit 67')
        result = self.site.run("inspect", stdin="hello\n")
        self.assertEqual((result.exit, result.json, result.err), (67, {"said": "hello", "last": "inspect"}, "oops\n"))

    def test_the_environment_is_nearly_empty(self):
        self.stand_in("env")
        with mock.patch.dict("os.environ", {"SUDO_UID": "1000"}):
            out = self.site.run(env={"NO_COLOR": "1"}).out
        self.assertIn("NO_COLOR=1", out)
        self.assertNotIn("SUDO_UID", out)

    def test_a_run_in_the_background_can_be_watched_and_ended(self):
        self.stand_in('echo working >&2; trap "exit 143" TERM; while :; do sleep 0.05; done')
        running = self.site.start("deliver", "--watch")
        until(lambda: "working" in running.err(), alive=running.alive)
        running.signal()
        self.assertEqual(running.wait().exit, 143)

    def test_a_user_is_a_row(self):
        number = self.site.add_user(email="o'brien@example.com", name="Zoë \\", role=None)
        (row,) = self.site.database.sql(f"SELECT * FROM users WHERE id = {number}")
        self.assertEqual((row["email"], row["name"], row["role"], row["active"]), ("o'brien@example.com", "Zoë \\", None, 1))
