"""migrate: makes everything, shows what it would do, and two at once do it once."""

import os
import stat
import threading
import unittest

from harness import Site


class MigrateTest(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.close)

    def tables(self):
        rows = self.site.database.sql("SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'pwreset%'")
        return sorted(row["t"] for row in rows)

    def test_before_it_the_others_say_what_to_run(self):
        done = self.site.run("list-tokens", "--json")
        self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
        self.assertIn("pwreset migrate", done.json["hint"])

    def test_a_dry_run_shows_the_statements_and_makes_nothing(self):
        done = self.site.run("migrate", "--dry-run")
        self.assertIn("CREATE TABLE IF NOT EXISTS pwreset_tokens", done.out)
        self.assertEqual(self.tables(), [])
        self.assertEqual(list((self.site.folder / "keys").iterdir()), [])

    def test_it_makes_tables_and_private_keys_and_a_second_run_finds_nothing_to_do(self):
        self.assertEqual(self.site.run("migrate").exit, 0)
        self.assertEqual(len(self.tables()), 14)
        for name in ("application.key", "pwreset.key"):
            status = os.stat(self.site.folder / "keys" / name)
            self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)
        keys = (self.site.folder / "keys/pwreset.key").read_text()
        self.assertIn("nothing to do", self.site.run("migrate").out)
        self.assertEqual((self.site.folder / "keys/pwreset.key").read_text(), keys)

    def test_a_renamed_application_is_told_before_it_begins_anew(self):
        self.site.migrate()
        self.site.add_user(email="ana@example.com")
        self.site.add_user(email="bob@example.com")
        self.site.run("request", "ana@example.com")
        self.site.run("request", "bob@example.com", "--queue")
        self.site.config(application="store")
        told = "application 'shop' (1 live token, 1 open delivery), a name that no configuration here has"
        done = self.site.run("request", "ana@example.com", "--json")
        self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
        self.assertIn(told, done.json["message"])
        self.assertIn("'pwreset migrate --adopt shop'", done.json["hint"])
        done = self.site.run("migrate")
        self.assertEqual(done.exit, 0, done)
        self.assertIn(told, done.err)
        problems = [check for check in self.site.run("doctor", "--json").json["data"]["checks"] if check["level"] == "problem"]
        self.assertEqual([check["area"] for check in problems if told in check["finding"]], ["schema"], problems)
        done = self.site.run("inspect", "ana@example.com")
        self.assertNotIn("there never was one", done.out)
        self.assertIn("of application 'shop', a name that no configuration has: link  live until", done.out)

    def test_keys_of_a_former_name_are_seen_where_each_name_has_a_folder(self):
        self.site.config(keys=None)
        self.assertEqual(self.site.run("migrate").exit, 0)
        self.site.config(application="store")
        done = self.site.run("list-tokens", "--json")
        self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
        self.assertIn("no keys of application 'store', but those of 'shop'", done.json["message"])
        self.site.config(keys={"folder": "shop.keys"})
        self.assertEqual(self.site.run("migrate", "--adopt", "shop").exit, 0)
        self.assertEqual(self.site.run("list-tokens").exit, 0)

    def test_what_lies_under_the_former_name_is_adopted(self):
        self.site.migrate()
        for name in ("ana", "bob", "cyd"):
            self.site.add_user(email=f"{name}@example.com")
            self.site.run("request", f"{name}@example.com", *(["--queue"] if name == "bob" else []))
        reference = self.site.run("inspect", "ana@example.com", "--json").json["data"]["tokens"][0]["reference"]
        self.site.config(application="store", limits={"cooldown": "0s"})
        self.site.run("migrate")
        # Somebody has gone on under the new name meanwhile.
        self.assertEqual(self.site.run("request", "cyd@example.com").exit, 0)
        done = self.site.run("migrate", "--adopt", "shop", "--json")
        self.assertEqual((done.exit, done.json["data"]["adopted"]), (0, {"jobs": 3, "deliveries": 3, "tokens": 2, "intake": 0}), done)
        seen = self.site.run("inspect", "ana@example.com", "--json").json["data"]
        self.assertEqual([token["reference"] for token in seen["tokens"]], [reference])
        self.assertEqual(self.site.run("inspect", f"ref:{reference}").exit, 0)
        self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 1)
        live = self.site.run("list-tokens", "cyd@example.com", "--state", "live", "--json").json["data"]["tokens"]
        self.assertEqual(len(live), 1)
        findings = [check["finding"] for check in self.site.run("doctor", "--json").json["data"]["checks"]]
        self.assertEqual([text for text in findings if "'shop'" in text and "hold rows" in text], [])
        for application in ("store", "shop"):
            self.site.config(application=application)
            self.assertEqual(self.site.run("audit", "verify").exit, 0)
        self.assertEqual(self.site.run("list-tokens", "--json").json["data"]["tokens"], [])

    def test_only_what_was_this_application_is_adopted(self):
        self.site.migrate()
        self.site.add_user(email="ana@example.com")
        self.site.run("request", "ana@example.com")
        self.assertEqual(self.site.run("migrate", "--adopt", "shop").exit, 64)
        self.assertEqual(self.site.run("migrate", "--adopt", "nobody").exit, 64)
        self.assertEqual(self.site.run("migrate", "--adopt", "shop", "--dry-run").exit, 64)
        self.site.config(application="store", keys={"folder": "others"})
        os.mkdir(self.site.folder / "others", 0o700)
        done = self.site.run("migrate", "--adopt", "shop", "--json")
        self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
        self.assertIn("needs the keys of 'shop'", done.json["hint"])
        self.assertEqual(self.site.run("migrate").exit, 0)
        done = self.site.run("migrate", "--adopt", "shop", "--json")
        self.assertEqual((done.exit, done.json["code"]), (78, "CONFIG"), done)
        self.assertIn("the key files are others", done.json["message"])

    def test_another_application_in_the_same_tables_is_no_former_name(self):
        self.site.migrate()
        self.site.add_user(email="ana@example.com")
        self.site.run("request", "ana@example.com")
        # Its configuration lies beside ours, or on another host, where it goes on.
        neighbour = self.site.folder / "neighbour.toml"
        text = self.site.file.read_text()
        self.site.write_secret(neighbour.name, text)
        self.site.config(application="store")
        self.assertNotIn("'shop'", self.site.run("migrate").err)
        neighbour.unlink()
        self.assertIn("'shop'", self.site.run("migrate").err)
        self.site.write_secret("elsewhere.toml", text)
        moved = self.site.folder / "host"
        moved.mkdir(mode=0o700)
        (self.site.folder / "elsewhere.toml").rename(moved / "shop.toml")
        self.site.config(application="shop")
        self.site.run("request", "ana@example.com", "--override-limits")
        self.site.config(application="store")
        self.assertNotIn("'shop'", self.site.run("migrate").err)

    def test_eight_at_once_make_it_once(self):
        results = []
        threads = [threading.Thread(target=lambda: results.append(self.site.run("migrate", "--json"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([result.exit for result in results], [0] * 8, results[0])
        steps = [step["step"] for result in results for step in result.json["data"]["steps"]]
        self.assertEqual(len(steps), len(set(steps)))
        states = self.site.database.sql("SELECT DISTINCT state FROM pwreset_schema")
        self.assertEqual([row["state"] for row in states], ["done"])
        self.assertEqual(self.site.run("list-tokens").exit, 0)


if __name__ == "__main__":
    unittest.main()
