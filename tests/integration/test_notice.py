"""That a password was changed is told to the account: after our tokens, once, whatever happens on the way."""

import concurrent.futures
import os
import time
import unittest

import harness
from database import Database
from harness import Site

KILLABLE = os.environ["PWRESET_KILLABLE"]
NEW_HASH = "$2y$10$" + "n" * 53


class NoticeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database)
        self.addCleanup(self.site.close)
        self.site.migrate()
        self.key = self.site.add_user(email="ana@example.com", login="ana")

    def run_good(self, *args):
        done = self.site.run(*args)
        self.assertEqual(done.exit, 0, done)
        return done

    def request(self, *args, command="request"):
        self.run_good(command, f"id:{self.key}", "--override-limits", *args)

    def use(self, kind="link"):
        """What the application does by pwreset-tokens(5): the token, the password, the other tokens."""
        self.database.sql(
            "BEGIN; UPDATE pwreset_tokens SET state = 'used', used_at = UTC_TIMESTAMP(6), live = NULL, code_mac = NULL, "
            f"erase_at = NULL WHERE kind = '{kind}' AND live = 1; UPDATE users SET password = '{NEW_HASH}'; "
            "UPDATE pwreset_tokens SET state = 'void', voided_at = UTC_TIMESTAMP(6), void_reason = 'password_changed', "
            "live = NULL, code_mac = NULL, erase_at = NULL WHERE kind IN ('link', 'reset_otp') AND live = 1; COMMIT"
        )

    def change(self, letter="n"):
        """The password is changed in another way."""
        self.database.sql(f"UPDATE users SET password = '$2y$10${letter * 53}'")

    def news(self):
        return [mail for mail in self.site.smtp.mails() if "password was changed" in mail["Subject"]]

    def assertTold(self, times):
        for _ in range(2):
            self.run_good("deliver")
        self.assertEqual(len(self.news()), times)

    def entries(self):
        return self.database.sql("SELECT result, account, ticket FROM pwreset_audit WHERE action = 'password-changed'")

    def test_a_link_that_was_used_is_told_once_and_without_a_link(self):
        self.request("--ticket", "SUP-7")
        self.use()
        self.assertTold(1)
        mail = self.news()[0]
        self.assertEqual(mail["To"], "ana@example.com")
        text = self.site.smtp.text(mail)
        self.assertNotIn("http", text)
        used = self.database.sql("SELECT used_at FROM pwreset_tokens")[0]["used_at"]
        self.assertIn(str(used)[:16] + " UTC", text)
        delivery = self.database.sql("SELECT id, state, attempts FROM pwreset_deliveries WHERE kind = 'password_changed'")
        self.assertEqual([(row["state"], row["attempts"]) for row in delivery], [("sent", 1)])
        self.assertEqual(self.entries(), [{"result": "queued", "account": str(self.key).encode(), "ticket": "SUP-7"}])
        self.assertEqual(len(self.database.sql("SELECT id FROM pwreset_tokens")), 1, "no token is made for it")

    def test_a_code_that_was_used_is_told(self):
        self.request(command="send-otp")
        self.use("reset_otp")
        self.assertTold(1)

    def test_a_password_changed_in_another_way_is_told_while_the_link_was_open(self):
        self.request()
        self.assertTold(0)
        self.change()
        self.assertTold(1)

    def test_a_password_changed_after_the_link_was_revoked_is_told(self):
        self.request()
        self.run_good("revoke", f"id:{self.key}")
        self.change()
        self.assertTold(1)

    def test_all_tokens_of_an_account_tell_one_change(self):
        self.request()
        self.request()
        self.request(command="send-otp")
        self.use()
        self.assertTold(1)

    def test_a_second_change_after_a_second_link_is_told_too(self):
        self.request()
        self.change("a")
        self.request()
        self.assertTold(1)
        self.change("b")
        self.assertTold(2)

    def test_a_link_that_was_made_after_the_change_tells_the_next_one_only(self):
        self.request()
        self.use()
        self.request()
        self.assertTold(1)
        self.use()
        self.assertTold(2)

    def test_a_verified_caller_is_told_nothing(self):
        self.request("--for", "caller", command="send-otp")
        self.use("verify_caller")
        self.assertTold(0)

    def test_nothing_is_told_where_the_application_does_it(self):
        self.site.config(reset={"notify_on_change": False})
        self.request()
        self.use()
        self.assertTold(0)
        self.site.config(reset={"notify_on_change": True})
        self.assertTold(0)

    def test_a_change_long_after_the_link_is_none_of_ours(self):
        self.request()
        self.database.sql("UPDATE pwreset_tokens SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 25 HOUR")
        self.change()
        self.assertTold(0)
        self.assertEqual(self.database.sql("SELECT notice FROM pwreset_tokens"), [{"notice": None}])

    def test_a_used_link_is_told_also_by_a_worker_that_was_away_for_days(self):
        self.request()
        self.use()
        self.database.sql("UPDATE pwreset_tokens SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 3 DAY")
        self.assertTold(1)

    def test_a_disabled_account_is_told_and_one_without_an_address_is_recorded(self):
        self.request()
        self.use()
        self.database.sql("UPDATE users SET active = 0")
        self.assertTold(1)
        self.database.sql("UPDATE users SET active = 1")
        self.request()
        self.use()
        self.database.sql("UPDATE users SET email = ''")
        self.assertTold(1)
        self.assertEqual([row["result"] for row in self.entries()], ["queued", "no_address"])

    def test_of_an_account_that_was_deleted_nobody_is_told(self):
        self.request()
        self.use()
        self.database.sql("DELETE FROM users")
        self.assertTold(0)
        self.assertEqual([row["result"] for row in self.entries()], ["no_single_account"])

    def test_revoking_everything_does_not_silence_it(self):
        self.request()
        self.use()
        self.site.smtp.stop()
        self.assertEqual(self.site.run("deliver").exit, 69)
        self.assertEqual(self.site.run("revoke", f"id:{self.key}", "--json").json["code"], "NOT_FOUND")
        self.site.smtp.start()
        self.assertTold(1)

    def test_no_limit_and_no_cooldown_is_taken(self):
        self.request()
        self.use()
        before = self.database.sql("SELECT * FROM pwreset_limits")
        self.assertTold(1)
        self.assertEqual(self.database.sql("SELECT * FROM pwreset_limits"), before)

    def test_many_workers_tell_it_once(self):
        for i in range(12):
            self.site.add_user(email=f"user{i}@example.com")
        self.run_good("request", *(f"user{i}@example.com" for i in range(12)), "--override-limits")
        self.use()
        with concurrent.futures.ThreadPoolExecutor(4) as workers:
            done = list(workers.map(lambda _: self.site.run("deliver"), range(4)))
        self.assertEqual([result.exit for result in done], [0] * 4, done)
        self.run_good("deliver")
        self.assertEqual(sorted(mail["To"] for mail in self.news()), sorted(f"user{i}@example.com" for i in range(12)))

    def test_a_kill_before_the_commit_loses_nothing_and_doubles_nothing(self):
        self.request()
        self.use()
        before, harness.BINARY = harness.BINARY, KILLABLE
        killed = self.site.run("deliver", env={"PWRESET_TEST_AT": "telling"})
        harness.BINARY = before
        self.assertEqual(killed.exit, -9, killed)
        self.assertEqual(self.entries(), [])
        self.assertTold(1)

    def test_a_watch_tells_within_seconds(self):
        watch = self.site.start("deliver", "--watch")
        self.request()
        self.use()
        self.site.smtp.mails(at_least=2)
        time.sleep(6)
        watch.signal()
        self.assertEqual(watch.wait().exit, 0)
        self.assertEqual(len(self.news()), 1)

    def test_an_application_cannot_silence_it_nor_have_more_than_one_mail_a_token(self):
        self.request()
        self.use()
        self.assertTold(1)
        self.database.sql("UPDATE pwreset_tokens SET state = 'live', used_at = NULL, live = 1")
        self.use()
        self.assertTold(1)
        self.assertNotIn("notice", (harness.SOURCE / "packaging/grants/native.sql").read_text())


if __name__ == "__main__":
    unittest.main()
