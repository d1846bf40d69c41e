"""What an integration test stands on: a database, a relay, and a site where the built pwreset runs.

    class ResetTest(unittest.TestCase):
        def test_a_link_reaches_the_stored_address(self):
            with Site() as site:
                site.migrate()
                site.add_user(email="ada@example.com")
                result = site.run("request", "ada@example.com", "--json")
                self.assertEqual(result.exit, 0, result)
                self.assertIn("/reset/", site.smtp.link(site.smtp.mails()[0]))

PWRESET_BINARY names the program (otherwise: build/debug/pwreset), PWRESET_TEST_DATABASE a server to use instead of a
private one. Needs Python 3.11, Debian's python3-aiosmtpd and a MariaDB server; no pip.
"""

import atexit
import email
import email.policy
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from children import HANGS, PythonServer, die_with_parent, until
from database import Database
from mariadb_server import free_port
from sql_connection import literal

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
BINARY = os.environ.get("PWRESET_BINARY", str(SOURCE / "build/debug/pwreset"))


class SmtpServer:
    """smtp_server.py as a child. Attributes: `host` and `port` to connect to, `ca` (PEM file, with TLS only).

    `tls` is none, starttls or implicit; `auth` is "user:password".
    """

    def __init__(self, *, tls="none", cert_name="localhost", auth=None):
        self._folder = Path(tempfile.mkdtemp(prefix="pwreset-smtp-"))
        atexit.register(self.close)
        self._server = None
        self._runs = 0
        self._behaviour = self._folder / "behaviour.json"
        self._silent = self._behaviour.with_suffix(".silent")
        self.behave()
        self.host = "127.0.0.1" if tls == "none" else "localhost"
        self.port = free_port()
        self.tls = tls
        self.auth = auth
        self.ca = None if tls == "none" else self._folder / "ca.pem"
        self._options = ["--tls", tls, "--cert-name", cert_name, *(["--auth", auth] if auth else [])]
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Starts the server, after stop() on the port it had."""
        self._runs += 1
        folder = self._folder / f"run-{self._runs:03}"
        self._server = PythonServer("smtp_server", "--folder", str(folder), "--behaviour", str(self._behaviour),
                                    "--port", str(self.port), *self._options)  # fmt: skip
        self.port = self._server.ready["port"]
        if self.ca:
            shutil.copy(self._server.ready["ca"], self.ca)

    def stop(self):
        """Nobody listens any more; the mails so far stay."""
        if self._server:
            self._server.stop()
            self._server = None

    def change_login(self, auth):
        """Lets in this "user:password" from now on, and nobody else; who is connected is not any more."""
        self.stop()
        self.auth = self._options[self._options.index("--auth") + 1] = auth
        self.start()

    def close(self):
        atexit.unregister(self.close)
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def behave(self, **wishes):
        """What to do from the next command on, as smtp_server.py describes; without arguments: as usual."""
        self._silent.unlink(missing_ok=True)
        part = self._behaviour.with_suffix(".part")
        part.write_text(json.dumps(wishes))
        part.rename(self._behaviour)

    def connections(self):
        """How many connections were made to it since it was started."""
        file = self._behaviour.with_suffix(".connections")
        return int(file.read_text()) if file.exists() else 0

    def wait_for_silence(self):
        """Waits until somebody waits for an answer because of behave(silence=...)."""
        until(self._silent.exists)

    def mails(self, *, at_least=0, timeout=120):
        """The mails accepted so far, oldest first, as email.message.EmailMessage with the attributes `envelope` (what
        smtp_server.py noted) and `raw` (bytes). Waits until there are `at_least` so many, or fails."""
        until(lambda: len(self._files()) >= at_least, timeout, told=lambda: f"{len(self._files())} mails, not {at_least}")
        return [_parsed(file) for file in self._files()]

    def _files(self):
        return sorted(self._folder.glob("run-*/mail-*.json"), key=lambda f: (f.parent.name, len(f.name), f.name))

    @staticmethod
    def text(mail):
        """The plain text part, lines ended by a newline alone."""
        return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")

    @classmethod
    def link(cls, mail):
        """The link that stands alone on its line."""
        return _only(r"^(https?://\S+)\s*$", cls.text(mail))

    @classmethod
    def code(cls, mail):
        """The code of six digits, which may be shown in two groups of three."""
        return re.sub(r"\D", "", _only(r"(?<![\w:/.-])(\d{3}[ \u00a0-]?\d{3})(?![\w:/-]|\.\d)", cls.text(mail)))


def _parsed(file):
    raw = file.with_suffix(".eml").read_bytes()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    mail.raw = raw
    mail.envelope = json.loads(file.read_text())
    return mail


def _only(pattern, text):
    found = set(re.findall(pattern, text, re.MULTILINE))
    if len(found) != 1:
        raise AssertionError(f"{len(found)} matches of {pattern} instead of one in:\n{text}")
    return found.pop()


@dataclass
class Result:
    """What a run of the program left; shown in full when an assertion quotes it."""

    command: list
    exit: int
    out: str
    err: str

    @property
    def json(self):
        """The standard output as one JSON value."""
        return json.loads(self.out)

    @property
    def rows(self):
        """The standard output as NDJSON."""
        return [json.loads(line) for line in self.out.splitlines()]

    def __str__(self):
        return f"\n$ {' '.join(self.command)}\nexit {self.exit}\n--- out\n{self.out}--- err\n{self.err}"


class Running:
    """A run that goes on in the background, as Site.start() returns it."""

    def __init__(self, command, folder, env, stdin=subprocess.DEVNULL):
        self._command = command
        self._out = tempfile.TemporaryFile(dir=folder)
        self._err = tempfile.TemporaryFile(dir=folder)
        self._process = subprocess.Popen(command, stdin=stdin, stdout=self._out, stderr=self._err,
                                         cwd=folder, env=env, preexec_fn=die_with_parent)  # fmt: skip
        self.pid = self._process.pid

    def alive(self):
        return self._process.poll() is None

    def say(self, text):
        """Ends its standard input with this; it was started with stdin=subprocess.PIPE."""
        self._process.stdin.write(text.encode())
        self._process.stdin.close()

    def signal(self, number=signal.SIGTERM):
        self._process.send_signal(number)

    def wait(self, timeout=HANGS):
        """Waits for its end; the Result. A signal that ended it is a negative exit."""
        code = self._process.wait(timeout)
        return Result(self._command, code, self._written(self._out), self._written(self._err))

    def err(self):
        """What it has written to standard error so far."""
        return self._written(self._err)

    def kill(self):
        """Ends it at once, as a crash would; the Result."""
        self._process.kill()
        return self.wait()

    @staticmethod
    def _written(file):
        # Not by seeking: the position is shared with the child, which may still write.
        return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode(errors="backslashreplace")


class Site:
    """A folder with a configuration, its secrets and keys; a database with a users table; a relay.

    A `database` or `smtp` that is handed in is used and not closed; the database is emptied first. Further arguments
    are sections of the configuration, as for config().
    """

    _made = {}  # what migrate made, by application and server: a borrowed one may have other collations

    def __init__(self, *, database=None, smtp=None, collation="utf8mb4_general_ci", **overrides):
        self.folder = Path(tempfile.mkdtemp(prefix="pwreset-site-"))
        atexit.register(self.close)
        self._own = []
        self._running = []
        self.database = database or self._owned(Database())
        self.smtp = smtp or self._owned(SmtpServer())
        self.database.reset()
        self.database.create_users_table(collation)
        (self.folder / "keys").mkdir(mode=0o700)
        self.settings = {
            "application": "shop",
            "database": self.database.settings() | {"password_file": "database.password"},
            "keys": {"folder": "keys"},
            "users": {"login": "login", "active": "active", "locale": "locale", "role": "role", "protected": ["admin"]},
            "reset": {"link": "https://shop.example/reset/{token}"},
            "mail": {"from": "Shop <no-reply@shop.example>", "host": self.smtp.host, "port": self.smtp.port,
                     "tls": "off" if self.smtp.tls == "none" else self.smtp.tls},
            "text": {"product": "Shop"},
        }  # fmt: skip
        self.write_secret("database.password", self.database.password)
        if self.smtp.ca:
            self.settings["mail"]["tls_ca"] = str(self.smtp.ca)
        if self.smtp.auth:
            user, _, password = self.smtp.auth.partition(":")
            self.write_secret("mail.password", password)
            self.settings["mail"] |= {"user": user, "password_file": "mail.password"}
        self.config(**overrides)

    def _owned(self, thing):
        self._own.append(thing)
        return thing

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        atexit.unregister(self.close)
        for running in self._running:
            if running.alive():
                running.kill()
        for thing in self._own:
            thing.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def file(self):
        """The configuration file."""
        return self.folder / "shop.toml"

    def write_secret(self, name, text):
        """A file of mode 0600 in the site's folder."""
        with open(os.open(self.folder / name, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(text)

    def config(self, **overrides):
        """Merges sections into `settings` and writes the file: config(limits={"cooldown": "1s"}). None removes a key
        or a section."""
        for name, value in overrides.items():
            if isinstance(value, dict) and isinstance(self.settings.get(name), dict):
                value = self.settings[name] | value
            self.settings[name] = value
        written = dict(self.settings)
        if (mail := written.get("mail")) and mail.get("transport") != "maildir":
            written["mail"] = {"connections": 1} | mail  # one after the other, so that a test knows the order
        self.write_secret(self.file.name, to_toml(written))

    def migrate(self):
        """Makes pwreset's tables and keys. The program does it for the first site of a process, and for the others the
        text of what it made is run: it would be the same."""
        application, keys = self.settings["application"], self.folder / "keys"
        made = application, self.database.socket is None
        if made not in Site._made:
            done = self.run("migrate")
            assert done.exit == 0, done
            Site._made[made] = self.database.definition("pwreset_"), {file.name: file.read_text() for file in keys.iterdir()}
            return
        statements, files = Site._made[made]
        self.database.sql(statements)
        for name, text in files.items():
            self.write_secret(keys / name, text)

    def run(self, *args, stdin=None, env=None, timeout=HANGS, preexec=None):
        """Runs pwreset to its end. `stdin` is text or bytes, `env` adds to a nearly empty environment, `preexec` is
        called in the child."""
        command = self._command(args)
        given = stdin if isinstance(stdin, bytes) else (stdin or "").encode()
        done = subprocess.run(command, input=given, capture_output=True, timeout=timeout,
                              cwd=self.folder, env=self._environment(env), preexec_fn=preexec)  # fmt: skip
        out, err = (text.decode(errors="backslashreplace") for text in (done.stdout, done.stderr))
        return Result(command, done.returncode, out, err)

    def start(self, *args, env=None, stdin=subprocess.DEVNULL):
        """Runs pwreset in the background; ended with the site at the latest."""
        self._running.append(Running(self._command(args), self.folder, self._environment(env), stdin))
        return self._running[-1]

    def _command(self, args):
        return [BINARY, "--config", str(self.file), *map(str, args)]

    def _environment(self, more):
        kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        return {"PATH": os.defpath, "HOME": str(self.folder), "LANG": "C.UTF-8"} | kept | (more or {})

    def add_user(self, **columns):
        """A row of the users table; its id. Without a password it gets one that looks like bcrypt's."""
        columns = {"password": "$2y$10$" + "u" * 53} | columns
        names = ", ".join(f"`{name}`" for name in columns)
        values = ", ".join(literal(value) for value in columns.values())
        statements = f"INSERT INTO users ({names}) VALUES ({values}); SELECT LAST_INSERT_ID() AS id"
        return self.database.sql(statements)[0]["id"]


def to_toml(settings):
    """A configuration in TOML: values at the top, then the sections; tables inside a section are inline."""
    given = {name: value for name, value in settings.items() if value is not None}
    lines = [f"{_key(k)} = {_value(v)}" for k, v in given.items() if not isinstance(v, dict)]
    for name, section in given.items():
        if isinstance(section, dict):
            lines += ["", f"[{_key(name)}]"]
            lines += [f"{_key(k)} = {_value(v)}" for k, v in section.items() if v is not None]
    return "\n".join(lines) + "\n"


def _key(name):
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _value(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, Path):
        value = str(value)
    return json.dumps(value, ensure_ascii=False)
