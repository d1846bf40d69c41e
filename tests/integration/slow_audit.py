"""8 processes at a time, 20 000 audited actions: none is lost, each is sealed once, the chain verifies."""

import subprocess
import threading
import unittest

import harness
from harness import Site
from trail import Trail

ACTIONS = 20000
PROCESSES = 8


class ManyTest(unittest.TestCase):
    def test_of_20000_actions_by_8_processes_none_is_lost_and_all_are_sealed(self):
        share = f"{ACTIONS}/h"
        with Site(limits={"per_operator": share, "per_recipient": share, "agents": share}) as site:
            site.migrate()
            command = [harness.BINARY, "--config", str(site.file), "request", "nobody@example.com"]
            codes = set()

            def work():
                for _ in range(ACTIONS // PROCESSES):
                    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
                    codes.add(done.returncode)

            workers = [threading.Thread(target=work) for _ in range(PROCESSES)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            self.assertEqual(codes, {67})
            rows = site.database.sql("SELECT COUNT(*) AS n, COUNT(seq) AS sealed FROM pwreset_audit")[0]
            self.assertEqual((rows["n"], rows["sealed"]), (ACTIONS + 1, ACTIONS + 1))
            self.assertEqual(len(Trail(site).check(self)), ACTIONS + 1)
            verified = site.run("audit", "verify", "--json")
            self.assertEqual((verified.exit, verified.json["data"]["rows"]), (0, ACTIONS + 1), verified)


if __name__ == "__main__":
    unittest.main()
