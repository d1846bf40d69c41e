#!/usr/bin/python3
"""What one command costs, against the tools people use today: the mariadb client and Django's manage.py.
With --against BINARY also against another build of pwreset, on a server and tables of its own.

Every round runs each of them once, in turn, so that what the machine does otherwise hits all alike; the figures are
medians over the rounds, and ratios of medians. Starting a process from Python is in all of them alike (1 to 2 ms).
"""

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measuring.builds  # says where the tests' modules are

from harness import BINARY, Site

ROUNDS = int(os.environ.get("ROUNDS", "40"))


def timed(command):
    """Wall time in ms of one run, which must succeed."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000


def peak_memory(command):
    """In MB. By time(1), since a child of ours would inherit Python's own peak."""
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return int(done.stderr.split()[-1]) / 1024


def django_project(folder):
    """A project whose command `nothing` does nothing: the price of manage.py itself."""
    subprocess.run([sys.executable, "-m", "django", "startproject", "peer", folder], check=True)
    subprocess.run([sys.executable, "manage.py", "startapp", "idle"], cwd=folder, check=True)
    commands = Path(folder) / "idle/management/commands"
    commands.mkdir(parents=True)
    (commands / "nothing.py").write_text(
        "from django.core.management.base import BaseCommand\n\n\nclass Command(BaseCommand):\n"
        "    requires_system_checks = []\n\n    def handle(self, **_):\n        pass\n"
    )
    settings = Path(folder) / "peer/settings.py"
    settings.write_text(settings.read_text().replace("INSTALLED_APPS = [", "INSTALLED_APPS = [\n    'idle',"))


def client_command(site):
    """The mariadb client, asking what `list-tokens` of one user asks."""
    options = site.folder / "client.cnf"
    site.write_secret("client.cnf", f"[client]\nuser={site.database.user}\npassword={site.database.password}\n"
                                    f"socket={site.database.socket}\n")  # fmt: skip
    select = ("SELECT t.*, d.state, j.operator, j.ticket FROM pwreset_tokens t JOIN users u ON u.id = t.account "
              "LEFT JOIN pwreset_deliveries d ON d.id = t.delivery_id LEFT JOIN pwreset_jobs j ON j.id = d.job_id "
              "WHERE u.email = 'user1@example.com' AND t.app = 'shop' ORDER BY t.id DESC")  # fmt: skip
    return [shutil.which("mariadb"), f"--defaults-file={options}", site.database.name, "-e", select]


def pwreset_commands(site, binary):
    """{name: command} of one build, on a site that it has migrated."""
    ours = [binary, "--config", str(site.file)]
    subprocess.run([*ours, "migrate"], check=True, capture_output=True)
    for number in range(20):
        site.add_user(email=f"user{number}@example.com")
    subprocess.run([*ours, "request", "user1@example.com", "--queue"], check=True, capture_output=True)
    maildir = site.folder / "maildir.toml"
    site.config(mail={"transport": "maildir", "maildir": "out", "host": None, "port": None, "tls": None})
    maildir.write_text(site.file.read_text())
    maildir.chmod(0o600)
    return {
        "--version": [binary, "--version"],
        "list-tokens USER": [*ours, "list-tokens", "user1@example.com", "--limit", "20"],
        "request --queue": [*ours, "request", "user2@example.com", "--queue"],
        "request (maildir)": [binary, "--config", str(maildir), "request", "user3@example.com"],
        "purge-expired (nothing)": [*ours, "purge-expired"],
    }


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--against", metavar="BINARY", help="another build of pwreset, its modules beside it")
    other = options.parse_args().against
    limits = {"cooldown": "0s", "per_account": "1000000/h", "per_recipient": "1000000/h", "per_operator": "1000000/h",
              "agents": "1000000/h"}  # fmt: skip
    with contextlib.ExitStack() as stack:
        site = stack.enter_context(Site(limits=limits))
        peer = stack.enter_context(tempfile.TemporaryDirectory())
        django_project(peer)
        commands = {f"pwreset {name}": command for name, command in pwreset_commands(site, BINARY).items()}
        if other:
            theirs = pwreset_commands(stack.enter_context(Site(limits=limits)), other)
            commands |= {f"  the other {name}": command for name, command in theirs.items()}
        commands["mariadb -e SELECT"] = client_command(site)
        commands["manage.py nothing"] = [sys.executable, f"{peer}/manage.py", "nothing"]
        peaks = {name: peak_memory(command) for name, command in commands.items()}
        figures = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                figures[name].append(timed(command))
        report(figures, peaks)


def report(figures, peaks):
    median = {name: statistics.median(rows) for name, rows in figures.items()}
    client, manage = median["mariadb -e SELECT"], median["manage.py nothing"]
    print(f"{ROUNDS} interleaved rounds; load {os.getloadavg()[0]:.2f}")
    print(f"{'command':34} {'ms':>7} {'min':>7} {'peak MB':>8} {'x mariadb':>10} {'manage.py is':>13}")
    for name, rows in figures.items():
        ratio = f"{median[name] / client:.2f}"
        print(f"{name:34} {median[name]:7.1f} {min(rows):7.1f} {peaks[name]:8.1f} {ratio:>10} {manage / median[name]:10.1f} x")


if __name__ == "__main__":
    main()
