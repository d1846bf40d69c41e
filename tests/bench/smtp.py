#!/usr/bin/python3
"""How fast mails leave without a database: script/bench smtp [--mails N] [--rounds N] [--json FILE]

The connections of one worker send mails of 4 kB to Postfix's smtp-sink, one connection and four; smtp-source does the same in
turn, over connections it keeps. Figures are mails a second.
"""

import argparse
import subprocess
from pathlib import Path

from measuring.builds import SOURCE
from measuring.sink import Sink
from measuring.table import Rounds, Table

import harness
from children import die_with_parent

WRITER = SOURCE / "build/release/smtp-writer"
SIZE = 4096


def by_fleet(site, connections, mails):
    """Mails a second of one fleet."""
    site.config(mail={"connections": connections, "per_connection": 0})
    with subprocess.Popen([WRITER, site.file, str(mails), str(SIZE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          preexec_fn=die_with_parent) as writer:  # fmt: skip
        assert writer.stdout.readline() == "ready\n"
        took, _ = writer.communicate("go\n")
    assert writer.returncode == 0
    return mails / float(took)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--mails", type=int, default=60_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", type=Path)
    wanted = options.parse_args()
    subprocess.run(["cmake", "--build", WRITER.parent, "--target", WRITER.name], check=True, stdout=subprocess.DEVNULL)
    rounds = Rounds()
    with Sink() as sink, harness.Site(smtp=sink) as site:
        for _ in range(wanted.rounds):
            for connections in (1, 4):
                rounds.add(f"ours, {connections}", by_fleet(site, connections, wanted.mails))
                rounds.add(f"smtp-source -d -s {connections}", sink.from_source(connections, wanted.mails, SIZE))
    table = Table(f"`script/bench smtp`: {wanted.mails:,} mails of {SIZE:,} bytes", "mails a second", rounds)
    table.compare("one connection", "ours, 1", "smtp-source -d -s 1", at_least=2.5)
    table.compare("four connections", "ours, 4", "smtp-source -d -s 4", at_least=1.5)
    table.report(wanted.json)


if __name__ == "__main__":
    main()
