#!/usr/bin/python3
"""What a profile costs: script/bench profiles [--against REVISION]

Each way to store a link, minted a page of 50 accounts a transaction, against the mariadb client that runs the statements
which leave the very same rows, 50 a transaction: the rows are read back from what was minted. With --against (a revision
before profiles, built in a folder of its own) also a queue of native links, delivered into a maildir by both builds.
Rounds alternate; figures are medians over the rounds, ratios those of medians. The database does not wait for the disk,
which would make all of them equal.
"""

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from measuring.builds import built

import harness
from children import die_with_parent
from database import Database
from sql_connection import literal

ROUNDS = int(os.environ.get("ROUNDS", "5"))
LINKS = int(os.environ.get("LINKS", "10000"))
NATIVE = int(os.environ.get("NATIVE", "2000"))
PAGE = 50
OPTIONS = ("--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=256M")
WRITER = Path(harness.BINARY).parent / "minting-writer"

ROW = {"table": "password_resets", "find": {"user_id": "key"}, "set": {"token": "hex(sha256(token))", "expires_at": "expires"},
       "revoke": "delete", "purge": True}  # fmt: skip
MODES = {
    "columns": {"mode": "columns", "set": {"reset_token": "hex(sha256(token))", "reset_expires": "expires"},
                "empty": {"reset_token": "null", "reset_expires": "null"}, "revoke": "empty"},
    "insert": ROW | {"mode": "insert"},
    "delete-insert": ROW | {"mode": "delete-insert"},
    "upsert": ROW | {"mode": "upsert"},
}  # fmt: skip
TABLE = """CREATE OR REPLACE TABLE password_resets (id BIGINT AUTO_INCREMENT PRIMARY KEY, user_id BIGINT NOT NULL,
    token CHAR(64) NOT NULL, expires_at DATETIME NOT NULL, KEY (user_id)) ENGINE=InnoDB"""


def statements(mode, rows):
    """What an application would run for these rows, a page a transaction."""
    for number, row in enumerate(rows):
        if number % PAGE == 0:
            yield "COMMIT; BEGIN"
        user, token, end = row["user_id"], literal(row["token"]), literal(str(row["expires_at"]))
        insert = f"INSERT INTO password_resets (user_id, token, expires_at) VALUES ({user}, {token}, {end})"
        if mode == "columns":
            yield f"UPDATE users SET reset_token = {token}, reset_expires = {end} WHERE id = {user}"
        elif mode == "upsert":
            yield f"UPDATE password_resets SET token = {token}, expires_at = {end} WHERE user_id = {user}"
        else:
            if mode == "delete-insert":
                yield f"DELETE FROM password_resets WHERE user_id = {user}"
            yield insert
    yield "COMMIT"


