"""A release of Debian in a folder of build/interop, with packages of it: an application as that release ships it, whatever this
machine runs, and nothing of it installed on the machine.

    folder = DebianFolder("sid", "php-cli", "php-mysql", "wordpress")
    folder.install()                                     # minutes, the first time
    with folder.room("wordpress") as room:               # a folder inside, for one installation
        (room.path / "x.php").write_text("<?php echo 1;")
        room.run("php", f"{room.inside}/x.php")

chroot and debootstrap need root. What runs inside reaches servers of this machine by TCP at 127.0.0.1.

Where the machine itself is that release and has the packages, it does as well, and without root: here_or_folder("bookworm", ...)
is a Machine then, and a DebianFolder else.
"""

import contextlib
import fcntl
import json
import os
import platform
import shutil
import subprocess
import tempfile
from datetime import UTC
from pathlib import Path

from debian_machine import mirror  # the one of tests/integration, where application.py looks too

FOLDERS = Path(__file__).resolve().parent.parent.parent / "build/interop"


class Packages:
    """Packages of Debian below `root`."""

    def __init__(self, suite, *packages):
        self.suite, self.packages = suite, packages

    def installed(self):
        """Whether all of the packages are there."""
        return not self._absent()

    def version(self, package):
        """The version of an installed package; "" where it is not there."""
        for entry in (self.root / "var/lib/dpkg/status").read_text().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in entry.split("\n") if ": " in line and line[0] != " ")
            if fields.get("Package") == package and fields.get("Status") == "install ok installed":
                return fields["Version"]
        return ""

    @contextlib.contextmanager
    def room(self, name):
        """A Room in the folder, removed afterwards."""
        room = Room(self, name)
        try:
            yield room
        finally:
            room.close()

    def _absent(self):
        # A package whose status is anything else is one that an interrupted run left.
        status = self.root / "var/lib/dpkg/status"
        if not status.exists():
            return list(self.packages)
        installed = {
            entry.split("\n", 1)[0].removeprefix("Package: ")
            for entry in status.read_text().split("\n\n")
            if "\nStatus: install ok installed" in entry
        }
        return [package for package in self.packages if package not in installed]


class Machine(Packages):
    """The machine itself."""

    root = Path("/")
    rooms = Path(tempfile.gettempdir())
    entry = ()

    def missing(self):
        """Why it cannot be used, with the remedy; or ""."""
        return f"no {' '.join(self._absent())}; hint: script/bootstrap test" if self._absent() else ""

    def install(self):
        """Nothing is installed on the machine by a test."""


class DebianFolder(Packages):
    """The folder of `suite`, shared by all who name that suite; `packages` are what this one needs in it."""

    def __init__(self, suite, *packages):
        super().__init__(suite, *packages)
        self.root = FOLDERS / suite
        self.rooms = self.root / "srv"
        self.entry = ("chroot", str(self.root))  # what stands before a command that runs inside

    def missing(self):
        """Why it can neither be used nor be made here, with the remedy; or ""."""
        if os.getuid() != 0:
            return f"a folder of Debian {self.suite} is entered by chroot; hint: run as root"
        if not self._absent() or shutil.which("debootstrap"):
            return ""
        return f"no folder of Debian {self.suite} with {' '.join(self._absent())}; hint: script/bootstrap interop"

    def install(self):
        """Makes the folder and installs the packages that are not in it. No service is started."""
        if not self._absent():
            return
        FOLDERS.mkdir(parents=True, exist_ok=True)
        with open(FOLDERS / f"{self.suite}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self.root / "usr/sbin/policy-rc.d").exists():
                shutil.rmtree(self.root, ignore_errors=True)
                self._do("debootstrap", "--variant=minbase", self.suite, str(self.root), *mirror())
                # debootstrap may leave it; who removes the folder is not to meet the machine's.
                if os.path.ismount(self.root / "proc"):
                    self._do("umount", str(self.root / "proc"))
                # It can be made again: dpkg need not wait for the disk.
                (self.root / "etc/dpkg/dpkg.cfg.d/hasty").write_text("force-unsafe-io\n")
                policy = self.root / "usr/sbin/policy-rc.d"  # the last thing: that it is there says that the folder is whole
                policy.write_text("#!/bin/sh\nexit 101\n")
                policy.chmod(0o755)
            absent = self._absent()
            if absent:
                # A mirror may be older than its lists are said to be good for; what it has is still signed.
                apt = ["chroot", str(self.root), "apt-get", "-qq", "-o", "Acquire::Check-Valid-Until=false"]
                self._do(*apt, "update")
                self._do(*apt, "install", "-y", "--no-install-recommends", *absent)

    def _do(self, *command):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


def here_or_folder(suite, *packages):
    """The machine itself where it is that release with all of the packages, or a folder of it."""
    here = Machine(suite, *packages)
    release = platform.freedesktop_os_release()
    if release.get("ID") == "debian" and release.get("VERSION_CODENAME") == suite and here.installed():
        return here
    return DebianFolder(suite, *packages)


class Room:
    """A folder in a DebianFolder, or of the machine: `path` as this machine names it, `inside` as those inside do. Private."""

    def __init__(self, folder, name):
        self.folder = folder
        self.path = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=folder.rooms))
        self.inside = str(self.path) if folder.root == Path("/") else f"/srv/{self.path.name}"

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def run(self, *command, stdin="", at=None, env=None):
        """Runs a command inside, in the room; its output, or RuntimeError with what it wrote. `at`, an aware datetime, is where
        its clock begins (needs the package faketime in the folder). It sees no variables but these and those of `env`."""
        where = ["env", f"--chdir={self.inside}"]
        if at is not None:
            where += ["faketime", "-f", f"@{at.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S')}"]
        variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": self.inside, "TZ": "UTC"}
        done = subprocess.run(
            [*self.folder.entry, *where, *command],
            input=stdin, capture_output=True, text=True, errors="backslashreplace", env=variables | (env or {}),
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed ({done.returncode}):\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
        return done.stdout

    def ask(self, *command, at=None, env=None, **question):
        """What a program inside answers: `question` goes to it as JSON, and the last line of its output is JSON."""
        output = self.run(*command, stdin=json.dumps(question), at=at, env=env)
        try:
            return json.loads(output.rsplit("\n", 1)[-1])
        except ValueError:
            raise RuntimeError(f"{' '.join(command)} did not answer:\n{output[-4000:]}") from None
