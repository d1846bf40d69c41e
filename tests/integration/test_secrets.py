"""deliver --watch while the passwords and keys it was started with are changed: it reads them again, and says so."""

import os
import secrets
import signal
import time
import unittest

from harness import Site, SmtpServer
from watching import Watch, WatchTest
from web_service import WebService


class SecretsTest(WatchTest):
    def wait_for_mails(self, count):
        self.site.smtp.mails(at_least=count)
        self.wait_until({"sent": count})

    def queue_by_hand(self):
        """A link for account 1, not by the program: it would need the secret, too."""
        self.database.sql(
            "INSERT INTO pwreset_jobs (app, command, budget, operator, trace_id, total, created_at) VALUES "
            "('shop', 'request', 'agents', 'tom', UUID(), 1, UTC_TIMESTAMP(6)); "
            "INSERT INTO pwreset_deliveries (app, job_id, account, kind, channel, state, next_at, queued_at) VALUES "
            "('shop', LAST_INSERT_ID(), '1', 'link', 'email', 'queued', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")  # fmt: skip

    def assert_no_secret(self, log, *hidden):
        for secret in hidden:
            self.assertNotIn(secret, "\n".join(log))


class RelayTest(SecretsTest):
    def setUp(self):
        self.smtp = SmtpServer(auth="shop:the-old-one")
        self.addCleanup(self.smtp.close)
        self.site = Site(database=self.database, smtp=self.smtp, limits={"cooldown": "0s"})
        self.addCleanup(self.site.close)
        self.site.migrate()
        self.address, = self.add_users(1)

    def test_a_changed_password_is_read_when_the_relay_refuses_the_one_there_is(self):
        watch = self.watch()
        self.smtp.change_login("shop:the-new-one")
        self.queue(self.address)
        self.assertIn("refused the login of 'shop': 535", watch.wait_for("^relay away: "))
        self.assertIn("relay '127.0.0.1' wants another login than ours", self.site.run("inspect", self.address).out)
        self.site.write_secret("mail.password", "the-new-one\n")
        watch.wait_for("^password read again: 'mail.password_file' holds another one$")
        watch.wait_for(r"^relay back after \d+ s$")
        self.wait_for_mails(1)
        done = watch.stop()
        self.assertEqual(done.exit, 0, done)
        self.assert_readable(done.err.splitlines())
        self.assert_no_secret(watch.log(), "the-old-one", "the-new-one")

    def test_a_file_that_others_can_read_is_not_taken(self):
        watch = self.watch()
        self.smtp.change_login("shop:the-new-one")
        self.site.write_secret("mail.password", "the-new-one")
        os.chmod(self.site.folder / "mail.password", 0o644)
        self.queue_by_hand()
        self.assertIn("chmod 600", watch.wait_for("^password not read again: mode 0644 of .*mail.password"))
        time.sleep(3)
        self.assertEqual(self.states(), {"queued": 1})
        self.assertEqual(len([line for line in watch.log() if "not read again" in line]), 1)
        os.chmod(self.site.folder / "mail.password", 0o600)
        watch.wait_for("^password read again: ")
        self.wait_for_mails(1)

    def test_another_wrong_password_is_told_as_refused_again(self):
        watch = self.watch()
        self.smtp.change_login("shop:the-new-one")
        self.queue(self.address)
        watch.wait_for("^relay away: ")
        self.site.write_secret("mail.password", "neither")
        watch.wait_for("^password read again: ")
        watch.wait_for("^relay away: ", count=2)
        self.assertEqual(self.states(), {"queued": 1})

    def test_a_hang_up_reads_it_before_anything_is_refused(self):
        watch = self.watch()
        self.site.write_secret("mail.password", "the-new-one")
        self.smtp.change_login("shop:the-new-one")
        watch.process.signal(signal.SIGHUP)
        watch.wait_for("^password read again: 'mail.password_file'")
        watch.process.signal(signal.SIGHUP)
        watch.wait_for("^SIGHUP: no secret that can be read has changed$")
        self.queue(self.address)
        self.wait_for_mails(1)
        done = watch.stop()
        self.assertEqual(done.exit, 0, done)
        self.assertNotIn("away", done.err)

    def test_a_credential_of_systemd_is_read_again_and_a_restart_advised_where_it_is_the_same(self):
        folder = self.site.folder / "credentials"
        folder.mkdir(mode=0o700)
        self.site.write_secret("credentials/relay", "the-old-one")
        self.site.config(mail={"password_file": None, "password_credential": "relay"})
        watch = Watch(self.site, env={"CREDENTIALS_DIRECTORY": str(folder)})
        watch.wait_for("watching the queue")
        self.smtp.change_login("shop:the-new-one")
        self.queue_by_hand()
        watch.wait_for("^password of 'mail.password_credential' is unchanged: systemd passes another one")
        self.site.write_secret("credentials/relay", "the-new-one")
        watch.wait_for("^password read again: 'mail.password_credential' holds another one$")
        self.wait_for_mails(1)
        self.assertEqual(len([line for line in watch.log() if "systemd passes" in line]), 1)


