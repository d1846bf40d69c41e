"""Runs the cases of tests/cli, one after the other on the same site, and makes what they print the same each time.

A site has the USERS below and is just migrated, or is not yet when one of the case's commands is `migrate`. `<<< CODE` gives
the code that was mailed last, `<<< WRONG` another one, `<<< LINK` the link, `<<< BROKEN` the link as a mail program breaks it,
`<<< CUT` the link without its end, `<<< REWRITTEN` the link in a mail scanner's, `<<< MAIL` the mail as a program forwards
it, whose source is quoted. Behind what differs from run to run (times, paths, who runs it) stand words in capitals;
in a table they are as wide as what they stand for. What goes wrong for a case:

    # relay {"rcpt": "550 5.1.1 no such mailbox"}   as smtp_server.py describes; `# relay away`: nobody listens
    # gateway {"status": 500}                        as http_gateway.py describes
    # fault BEFORE UPDATE ON users                   the database fails at that
    # refusal BEFORE UPDATE ON users                 a trigger of the application's refuses that

A case of api/sN-… has the configuration that pwreset-api(7) gives for its system SN.
"""

import copy
import json
import os
import re
import shlex
import socket
import subprocess
import tomllib
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from urllib.parse import quote

import harness
from golden_case import Case
from harness import Site
from test_manual import ApiPage
from web_service import WebService

