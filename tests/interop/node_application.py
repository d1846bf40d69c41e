"""Applications that run on Node: their packages by npm, as a lock file names them; their code in a process that is asked."""

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime

from application import HERE, INSTALLED, Application
from children import die_with_parent


class NpmFolder:
    """The packages that tests/interop/NAME/package-lock.json names, in build/interop/NAME/node_modules. No package's own
    installation script is run. `before` is called with the folder first, for what npm cannot fetch as a package."""

    def __init__(self, name, before=None):
        self.lock_file = HERE / name / "package-lock.json"
        self.path = INSTALLED / name
        self._before = before

    def missing(self):
        return "" if shutil.which("npm") or self.installed() else "needs npm (Debian's package npm)"

    def install(self):
        self.path.mkdir(parents=True, exist_ok=True)
        with open(f"{self.path}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.installed():
                self._install()

    def modules(self):
        return self.path / "node_modules"

    def installed(self):
        mark = self.path / "installed"
        return mark.exists() and mark.read_text() == self._digest()

    def _digest(self):
        return hashlib.sha256(self.lock_file.read_bytes()).hexdigest()

    def _install(self):
        if self._before:
            self._before(self.path)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            if (self.lock_file.parent / name).exists():
                shutil.copy(self.lock_file.parent / name, self.path / name)
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev", "--loglevel=error"]
        done = subprocess.run(["npm", "ci", *options], cwd=self.path, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"npm ci in {self.path} failed:\n{done.stdout}{done.stderr}")
        (self.path / "installed").write_text(self._digest())


class Unpacked:
    """A package by itself, for NpmFolder(before=…): what is named `as_name` in its folder. For those whose own dependencies are too
    many, or are files beside them, which npm does not take from a registry: package.json here names those that are needed."""

    def __init__(self, package, version, sha512, as_name, without=""):
        self.package, self.version, self.sha512 = package, version, sha512
        self.as_name, self.without = as_name, without

    def __call__(self, folder):
        packed = ["npm", "pack", f"{self.package}@{self.version}", "--silent"]
        name = subprocess.run(packed, cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
        archive = folder / name
        if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != self.sha512:
            raise RuntimeError(f"{archive} is not the one that is known here")
        left_out = [f"--exclude=package/{self.without}"] if self.without else []
        subprocess.run(["tar", "-xzf", archive, "--no-same-owner", *left_out], cwd=folder, check=True)
        shutil.rmtree(folder / self.as_name, ignore_errors=True)
        (folder / "package").rename(folder / self.as_name)
        archive.unlink()


class Node(NpmFolder):
    """Node itself: releases want a newer one than Debian 12 has."""

    def program(self):
        kind = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
        return self.modules() / f"node-linux-{kind}/bin/node"


NODE = Node("node")


class NodeApplication(Application):
    """One whose program is NAME/desk.js: it answers prepare, add_user, ask, check, complete and signs_in, by node/desk.js.

    Its clock is the Date of that process, moved by node/desk.js.
    """

    packages = None  # an NpmFolder
    desk = "desk.js"
    arguments = ()  # for it
    options = ()  # for Node
    kept_schema = ""  # a name for what its migrations make, where they take long: its version
    moves_clock = True
    _process = None
    _moment = None

    @classmethod
    def missing(cls):
        return NODE.missing() or cls.packages.missing()

    @classmethod
    def installed(cls):
        return NODE.installed() and cls.packages.installed()

    @classmethod
    def install(cls):
        NODE.install()
        cls.packages.install()

    def settings(self):
        """What prepare of the program is told besides `url` and `database`."""
        return {}

    def environment(self):
        """Variables for the process, such as TZ."""
        return {}

    def prepare(self, database):
        """Where `kept_schema` is said, what its migrations made is kept, and is there at once the next time."""
        kept = self.kept_schema and self.packages.path / f"schema-{self.kept_schema}.sql"
        if kept and kept.exists():
            database.client("mariadb", stdin=kept.read_text())
            self._start(database, migrated=True)
        else:
            self._start(database, migrated=False)
            if kept:
                made = kept.with_suffix(f".{self.folder.name}")
                made.write_bytes(database.client("mariadb-dump", "--hex-blob"))
                made.rename(kept)

    def _start(self, database, migrated):
        folder = HERE / self.packages.path.name
        # Standard error into a file: what the application prints there is told with a fault.
        self._log = open(self.folder / "node.log", "w+b")
        self._process = subprocess.Popen(
            [NODE.program(), *self.options, folder / self.desk, *self.arguments], cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._log, text=True, preexec_fn=die_with_parent,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "NODE_PATH": str(self.packages.modules()), "TZ": "UTC"}
            | self.environment(),
        )  # fmt: skip
        place = {"host": "127.0.0.1", "port": database.port, "name": database.name, "user": database.user,
                 "password": database.password}  # fmt: skip
        self.do("prepare", url=self.base, database=place, folder=str(self.folder), packages=str(self.packages.path),
                migrated=migrated, **self.settings())  # fmt: skip

    def close(self):
        if self._process is not None:
            self._process.stdin.close()
            self._process.wait()
            self._process.stdout.close()
            self._log.close()
            self._process = None
        super().close()

    def add_user(self, email, login, password, *, active=True, sso=False, admin=False):
        return self.do("add_user", email=email, login=login, password=password, active=active, sso=sso, admin=admin)

    def ask(self, email):
        return self.do("ask", email=email)

    def check(self, link):
        return self.do("check", link=link)

    def complete(self, link, password):
        return self.do("complete", link=link, password=password)

    def signs_in(self, email, password):
        return self.do("signs_in", email=email, password=password)

    @contextlib.contextmanager
    def at(self, moment):
        before = self._moment
        self._move(moment)
        try:
            yield
        finally:
            self._move(before)

    def _move(self, moment):
        self._moment = moment
        self.do("clock", moment=moment and (moment - datetime.fromtimestamp(0, UTC)).total_seconds() * 1000)

    def do(self, what, **details):
        """What the program answers."""
        self._process.stdin.write(json.dumps({"do": what} | details) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.release}: ended with {self._process.wait()}:\n{self._told()}")
        said = json.loads(line)
        if "fault" in said:
            raise RuntimeError(f"{self.release}: {said['fault']}\n{self._told()}")
        return said["answer"]

    def _told(self):
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-4000:]
