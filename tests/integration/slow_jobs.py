"""A job of 100,000 users, one in a hundred of them bad, killed 50 times at random instants: nobody is left out, nobody is in
it twice. PWRESET_JOB_USERS and PWRESET_JOB_KILLS make it smaller or larger."""

import os
import random
import time
import unittest

from test_jobs import JobSite

USERS = int(os.environ.get("PWRESET_JOB_USERS", "100000"))
KILLS = int(os.environ.get("PWRESET_JOB_KILLS", "50"))


class SlowJobsTest(JobSite):
    def test_a_job_killed_fifty_times_reaches_everybody_once(self):
        seed = random.randrange(2**32)
        print(f"seed {seed}", flush=True)
        chance = random.Random(seed)
        for first in range(1, USERS + 1, 1000):
            self.users(min(1000, USERS + 1 - first), first)
        rows = [f"user{i}@example.com" for i in range(1, USERS + 1)]
        bad = range(99, USERS, 100)
        for at in bad:
            rows[at] = f"nobody{at}@example.com"
        good = USERS - len(bad)
        done = self.site.run("request", "--from-file", self.file(["email"] + rows), "--yes", "--expect", good, "--queue",
                             "--json", timeout=600)  # fmt: skip
        job = done.json["data"]["job"]["id"]
        for _ in range(KILLS):
            worker = self.site.start("jobs", "resume", job)
            time.sleep(chance.uniform(0.05, 4))
            if not worker.alive():
                break
            worker.kill()
        done = self.site.run("jobs", "resume", job, timeout=3600)
        self.assertEqual(done.exit, 1, done)
        _, lines = self.report(job)
        self.assertEqual([int(line["line"]) for line in lines if line["outcome"] == "refused"], [at + 2 for at in bad])
        self.assertEqual(sum(line["outcome"] == "sent" for line in lines), good)
        self.assert_each_has_a_link(good, kills=KILLS)
        self.assertEqual(self.site.run("audit", "verify").exit, 0)


if __name__ == "__main__":
    unittest.main()
