"""`request --public` with accounts that exist and accounts that do not, 400 calls each, in random order: the same bytes,
the same exit codes, and no telling them apart by time.

The statistic is the two-sided Mann-Whitney U test of the wall times (normal approximation; times do not tie), which
looks for one kind of call being slower than the other without assuming how times are distributed. A sound program has
p <= 0.01 once in a hundred runs by chance, so the test fails only when three runs, each with new accounts, have it: once
in a million. What it would see is tried on the same times: moved by a tenth of their median, they must be told apart.
"""

import json
import math
import random
import re
import statistics
import time
import unittest

from harness import Site

CALLS = 400
WARM_UP = 20
RUNS = 3
SIGNIFICANT = 0.01
TRACE = re.compile(r'"trace_id":"[0-9a-f-]{36}"')


def mann_whitney(a, b):
    """The two-sided p-value of both samples having one distribution."""
    ranked = sorted((value, which) for which, sample in enumerate((a, b)) for value in sample)
    ranks = sum(rank for rank, (_, which) in enumerate(ranked, 1) if which == 0)
    u = ranks - len(a) * (len(a) + 1) / 2
    mean = len(a) * len(b) / 2
    deviation = math.sqrt(len(a) * len(b) * (len(a) + len(b) + 1) / 12)
    return math.erfc(abs(u - mean) / deviation / math.sqrt(2))


class IndistinguishableTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(limits={"web": "1000000/h"})
        cls.addClassCleanup(cls.site.close)
        cls.site.migrate()

    def run_calls(self, run):
        """The answers and times of known and unknown identities, which are of the same length and in random order."""
        known = [f"k{run}{number:05}@example.com" for number in range(CALLS)]
        unknown = [f"u{run}{number:05}@example.com" for number in range(CALLS)]
        values = ", ".join(f"('{email}', '$2y$10$%s')" % ("u" * 53) for email in known)
        self.site.database.sql(f"INSERT INTO users (email, password) VALUES {values}")
        calls = [(True, email) for email in known] + [(False, email) for email in unknown]
        random.Random(f"{run}").shuffle(calls)
        for number in range(WARM_UP):
            self.site.run("request", "--public", "--json", stdin=json.dumps({"identity": f"w{run}{number:05}@example.com"}))
        answers, times = {True: set(), False: set()}, {True: [], False: []}
        for exists, email in calls:
            body = json.dumps({"identity": email})
            began = time.perf_counter()
            done = self.site.run("request", "--public", "--json", stdin=body)
            times[exists].append(time.perf_counter() - began)
            answers[exists].add((done.exit, TRACE.sub("", done.out), done.err))
        return known, answers, times

    def test_neither_bytes_nor_codes_nor_times_tell_whether_there_is_an_account(self):
        seen = []
        for run in range(RUNS):
            known, answers, times = self.run_calls(run)
            self.assertEqual(len(answers[True]), 1, answers)
            self.assertEqual(answers[True], answers[False])
            self.assertEqual({exit for exit, _, _ in answers[True]}, {0})
            tenth = statistics.median(times[True]) / 10
            moved = mann_whitney([value + tenth for value in times[True]], times[True])
            self.assertLess(moved, SIGNIFICANT, "a tenth more would not be seen: is the machine too busy?")
            seen.append(mann_whitney(times[True], times[False]))
            if seen[-1] > SIGNIFICANT:
                break
        self.assertGreater(max(seen), SIGNIFICANT, f"p-values of {RUNS} runs: {seen}")
        # They were taken in alike, but did not come to the same.
        self.assertEqual(self.site.run("deliver").exit, 0)
        sent = {mail.envelope["to"][0] for mail in self.site.smtp.mails()}
        self.assertLessEqual(set(known), sent)
        self.assertFalse([address for address in sent if address.startswith("u")])

    def test_a_refusal_for_its_limit_tells_nothing_either(self):
        self.site.add_user(email="known-one@example.com")
        answers = []
        for email in ("known-one@example.com", "never-one@example.com"):
            for _ in range(2):
                done = self.site.run("request", "--public", "--json", stdin=json.dumps({"identity": email}))
            text = re.sub(r"\d+ min( \d+ s)?|\d+ s\b|seconds\":\d+", "SPAN", TRACE.sub("", done.out))
            answers.append((done.exit, text, re.sub(r"\d+ min( \d+ s)?|\d+ s\b", "SPAN", done.err)))
        self.assertEqual(answers[0][0], 75)
        self.assertEqual(answers[0], answers[1])


if __name__ == "__main__":
    unittest.main()
