"""Tables that are older than what was written into them: noticed by the host's mark, and mended as pwreset-audit(5) says."""

import json
import os
import re
import shutil
import unittest

from children import until
from harness import SOURCE, Database, Site

MANUAL = (SOURCE / "man/pwreset-audit.5").read_text()


class RestoredTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.database.reset()
        self.site = Site(database=self.database, limits={"cooldown": "0s"})
        self.addCleanup(self.site.close)
        self.site.migrate()
        for name in ("ana", "bob", "eve", "kim"):
            self.site.add_user(email=f"{name}@example.com")

    def good(self, *args, **more):
        done = self.site.run(*args, **more)
        self.assertEqual(done.exit, 0, done)
        return done

    def refused(self, *args, **more):
        done = self.site.run(*args, "--json", **more)
        self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
        self.assertIn("'pwreset migrate --restored'", done.json["hint"])
        return done.json["message"]

    def request(self, name, *more):
        (result,) = self.good("request", f"{name}@example.com", *more, "--json").json["data"]["results"]
        return result["reference"]

    def saved(self):
        return self.database.client("mariadb-dump", "--single-transaction", "--hex-blob").decode()

    def saved_table(self, table):
        return f"DROP TABLE {table};" + self.database.definition(table)

    def restore(self, dump):
        self.database.client("mariadb", stdin=dump)

    def replace_all(self, dump):
        self.database.reset()
        self.restore(dump)

    def mails_to(self, name):
        return [mail for mail in self.site.smtp.mails() if mail["To"] == f"{name}@example.com"]

    def restored(self, *more):
        return self.good("migrate", "--restored", "--json", *more).json["data"]["restored"]

    # --- the drill ---

    def test_the_procedure_of_the_manual_step_by_step(self):
        self.request("ana", "--queue")
        used_since = self.request("kim")
        link = self.site.smtp.link(self.mails_to("kim")[0])
        dump = self.saved()
        self.good("deliver")
        given_out = {used_since, self.request("bob"), self.request("eve")}
        heads = self.good("audit", "head").out
        self.request("eve")
        heads += self.good("audit", "head").out
        self.replace_all(dump)

        # What it says before anything is done.
        checks = self.site.run("doctor", "--json").json["data"]["checks"]
        (told,) = [check for check in checks if check["area"] == "restore"]
        self.assertEqual(told["level"], "problem")
        self.assertIn("a backup was restored", told["finding"])
        for command in (("request", "bob@example.com"), ("send-otp", "bob@example.com"), ("deliver",), ("deliver", "--watch")):
            self.assertIn("which this host wrote, is not there", self.refused(*command))
        self.refused("verify-otp", "bob@example.com", stdin="123456\n")
        self.refused("request", "--public", stdin=json.dumps({"identity": "bob@example.com"}))
        self.good("inspect", "kim@example.com")
        done = self.site.run("audit", "verify", "--head", "-", stdin=heads)
        self.assertEqual((done.exit, "restored" in done.err), (1, True), done)

        # The steps.
        steps = re.findall(r"^\$ pwreset (.*)$", MANUAL[MANUAL.index("What to do:"):MANUAL.index(".Ss LOST KEYS")], re.M)
        self.assertEqual([step.split("--")[0].strip() for step in steps], ["migrate", "migrate", "audit verify", "audit head"])
        dry = self.good("migrate", "--restored", "--dry-run").out
        self.assertIn("would make void 1 token, would cancel 1 delivery", dry)
        self.refused("deliver")
        done = self.good("migrate", "--restored", "--reason", "restored from last night's dump").out
        self.assertIn("made void 1 token, cancelled 1 delivery", done)
        self.assertIn("ask again", done)
        sealed = self.good("audit", "verify", "--head", "-", stdin=heads)
        self.assertIn("states that a backup was restored", sealed.out)
        self.assertIn("2 heads of rows that a restore lost", sealed.out)
        self.assertEqual(self.site.run("doctor", "--json").json["data"]["checks"][-1]["area"] != "restore", True)

        # Nobody is mailed twice unasked, no reference occurs twice, what was live is void.
        self.good("deliver")
        self.assertEqual(len(self.mails_to("ana")), 1)
        again = {self.request(name) for name in ("ana", "bob", "eve", "kim")}
        self.assertEqual(again & given_out, set())
        self.assertIn("void", self.good("inspect", "-", stdin=link).out)
        later = self.good("audit", "head").out
        self.good("audit", "verify", "--head", "-", stdin=heads + later)
        # A tail that is cut now is told, whatever was stated before.
        self.database.sql("DELETE FROM pwreset_audit ORDER BY seq DESC LIMIT 2")
        done = self.site.run("audit", "verify", "--head", "-", stdin=heads + later)
        self.assertEqual((done.exit, "the tail is cut" in done.out), (1, True), done)

    # --- others of the kind ---

    def test_a_single_table_that_was_put_back(self):
        for table in ("pwreset_deliveries", "pwreset_tokens", "pwreset_jobs", "pwreset_audit"):
            with self.subTest(table):
                dump = self.saved_table(table)
                before = self.request("bob")
                self.database.sql(dump)
                told = self.refused("request", "eve@example.com")
                self.assertIn("is not there" if table == "pwreset_audit" else table, told)
                self.restored()
                self.assertNotEqual(self.request("eve"), before)
                self.good("audit", "verify")

    def test_a_queue_that_was_put_back_without_its_tokens_sends_nothing_twice(self):
        self.request("ana", "--queue")
        dump = self.saved_table("pwreset_deliveries")
        self.good("deliver")
        self.database.sql(dump)
        self.assertIn("is older than its token", self.refused("deliver"))
        self.assertIn("noticed on host", self.refused("deliver"))
        self.assertEqual(self.restored()["deliveries"], 1)
        self.good("deliver")
        self.assertEqual(len(self.mails_to("ana")), 1)

    def test_restored_twice(self):
        dump = self.saved()
        heads, given_out = "", set()
        for _ in range(2):
            given_out.add(self.request("bob"))
            heads += self.good("audit", "head").out
            self.replace_all(dump)
            self.refused("deliver")
            self.restored()
        given_out.add(self.request("eve"))
        self.assertEqual(len(given_out), 3)
        self.good("audit", "verify", "--head", "-", stdin=heads + self.good("audit", "head").out)

    def test_a_server_took_over_that_lacks_the_last_mail_while_a_watch_runs(self):
        watch = self.site.start("deliver", "--watch")
        self.addCleanup(watch.kill)
        self.request("ana", "--queue")
        self.site.smtp.mails(at_least=1)
        self.request("kim")
        dump = self.saved()
        self.request("bob")
        self.good("request", "--public", stdin=json.dumps({"identity": "eve@example.com"}))
        self.site.smtp.mails(at_least=4)
        # The mails had left; the server that took over has not heard of it. Before the watch finds that out it finds it half
        # filled.
        self.database.sql("DROP TABLE pwreset_intake")
        until(lambda: "database refuses us: " in watch.err(), told=watch.err, alive=watch.alive)
        self.replace_all(dump + "UPDATE pwreset_deliveries SET state = 'queued', attempts = 0, finished_at = NULL;")
        self.refused("request", "bob@example.com")
        until(lambda: "pwreset migrate --restored" in watch.err(), told=watch.err, alive=watch.alive)
        self.assertEqual(len(self.site.smtp.mails()), 4)
        self.assertEqual(self.restored()["deliveries"], 2)
        self.request("bob", "--queue")
        self.site.smtp.mails(at_least=5)
        watch.signal()
        self.assertEqual(watch.wait().exit, 0)
        self.assertEqual([len(self.mails_to(name)) for name in ("ana", "kim", "bob")], [1, 1, 2])

    def test_a_backup_from_before_a_migration(self):
        dump = self.saved()
        before = self.request("bob")
        self.replace_all(dump + "DELETE FROM pwreset_schema WHERE step = 18; ALTER TABLE pwreset_tokens DROP COLUMN pw_form;")
        done = self.site.run("request", "eve@example.com")
        self.assertEqual((done.exit, "pwreset migrate" in done.err), (78, True), done)
        done = self.good("migrate")
        self.assertIn("a backup was restored", done.err)
        self.refused("request", "eve@example.com")
        self.restored()
        self.assertNotEqual(self.request("eve"), before)

    def test_tables_that_were_made_anew(self):
        before = self.request("bob")
        self.database.reset()
        self.database.create_users_table()
        self.site.add_user(email="eve@example.com")
        self.good("migrate")
        self.refused("request", "eve@example.com")
        self.restored()
        self.assertNotEqual(self.request("eve"), before)

    # --- hosts ---

    def host(self, name):
        """Lets the commands run on a host of that name: with the same keys, and a mark of its own."""
        shutil.copytree(self.site.folder / "keys", self.site.folder / name, ignore=shutil.ignore_patterns("*.mark"))
        os.chmod(self.site.folder / name, 0o700)

    def on(self, name):
        self.site.config(keys={"folder": name})

    def test_a_host_that_was_idle_waits_and_one_that_worked_is_covered_by_the_statement(self):
        for name in ("idle", "busy", "new"):
            self.host(name)
        self.on("idle")
        self.request("kim")
        dump = self.saved()
        self.on("busy")
        self.request("bob")
        self.on("keys")
        self.request("ana")
        self.replace_all(dump)
        self.refused("deliver")
        for name in ("idle", "new"):
            self.on(name)
            self.assertIn("noticed on host", self.refused("deliver"))
        self.on("busy")
        self.assertIn("is not there", self.refused("deliver"))
        self.on("new")
        self.assertEqual(self.restored()["tokens"], 1)
        for name in ("idle", "busy", "new", "keys"):
            self.on(name)
            self.request("eve")
        self.on("busy")
        self.replace_all(dump)
        self.refused("deliver")

    def test_a_mark_that_cannot_be_written_is_told_and_keeps_nobody_from_working(self):
        (self.site.folder / "keys/shop.mark").unlink()
        (self.site.folder / "keys/shop.mark").mkdir()
        self.request("bob")
        (told,) = [check for check in self.site.run("doctor", "--json").json["data"]["checks"] if check["area"] == "restore"]
        self.assertEqual(told["level"], "warning")
        (self.site.folder / "keys/shop.mark").rmdir()
        (self.site.folder / "keys/shop.mark").write_text("")
        os.chmod(self.site.folder / "keys/shop.mark", 0o600)
        self.request("bob")
        self.assertRegex((self.site.folder / "keys/shop.mark").read_text(), r"^pwreset-mark-1 shop \d+ ")

    def test_it_is_not_done_by_a_word_too_many(self):
        self.request("bob")
        done = self.site.run("migrate", "--restored")
        self.assertEqual((done.exit, "--yes" in done.err), (64, True), done)
        self.assertEqual(self.restored("--yes")["tokens"], 1)

    def test_what_only_looks_writes_no_mark(self):
        self.request("bob")
        mark = (self.site.folder / "keys/shop.mark").stat().st_mtime_ns
        self.site.run("doctor", "--json")
        self.good("keys", "list")
        self.good("deliver", "--dry-run")
        self.assertEqual((self.site.folder / "keys/shop.mark").stat().st_mtime_ns, mark)


if __name__ == "__main__":
    unittest.main()
