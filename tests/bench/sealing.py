#!/usr/bin/python3
"""What sealing costs those who write: 8 processes, 20 000 audited actions.

An action is one transaction with one audit row, as a refused command writes it. Processes that live long and seal in
passing, at most once a second, are compared with ones that never seal, and, as an upper bound, with ones that seal after
each action. Then commands as people run them, each a process of its own (a tenth as many): against the same while
somebody else holds the sealer's lock, so that they find it busy and go. The database waits for the disk at each commit.
Rounds alternate; after each one every row must be there, and sealed unless nobody was to; the chain must verify.
"""

import os
import statistics
import subprocess
import threading
import time
from pathlib import Path

import measuring.builds  # says where the tests' modules are

from children import die_with_parent
from database import Database
from harness import BINARY, Site

WRITER = Path(BINARY).parent / "sealing-writer"
ROUNDS = int(os.environ.get("ROUNDS", "5"))
PROCESSES = 8
ACTIONS = int(os.environ.get("ACTIONS", "20000"))


def write(site, sealing):
    """Seconds that the processes took together; "never", "passing" or "each"."""
    command = [WRITER, site.file, str(ACTIONS // PROCESSES), sealing]
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


def run_commands(site):
    """Seconds for commands that are refused and recorded, 8 at a time."""
    command = [BINARY, "--config", str(site.file), "request", "nobody@example.com"]

    def work():
        for _ in range(ACTIONS // 10 // PROCESSES):
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    workers = [threading.Thread(target=work) for _ in range(PROCESSES)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - began


def timed(site, *command):
    began = time.perf_counter()
    done = site.run(*command, timeout=600)
    assert done.exit == 0, done
    return time.perf_counter() - began


def check(site, rows, sealed):
    found = site.database.sql("SELECT COUNT(*) AS n, COUNT(seq) AS sealed FROM pwreset_audit")[0]
    assert (found["n"], found["sealed"]) == (rows, sealed), found


def measure(site, figures):
    for name in ("never", "passing", "each"):
        site.database.sql("TRUNCATE TABLE pwreset_audit")
        figures[name].append(write(site, name))
        check(site, ACTIONS, 0 if name == "never" else ACTIONS)
        figures["verify" if name != "never" else "seal afterwards"].append(timed(site, "audit", "verify"))
    site.database.sql("TRUNCATE TABLE pwreset_audit")
    figures["commands"].append(run_commands(site))
    check(site, ACTIONS // 10, ACTIONS // 10)
    site.database.sql("TRUNCATE TABLE pwreset_audit")
    with site.database.connect() as other:
        other.execute("START TRANSACTION; SELECT * FROM pwreset_leases WHERE app = 'shop' AND name = 'seal' FOR UPDATE")
        figures["commands, busy"].append(run_commands(site))
    check(site, ACTIONS // 10, 0)


def main():
    subprocess.run(["cmake", "--build", WRITER.parent, "--target", WRITER.name], check=True, stdout=subprocess.DEVNULL)
    options = ("--innodb-flush-log-at-trx-commit=1", "--innodb-log-file-size=256M", "--innodb-buffer-pool-size=256M")
    figures = {name: [] for name in ("never", "passing", "each", "commands, busy", "commands", "seal afterwards", "verify")}
    with Database(private="it waits for the disk", options=options) as database, Site(database=database) as site:
        site.run("migrate")
        for _ in range(ROUNDS):
            measure(site, figures)
    report(figures)


def report(figures):
    median = {name: statistics.median(rows) for name, rows in figures.items()}
    print(f"{PROCESSES} processes, {ACTIONS} actions, {ROUNDS} rounds of each in turn; load {os.getloadavg()[0]:.2f}")
    for name, rows in figures.items():
        count = ACTIONS // 10 if name.startswith("commands") else ACTIONS
        print(f"{name:16} {median[name]:7.2f} s  {count / median[name]:8.0f}/s  (from {min(rows):.2f} to {max(rows):.2f} s)")
    for name, base in (("passing", "never"), ("each", "never"), ("commands", "commands, busy")):
        print(f"{name} takes {median[name] / median[base]:.2f} times as long as {base}")


if __name__ == "__main__":
    main()
