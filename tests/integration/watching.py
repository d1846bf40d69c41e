"""A `deliver --watch` in the background, and what is asked of it."""

import os
import re
import shutil
import signal
import time

import harness
from harness import Site


class Watch:
    """A running watch of a site; ended at the latest with it."""

    def __init__(self, site, *args):
        self.process = site.start("deliver", "--watch", *args)
        self.pid = self.process.pid

    def log(self):
        return self.process.err().splitlines()

    def wait_for(self, pattern, *, count=1, timeout=30):
        """Waits until so many lines of the log match; the last of them."""
        deadline = time.monotonic() + timeout
        while len(found := [line for line in self.log() if re.search(pattern, line)]) < count:
            if time.monotonic() > deadline or not self.process.alive():
                raise AssertionError(f"not {count} times {pattern!r} in:\n" + "\n".join(self.log()))
            time.sleep(0.02)
        return found[-1]

    def stop(self, number=signal.SIGTERM, timeout=60):
        """Ends it as systemd does; the Result."""
        self.process.signal(number)
        return self.process.wait(timeout)

    def resident(self):
        """Its memory, in kB."""
        with open(f"/proc/{self.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1))


def second_host(site):
    """A site with the same database and relay and a copy of the keys, as another host has them."""
    other = Site.__new__(Site)
    other.__dict__ = site.__dict__ | {"folder": site.folder / "elsewhere", "_own": [], "_running": []}
    shutil.copytree(site.folder / "keys", other.folder / "keys")
    for name in ("database.password", "mail.password"):
        if (site.folder / name).exists():
            shutil.copy(site.folder / name, other.folder)
    other.write_secret(other.file.name, site.file.read_text())
    return other


def kill_at(site, step, *args):
    """Runs a command that is killed at a named step."""
    before, harness.BINARY = harness.BINARY, os.environ["PWRESET_KILLABLE"]
    try:
        return site.run(*args, env={"PWRESET_TEST_AT": step})
    finally:
        harness.BINARY = before