def minted(site):
    with subprocess.Popen([WRITER, site.file, str(LINKS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          preexec_fn=die_with_parent) as writer:  # fmt: skip
        assert writer.stdout.readline() == "ready\n"
        took, _ = writer.communicate("go\n")
    assert writer.returncode == 0
    return float(took)


def by_client(site, text):
    began = time.perf_counter()
    site.database.client("mariadb", stdin=text)
    return time.perf_counter() - began


def empty(site, mode):
    """As it is before the links; an upsert meets rows that are there."""
    site.database.sql("UPDATE users SET reset_token = NULL, reset_expires = NULL" if mode == "columns" else TABLE)
    if mode == "upsert":
        site.database.sql(f"INSERT INTO password_resets (user_id, token, expires_at) SELECT id, '', NOW() FROM users WHERE id <= {LINKS}")


def modes(site):
    """{mode: (ours, the client's)}, in seconds."""
    site.database.sql("ALTER TABLE users ADD reset_token CHAR(64), ADD reset_expires DATETIME")
    site.database.sql(f"INSERT INTO users (email, login, password) SELECT CONCAT('u', seq, '@example.com'), CONCAT('u', seq), "
                      f"'$2y$10$x' FROM seq_1_to_{LINKS}")  # fmt: skip
    figures = {mode: ([], []) for mode in MODES}
    for _ in range(ROUNDS):
        for mode, store in MODES.items():
            site.config(reset={"link": None, "base": "https://shop.example", "token": "random(hex, 64)", "store": store,
                               "application_lifetime": "1h"}, users={"protected": []})  # fmt: skip
            site.config(reset={"link": "{base}/reset/{token}"})
            empty(site, mode)
            figures[mode][0].append(minted(site))
            columns = "id AS user_id, reset_token AS token, reset_expires AS expires_at FROM users"
            rows = site.database.sql("SELECT " + (columns if mode == "columns" else "user_id, token, expires_at FROM password_resets"))
            assert len(rows) == LINKS and all(len(row["token"]) == 64 for row in rows)
            text = ";\n".join(statements(mode, rows)) + ";\n"
            empty(site, mode)
            figures[mode][1].append(by_client(site, text))
    return figures


def deliveries(stack, program):
    """A site of that program with a queue; what delivers it, and fills the queue again."""
    harness.BINARY = program
    database = stack.enter_context(Database(private="it does not wait for the disk", options=OPTIONS))
    site = stack.enter_context(harness.Site(database=database))
    site.config(mail={"transport": "maildir", "maildir": "mail", "host": None, "port": None, "tls": None},
                users={"protected": []},
                limits={"per_operator": "1000000/1h", "agents": "1000000/1h", "lookups": "1000000/1h"})  # fmt: skip
    (site.folder / "mail").mkdir()
    done = site.run("migrate")
    assert done.exit == 0, done
    site.database.sql(f"INSERT INTO users (email, password) SELECT CONCAT('u', seq, '@example.com'), '$2y$10$x' FROM seq_1_to_{NATIVE}")

    def round():
        harness.BINARY = program
        shutil.rmtree(site.folder / "mail")
        (site.folder / "mail").mkdir()
        for table in ("tokens", "deliveries", "jobs", "limits", "audit"):
            site.database.sql(f"TRUNCATE TABLE pwreset_{table}")
        for mark in (site.folder / "keys").glob("*.mark"):  # it would take the tables for those of a restored backup
            mark.unlink()
        for start in range(1, NATIVE + 1, 500):
            keys = [f"id:{key}" for key in range(start, min(start + 500, NATIVE + 1))]
            done = site.run("request", "--queue", *keys, timeout=600)
            assert done.exit == 0, done
        began = time.perf_counter()
        done = site.run("deliver", timeout=600)
        took = time.perf_counter() - began
        assert done.exit == 0 and site.database.sql("SELECT COUNT(*) AS n FROM pwreset_tokens WHERE live = 1")[0]["n"] == NATIVE, done
        return took

    return round


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--against", help="also native links, against the program of this revision")
    wanted = options.parse_args()
    subprocess.run(["cmake", "--build", WRITER.parent, "--target", WRITER.name], check=True, stdout=subprocess.DEVNULL)
    table = []
    with (
        Database(private="it does not wait for the disk", options=OPTIONS) as database,
        harness.Site(database=database) as site,
    ):
        for mode, (ours, client) in modes(site).items():
            table.append((f"{LINKS} links, {mode}", "mariadb client, the same rows", ours, client, 1.3))
    if wanted.against:
        with tempfile.TemporaryDirectory(prefix="pwreset-before-") as folder, contextlib.ExitStack() as stack:
            ours = deliveries(stack, str(Path(WRITER).parent / "pwreset"))
            before = deliveries(stack, built(wanted.against, Path(folder) / "clone"))
            figures = [(ours(), before()) for _ in range(ROUNDS)]
            table.append((f"{NATIVE} native links delivered", f"the build of {wanted.against}", *zip(*figures), 1.1))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {ROUNDS} rounds in turn, medians\n")
    print("| work | against | ours | theirs | ratio | at most | met |\n|---|---|---|---|---|---|---|")
    for work, peer, ours, theirs, most in table:
        ours, theirs = statistics.median(ours), statistics.median(theirs)
        met = "yes" if ours <= most * theirs else "no"
        print(f"| {work} | {peer} | {ours:.2f} s | {theirs:.2f} s | {ours / theirs:.2f} | {most} | {met} |")


if __name__ == "__main__":
    main()
