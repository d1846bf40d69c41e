"""What people wait for is sent before what a job of many has queued, and that loses nothing when its worker is killed."""

import hashlib
import time
import unittest

from watching import Watch, WatchTest, kill_at

DIGITS = "(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 " \
         "UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"  # fmt: skip
ENOUGH = 100000


class LanesTest(WatchTest):
    def crowd(self, size):
        """So many users, each with a link that a job has queued in lane bulk."""
        numbers = f"(SELECT 1 + a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS n FROM {DIGITS} a, {DIGITS} b, " \
                  f"{DIGITS} c, {DIGITS} d, {DIGITS} e) numbers WHERE n <= {size}"  # fmt: skip
        self.sql("INSERT INTO pwreset_jobs (app, command, budget, operator, trace_id, total, created_at) VALUES "
                 "('shop', 'request', 'jobs', 'tom', '00000000-0000-4000-8000-000000000001', 1, UTC_TIMESTAMP(6))")  # fmt: skip
        self.sql(f"INSERT INTO users (id, email, password) SELECT 1000000 + n, CONCAT('p', n, '@example.com'), "
                 f"'$2y$10${'u' * 53}' FROM {numbers}")  # fmt: skip
        self.sql("INSERT INTO pwreset_deliveries (app, job_id, account, kind, channel, state, lane, next_at, queued_at) "
                 "SELECT 'shop', (SELECT MAX(id) FROM pwreset_jobs), 1000000 + n, 'link', 'email', 'queued', 'bulk', "
                 f"UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM {numbers}")  # fmt: skip

    def sql(self, text):
        return self.site.database.sql(text)

    def count(self, what):
        return self.sql(f"SELECT COUNT(*) AS n FROM {what}")[0]["n"]

    def waited(self, address):
        """Seconds from a queued request to its mark."""
        before = time.monotonic()
        self.assertEqual(self.site.run("request", address, "--queue").exit, 0)
        while time.monotonic() < before + 60:
            row = self.sql("SELECT TIMESTAMPDIFF(MICROSECOND, queued_at, finished_at) AS t FROM pwreset_deliveries "
                           "WHERE lane = 'agents' ORDER BY id DESC LIMIT 1")[0]  # fmt: skip
            if row["t"] is not None:
                return row["t"] / 1e6
            time.sleep(0.05)
        raise AssertionError(f"nothing was sent to {address}")

    def test_a_single_request_is_mailed_within_two_seconds_while_a_job_of_many_waits(self):
        self.site.add_user(email="ada@example.com")
        self.crowd(ENOUGH)
        watch = Watch(self.site)
        self.site.smtp.mails(at_least=20)
        # The machine that runs the tests may be busy with others: the best of some tells what the worker does.
        self.assertLess(min(self.waited("ada@example.com") for _ in range(3)), 2)
        self.assertEqual(self.site.run("request", "ada@example.com").exit, 0)
        self.assertGreater(self.count("pwreset_deliveries WHERE lane = 'bulk' AND state = 'queued'"), ENOUGH // 2)
        self.assertEqual(watch.stop().exit, 0)
        self.assertEqual(self.count("pwreset_deliveries WHERE state IN ('held', 'claimed', 'uncertain')"), 0)

    def test_a_flood_of_a_web_back_end_does_not_starve_an_agent(self):
        for i in range(30):
            self.site.add_user(email=f"w{i}@example.com")
        self.site.add_user(email="ada@example.com")
        self.assertEqual(self.site.run("request", *(f"w{i}@example.com" for i in range(30)), "--queue").exit, 0)
        self.sql("UPDATE pwreset_deliveries SET lane = 'web'")
        self.assertEqual(self.site.run("request", "ada@example.com", "--queue").exit, 0)
        self.assertEqual(self.site.run("deliver").exit, 0)
        first = self.sql("SELECT lane FROM pwreset_deliveries ORDER BY finished_at, id LIMIT 1")
        self.assertEqual(first[0]["lane"], "agents")
        self.assertEqual(self.count("pwreset_deliveries WHERE state = 'sent'"), 31)

    def test_a_killed_worker_of_a_job_costs_no_more_mails_than_it_had_not_marked(self):
        size, unmarked = 12, 50
        for step in ("minting", "minted", "accepted", "marking"):
            with self.subTest(step=step):
                for table in ("deliveries", "tokens"):
                    self.sql(f"DELETE FROM pwreset_{table}")
                self.sql("DELETE FROM users WHERE id > 1000000")
                self.sql("DELETE FROM pwreset_jobs")
                before = len(self.site.smtp.mails())
                self.crowd(size)
                self.assertEqual(kill_at(self.site, step, "deliver").exit, -9)
                self.assertEqual(self.site.run("deliver").exit, 0)
                mails = self.site.smtp.mails()[before:]
                self.assertLessEqual(len(mails), size + unmarked)
                newest = {mail["To"]: self.site.smtp.link(mail).rsplit("/", 1)[1] for mail in mails}
                self.assertEqual(len(newest), size)
                live = self.sql("SELECT LOWER(HEX(verifier)) AS v FROM pwreset_tokens WHERE live = 1")
                self.assertEqual({row["v"] for row in live},
                                 {hashlib.sha256(token.encode()).hexdigest() for token in newest.values()})  # fmt: skip
                self.assertEqual(self.count("pwreset_deliveries WHERE state = 'sent'"), size)
        self.assertEqual(self.site.run("audit", "verify").exit, 0)

    def test_a_person_of_a_job_is_found_in_the_trail(self):
        self.crowd(12)
        self.assertEqual(self.site.run("deliver").exit, 0)
        trail = self.site.run("audit", "id:1000007", "--output", "ndjson")
        self.assertEqual([row["action"] for row in trail.rows], ["send", "mint"], trail)
        history = self.site.run("inspect", "id:1000007", "--json").json["data"]["history"]
        self.assertEqual([row["action"] for row in history], ["send", "mint"])
        self.assertEqual(self.site.run("audit", "verify").exit, 0)
        self.sql("UPDATE pwreset_tokens SET verifier = UNHEX(REPEAT('ab', 32)) WHERE account = '1000007'")
        verified = self.site.run("audit", "verify")
        self.assertEqual(verified.exit, 1, verified)
        self.assertIn("tells of", verified.out)


if __name__ == "__main__":
    unittest.main()
