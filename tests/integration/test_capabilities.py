"""What each operator may do, what he is told where he may not, and what he is told to do next."""

import os
import pwd
import unittest

from harness import Site


def my_name():
    return pwd.getpwuid(os.getuid()).pw_name


class CapabilitiesTest(unittest.TestCase):
    def setUp(self):
        self.site = Site(operators={"user:" + my_name(): ["support"]}, limits={"cooldown": "0s"})
        self.addCleanup(self.site.close)
        self.site.config(operators={"user:" + my_name(): ["support", "maintain"]})
        self.site.migrate()
        self.site.config(operators={"user:" + my_name(): ["support"]})
        for name in ("ada", "bob"):
            self.site.add_user(email=f"{name}@example.com")

    def may(self, *capabilities):
        self.site.config(operators={"user:" + my_name(): capabilities})

    def test_several_accounts_in_one_call_need_bulk(self):
        commands = (["request"], ["send-otp"], ["send-otp", "--for", "caller"], ["revoke"], ["list-tokens"], ["request", "--dry-run"])
        both = ["ada@example.com", "bob@example.com"]
        for command in commands:
            with self.subTest(command):
                self.may("support")
                self.assertNotEqual(self.site.run(*command, both[0]).exit, 77)
                for several in (both, both[:1] * 2, ["id:1", "id:1", "id:2"]):
                    done = self.site.run(*command, *several, "--ticket", "SUP-7")
                    self.assertEqual(done.exit, 77, done)
                    self.assertIn("lacks the capability 'bulk'", done.err)
                self.may("support", "bulk")
                self.assertNotEqual(self.site.run(*command, *both).exit, 77)
        recorded = self.site.database.sql("SELECT DISTINCT result FROM pwreset_audit WHERE ticket = 'SUP-7'")
        self.assertEqual(recorded, [{"result": "FORBIDDEN"}])

    def test_references_count_like_accounts(self):
        self.may("support", "bulk")
        answers = self.site.run("request", "ada@example.com", "bob@example.com", "--json").json["data"]["results"]
        references = ["ref:" + one["reference"] for one in answers]
        self.may("support")
        self.assertEqual(self.site.run("revoke", *references).exit, 77)
        self.assertEqual(self.site.run("revoke", references[0]).exit, 0)


if __name__ == "__main__":
    unittest.main()
