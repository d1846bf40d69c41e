"""The audit trail: sealed by whoever comes by, verified, purged; what each kind of tampering looks like.

Rows are forged, and genuine ones written, by trail.py, which knows the format from the manual alone.
"""

import os
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import harness
from children import until
from database import Database
from harness import Site
from sql_connection import literal
from trail import Trail

ERASE = ("UPDATE pwreset_audit SET salt = NULL, account = NULL, recipient = NULL, ticket = NULL, reason = NULL, detail = NULL "
         "WHERE seq")  # fmt: skip


class TrailTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database, limits={"cooldown": "0s", "per_account": "1000/h", "per_recipient": "1000/h"})
        self.addCleanup(self.site.close)
        self.site.migrate()
        self.user = self.site.add_user(email="ana@example.com")
        self.trail = Trail(self.site)

    def sql(self, text):
        return self.database.sql(text)

    def fill(self, count):
        """So many genuine rows more, sealed by the program."""
        now = self.trail.now()
        self.trail.insert([self.trail.genuine(account=str(n), at=now) for n in range(count)])
        return self.head()

    def head(self):
        done = self.site.run("audit", "head")
        self.assertEqual(done.exit, 0, done)
        return done.out

    def verify(self, *args, **more):
        return self.site.run("audit", "verify", "--json", *args, **more)

    def assert_good(self, done=None):
        done = done or self.verify()
        self.assertEqual((done.exit, done.json["data"].get("findings")), (0, []), done)
        return done.json["data"]

    def assert_found(self, *findings, head=None, code="TAMPERED"):
        """Exactly these (kind, first, last) are found; the messages."""
        done = self.verify("--head", "-", stdin=head) if head else self.verify()
        self.assertEqual((done.exit, done.json["code"]), (1, code), done)
        found = done.json["data"]["findings"]
        self.assertEqual([(f["kind"], f["first"], f["last"]) for f in found], list(findings), done)
        return [f["message"] for f in found]


