"""Many at once: one live token, limits to the number, guesses counted."""

import collections
import subprocess
import threading
import unittest

from children import HANGS
from database import Database
from harness import Site


def all_at_once(site, count, *args, stdin=None):
    """Runs the same command `count` times at the same moment; the Results."""
    results = [None] * count
    gate = threading.Barrier(count)

    def one(number):
        gate.wait()
        results[number] = site.run(*args, stdin=stdin(number) if stdin else None, timeout=240)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class ConcurrencyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def test_32_requests_at_once_leave_exactly_one_live_token_the_last_minted(self):
        with Site(database=self.database, limits={"cooldown": "0s", "per_account": "1000/h", "per_recipient": "1000/h"}) as site:
            site.migrate()
            site.add_user(email="race@example.com")
            results = all_at_once(site, 32, "request", "race@example.com", "--json")
            self.assertEqual(collections.Counter(result.exit for result in results), {0: 32}, results[0])
            site.run("deliver")
            rows = site.database.sql("SELECT id, state, live FROM pwreset_tokens ORDER BY id")
            self.assertEqual([row["id"] for row in rows if row["live"] == 1], [rows[-1]["id"]])
            mails = site.smtp.mails()
            self.assertEqual(len(mails), len(rows))
            digest = site.database.sql("SELECT HEX(verifier) AS v FROM pwreset_tokens WHERE live = 1")[0]["v"].lower()
            import hashlib

            links = [site.smtp.link(mail).rsplit("/", 1)[1] for mail in mails]
            self.assertEqual([hashlib.sha256(token.encode()).hexdigest() for token in links].count(digest), 1)
            self.assertEqual(hashlib.sha256(links[-1].encode()).hexdigest(), digest)

    def test_40_at_once_with_a_limit_of_10_are_10_issued_and_30_refused(self):
        with Site(database=self.database, limits={"cooldown": "0s", "per_account": "10/h", "per_recipient": "1000/h"}) as site:
            site.migrate()
            site.add_user(email="many@example.com")
            results = all_at_once(site, 40, "request", "many@example.com", "--json")
            self.assertEqual(collections.Counter(result.exit for result in results), {0: 10, 75: 30})
            for result in results:
                if result.exit == 75:
                    self.assertEqual(result.json["code"], "RATE_LIMITED")
                    self.assertTrue(3600 - HANGS <= result.json["available_in_seconds"] <= 3600, result)
            self.assertEqual(site.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens")[0]["n"], 10)
            self.assertEqual(len(site.smtp.mails()), 10)

    def test_the_cooldown_admits_one_of_sixteen(self):
        with Site(database=self.database) as site:
            site.migrate()
            site.add_user(email="cool@example.com")
            results = all_at_once(site, 16, "request", "cool@example.com", "--queue", "--json")
            self.assertEqual(collections.Counter(result.exit for result in results), {0: 1, 75: 15})

    def test_sixteen_wrong_guesses_at_once_get_three_comparisons(self):
        with Site(database=self.database) as site:
            site.migrate()
            site.add_user(email="guess@example.com")
            self.assertEqual(site.run("send-otp", "guess@example.com", "--for", "caller").exit, 0)
            code = int(site.smtp.code(site.smtp.mails()[-1]))
            results = all_at_once(site, 16, "verify-otp", "guess@example.com", "--json",
                                  stdin=lambda number: f"{(code + 1 + number) % 1000000:06}\n")  # fmt: skip
            self.assertEqual({result.exit for result in results}, {1})
            row = site.database.sql("SELECT state, attempts, void_reason FROM pwreset_tokens")[0]
            self.assertEqual((row["state"], row["attempts"], row["void_reason"]), ("void", 3, "guessed"))
            right = site.run("verify-otp", "guess@example.com", stdin=f"{code:06}\n")
            self.assertEqual(right.exit, 1, right)

    def test_the_right_code_from_sixteen_at_once_is_good_for_one(self):
        with Site(database=self.database) as site:
            site.migrate()
            site.add_user(email="right@example.com")
            site.run("send-otp", "right@example.com", "--for", "caller")
            code = site.smtp.code(site.smtp.mails()[-1])
            results = all_at_once(site, 16, "verify-otp", "right@example.com", stdin=lambda number: code + "\n")
            self.assertEqual(collections.Counter(result.exit for result in results)[0], 1)


if __name__ == "__main__":
    unittest.main()
