"""deliver --watch: new work at once; keys may go and come back; a signal leaves nothing half done."""

import shutil
import signal
import time
import unittest
from pathlib import Path

from watching import Watch, WatchTest, kill_at, second_host


class QueueTest(WatchTest):
    # --- what it is for

    def test_new_work_is_sent_without_waiting_for_the_next_minute(self):
        addresses = self.add_users(3)
        watch = self.watch()
        for number, address in enumerate(addresses, 1):
            self.queue(address)
            self.site.smtp.mails(at_least=number, timeout=50)
        self.wait_until({"sent": 3})
        done = watch.stop()
        self.assertEqual(done.exit, 0, done)
        self.assertEqual(done.out, "3 sent, 0 failed, 0 deferred, 0 dropped\n")
        self.assertEqual(done.err.splitlines()[0], "watching the queue of 'shop'")
        self.assert_readable(done.err.splitlines())
        self.assert_one_mail_and_one_live_link_each(addresses)

    def test_the_answer_comes_at_the_end_in_every_format(self):
        address, = self.add_users(1)
        for args, text in ((["--json"], '"sent":1,'), (["--output", "ndjson"], '{"sent":1,'), (["--quiet"], "")):
            with self.subTest(args):
                watch = Watch(self.site, *args)
                before = len(self.site.smtp.mails())
                self.queue(address)
                self.site.smtp.mails(at_least=before + 1)
                self.wait_until({"sent": self.database.sql("SELECT COUNT(*) AS n FROM pwreset_deliveries")[0]["n"]})
                done = watch.stop(signal.SIGINT)
                self.assertEqual(done.exit, 0, done)
                self.assertIn(text, done.out)
                self.assertEqual(len(done.out.splitlines()), 1 if text else 0)
                if not text:
                    self.assertEqual(done.err, "")

    def test_what_a_dead_worker_left_is_taken_back(self):
        address, = self.add_users(1)
        watch = self.watch()
        self.assertEqual(kill_at(self.site, "minted", "request", address).exit, -9)
        self.wait_until({"sent": 1})
        watch.wait_for("1 sent, .*; 1 taken back from workers that died")
        self.assert_one_mail_and_one_live_link_each([address])

    def test_two_watches_share_the_queue(self):
        addresses = self.add_users(40)
        both = [self.watch(), self.watch()]
        self.queue(*addresses)
        self.wait_until({"sent": 40})
        self.assertEqual([watch.stop().exit for watch in both], [0, 0])
        self.assert_one_mail_and_one_live_link_each(addresses)

    # --- the signal

    def test_a_signal_finishes_the_mail_in_flight_and_puts_the_others_back(self):
        addresses = self.add_users(5)
        self.site.smtp.behave(hold_final=True)
        self.queue(*addresses)
        watch = self.watch()
        self.site.smtp.mails(at_least=1)
        watch.process.signal()
        self.site.smtp.behave()
        done = watch.process.wait()
        self.assertEqual(done.exit, 0, done)
        self.assertEqual(self.states(), {"sent": 1, "queued": 4})
        due = self.database.sql("SELECT COUNT(*) AS n FROM pwreset_deliveries WHERE state = 'queued' AND next_at <= UTC_TIMESTAMP(6)")
        self.assertEqual(due[0]["n"], 4)
        self.assertIn("1 sent, 0 failed, 4 deferred, 0 dropped; 4 still queued", done.out)
        self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 4)
        self.assert_one_mail_and_one_live_link_each(addresses)

    def test_a_signal_ends_it_at_once_when_there_is_nothing_to_do(self):
        watch = self.watch()
        began = time.monotonic()
        self.assertEqual(watch.stop().out, "0 sent, 0 failed, 0 deferred, 0 dropped\n")
        self.assertLess(time.monotonic() - began, 10)  # seconds, which a mark that cannot be written has after a signal


class KeysTest(WatchTest):
    def test_rotated_keys_are_taken_up(self):
        address, = self.add_users(1)
        watch = self.watch()
        new = {key["purpose"]: key["key_id"] for key in self.site.run("keys", "rotate", "--json").json["data"]["keys"]}
        watch.wait_for(f"^keys read again: {new['application']} for codes, {new['own']} for the audit trail$")
        self.site.run("send-otp", address, "--queue")
        self.wait_until({"sent": 1})
        self.assertEqual(self.database.sql("SELECT key_id FROM pwreset_tokens")[0]["key_id"], new["application"])
        row = self.database.sql("SELECT key_id FROM pwreset_audit WHERE action = 'send'")[0]
        self.assertEqual(row["key_id"], new["own"])
        self.assert_readable(watch.stop().err.splitlines())

    def test_without_the_key_that_is_current_nothing_is_minted_until_it_is_there(self):
        address, = self.add_users(1)
        elsewhere = second_host(self.site)
        watch = self.watch()
        elsewhere.run("keys", "rotate")
        self.assertIn("'pwreset keys rotate' ran", watch.wait_for("^key away: .*lacks key 'k[0-9a-f]+', which is current since"))
        self.queue(address, site=elsewhere)
        time.sleep(2)
        self.assertEqual(self.states(), {"queued": 1})
        for name in ("application.key", "pwreset.key"):
            shutil.copy(elsewhere.folder / "keys" / name, self.site.folder / "keys" / name)
        watch.wait_for("^key back after ")
        self.wait_until({"sent": 1})
        done = watch.stop()
        self.assertEqual(done.exit, 0, done)
        self.assert_readable(done.err.splitlines())
        self.assert_one_mail_and_one_live_link_each([address])

    def test_a_broken_key_file_is_said_once_and_stops_nothing_while_the_keys_in_memory_are_current(self):
        address, = self.add_users(1)
        elsewhere = second_host(self.site)
        watch = self.watch()
        self.site.write_secret("keys/pwreset.key", "rubbish\n")
        line = watch.wait_for("^keys not read again, the ones in memory are still current: .*pwreset.key:1: not a key")
        self.assertNotIn("rubbish", line)
        self.queue(address, site=elsewhere)
        self.wait_until({"sent": 1})
        # At once: a file that is half there would be another reason to say it.
        whole = Path(shutil.copy(elsewhere.folder / "keys/pwreset.key", self.site.folder))
        whole.rename(self.site.folder / "keys/pwreset.key")
        watch.wait_for("^keys read again")
        done = watch.stop()
        self.assertEqual(done.exit, 0, done)
        self.assertEqual(done.err.count("not read again"), 1)


class StartTest(WatchTest):
    def test_what_is_wrong_at_the_start_ends_it(self):
        done = self.site.run("deliver", "--watch", "--dry-run")
        self.assertEqual(done.exit, 64, done)
        self.database.sql("RENAME TABLE pwreset_deliveries TO elsewhere")
        done = self.site.run("deliver", "--watch")
        self.assertEqual(done.exit, 78, done)
        self.assertIn("pwreset_deliveries", done.err)
        self.database.sql("RENAME TABLE elsewhere TO pwreset_deliveries")
        self.database.sql("UPDATE pwreset_keys SET key_id = 'k0' WHERE purpose = 'own'")
        done = self.site.run("deliver", "--watch")
        self.assertEqual(done.exit, 78, done)
        self.assertIn("lacks key 'k0'", done.err)


if __name__ == "__main__":
    unittest.main()
