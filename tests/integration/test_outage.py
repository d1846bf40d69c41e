"""deliver --watch while the database or the relay goes and comes back."""

import signal
import time
import unittest

from watching import WatchTest


class DatabaseTest(WatchTest):
    private = "it is stopped and killed"

    def test_the_database_goes_and_comes_back(self):
        address, = self.add_users(1)
        watch = self.watch()
        self.database.stop()
        watch.wait_for("^database away: ")
        time.sleep(4)
        self.database.start()
        watch.wait_for(r"^database back after \d+ s$")
        self.queue(address)
        self.site.smtp.mails(at_least=1)
        self.wait_until({"sent": 1})
        done = watch.stop()
        self.assertEqual(done.exit, 0, done)
        self.assertEqual(len([line for line in done.err.splitlines() if "database" in line]), 2, done)
        self.assert_readable(done.err.splitlines())

    def test_a_mail_that_was_taken_while_the_database_was_away_is_not_sent_twice(self):
        addresses = self.add_users(8)
        self.site.smtp.behave(hold_final=True)
        self.queue(*addresses)
        watch = self.watch()
        self.site.smtp.mails(at_least=1)
        self.database.stop(signal.SIGKILL)
        self.site.smtp.behave()
        watch.wait_for("^database away: ")
        time.sleep(5)
        self.database.start()
        self.wait_until({"sent": 8})
        done = watch.stop()
        self.assertEqual(done.exit, 0, done)
        self.assertRegex(done.err, r"\ndatabase back after \d+ s\n")
        self.assert_readable(done.err.splitlines())
        self.assert_one_mail_and_one_live_link_each(addresses)

    def test_a_signal_ends_it_while_the_database_is_away(self):
        watch = self.watch()
        self.database.stop()
        try:
            watch.wait_for("^database away: ")
            done = watch.stop()
            self.assertEqual(done.exit, 0, done)
            self.assertEqual(done.out, "0 sent, 0 failed, 0 deferred, 0 dropped\n")
        finally:
            self.database.start()

    def test_a_table_that_is_taken_away_is_an_outage_with_a_remedy(self):
        watch = self.watch()
        self.database.sql("RENAME TABLE pwreset_deliveries TO elsewhere")
        self.assertIn("pwreset migrate", watch.wait_for("^database refuses us: the database refused"))
        self.database.sql("RENAME TABLE elsewhere TO pwreset_deliveries")
        watch.wait_for("^database works again after ")
        self.assertEqual(watch.stop().exit, 0)

    def test_a_database_that_is_away_from_the_start_ends_it(self):
        self.database.stop()
        try:
            self.assertEqual(self.site.run("deliver", "--watch").exit, 69)
        finally:
            self.database.start()


class RefusalTest(WatchTest):
    """A database that answers and does not do its work, as a trigger makes it."""

    def refuse_to_mint(self, number):
        self.database.sql("CREATE TRIGGER broken BEFORE INSERT ON pwreset_audit FOR EACH ROW "
                          "IF NEW.action = 'mint' THEN SIGNAL SQLSTATE '45000' "
                          f"SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'as the trigger says'; END IF")  # fmt: skip

    def test_a_full_disk_and_a_refused_statement_are_told_apart_from_a_database_that_is_away(self):
        address, = self.add_users(1)
        watch = self.watch()
        for count, (number, line) in enumerate((
            (1114, r"^database cannot write: the database server is out of space for a table \(error 1114\); free space on it"),
            (1644, "^database refuses us: a trigger of the database refused: as the trigger says; "),
            (1142, "^database refuses us: the database refused: as the trigger says; give the login the least grants"),
        ), 1):  # fmt: skip
            with self.subTest(number):
                self.refuse_to_mint(number)
                self.queue(address)
                watch.wait_for(line)
                self.database.sql("DROP TRIGGER broken")
                watch.wait_for(r"^database works again after \d+ s$", count=count)
                self.wait_until({"sent": count})
        log = watch.stop().err
        self.assertNotIn("away", log)


class RelayTest(WatchTest):
    def test_the_relay_goes_and_comes_back(self):
        addresses = self.add_users(2)
        watch = self.watch()
        self.queue(addresses[0])
        self.wait_until({"sent": 1})
        self.site.smtp.stop()
        self.queue(addresses[1])
        self.assertIn("refused", watch.wait_for("^relay away: cannot use relay"))
        time.sleep(3)
        self.assertEqual(self.states(), {"sent": 1, "queued": 1})
        self.site.smtp.start()
        watch.wait_for(r"^relay back after \d+ s$")
        self.wait_until({"sent": 2})
        done = watch.stop()
        self.assertEqual(len([line for line in done.err.splitlines() if "relay" in line]), 2, done)
        self.assert_readable(done.err.splitlines())
        self.assert_one_mail_and_one_live_link_each(addresses)

    def test_a_relay_that_was_restarted_meanwhile_costs_no_try(self):
        addresses = self.add_users(2)
        watch = self.watch()
        self.queue(addresses[0])
        self.wait_until({"sent": 1})
        self.site.smtp.stop()
        self.site.smtp.start()
        time.sleep(1.5)
        self.queue(addresses[1])
        self.wait_until({"sent": 2})
        attempts = self.database.sql("SELECT MAX(attempts) AS n FROM pwreset_deliveries")
        self.assertEqual(attempts[0]["n"], 1)
        self.assertNotIn("away", watch.stop().err)

    def test_a_relay_that_hangs_up_on_every_mail_is_not_asked_all_the_time(self):
        addresses = self.add_users(20)
        self.site.smtp.behave(mail="421 4.3.2 going down")
        self.queue(*addresses)
        watch = self.watch()
        watch.wait_for("^relay away: relay .* takes no mail from us for now")
        time.sleep(4)
        tried = self.database.sql("SELECT SUM(attempts) AS n FROM pwreset_deliveries")[0]["n"]
        self.assertLessEqual(tried, 30)
        self.assertEqual(watch.stop().exit, 0)
        self.assertEqual(self.states(), {"queued": 20})


if __name__ == "__main__":
    unittest.main()