class GatewayTest(SecretsTest):
    def test_a_changed_key_is_read_when_the_gateway_refuses_the_one_there_is(self):
        service = WebService()
        self.addCleanup(service.close)
        self.database.sql("ALTER TABLE users ADD phone VARCHAR(40)")
        self.site.write_secret("sms.key", "an-old-key")
        self.site.config(users={"phone": "phone", "phone_region": "IR"},
                         sms={"url": service.url + "/v1/{{key}}/sms/send.json", "key_file": "sms.key",
                              "form": {"receptor": "{{to_national}}", "message": "{{text}}"}, "result": "/return/status",
                              "accepted": ["200"], "permanent": ["411"]})  # fmt: skip
        self.site.add_user(email="ada@example.com", phone="+989121234567")
        watch = self.watch()
        self.queue("+989121234567")
        self.assertIn("refuses our login: 401", watch.wait_for("^gateway away: "))
        inspected = self.site.run("inspect", "ada@example.com")
        self.assertIn("nothing is wrong with the user's address", inspected.out)
        self.site.write_secret("sms.key", "the-key")
        watch.wait_for("^key read again: 'sms.key_file' holds another one$")
        self.wait_until({"sent": 1})
        done = watch.stop()
        self.assert_no_secret(done.err.splitlines(), "an-old-key", "the-key")
        self.assertEqual(self.database.sql("SELECT failures FROM pwreset_deliveries")[0]["failures"], 0)


class DatabaseTest(SecretsTest):
    def setUp(self):
        super().setUp()
        self.login = "watch_" + secrets.token_hex(4)
        self.database.sql(f"CREATE USER {self.login}@'%' IDENTIFIED BY 'the-old-one';"
                          f"GRANT ALL ON `{self.database.name}`.* TO {self.login}@'%'")  # fmt: skip
        self.addCleanup(self.database.sql, f"DROP USER {self.login}@'%'")
        self.site.config(database={"user": self.login})
        self.site.write_secret("database.password", "the-old-one")
        self.address, = self.add_users(1)

    def change_password(self):
        """Those who are connected are thrown out, as a fail-over or a restart would."""
        self.database.sql(f"ALTER USER {self.login}@'%' IDENTIFIED BY 'the-new-one'")
        for row in self.database.sql(f"SELECT id FROM information_schema.processlist WHERE user = '{self.login}'"):
            self.database.sql(f"KILL {list(row.values())[0]}")

    def test_a_changed_password_is_read_when_the_login_fails(self):
        watch = self.watch()
        self.change_password()
        watch.wait_for(r"^database .*Access denied for user '" + self.login)
        self.site.write_secret("database.password", "the-new-one")
        watch.wait_for("^password read again: 'database.password_file' holds another one$")
        watch.wait_for(r"^database (back|works again) after \d+ s$")
        self.queue(self.address)
        self.wait_for_mails(1)
        done = watch.stop()
        self.assertEqual(done.exit, 0, done)
        self.assert_no_secret(done.err.splitlines(), "the-old-one", "the-new-one")

    def test_a_hang_up_reads_it_before_the_connection_is_gone(self):
        watch = self.watch()
        self.site.write_secret("database.password", "the-new-one")
        watch.process.signal(signal.SIGHUP)
        watch.wait_for("^password read again: 'database.password_file'")
        self.change_password()
        time.sleep(1)
        self.queue(self.address)
        self.wait_for_mails(1)
        self.assertNotIn("Access denied", watch.stop().err)

    def test_a_mail_that_was_taken_is_marked_with_the_new_password(self):
        self.site.smtp.behave(hold_final=True)
        self.queue(self.address)
        watch = self.watch()
        self.site.smtp.mails(at_least=1)
        self.change_password()
        self.site.smtp.behave()
        watch.wait_for(r"^database .*Access denied for user '" + self.login)
        self.site.write_secret("database.password", "the-new-one")
        watch.wait_for("^password read again: 'database.password_file'")
        self.wait_until({"sent": 1})
        self.assert_one_mail_and_one_live_link_each([self.address])


if __name__ == "__main__":
    unittest.main()
