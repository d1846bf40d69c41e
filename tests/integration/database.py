"""A database of a test's own: a private mariadbd, or a schema on the server that PWRESET_TEST_DATABASE names."""

import atexit
import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sql_connection import Connection, SqlError

_PR_SET_PDEATHSIG = 1


def die_with_parent():
    """Run in a child before exec: a test that is killed takes its servers with it. They end when the *thread* that
    started them does, so servers are started from the main thread."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port():
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Database:
    """A schema named `name`, empty at first, and the login `user`/`password` that may do everything in it.

    Attributes: `private` (the server is ours), `socket` (or None), `host` and `port` (or None), `name`, `user`,
    `password`. A private server listens on a socket, with `tcp=True` on a loopback port too; `options` go to mariadbd.
    """

    def __init__(self, *, tcp=False, options=()):
        self._folder = Path(tempfile.mkdtemp(prefix="pwreset-db-"))
        self._process = None
        atexit.register(self.close)
        self.name = "shop"
        self.user = "shopadmin"
        self.password = secrets.token_hex(12)
        self.socket = self.host = self.port = None
        url = os.environ.get("PWRESET_TEST_DATABASE")
        self.private = not url
        if url:
            self._borrow(url)
        else:
            self._install(tcp, options)
        self.reset()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _borrow(self, url):
        parts = urlsplit(url)
        if parts.scheme != "mysql" or not parts.hostname:
            raise ValueError("PWRESET_TEST_DATABASE is not mysql://user:password@host:port")
        self.host, self.port = parts.hostname, parts.port or 3306
        self.user, self.password = unquote(parts.username or "root"), unquote(parts.password or "")
        self.name = f"pwreset_test_{secrets.token_hex(6)}"

    def _install(self, tcp, options):
        self.socket = self._folder / "socket"
        if tcp:
            self.host, self.port = "127.0.0.1", free_port()
        data = self._folder / "data"
        as_root = ["--user=root"] if os.getuid() == 0 else []
        small = ["--innodb-log-file-size=8M", "--innodb-buffer-pool-size=32M"]
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db", *as_root, *small]
        # --force: a bare machine may not be able to look up its own name, and nobody here uses it.
        done = subprocess.run([*install, "--force", "--auth-root-authentication-method=normal"], capture_output=True, text=True,
                              env=os.environ | {"TMPDIR": str(self._folder)})
        if done.returncode != 0:
            raise RuntimeError(f"mariadb-install-db failed:\n{done.stdout}{done.stderr}")
        self._command = [
            shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "mariadbd",
            "--no-defaults", f"--datadir={data}", f"--tmpdir={self._folder}", f"--socket={self.socket}",
            f"--pid-file={self._folder}/pid", *as_root, *small, "--skip-log-bin", "--performance-schema=OFF",
            "--innodb-flush-log-at-trx-commit=2", "--character-set-server=utf8mb4", "--skip-name-resolve",
            *([f"--port={self.port}", "--bind-address=127.0.0.1"] if tcp else ["--skip-networking"]), *options,
        ]  # fmt: skip
        self.start()
        with Connection(user="root", socket=self.socket) as root:
            for host in ("localhost", "127.0.0.1"):
                root.execute(f"CREATE USER {self.user}@'{host}' IDENTIFIED BY '{self.password}';"
                             f"GRANT ALL ON *.* TO {self.user}@'{host}' WITH GRANT OPTION")

    def start(self):
        """Starts the private server (again): same data, same port. Returns when it answers."""
        assert self.private, "not our server"
        with open(self._folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                Connection(user="root", socket=self.socket).close()
                return
            except SqlError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"mariadbd did not start:\n{self.log()}") from None
                time.sleep(0.02)

    def stop(self, kind=signal.SIGTERM):
        """Stops the private server; SIGKILL is a crash. The data stays."""
        assert self.private, "not our server"
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
        """Stops the private server, or drops the schema from the other, and removes what is on disk."""
        atexit.unregister(self.close)
        if self.private:
            self.stop(signal.SIGKILL)
        else:
            self.sql(f"DROP DATABASE IF EXISTS `{self.name}`")
        shutil.rmtree(self._folder, ignore_errors=True)

    def log(self):
        """What the private server wrote."""
        return (self._folder / "log").read_text(errors="replace")

    def reset(self):
        """Empties the schema."""
        with self.connect(name=None) as server:
            server.execute(f"DROP DATABASE IF EXISTS `{self.name}`;"
                           f"CREATE DATABASE `{self.name}` CHARACTER SET utf8mb4")

    def connect(self, **other):
        """A Connection to keep; `other` replaces user, password, name."""
        where = {"socket": self.socket} if self.socket else {"host": self.host, "port": self.port}
        return Connection(**{"user": self.user, "password": self.password, "name": self.name} | where | other)

    def sql(self, text):
        """Runs statements on a connection of their own; the rows of the last that has any, as dictionaries."""
        with self.connect() as connection:
            return connection.execute(text)

    def dump(self):
        """The text of all tables twice, binary values as they are and in hexadecimal: where to look for a secret."""
        defaults = self._folder / "client.cnf"
        where = f"socket={self.socket}" if self.socket else f"host={self.host}\nport={self.port}\nprotocol=tcp"
        with open(os.open(defaults, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(f'[client]\n{where}\nuser={self.user}\npassword="{self.password}"\n'
                       "loose-ssl-verify-server-cert=0\n")
        text = ""
        for form in ("--skip-hex-blob", "--hex-blob"):
            command = ["mariadb-dump", f"--defaults-file={defaults}", "--skip-extended-insert", form, self.name]
            done = subprocess.run(command, capture_output=True)
            if done.returncode != 0:
                raise RuntimeError(done.stderr.decode(errors="replace"))
            text += done.stdout.decode(errors="backslashreplace")
        return text

    def settings(self):
        """The section [database] of a configuration, without the password, which belongs into a file of its own."""
        where = {"socket": str(self.socket)} if self.socket else {"host": self.host, "port": self.port, "tls": "off"}
        return where | {"name": self.name, "user": self.user}

    def create_users_table(self, collation="utf8mb4_general_ci"):
        """`users`, as an application of one's own may have it."""
        self.sql(f"""CREATE TABLE users (
            id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190), login VARCHAR(190), name VARCHAR(190),
            password VARCHAR(255), role VARCHAR(40), active TINYINT NOT NULL DEFAULT 1, locale VARCHAR(20),
            KEY (email), KEY (login)) ENGINE=InnoDB CHARACTER SET {collation.split('_')[0]} COLLATE {collation}""")
