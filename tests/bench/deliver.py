#!/usr/bin/python3
"""How fast queued links leave: script/bench deliver [--against REVISION] [--mails N] [--rounds N] [--json FILE]

A queue of links, put into each build's own schema of one private MariaDB server by SQL, is worked off by `deliver` into
Postfix's smtp-sink, without a limit of mails a connection: by this build, by the build of another revision (the one before
jobs came), and beside them smtp-source sends mails of the same size to the same sink over one and over four connections it
keeps. Rounds alternate; the figures are mails a second, by wall clock and with the start of the program. After each round
every link of the queue must be live and its delivery sent. The other revision is slower by an order of magnitude and more:
--against-mails gives it a shorter queue, which flatters it.
"""

import argparse
import contextlib
import tempfile
import time
from pathlib import Path

from measuring.builds import built, short_name
from measuring.sink import Sink
from measuring.table import Rounds, Table

import harness
from database import Database
from mariadb_server import MariadbServer

BEFORE = "710b7db"
SUSTAINED = 8000  # mails a second
SERVER = ("--innodb-buffer-pool-size=256M", "--innodb-log-file-size=256M")


class Desk:
    """A site of one build with a table of users, whose queue is filled and worked off."""

    def __init__(self, stack, server, sink, program, **mail):
        self.program = program
        self.database = stack.enter_context(Database(server=server))
        self.site = stack.enter_context(harness.Site(database=self.database, smtp=sink))
        self.site.config(users={"protected": []}, mail={"per_connection": 0, "connections": None} | mail)
        self._run("migrate")
        self._lane = self._has_lanes()

    def _has_lanes(self):
        return bool(self.database.sql("SHOW COLUMNS FROM pwreset_deliveries LIKE 'lane'"))

    def _run(self, *command):
        harness.BINARY = self.program
        done = self.site.run(*command, timeout=3600)
        assert done.exit == 0, done
        return done

    def _queue(self, mails):
        sql = self.database.sql
        for table in ("tokens", "deliveries", "jobs"):
            sql(f"DELETE FROM pwreset_{table}")
        have = sql("SELECT COUNT(*) AS n FROM users")[0]["n"]
        if have < mails:
            sql("INSERT INTO users (email, password) SELECT CONCAT('u', seq, '@example.com'), "
                f"CONCAT('$2y$10$', REPEAT('u', 53)) FROM seq_{have + 1}_to_{mails}")  # fmt: skip
        row = {"app": "'shop'", "job_id": "LAST_INSERT_ID()", "account": "id", "kind": "'link'", "channel": "'email'",
               "state": "'queued'", "next_at": "UTC_TIMESTAMP(6)", "queued_at": "UTC_TIMESTAMP(6)"}  # fmt: skip
        if self._lane:
            row["lane"] = "'bulk'"
        sql("INSERT INTO pwreset_jobs (app, command, budget, operator, trace_id, total, created_at) VALUES "
            f"('shop', 'request', 'agents', 'bench', UUID(), {mails}, UTC_TIMESTAMP(6));"
            f"INSERT INTO pwreset_deliveries ({', '.join(row)}) SELECT {', '.join(row.values())} "
            f"FROM users ORDER BY id LIMIT {mails};"
            "ANALYZE TABLE pwreset_deliveries, pwreset_jobs, pwreset_tokens, users")  # fmt: skip

    def size(self):
        """Bytes of one mail."""
        usual = dict(self.site.settings["mail"])
        self.site.config(mail=dict.fromkeys(usual) | {"from": usual["from"], "transport": "maildir", "maildir": "mail"})
        (self.site.folder / "mail").mkdir()
        self._queue(1)
        self._run("deliver")
        self.site.config(mail={"transport": None, "maildir": None} | usual)
        (mail,) = (file for file in (self.site.folder / "mail").rglob("*") if file.is_file())
        return mail.stat().st_size

    def delivered(self, mails):
        """Mails a second of one `deliver`."""
        self._queue(mails)
        began = time.perf_counter()
        self._run("deliver")
        took = time.perf_counter() - began
        sent = self.database.sql("SELECT COUNT(*) AS n FROM pwreset_deliveries d JOIN pwreset_tokens t ON t.delivery_id = d.id "
                                 "WHERE d.state = 'sent' AND t.live = 1")[0]["n"]  # fmt: skip
        assert sent == mails, f"{sent} of {mails} links were sent and live"
        return mails / took


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--against", default=BEFORE, help="the revision to compare with (default: before jobs came)")
    options.add_argument("--built", type=Path, help="folder in which that revision is, or will be, cloned and built")
    options.add_argument("--mails", type=int, default=10_000)
    options.add_argument("--against-mails", type=int, help="mails of the other build's queue (default: as many)")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--connections", type=int, help="mail.connections of this build (default: its own)")
    options.add_argument("--json", type=Path)
    wanted = options.parse_args()
    program = harness.BINARY
    revision = short_name(wanted.against)
    theirs = wanted.against_mails or wanted.mails
    with contextlib.ExitStack() as stack:
        folder = wanted.built or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pwreset-before-"))) / "clone"
        other = built(revision, folder)
        server = stack.enter_context(contextlib.closing(MariadbServer(options=SERVER)))
        sink = stack.enter_context(Sink())
        more = {"connections": wanted.connections} if wanted.connections else {}
        ours, before = Desk(stack, server, sink, program, **more), Desk(stack, server, sink, other)
        size = ours.size()
        rounds = Rounds()
        for _ in range(wanted.rounds):
            rounds.add("this build", ours.delivered(wanted.mails))
            for connections in (1, 4):
                rounds.add(f"smtp-source -d -s {connections}", sink.from_source(connections, wanted.mails, size))
            rounds.add(f"the build of {revision}", before.delivered(theirs))
    table = Table(f"`script/bench deliver`: {wanted.mails:,} queued links, {size:,} bytes a mail, `per_connection` unlimited",
                  "mails a second", rounds)  # fmt: skip
    table.compare("queued to delivered", "this build", f"the build of {revision}", at_least=20)
    table.compare("queued to delivered", "this build", "smtp-source -d -s 1")
    table.compare("queued to delivered", "this build", "smtp-source -d -s 4")
    table.add("queued to delivered", "the goal, sustained", rounds.median("this build"), SUSTAINED, at_least=1)
    table.report(wanted.json)


if __name__ == "__main__":
    main()
