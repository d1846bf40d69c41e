"""freeze and unfreeze: nothing is issued or sent on any host, what takes back and explains goes on."""

import json
import unittest

from watching import WatchTest, second_host


class FreezeTest(WatchTest):
    def frozen(self, *args):
        done = self.site.run("freeze", "--ticket", "SEC-7", "--reason", "a laptop was stolen", *args)
        self.assertEqual(done.exit, 0, done)
        return done

    def mailed(self):
        return sorted(mail.envelope["to"][0] for mail in self.site.smtp.mails())

    def test_nobody_issues_and_each_is_told_who_froze_it_and_why(self):
        address, = self.add_users(1)
        self.assertEqual(self.frozen().out, "issuing is frozen on every host of 'shop'\n")
        for args in (["request", address], ["request", address, "--queue"], ["send-otp", address],
                     ["send-otp", address, "--for", "caller"], ["request", address, "--dry-run"]):  # fmt: skip
            with self.subTest(args):
                done = second_host(self.site).run(*args, "--json") if args[-1] == "--queue" else self.site.run(*args, "--json")
                self.assertEqual((done.exit, done.json["code"]), (77, "FORBIDDEN"), done)
                self.assertRegex(done.json["message"], r"^issuing is frozen since \S+Z by '\S+' \(SEC-7\): a laptop was stolen$")
                self.assertIn("'pwreset unfreeze' ends it", done.err)
        self.assertEqual(self.mailed(), [])
        self.assertEqual(self.database.sql("SELECT COUNT(*) AS n FROM pwreset_deliveries")[0]["n"], 0)

    def test_what_waits_is_not_sent_and_goes_out_afterwards(self):
        addresses = self.add_users(2)
        self.queue(*addresses)
        self.frozen()
        done = self.site.run("deliver")
        self.assertEqual(done.exit, 77, done)
        self.assertEqual((self.states(), self.mailed()), ({"queued": 2}, []))
        self.assertEqual(self.site.run("unfreeze").out, "issuing goes on; what is queued is due at once\n")
        self.assertEqual(self.site.run("deliver").exit, 0)
        self.assert_one_mail_and_one_live_link_each(addresses)

    def test_a_watch_waits_and_goes_on_by_itself(self):
        addresses = self.add_users(3)
        self.queue(addresses[0])
        watch = self.watch()
        self.wait_until({"sent": 1})
        self.frozen()
        watch.wait_for("issuing is frozen since ")
        self.database.sql("UPDATE pwreset_deliveries SET state = 'queued', attempts = 0, finished_at = NULL, next_at = UTC_TIMESTAMP(6)")
        self.database.sql("UPDATE pwreset_tokens SET live = NULL, state = 'void', attempt = 0")
        self.site.run("unfreeze", "--dry-run")
        call = json.dumps({"identity": addresses[1]})
        self.assertEqual(self.site.run("request", "--public", stdin=call).exit, 0)
        self.assertEqual(self.site.run("inspect", addresses[0]).exit, 0)
        self.assertEqual(self.states(), {"queued": 1})
        self.assertEqual(self.site.run("unfreeze").exit, 0)
        self.wait_until({"sent": 2})
        watch.wait_for("issuing goes on")
        self.assertEqual(watch.stop().exit, 0)
        self.assertEqual(self.mailed(), [addresses[0], addresses[0], addresses[1]])

    def test_what_takes_back_explains_and_records_goes_on(self):
        address, = self.add_users(1)
        self.assertEqual(self.site.run("request", address).exit, 0)
        self.frozen()
        for args in (["inspect", address], ["list-tokens", address], ["revoke", address], ["audit"], ["purge-expired"]):
            with self.subTest(args):
                self.assertEqual(self.site.run(*args).exit, 0)
        self.assertEqual(self.site.run("audit", "verify").exit, 0)
        self.assertRegex(self.site.run("doctor").out, r"(?m)^queue +warning +issuing is frozen since ")

    def test_what_one_operator_issued_is_taken_back_after_it(self):
        addresses = self.add_users(2)
        self.assertEqual(self.site.run("request", addresses[0]).exit, 0)
        self.queue(addresses[1])
        self.frozen()
        name = self.site.run("list-tokens", "--json").json["data"]["tokens"][0]["operator"]
        done = self.site.run("revoke", "--operator", name, "--since", "1h", "--json").json["data"]["results"]
        self.assertEqual([(row["tokens"], row["deliveries"]) for row in done], [(1, 0), (0, 1)])
        self.assertEqual(self.states(), {"sent": 1, "cancelled": 1})
        self.assertEqual(self.site.run("revoke", "--operator", name, "--since", "1h").exit, 1)

    def test_a_second_freeze_changes_nothing_and_both_are_recorded(self):
        self.frozen()
        first = self.site.run("request", "nobody@example.com").err
        self.assertEqual(self.site.run("freeze", "--reason", "another").out, "issuing is frozen already\n")
        self.assertEqual(self.site.run("request", "nobody@example.com").err, first)
        self.assertEqual(self.site.run("unfreeze").exit, 0)
        self.assertEqual(self.site.run("unfreeze").out, "issuing is not frozen\n")
        rows = self.site.run("audit", "--output", "ndjson").rows
        told = [(row["action"], row["result"], row["reason"]) for row in rows if "freeze" in row["action"]]
        self.assertEqual(told, [("unfreeze", "nothing to do", None), ("unfreeze", "done", None),
                                ("freeze", "nothing to do", "another"), ("freeze", "done", "a laptop was stolen")])  # fmt: skip


if __name__ == "__main__":
    unittest.main()
