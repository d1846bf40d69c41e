"""A database of a test's own: a schema on a server that the tests of a process share, or a private server.

The tests run on MariaDB and on MySQL: what only one of them has (sequences, RETURNING, tables of information_schema) is not
for them. What they must know of the server itself, and not of a schema, they ask a Database.
"""

import atexit
import os
import secrets
import subprocess
import tempfile
import time
import unittest
from urllib.parse import unquote, urlsplit

from mariadb_server import MariadbServer, program
from sql_connection import Connection, literal


def numbers(count):
    """A table of the numbers 1 to `count`, at most a million, in a column `seq`; may be followed by AND."""
    digits = f"(SELECT 0 AS d {' '.join(f'UNION SELECT {digit}' for digit in range(1, 10))})"
    places = [f"p{place}.d * {10 ** place}" for place in range(6)]
    tables = ", ".join(f"{digits} p{place}" for place in range(6))
    return f"(SELECT {' + '.join(places)} + 1 AS seq FROM {tables}) numbers WHERE seq <= {count}"


class BorrowedServer:
    """The server that PWRESET_TEST_DATABASE names."""

    socket = None

    def __init__(self, url):
        parts = urlsplit(url)
        if parts.scheme != "mysql" or not parts.hostname:
            raise ValueError("PWRESET_TEST_DATABASE is not mysql://user:password@host:port")
        self.host, self.port = parts.hostname, parts.port or 3306
        self.user, self.password = unquote(parts.username or "root"), unquote(parts.password or "")


class Database:
    """A schema named `name`, empty at first, and the login `user`/`password` that may do everything in it.

    It is on the server that PWRESET_TEST_DATABASE names, or on a MariaDB server of this process. `private` is why it needs one
    to itself, such as "it is stopped": then start(), stop() and log() are there too, and `tcp` and `options` as for a
    MariadbServer; a test that needs one is skipped where no server is installed. A `server` that is handed in is used and not
    stopped.

    Attributes: `socket` (or None), `host` and `port` (or None), `name`, `user`, `password`.
    """

    _shared = None
    _count = 0

    def __init__(self, *, private=None, server=None, **options):
        assert private or not options, "they are for a private server"
        self._own = None
        if private:
            if not program():
                raise unittest.SkipTest(f"needs a MariaDB server to itself: {private}")
            self._own = MariadbServer(**options)
        self._server = self._own or server or self._shared_server()
        self.socket, self.host, self.port = self._server.socket, self._server.host, self._server.port
        self.user, self.password = self._server.user, self._server.password
        self.name = "shop"
        if not self._own:
            Database._count += 1
            self.name = f"pwreset_test_{secrets.token_hex(6)}" if self.socket is None else f"shop{Database._count}"
        atexit.register(self.close)
        self.reset()

    @classmethod
    def _shared_server(cls):
        if cls._shared is None:
            url = os.environ.get("PWRESET_TEST_DATABASE")
            cls._shared = BorrowedServer(url) if url else MariadbServer()
        return cls._shared

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Starts the private server again: same data, same port. Returns when it answers."""
        self._own.start()

    def stop(self, *kind):
        """Stops the private server; signal.SIGKILL is a crash. The data stays."""
        self._own.stop(*kind)

    def log(self):
        """What the private server wrote."""
        return self._own.log()

    def close(self):
        """Removes the schema, with its server if that is private."""
        atexit.unregister(self.close)
        if self._own:
            self._own.close()
        else:
            with self.connect(name=None) as server:
                server.execute(f"DROP DATABASE IF EXISTS `{self.name}`")

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

    def connections(self):
        """The ids of the connections to the schema, but for the one that asks."""
        with self.connect() as connection:
            (own,) = connection.execute("SELECT CONNECTION_ID() AS id")
            return {row["Id"] for row in connection.execute("SHOW PROCESSLIST") if row["db"] == self.name} - {own["id"]}

    def waits_for_a_lock(self):
        """Whether a transaction in the schema waits for another."""
        time.sleep(0.15)  # the server looks anew only when it was not asked for a tenth of a second
        waiting = self.sql("SELECT trx_mysql_thread_id AS id FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT'")
        return not self.connections().isdisjoint(row["id"] for row in waiting)

    def rows_scanned(self):
        """How many rows the server has read one after the other so far, in all its schemas."""
        return int(self.sql("SHOW GLOBAL STATUS LIKE 'Handler_read_rnd_next'")[0]["Value"])

    def client(self, program, *args, stdin=""):
        """What mariadb or mariadb-dump prints, asked about this schema."""
        where = f"socket={self.socket}" if self.socket else f"host={self.host}\nport={self.port}\nprotocol=tcp"
        with tempfile.NamedTemporaryFile("w", prefix="pwreset-db-") as defaults:  # of mode 0600
            defaults.write(f'[client]\n{where}\nuser={self.user}\npassword="{self.password}"\n'
                           "loose-ssl-verify-server-cert=0\n")  # fmt: skip
            defaults.flush()
            command = [program, f"--defaults-file={defaults.name}", *args, self.name]
            done = subprocess.run(command, input=stdin.encode(), capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode(errors="replace"))
        return done.stdout

    def dump(self):
        """The text of all tables twice, binary values as they are and in hexadecimal: where to look for a secret."""
        forms = [self.client("mariadb-dump", "--skip-extended-insert", form) for form in ("--skip-hex-blob", "--hex-blob")]
        return "".join(form.decode(errors="backslashreplace") for form in forms)

    def definition(self, prefix):
        """The statements that make the tables whose names begin so, with their rows."""
        statements = []
        for table in (list(row.values())[0] for row in self.sql(f"SHOW TABLES LIKE '{prefix}%'")):
            statements.append(self.sql(f"SHOW CREATE TABLE `{table}`")[0]["Create Table"])
            for row in self.sql(f"SELECT * FROM `{table}`"):
                statements.append(f"INSERT INTO `{table}` VALUES ({', '.join(map(literal, row.values()))})")
        return ";\n".join(statements)

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