SHOWN_TABLES = ("audit", "deliveries", "jobs", "tokens")  # their numbers are printed
OWN_TABLES = (*SHOWN_TABLES, "job_rows", "job_pages", "checkpoints", "intake", "leases", "limits", "web_limits")
USERS = [
    {"email": "ada@example.com", "login": "ada"},
    {"email": "bob@example.com"},
    {"email": "boss@example.com", "role": "admin"},
    {"email": "off@example.com", "active": 0},
    {"email": "sso@example.com", "password": "!"},
    {"email": "twin@example.com"},
    {"email": "twin@example.com"},
    {"email": "ana@example.com", "role": "student", "phone": "09121234567"},
]
# What stands for them in a test.
SERVICES = "https://challenges.cloudflare.com", "https://api.kavenegar.com"
TIME = r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
VOLATILE = [
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UUID"),
    (TIME, "TIME"),
    (r"valid until (\d{4}-\d\d-\d\d )?\d\d:\d\d UTC", "valid until CLOCK UTC"),
    (r"\b[0-9a-f]{64}\b", "DIGEST"),
    (r'"seconds":\d+', '"seconds":SECONDS'),
    (r'"available_in_seconds":\d+', '"available_in_seconds":SECONDS'),
    (r"possible in [\d a-z]+(?=[\n\"])", "possible in SPAN"),
    (r"possible in [\d a-z]+ \(last: sent (just now|\d+ \w+ ago)", "possible in SPAN (last: sent AGO"),
    (r"stored as \d+", "stored as NUMBER"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\bk[0-9a-f]{8}\b", "KEY"),
    (r'"login_uid":(null|"\d+")', '"login_uid":LOGIN'),
    (r"^pwreset \d\S*$", "pwreset VERSION"),
]


class GoldenSite:
    """A site on a schema of its own; may be used by one thread at a time."""

    def __init__(self, database):
        self.site = Site(database=database, temporary_password={"enabled": True})
        self.service = WebService()
        database.sql("ALTER TABLE users ADD phone VARCHAR(40)")
        for name, secret in (("sms.key", "the-key"), ("captcha.secret", "the-secret")):
            self.site.write_secret(name, secret)
        self.settings = copy.deepcopy(self.site.settings)
        self.page = ApiPage()
        self.migrated = False

    def close(self):
        self.site.close()
        self.service.close()

    def run(self, case, name):
        """The case as it would have to be; `name` is its folder and its file's name."""
        commands = [line.split()[1:2] for line in case.commands]
        if ["keys"] in commands:
            self.migrated = False  # the keys of an earlier case are still there
        self.configure(name)
        self.prepare(migrated=["migrate"] not in commands)
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))  # and does not listen
            try:
                for mark, line in (line.split(maxsplit=1) for line in case.lines):
                    if mark == "#":
                        self.disturb(*line.split(maxsplit=1), nobody.getsockname()[1])
                    else:
                        done = self.execute(line)
            finally:
                self.calm()
        return Case(case.lines, done.returncode, self.stable(done.stdout, line), self.stable(done.stderr, line))

    def unmake(self):
        """Neither tables of pwreset nor keys."""
        tables = (*OWN_TABLES, "schema", "keys")
        self.site.database.sql("; ".join(f"DROP TABLE IF EXISTS pwreset_{table}" for table in tables))
        for file in (self.site.folder / "keys").iterdir():
            file.unlink()

    def make(self):
        """Tables and keys, new; who runs this, where, and with which key is in the audit row."""
        self.unmake()
        self.site.run("migrate")
        entry = self.site.run("audit", "--limit", "1", "--json").json["data"]["entries"][0]
        self.operator, self.host, self.key = entry["operator"], entry["host"], entry["key_id"]

    def prepare(self, migrated):
        """The users, no other row, numbers from 1 on."""
        database = self.site.database
        if migrated and not self.migrated:
            self.make()
        if migrated:
            # Without the host's mark, or the tables would be taken for those of an old backup.
            for mark in (self.site.folder / "keys").glob("*.mark"):
                mark.unlink()
            database.sql("; ".join(f"DELETE FROM pwreset_{table}" for table in OWN_TABLES))
            database.sql("; ".join(f"ALTER TABLE pwreset_{table} AUTO_INCREMENT = 1" for table in SHOWN_TABLES))
        else:
            self.unmake()
        self.migrated = migrated
        database.sql("DELETE FROM users")
        for number, columns in enumerate(USERS, 1):
            self.site.add_user(id=number, **columns)

    def configure(self, name):
        """The site's configuration, with what pwreset-api(7) adds for the system of a case of api/."""
        self.site.settings = copy.deepcopy(self.settings)
        system = re.match(r"api/(s\d)-", name)
        text = self.page.configuration(system[1].upper()) if system else ""
        for address in SERVICES:
            text = text.replace(address, self.service.url)
        self.site.config(**tomllib.loads(text))

    def disturb(self, what, how, nobody):
        if (what, how) == ("relay", "away"):
            self.site.config(mail={"port": nobody})
        elif what == "fault":
            # A fault of the trigger's own, which no refusal of a site's would be.
            self.site.database.sql(f"CREATE TRIGGER fault {how} FOR EACH ROW SET @fault = (SELECT 1 UNION SELECT 2)")
        elif what == "refusal":
            self.site.database.sql(f"CREATE TRIGGER fault {how} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not today'")
        else:
            {"relay": self.site.smtp, "gateway": self.service}[what].behave(**json.loads(how))

    def calm(self):
        """Nothing is disturbed any more."""
        self.site.smtp.behave()
        self.service.behave()
        self.site.database.sql("DROP TRIGGER IF EXISTS fault")

    def mailed_code(self):
        return self.site.smtp.code(self.site.smtp.mails()[-1])

    def mailed_link(self, how):
        link = self.site.smtp.link(self.site.smtp.mails()[-1])
        mail = MIMEMultipart(_subparts=[MIMEText("See below.\n"), MIMEText(f"Hello,\n\n{link}\n\nگذرواژه\n")], boundary="b")
        return {"LINK": link, "BROKEN": link[:-20] + "=\n" + link[-20:], "CUT": link[:-2],
                "REWRITTEN": "https://eur05.safelinks.example/?url=" + quote(link, safe="") + "&data=05%7C02%7C&reserved=0",
                "MAIL": "\n".join("> " + line for line in mail.as_string().splitlines())}[how]  # fmt: skip

    def execute(self, line):
        """Runs a command line, with the site's configuration unless it names another."""
        words = shlex.split(line)
        stdin = ""
        if "<<<" in words:
            words, stdin = words[:-2], words[-1]
        if stdin == "CODE":
            stdin = self.mailed_code()
        if stdin == "WRONG":
            stdin = f"{(int(self.mailed_code()) + 1) % 1000000:06}"
        if stdin in ("LINK", "BROKEN", "CUT", "REWRITTEN", "MAIL"):
            stdin = self.mailed_link(stdin)
        assert words[0] == "pwreset", line
        options = [] if "--config" in words else ["--config", self.site.file.name]
        kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        return subprocess.run([harness.BINARY, *words[1:], *options], input=stdin.encode(), capture_output=True, timeout=60,
                              cwd=self.site.folder, env={"PATH": os.defpath, "LANG": "C.UTF-8"} | kept)  # fmt: skip

    def stable(self, text, command):
        """What was printed, with words in capitals for what is another one each time."""
        text = text.decode(errors="backslashreplace").replace(str(self.site.folder), "FOLDER")
        operators = {"audit": "OPERATOR", "list-tokens": "BY"}.get("".join(command.split()[1:2]))
        if operators and f"  {operators}  " in text.partition("\n")[0]:
            text = stable_table(text, operators, self.operator)
        for pattern, word in VOLATILE:
            text = re.sub(pattern, word, text, flags=re.MULTILINE)
        for name, word in ((self.operator, "OPERATOR"), (self.host, "HOST"), (self.key, "KEY")):
            text = re.sub(rf'(by |":"|\["|keys: |  |,){re.escape(name)}(?=[\s",)])', rf"\1{word}", text)
        return re.sub(r",OPERATOR,\d*,HOST,", ",OPERATOR,LOGIN,HOST,", text)


def stable_table(text, title, operator):
    """A table whose columns are as wide whoever runs this: with OPERATOR under that title, and TIME in 20 columns."""
    text = re.sub(TIME + r"(?=  )", lambda time: "TIME".ljust(len(time[0])), text)
    head, *rows = text.splitlines()
    start = head.index(f"  {title}  ") + 2
    end = start + re.match(r"\S+ *(?=  \S)", head[start:]).end()
    cells = ["OPERATOR" if cell == operator else cell for cell in (line[start:end].rstrip() for line in (head, *rows))]
    width = max(map(len, cells))
    return "".join(f"{line[:start]}{cell.ljust(width)}{line[end:]}\n" for line, cell in zip((head, *rows), cells))