class SealTest(TrailTest):
    def test_what_commands_record_is_sealed_when_they_end_also_when_they_fail(self):
        self.site.run("request", "ana@example.com")
        self.site.run("request", "nobody@example.com")
        self.site.run("send-otp", "ana@example.com", "--queue")
        rows = self.trail.check(self)
        self.assertEqual([row["action"] for row in rows], ["migrate", "request", "mint", "send", "request", "send-otp"])

    def test_a_command_that_records_nothing_seals_nothing(self):
        self.trail.write()
        self.site.run("list-tokens")
        self.assertIsNone(self.trail.rows()[-1]["seq"])

    def test_while_another_one_seals_a_command_does_not_wait_and_the_next_one_seals_both(self):
        with self.database.connect() as other:
            other.execute("START TRANSACTION; SELECT * FROM pwreset_leases WHERE app = 'shop' AND name = 'seal' FOR UPDATE")
            self.assertEqual(self.site.run("request", "ana@example.com", "--queue").exit, 0)
            self.assertIsNone(self.trail.rows()[-1]["seq"])
        self.site.run("request", "ana@example.com", "--queue")
        self.assertEqual(len(self.trail.check(self)), 3)

    def test_many_programs_at_once_seal_each_row_once(self):
        def work():
            for _ in range(5):
                self.site.run("request", "ana@example.com", "--queue")

        threads = [threading.Thread(target=work) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(self.trail.check(self)), 61)
        self.assertEqual(self.assert_good()["unsealed"], 0)

    def test_more_rows_than_a_batch_are_sealed_in_one_run(self):
        self.assertEqual(self.fill(2345).split()[3], "2346")
        self.assertEqual(len(self.trail.check(self)), 2346)

    def test_a_forged_row_is_never_sealed_nor_does_it_stop_the_others(self):
        forged = [self.trail.genuine(mac=os.urandom(32)) for _ in range(1200)]
        self.trail.insert([*forged, self.trail.genuine(detail="true")])
        self.head()
        rows = self.trail.rows()
        self.assertEqual([row["detail"] for row in rows if row["seq"]][-1], "true")
        self.assertEqual(sum(row["seq"] is None for row in rows), 1200)

    def test_thousands_of_forged_rows_do_not_keep_a_command_from_sealing_its_own(self):
        now = self.trail.now()
        self.trail.insert([self.trail.genuine(at=now, mac=os.urandom(32)) for _ in range(12000)])
        self.site.run("request", "ana@example.com", "--queue")
        self.assertEqual([row["action"] for row in self.trail.rows("seq IS NOT NULL")], ["migrate", "request"])
        self.site.run("deliver")
        self.assertEqual([row["action"] for row in self.trail.rows("seq IS NOT NULL")][2:], ["mint", "send"])

    def test_rows_sealed_over_an_hour_late_stand_behind_an_entry_that_tells(self):
        self.trail.write(at=self.trail.now("-3 HOUR"))
        self.trail.write(at=self.trail.now("-2 HOUR"))
        self.trail.write(at=self.trail.now("-59 MINUTE"))
        self.head()
        rows = self.trail.check(self)
        self.assertEqual([row["action"] for row in rows], ["migrate", "seal-late", *["request"] * 3])
        self.assertEqual(rows[1]["result"], "SEALED_LATE")
        self.assertRegex(rows[1]["detail"], "^rows=2 since=2.*Z$")
        self.assertEqual([remark["first"] for remark in self.verify().json["data"]["remarks"]], [2])
        self.assertIn(" 1 times sealed over an hour late,", self.site.run("purge-expired", "--digest").out)

    def test_a_key_that_the_chain_has_left_seals_nothing(self):
        old = (self.site.folder / "keys/pwreset.key").read_text()
        self.trail.add_key()
        self.site.run("request", "ana@example.com", "--queue")
        self.trail.use_keys(old)
        self.site.run("request", "ana@example.com", "--queue")
        self.assertIsNone(self.trail.rows()[-1]["seq"])

    def test_a_command_begun_before_a_rotation_does_not_take_the_chain_back(self):
        self.site.run("keys", "rotate", "own", "--prepare")
        before = self.database.connections()
        waiting = self.site.start("verify-otp", "ana@example.com", stdin=subprocess.PIPE)
        until(lambda: self.database.connections() - before, told=waiting.err, alive=waiting.alive)
        self.assertEqual(self.site.run("keys", "rotate", "own").exit, 0)
        self.site.run("request", "ana@example.com", "--queue")
        waiting.say("000000\n")
        self.assertEqual(waiting.wait().exit, 1)
        self.assertIsNone(self.trail.rows()[-1]["seq"])
        verified = self.site.run("audit", "verify")
        self.assertEqual(verified.exit, 0, verified)
        self.assertIsNotNone(self.trail.rows()[-1]["seq"])

    def test_the_worker_seals_what_it_records(self):
        self.site.run("request", "ana@example.com", "--queue")
        self.assertEqual(self.site.run("deliver").exit, 0)
        self.assertEqual([row["action"] for row in self.trail.check(self)][-2:], ["mint", "send"])


class HeadTest(TrailTest):
    def test_it_is_the_number_and_the_mac_of_the_last_row(self):
        row = self.trail.rows()[-1]
        self.assertEqual(self.head(), f"audit head: shop 1 {row['chain_mac'].hex()}\n")
        data = self.site.run("audit", "head", "--json").json["data"]
        self.assertEqual(data, {"application": "shop", "seq": 1, "mac": row["chain_mac"].hex()})

    def test_an_empty_trail_has_a_head_of_zeros(self):
        self.sql("DELETE FROM pwreset_audit")
        self.assertEqual(self.head(), f"audit head: shop 0 {'0' * 64}\n")
        self.assert_good(self.verify("--head", "-", stdin=self.head()))

    def test_a_year_of_mails_is_searched_for_heads(self):
        mails = "From: cron\n\nbacklog: 0 due\n"
        for _ in range(5):
            mails += "> " + self.fill(1) + "From: cron\n\naudit head: other 7 " + "a" * 64 + "\n"
        data = self.assert_good(self.verify("--head", "-", stdin=mails))
        self.assertEqual(data["heads_compared"], 5)

    def test_a_head_that_a_mailer_has_broken_is_read(self):
        head = self.fill(3).strip()
        broken = head[:70] + "=\n" + head[70:]
        self.assertEqual(self.assert_good(self.verify("--head", "-", stdin=broken))["heads_compared"], 1)

    def test_text_without_a_head_is_invalid_input(self):
        for text in ("", "audit head: other 1 " + "a" * 64, "audit head: shop 1 abc"):
            self.assertEqual(self.verify("--head", "-", stdin=text).exit, 65)

    def test_files_are_not_opened(self):
        self.assertEqual(self.verify("--head", "/etc/passwd").exit, 64)

    def test_options_of_the_listing_are_refused(self):
        for args in (("--operator", "tom"), ("ana@example.com",), ("--limit", "1")):
            self.assertEqual(self.site.run("audit", "verify", *args).exit, 64)


