#!/usr/bin/python3
"""What sealing costs those who write: 8 processes, 20 000 audited actions, with and without sealing after each of them.

An action is one transaction with one audit row, as a refused command writes it, without the start of a process around
it; so the share of sealing is as large as it gets. Rounds alternate; after each one with sealing every row must be
there, sealed, and verify. Without sealing, what it takes to seal all rows afterwards is measured too. The database
waits for the disk at each commit.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
os.environ.setdefault("PWRESET_BINARY", str(SOURCE / "build/release/pwreset"))
sys.path.insert(0, str(SOURCE / "tests/integration"))

from database import Database, die_with_parent  # noqa: E402
from harness import BINARY, Site  # noqa: E402

WRITER = Path(BINARY).parent / "sealing-writer"
ROUNDS = int(os.environ.get("ROUNDS", "5"))
PROCESSES = 8
ACTIONS = int(os.environ.get("ACTIONS", "20000"))


def write(site, sealing):
    """Seconds that the processes took together."""
    command = [WRITER, site.file, str(ACTIONS // PROCESSES), *(["seal"] if sealing else [])]
    writers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
               for _ in range(PROCESSES)]  # fmt: skip
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    codes = [writer.wait() for writer in writers]
    took = time.perf_counter() - began
    for writer in writers:
        writer.stdin.close()
        writer.stdout.close()
    assert codes == [0] * PROCESSES, codes
    return took


def counts(site):
    return site.database.sql("SELECT COUNT(*) AS n, COUNT(seq) AS sealed FROM pwreset_audit")[0]


def timed(site, *command):
    began = time.perf_counter()
    done = site.run(*command, timeout=600)
    assert done.exit == 0, done
    return time.perf_counter() - began


def main():
    subprocess.run(["cmake", "--build", WRITER.parent, "--target", WRITER.name], check=True, stdout=subprocess.DEVNULL)
    options = ("--innodb-flush-log-at-trx-commit=1", "--innodb-log-file-size=256M", "--innodb-buffer-pool-size=256M")
    figures = {name: [] for name in ("plain", "sealing", "seal afterwards", "verify")}
    with Database(options=options) as database, Site(database=database) as site:
        site.run("migrate")
        for number in range(ROUNDS):
            for sealing in (False, True) if number % 2 else (True, False):
                site.database.sql("TRUNCATE TABLE pwreset_audit")
                took = write(site, sealing)
                found = counts(site)
                assert found["n"] == ACTIONS, found
                figures["sealing" if sealing else "plain"].append(took)
                if sealing:
                    assert found["sealed"] == ACTIONS, found
                    figures["verify"].append(timed(site, "audit", "verify"))
                else:
                    figures["seal afterwards"].append(timed(site, "audit", "head"))
    report(figures)


def report(figures):
    median = {name: statistics.median(rows) for name, rows in figures.items()}
    print(f"{PROCESSES} processes, {ACTIONS} actions, {ROUNDS} rounds of each in turn; load {os.getloadavg()[0]:.2f}")
    for name, rows in figures.items():
        print(f"{name:16} {median[name]:7.2f} s  {ACTIONS / median[name]:9.0f} rows/s   (from {min(rows):.2f} to {max(rows):.2f} s)")
    print(f"with sealing an action takes {median['sealing'] / median['plain']:.2f} times as long as without")
    print(f"{(median['sealing'] - median['plain']) / ACTIONS * PROCESSES * 1000:.3f} ms more for each action of a process")


if __name__ == "__main__":
    main()
