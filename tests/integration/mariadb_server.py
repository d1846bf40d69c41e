"""A MariaDB server of a test's own, up in a fifth of a second: its data is a copy of a folder that is prepared once."""

import atexit
import fcntl
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from children import HANGS, die_with_parent
from sql_connection import Connection, SqlError

# Where the folder is prepared: below build/, which is not under version control.
PREPARED = Path(__file__).resolve().parent.parent.parent / "build/test-databases"
_AS_ROOT = ["--user=root"] if os.getuid() == 0 else []
_SIZE = ["--innodb-log-file-size=8M", "--innodb-buffer-pool-size=32M"]


def free_port():
    """A port of the loopback interface that nobody listens on. None of those that the kernel gives to whoever connects or asks
    for any: between this and its use, or while a server is stopped, another test could be given it."""
    given = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(10000, given) if given > 11000 else 0
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
            except OSError:
                pass


def program():
    """mariadbd, or None."""
    return shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _prepared_data():
    """The data folder of a new server of this version, which nobody writes to; made by whoever comes first."""
    told = subprocess.run([program(), "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"Ver (\S+)", told)[1]
    data = PREPARED / f"{version}-{os.getuid()}"
    PREPARED.mkdir(parents=True, exist_ok=True)
    with open(f"{data}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data.exists():
            with tempfile.TemporaryDirectory(dir=PREPARED) as folder:
                _install(Path(folder), Path(folder) / "data")
                (Path(folder) / "data").rename(data)
    return data


def _install(folder, data):
    # --force: a bare machine may not be able to look up its own name, and nobody here uses it.
    command = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db", *_AS_ROOT, *_SIZE, "--force",
               "--auth-root-authentication-method=normal"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"TMPDIR": str(folder)})
    if done.returncode != 0:
        raise RuntimeError(f"mariadb-install-db failed:\n{done.stdout}{done.stderr}")


class MariadbServer:
    """A running server. The login `user`/`password` may do everything, on `socket` and, with tcp=True, on `host` and `port`;
    `options` go to mariadbd. A commit outlives the death of the server, but not that of the machine."""

    def __init__(self, *, tcp=False, options=()):
        self.folder = Path(tempfile.mkdtemp(prefix="pwreset-db-"))
        self._process = None
        atexit.register(self.close)
        self.user, self.password = "shopadmin", secrets.token_hex(12)
        self.socket = self.folder / "socket"
        self.host, self.port = ("127.0.0.1", free_port()) if tcp else (None, None)
        data = self.folder / "data"
        subprocess.run(["cp", "-r", "--reflink=auto", str(_prepared_data()), str(data)], check=True)
        network = [f"--port={self.port}", "--bind-address=127.0.0.1"] if tcp else ["--skip-networking"]
        self._command = [
            program(), "--no-defaults", f"--datadir={data}", f"--tmpdir={self.folder}", f"--socket={self.socket}",
            f"--pid-file={self.folder}/pid", *_AS_ROOT, *_SIZE, "--skip-log-bin", "--performance-schema=OFF",
            "--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--character-set-server=utf8mb4",
            "--skip-name-resolve", *network, *options,
        ]  # fmt: skip
        self.start()
        with Connection(user="root", socket=self.socket) as root:
            for host in ("localhost", "127.0.0.1"):
                root.execute(f"CREATE USER {self.user}@'{host}' IDENTIFIED BY '{self.password}';"
                             f"GRANT ALL ON *.* TO {self.user}@'{host}' WITH GRANT OPTION")

    def start(self):
        """Starts the server (again): same data, same port. Returns when it answers."""
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent
            )
        deadline = time.monotonic() + HANGS
        while True:
            try:
                Connection(user="root", socket=self.socket).close()
                return
            except SqlError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"mariadbd did not start:\n{self.log()}") from None
                time.sleep(0.02)

    def stop(self, kind=signal.SIGTERM):
        """Stops the server; SIGKILL is a crash. The data stays."""
        if self._process is None:
            return
        self._process.send_signal(kind)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def close(self):
        """Stops the server and removes what is on disk."""
        atexit.unregister(self.close)
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        """What the server wrote."""
        return (self.folder / "log").read_text(errors="replace")