class VerifyTest(TrailTest):
    """Rows 1 (migrate) to 10."""

    def setUp(self):
        super().setUp()
        self.kept = self.fill(9)

    def copy(self, condition, **changes):
        """Inserts a copy of a row, without its place."""
        row = self.trail.rows(condition)[0]
        for name in ("id", "seq", "chain_mac", "chain_key_id"):
            del row[name]
        self.trail.insert([row | changes])

    def test_what_the_program_wrote_is_good(self):
        data = self.assert_good(self.verify("--head", "-", stdin=self.kept))
        self.assertEqual((data["rows"], data["unsealed"], data["heads_compared"]), (10, 0, 1))
        self.assertEqual(data["keys"], [self.trail.keys()[0][0]])

    def test_a_changed_row(self):
        for change in ("operator = 'eve'", "at = at - INTERVAL 1 MICROSECOND", "result = 'RATE_LIMITED'", "login_uid = '0'"):
            with self.subTest(change):
                kept = self.trail.rows("seq = 4")
                self.sql(f"UPDATE pwreset_audit SET {change} WHERE seq = 4")
                self.assertEqual(self.assert_found(("changed", 4, 4)), ["row 4 was changed"])
                self.sql("DELETE FROM pwreset_audit WHERE seq = 4")
                self.trail.insert(kept)

    def test_a_changed_row_with_another_mac(self):
        self.sql("UPDATE pwreset_audit SET operator = 'eve', mac = UNHEX(REPEAT('ab', 32)) WHERE seq = 4")
        self.assert_found(("changed", 4, 4))

    def test_changed_personal_fields(self):
        self.sql("UPDATE pwreset_audit SET account = '7' WHERE seq = 4; UPDATE pwreset_audit SET ticket = NULL WHERE seq = 5")
        self.assert_found(("changed_personal", 4, 5))

    def test_a_removed_row(self):
        self.sql("DELETE FROM pwreset_audit WHERE seq = 4 OR seq BETWEEN 6 AND 8")
        self.assertEqual(self.assert_found(("missing", 4, 4), ("missing", 6, 8)), ["row 4 is missing", "rows 6 to 8 are missing"])

    def test_a_removed_row_with_the_gap_closed(self):
        self.sql("DELETE FROM pwreset_audit WHERE seq = 4; UPDATE pwreset_audit SET seq = seq - 1 WHERE seq > 4 ORDER BY seq")
        self.assert_found(("out_of_place", 4, 9))

    def test_reordered_rows(self):
        self.sql("UPDATE pwreset_audit SET seq = 99 WHERE seq = 4; UPDATE pwreset_audit SET seq = 4 WHERE seq = 5;"
                 "UPDATE pwreset_audit SET seq = 5 WHERE seq = 99")  # fmt: skip
        self.assert_found(("out_of_place", 4, 6))

    def test_a_changed_chain_mac(self):
        self.sql("UPDATE pwreset_audit SET chain_mac = UNHEX(REPEAT('ab', 32)) WHERE seq = 4")
        self.assert_found(("out_of_place", 4, 4))

    def test_an_inserted_row_between_others(self):
        self.sql("UPDATE pwreset_audit SET seq = seq + 1 WHERE seq > 4 ORDER BY seq DESC")
        self.copy("seq = 2", seq=5, chain_mac=os.urandom(32), chain_key_id=self.trail.keys()[0][0])
        self.assert_found(("out_of_place", 5, 11), ("copied", 5, 5))

    def test_a_truncated_tail_shows_by_the_head_alone(self):
        self.sql("DELETE FROM pwreset_audit WHERE seq > 7")
        self.assert_good()
        self.assertEqual(self.assert_found(("cut", 8, 10), head=self.kept), ["the tail is cut: 10 rows were sealed, 7 are there"])

    def test_a_restored_older_table_that_went_on(self):
        self.sql("DELETE FROM pwreset_audit WHERE seq > 7")
        self.fill(5)
        self.assert_good()
        messages = self.assert_found(("replaced", 10, 10), head=self.kept)
        self.assertEqual(messages, ["another row stands at 10 than when its head was printed"])

    def test_all_rows_deleted(self):
        self.sql("DELETE FROM pwreset_audit")
        self.assert_found(("cut", 1, 10), head=self.kept)

    def test_an_inserted_copy_of_an_old_row_is_not_sealed(self):
        self.copy("seq = 2")
        id = self.trail.rows("seq IS NULL")[0]["id"]
        self.assertIn("not written by pwreset, or copied", self.assert_found(("forged", id, id))[0])
        self.assertIsNone(self.trail.rows()[-1]["seq"])

    def test_a_copy_that_was_sealed_by_a_thief_of_the_key_shows(self):
        self.copy("seq = 2")
        self.trail.seal()
        self.assert_found(("copied", 11, 11))

    def test_a_row_that_was_held_back_shows(self):
        self.trail.write(at=self.trail.now("-2 HOUR"))
        self.trail.seal()
        self.assert_found(("backdated", 11, 11))

    def test_nulled_personal_fields(self):
        self.sql(f"{ERASE} IN (4, 6)")
        messages = self.assert_found(("erased", 0, 0))
        self.assertEqual(messages, ["personal fields were removed from 2 rows without 'subject erase'"])

    def test_personal_fields_that_subject_erase_removed(self):
        self.sql(f"{ERASE} IN (4, 6)")
        self.trail.write(action="subject-erase", account=None, detail="tokens=1 audit_rows=2")
        self.assertEqual(self.assert_good()["erased"], 2)
        self.sql(f"{ERASE} = 7")
        self.assert_found(("erased", 0, 0))

    def test_an_entry_of_subject_erase_that_was_raised_by_hand(self):
        self.trail.write(action="subject-erase", account=None, detail="audit_rows=0")
        self.head()
        self.sql("UPDATE pwreset_audit SET detail = 'audit_rows=9' WHERE seq = 11")
        self.assert_found(("changed_personal", 11, 11))

    def test_a_forged_unsealed_row(self):
        for forged in ({"mac": os.urandom(32)}, {"key_id": "kffffffff"}, {"personal": os.urandom(32)}):
            with self.subTest(forged):
                self.trail.insert([self.trail.genuine() | forged])
                id = self.trail.rows("seq IS NULL")[0]["id"]
                self.assert_found(("forged", id, id))
                self.sql("DELETE FROM pwreset_audit WHERE seq IS NULL")

    def test_rows_with_absurd_numbers_ids_and_dates_do_not_stop_it(self):
        self.sql("SET SESSION sql_mode = ''; UPDATE pwreset_audit SET at = '0000-00-00' WHERE seq = 4;"
                 "UPDATE pwreset_audit SET seq = 9223372036854775807 WHERE seq = 10")  # fmt: skip
        self.assert_found(("changed", 4, 4), ("missing", 10, 9223372036854775806))
        self.sql("UPDATE pwreset_audit SET seq = -5 WHERE seq > 10")
        self.assert_found(("before_checkpoint", 0, 0), ("changed", 4, 4))

    def test_rows_unsealed_for_over_a_minute_are_a_problem_and_are_sealed_then(self):
        self.trail.write(at=self.trail.now("-2 MINUTE"))
        self.trail.write()
        messages = self.assert_found(("late", 0, 0), code="PROBLEMS")
        self.assertRegex(messages[0], "^1 row had not been sealed for over a minute, the oldest for 2 min")
        self.assert_good()

    def test_rows_unsealed_for_less_are_none(self):
        self.trail.write(at=self.trail.now("-30 SECOND"))
        data = self.assert_good()
        self.assertEqual((data["unsealed"], data["rows"]), (1, 11))

    def test_with_dry_run_nothing_is_sealed(self):
        self.trail.write()
        self.assert_good(self.verify("--dry-run"))
        self.site.run("audit", "head", "--dry-run")
        self.assertIsNone(self.trail.rows()[-1]["seq"])

    def test_a_login_that_may_only_read_can_verify_with_dry_run(self):
        login = "reader_" + os.urandom(4).hex()
        self.sql(f"CREATE USER {login} IDENTIFIED BY 'p4ssw0rd'; GRANT SELECT ON `{self.database.name}`.* TO {login}")
        self.addCleanup(self.sql, f"DROP USER {login}")
        self.site.write_secret("reader.password", "p4ssw0rd")
        self.site.config(database={"user": login, "password_file": "reader.password"})
        self.assert_good(self.verify("--dry-run", "--head", "-", stdin=self.kept))
        self.assertEqual(self.site.run("audit", "head", "--dry-run").out, self.kept)

    def test_a_new_key_before_the_old_one_changes_nothing(self):
        self.trail.add_key()
        self.fill(3)
        data = self.assert_good(self.verify("--head", "-", stdin=self.kept))
        self.assertEqual(set(data["keys"]), {id for id, _ in self.trail.keys()})
        self.assertEqual({row["chain_key_id"] for row in self.trail.check(self)[10:]}, {self.trail.keys()[0][0]})

    def test_rows_whose_key_is_gone_cannot_be_verified(self):
        self.trail.add_key()
        self.fill(3)
        newest = (self.site.folder / "keys/pwreset.key").read_text().splitlines()[0]
        self.site.write_secret("keys/pwreset.key", newest + "\n")
        self.assertIn("not in pwreset.key", self.assert_found(("unknown_key", 1, 10))[0])

    def test_a_chain_that_goes_back_to_a_replaced_key(self):
        stolen = self.trail.keys()
        self.trail.add_key()
        self.fill(2)
        self.trail.write()
        self.trail.keys = lambda: stolen
        self.trail.seal()
        self.assert_found(("older_key", 13, 13))

    def test_a_replaced_key_that_is_recorded_again_by_hand(self):
        former = self.trail.keys()[0][0]
        self.assertEqual(self.site.run("keys", "rotate", "own").exit, 0)
        self.sql(f"UPDATE pwreset_keys SET key_id = '{former}' WHERE purpose = 'own'")
        self.site.run("request", "ana@example.com", "--queue")
        self.assertIsNone(self.trail.rows()[-1]["seq"])
        messages = self.assert_found(("older_key", 0, 0))
        self.assertIn(f"the recorded key '{former}' is older", messages[0])

    def test_a_row_made_with_a_stolen_key_after_it_was_replaced(self):
        self.sql("DELETE FROM pwreset_audit")
        stolen = self.trail.keys()
        self.trail.add_key()
        current = self.trail.keys
        self.trail.write(at=self.trail.now("-2 DAY"))
        self.trail.seal()
        self.sql("UPDATE pwreset_keys SET since = since - INTERVAL 2 DAY")
        self.trail.keys = lambda: stolen
        self.trail.write()
        id = self.trail.rows("seq IS NULL")[0]["id"]
        self.assert_found(("forged", id, id))
        # Who changes the recorded time too gets it sealed, where it shows for good.
        self.sql("UPDATE pwreset_keys SET since = UTC_TIMESTAMP(6)")
        messages = self.assert_found(("outdated_key", 2, 2))
        self.assertEqual(messages, ["row 2 was made with a key that had been replaced over a day before"])
        self.trail.keys = current

    def test_numbers_taken_away_to_hide_a_removal(self):
        self.sql("DELETE FROM pwreset_audit")
        now = self.trail.now("-2 HOUR")
        self.trail.insert([self.trail.genuine(at=now, account=str(n)) for n in range(10)])
        self.trail.seal()
        for _ in range(2):  # and again, to remove what told of it
            self.sql("UPDATE pwreset_audit SET seq = NULL WHERE seq > 4; DELETE FROM pwreset_audit WHERE seq IS NULL ORDER BY id LIMIT 1")
            self.head()
            data = self.assert_good()
            self.assertEqual([(remark["kind"], remark["first"]) for remark in data["remarks"]][:1], [("sealed_late", 5)])
        self.assertIn("worth a look: rows behind 5 were sealed over an hour late", self.site.run("audit", "verify").out)

    def test_many_findings_are_cut_to_a_hundred(self):
        self.fill(400)
        self.sql("DELETE FROM pwreset_audit WHERE seq % 2 = 0")
        done = self.verify()
        data = done.json["data"]
        self.assertEqual((done.exit, len(data["findings"]), data["more_findings"]), (1, 100, 104), done)
        self.assertIn("and 104 more\n", self.site.run("audit", "verify").out)

    def test_another_applications_rows_are_its_own(self):
        self.sql("UPDATE pwreset_audit SET app = 'other' WHERE seq = 10")
        self.assert_good()

    def test_findings_are_sentences_for_people_and_rows_for_programs(self):
        self.sql("UPDATE pwreset_audit SET operator = 'eve' WHERE seq = 4")
        done = self.site.run("audit", "verify")
        self.assertEqual(done.out.splitlines()[0], "row 4 was changed")
        done = self.site.run("audit", "verify", "--output", "csv")
        self.assertEqual((done.exit, done.out), (1, "kind,first,last,message\r\nchanged,4,4,row 4 was changed\r\n"), done)


