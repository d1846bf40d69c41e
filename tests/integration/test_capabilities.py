"""What each operator may do, what he is told where he may not, and what he is told to do next."""

import os
import pwd
import unittest

from harness import Site

MAINTAINERS = r"pwreset (deliver|purge-expired|migrate|doctor|keys)|'(deliver|migrate|audit|doctor)[ ']|pwreset audit"


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

    def test_a_job_of_many_needs_bulk_and_its_approval_another_capability(self):
        commands = (["request"], ["send-otp"], ["revoke"], ["request", "--dry-run"])
        for command in commands:
            self.may("support")
            done = self.site.run(*command, "--from-file", "-", stdin="ada@example.com\n")
            self.assertEqual(done.exit, 77, done)
            self.assertIn("lacks the capability 'bulk'", done.err)
        self.may("support", "bulk")
        self.assertEqual(self.site.run("jobs", "list").exit, 0)
        self.assertIn("lacks the capability 'approve'", self.site.run("jobs", "approve", "1").err)

    def test_references_count_like_accounts(self):
        self.may("support", "bulk")
        answers = self.site.run("request", "ada@example.com", "bob@example.com", "--json").json["data"]["results"]
        references = ["ref:" + one["reference"] for one in answers]
        self.may("support")
        self.assertEqual(self.site.run("revoke", *references).exit, 77)
        self.assertEqual(self.site.run("revoke", references[0]).exit, 0)

    def test_a_budget_that_is_used_up_is_said_to_be_one_s_own(self):
        self.site.config(limits={"per_operator": "1/h"})
        self.site.run("request", "ada@example.com")
        refused = self.site.run("request", "bob@example.com", "--json")
        self.assertEqual(refused.exit, 75)
        self.assertIn("your own budget, 'per_operator' of [limits], is used up", refused.json["message"])
        self.assertNotIn("last:", refused.json["message"])
        self.assertEqual(refused.json["hint"], "wait; it counts for you alone, and no option lifts it")

    def test_agents_are_told_of_no_command_that_they_may_not_use(self):
        said = []
        self.site.smtp.stop()
        said.append(self.site.run("request", "ada@example.com"))
        said.append(self.site.run("inspect", "ada@example.com"))
        self.site.database.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE")
        said.append(self.site.run("inspect", "ada@example.com", "--json"))
        self.site.smtp.start()
        self.site.add_user(email="root@example.com", role="admin")
        said.append(self.site.run("request", "root@example.com"))
        said.append(self.site.run("inspect", "root@example.com"))
        said.append(self.site.run("revoke", "root@example.com"))
        self.site.config(limits={"cooldown": "2m"})
        self.site.run("request", "bob@example.com")
        said.append(self.site.run("request", "bob@example.com"))
        self.site.smtp.behave(rcpt={"code": 550, "text": "5.1.1 no such mailbox"})
        said.append(self.site.run("request", "id:1", "--json"))
        (self.site.folder / "keys/pwreset.key").rename(self.site.folder / "keys/gone")
        said.append(self.site.run("request", "ada@example.com"))
        (self.site.folder / "keys/gone").rename(self.site.folder / "keys/pwreset.key")
        self.site.database.sql("DELETE FROM pwreset_schema WHERE step > 14")
        said.append(self.site.run("request", "ada@example.com"))
        for result in said:
            with self.subTest(" ".join(result.command[3:])):
                self.assertNotRegex(result.out + result.err, MAINTAINERS)
                self.assertNotRegex(result.out + result.err, "--override|--print-link|--approve-link|--public")
        self.assertIn("ask somebody who has the capability 'maintain'", said[-1].err)
        self.assertIn("ask somebody who has the capability 'privileged'", said[3].err)

    def test_who_may_use_a_command_is_told_of_it(self):
        self.may("support", "maintain", "override")
        self.site.smtp.stop()
        self.assertIn("'pwreset deliver' does that", self.site.run("request", "ada@example.com").err)
        self.site.smtp.start()
        self.site.config(limits={"cooldown": "2m"})
        self.site.run("request", "bob@example.com")
        self.assertIn("--override-limits lifts it", self.site.run("request", "bob@example.com").err)


if __name__ == "__main__":
    unittest.main()