class PurgeTest(TrailTest):
    """Rows 1 to 30, of which the first twenty are older than the retention."""

    def setUp(self):
        super().setUp()
        self.site.config(retention={"audit": "10d"})
        self.sql("DELETE FROM pwreset_audit")
        for mark in (self.site.folder / "keys").glob("*.mark"):  # else the rows are missed, as after a restored backup
            mark.unlink()
        for shift, count in (("-20 DAY", 20), ("-5 DAY", 10)):
            now = self.trail.now(shift)
            self.trail.insert([self.trail.genuine(account=str(n), at=now) for n in range(count)])
        self.trail.seal()
        self.kept = self.head()

    def purge(self):
        done = self.site.run("purge-expired", "--json")
        self.assertEqual(done.exit, 0, done)
        return done.json["data"]

    def test_old_rows_go_and_the_rest_verifies_from_the_checkpoint(self):
        self.assertEqual(self.purge()["audit"], 20)
        rows = self.trail.check(self)
        self.assertEqual([row["seq"] for row in rows], list(range(21, 32)))
        data = self.assert_good(self.verify("--head", "-", stdin=self.kept))
        self.assertEqual((data["purged_up_to"], data["heads_compared"]), (20, 1))

    def test_heads_of_purged_rows_are_said_to_be_too_old_and_the_checkpoints_is_compared(self):
        macs = {row["seq"]: row["chain_mac"].hex() for row in self.trail.rows()}
        self.purge()
        data = self.assert_good(self.verify("--head", "-", stdin=f"audit head: shop 5 {'a' * 64}\naudit head: shop 20 {macs[20]}\n"))
        self.assertEqual((data["heads_purged"], data["heads_compared"]), (1, 1))
        self.assert_found(("replaced", 20, 20), head=f"audit head: shop 20 {macs[19]}\n")

    def test_when_all_rows_went_the_chain_goes_on_from_the_checkpoint(self):
        self.sql("DELETE FROM pwreset_audit WHERE seq > 20")
        self.purge()
        rows = self.trail.check(self)
        self.assertEqual([(row["seq"], row["action"]) for row in rows], [(21, "purge")])
        self.assert_good()

    def test_a_dry_run_counts_them(self):
        data = self.site.run("purge-expired", "--dry-run", "--json").json["data"]
        self.assertEqual((data["audit"], len(self.trail.rows())), (20, 30))

    def test_purging_again_moves_the_checkpoint(self):
        self.purge()
        self.site.config(retention={"audit": "4d"})
        self.assertEqual(self.purge()["audit"], 10)
        self.trail.check(self)
        self.assert_good()

    def test_more_than_a_batch_goes_and_with_it_what_told_that_it_was_sealed_late(self):
        self.sql("DELETE FROM pwreset_audit")
        now = self.trail.now("-20 DAY")
        self.trail.insert([self.trail.genuine(at=now) for _ in range(2500)])
        self.assertEqual(self.purge()["audit"], 2500 + 3)
        self.assert_good()

    def test_a_date_that_somebody_changed_makes_no_row_old(self):
        self.sql("UPDATE pwreset_audit SET at = '2001-01-01' WHERE seq BETWEEN 21 AND 25")
        self.assertEqual(self.purge()["audit"], 20)
        self.assert_found(("changed", 21, 25))

    def test_a_removed_row_is_not_purged_over_before_what_follows_is_old(self):
        self.sql("DELETE FROM pwreset_audit WHERE seq BETWEEN 15 AND 22")
        data = self.purge()
        self.assertEqual((data["audit"], data["audit_faults"]), (14, 0))
        self.assert_found(("missing", 15, 22))

    def test_what_was_wrong_with_rows_that_went_is_told_and_recorded(self):
        self.sql("DELETE FROM pwreset_audit WHERE seq BETWEEN 5 AND 7; UPDATE pwreset_audit SET operator = 'eve' WHERE seq = 11")
        done = self.site.run("purge-expired")
        self.assertIn("had been tampered with (4 faults)", done.err)
        self.assertIn("17 audit, 4 faults in audit rows", self.trail.rows()[-1]["detail"])
        self.assert_good()

    def test_an_old_row_cannot_be_played_again_after_it_was_purged(self):
        row = self.trail.rows("seq = 20")[0]
        self.purge()
        for name in ("id", "seq", "chain_mac", "chain_key_id"):
            del row[name]
        self.trail.insert([row])
        id = self.trail.rows("seq IS NULL")[0]["id"]
        self.assert_found(("forged", id, id))

    def test_rows_put_back_where_rows_were_purged(self):
        row = self.trail.rows("seq = 3")[0]
        self.purge()
        self.trail.insert([row])
        self.assert_found(("before_checkpoint", 0, 20))
        self.purge()
        self.assert_found(("before_checkpoint", 0, 20))

    def test_a_forged_unsealed_row_is_evidence_and_stays(self):
        self.trail.insert([self.trail.genuine(at=self.trail.now("-20 DAY"), mac=os.urandom(32))])
        self.purge()
        self.assertEqual(len(self.trail.rows("seq IS NULL")), 1)

    def test_a_changed_checkpoint(self):
        self.purge()
        for change in ("seq = 19", "chain_mac = UNHEX(REPEAT('ab', 32))", "erasures = 100", "latest = latest - INTERVAL 1 DAY",
                       "key_id = 'kffffffff'"):  # fmt: skip
            with self.subTest(change):
                before = self.sql("SELECT * FROM pwreset_checkpoints")[0]
                self.sql(f"UPDATE pwreset_checkpoints SET {change}")
                found = self.verify().json["data"]["findings"]
                self.assertEqual(found[0]["kind"], "checkpoint")
                self.sql("DELETE FROM pwreset_checkpoints; INSERT INTO pwreset_checkpoints VALUES (" + ", ".join(map(literal, before.values())) + ")")
        self.assert_good()

    def test_a_rotation_makes_the_checkpoint_anew_and_a_replaced_key_makes_none(self):
        self.purge()
        former_id, former = self.trail.keys()[0]
        self.assertEqual(self.site.run("keys", "rotate", "own").exit, 0)
        self.trail.check(self)
        self.assert_good()
        self.trail.change_checkpoint(former_id, former, erasures=100)
        self.assertEqual(self.verify().json["data"]["findings"][0]["kind"], "checkpoint")
        self.site.config(retention={"audit": "4d"})
        self.assertEqual(self.purge()["audit"], 0)

    def test_a_rotation_does_not_make_a_changed_checkpoint_good(self):
        self.purge()
        self.sql("UPDATE pwreset_checkpoints SET erasures = 100")
        self.assertEqual(self.site.run("keys", "rotate", "own").exit, 0)
        self.assertEqual(self.verify().json["data"]["findings"][0]["kind"], "checkpoint")

    def test_a_removed_checkpoint(self):
        self.purge()
        self.sql("DELETE FROM pwreset_checkpoints")
        self.assert_found(("missing", 1, 20))

    def test_erased_rows_that_were_purged_are_still_accounted_for(self):
        self.sql(f"{ERASE} IN (3, 25)")
        self.trail.write(action="subject-erase", account=None, detail="audit_rows=2")
        self.purge()
        self.assertEqual(self.assert_good()["erased"], 2)
        self.sql(f"{ERASE} = 26")
        self.assert_found(("erased", 0, 0))

    def test_the_digest_is_five_lines_that_end_in_the_head(self):
        self.site.run("request", "nobody@example.com")
        self.site.run("request", "ana@example.com", "--queue")
        self.site.add_user(email="eve@Example.NET")
        self.site.run("request", "eve@Example.NET", "--queue")
        self.sql("UPDATE pwreset_deliveries SET state = 'failed', finished_at = UTC_TIMESTAMP(6) WHERE id = 2")
        self.trail.insert([self.trail.genuine(mac=os.urandom(32))])
        self.trail.write(at=self.trail.now("-2 MINUTE"), result="FORBIDDEN")
        self.sql("UPDATE pwreset_deliveries SET next_at = next_at - INTERVAL 2 HOUR, queued_at = queued_at - INTERVAL 2 HOUR WHERE id = 1")
        done = self.site.run("purge-expired", "--digest")
        lines = done.out.splitlines()
        self.assertEqual(lines[:4], [
            "purged: 0 tokens, 0 deliveries, 0 jobs, 0 limits, 0 intake, 20 audit, 0 codes erased",
            "backlog: 1 due, the oldest for 2 h; 0 waiting",
            "failed in 24 h: 1; example.net 1",
            "alarms in 24 h: 1 FORBIDDEN, 0 INVALID_CODE, 0 PROTECTED_ACCOUNT, 0 RATE_LIMITED, 1 due for over an hour, "
            "1 unsealed for over a minute, 0 times sealed over an hour late, 1 forged",
        ], done)  # fmt: skip
        self.assertEqual(len(lines), 5)
        self.assertEqual(lines[4] + "\n", self.head())
        data = self.site.run("purge-expired", "--digest", "--json").json["data"]["digest"]
        self.assertEqual((data["due"], data["overdue"], data["failed"], data["forged"]), (1, 1, 1, 1))
        self.assertEqual(data["failed_by_domain"], [{"domain": "example.net", "count": 1}])


class JournalTest(TrailTest):
    """With a socket in the place of the journal's: a program for tests (PWRESET_KILLABLE) sends to it."""

    def setUp(self):
        super().setUp()
        self.folder = Path(tempfile.mkdtemp(prefix="pwreset-journal-"))
        self.path = self.folder / "socket"
        self.journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.journal.bind(str(self.path))
        self.addCleanup(lambda: (self.journal.close(), self.path.unlink(), self.folder.rmdir()))

    def entries(self):
        found = []
        self.journal.setblocking(False)
        while True:
            try:
                text = self.journal.recv(65536).decode()
            except BlockingIOError:
                return found
            self.assertTrue(text.endswith("\n"))
            found.append(dict(line.split("=", 1) for line in text.splitlines()))

    def run_killable(self, *args, **more):
        program = os.environ.get("PWRESET_KILLABLE", str(harness.SOURCE / "build/debug/tests/pwreset-killable"))
        command, harness.BINARY = harness.BINARY, program
        try:
            return self.site.run(*args, env={"PWRESET_TEST_JOURNAL": str(self.path)} | more.pop("env", {}), **more)
        finally:
            harness.BINARY = command

    def test_each_row_is_told_without_recipient_ticket_reason_and_detail(self):
        done = self.run_killable("request", "ana@example.com", "--ticket", "SUP-1", "--reason", "forgot it", "--json")
        reference = done.json["data"]["results"][0]["reference"]
        entries = self.entries()
        self.assertEqual([entry["PWRESET_ACTION"] for entry in entries], ["request", "mint", "send"])
        operator = self.trail.rows()[-1]["operator"]
        self.assertEqual(entries[0], {
            "MESSAGE": f"request queued by {operator}, account {self.user}, {reference}", "PRIORITY": "6",
            "SYSLOG_IDENTIFIER": "pwreset", "PWRESET_ACTION": "request", "PWRESET_RESULT": "queued",
            "PWRESET_OPERATOR": operator, "PWRESET_APPLICATION": "shop", "PWRESET_ACCOUNT": str(self.user),
            "PWRESET_CHANNEL": "email", "PWRESET_REFERENCE": reference, "PWRESET_TRACE_ID": done.json["trace_id"],
        })  # fmt: skip

    def test_what_is_rolled_back_is_not_told(self):
        done = self.run_killable("request", "ana@example.com", env={"PWRESET_TEST_AT": "minting"})
        self.assertEqual(done.exit, -9)
        self.assertEqual([entry["PWRESET_ACTION"] for entry in self.entries()], ["request"])

    def test_a_refusal_is_a_warning(self):
        self.run_killable("request", "nobody@example.com")
        entry = self.entries()[0]
        self.assertEqual((entry["PRIORITY"], entry["PWRESET_RESULT"]), ("4", "USER_NOT_FOUND"))
        self.assertNotIn("PWRESET_ACCOUNT", entry)

    def test_a_journal_that_does_not_read_stops_nothing(self):
        for _ in range(12):
            self.assertEqual(self.run_killable("request", "ana@example.com", "--queue").exit, 0)


if __name__ == "__main__":
    unittest.main()
