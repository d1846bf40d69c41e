"""What each command prints, to the letter: tests/cli/NAME/{command,stdout,stderr,status}.

`command` holds command lines as one types them in a shell; what the last of them prints is compared. They run on a
site with the USERS below, right after `migrate`, or before it when one of them is a migrate. `<<< CODE` gives the code that
was mailed last, `<<< WRONG` another one, `<<< LINK` the link, `<<< BROKEN` the link as a mail program
breaks it, `<<< CUT` the link without its end, `<<< REWRITTEN` the link in a mail scanner's, `<<< MAIL` the mail as a
program forwards it, whose source is quoted. Behind what differs from run to run (times, paths, who runs it) stand words in
capitals. A line that begins with # makes something go wrong for this case:

    # relay {"rcpt": "550 5.1.1 no such mailbox"}   as smtp_server.py describes; `# relay away`: nobody listens
    # gateway {"status": 500}                        as http_gateway.py describes
    # fault BEFORE UPDATE ON users                   the database refuses that

The cases api-s1-… to api-s5-… are the examples of pwreset-api(7), with the configuration of its sections.
"""

import copy
import difflib
import json
import os
import re
import shlex
import subprocess
import tomllib
import unittest
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from urllib.parse import quote

import harness
from harness import SOURCE, Site
from test_manual import ApiPage
from web_service import WebService

CASES = SOURCE / "tests/cli"
# PWRESET_GOLDEN=write makes the files what the program prints now. Read the difference before you commit it.
WRITE = os.environ.get("PWRESET_GOLDEN") == "write"

SHOWN_TABLES = ("audit", "deliveries", "jobs", "tokens")  # their numbers are printed
OWN_TABLES = (*SHOWN_TABLES, "checkpoints", "intake", "leases", "limits")
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
VOLATILE = [
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UUID"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
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


class GoldenTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(temporary_password={"enabled": True})
        cls.addClassCleanup(cls.site.close)
        cls.site.database.sql("ALTER TABLE users ADD phone VARCHAR(40)")
        for name, secret in (("sms.key", "the-key"), ("captcha.secret", "the-secret")):
            cls.site.write_secret(name, secret)
        cls.service = WebService()
        cls.addClassCleanup(cls.service.close)
        cls.settings = copy.deepcopy(cls.site.settings)
        cls.page = ApiPage()
        cls.migrated = False

    def unmake(self):
        """Neither tables of pwreset nor keys."""
        self.site.database.sql("; ".join(f"DROP TABLE IF EXISTS pwreset_{table}" for table in (*OWN_TABLES, "schema", "keys")))
        for file in (self.site.folder / "keys").iterdir():
            file.unlink()

    def make(self):
        """Tables and keys, new; who runs this, where, and with which key is in the audit row."""
        self.unmake()
        self.site.run("migrate")
        entry = self.site.run("audit", "--limit", "1", "--json").json["data"]["entries"][0]
        type(self).operator, type(self).host, type(self).key = entry["operator"], entry["host"], entry["key_id"]

    def prepare(self, migrated):
        """The users, no other row, numbers from 1 on."""
        database = self.site.database
        if migrated and not self.migrated:
            self.make()
        if migrated:
            database.sql("; ".join(f"DELETE FROM pwreset_{table}" for table in OWN_TABLES))
            database.sql("; ".join(f"ALTER TABLE pwreset_{table} AUTO_INCREMENT = 1" for table in SHOWN_TABLES))
        else:
            self.unmake()
        type(self).migrated = migrated
        database.sql("DELETE FROM users")
        for number, columns in enumerate(USERS, 1):
            self.site.add_user(id=number, **columns)

    def configure(self, name):
        """The site's configuration, with what pwreset-api(7) adds for the system of an api-sN-… case."""
        self.site.settings = copy.deepcopy(self.settings)
        text = self.page.configuration(name.split("-")[1].upper()) if name.startswith("api-") else ""
        for address in SERVICES:
            text = text.replace(address, self.service.url)
        self.site.config(**tomllib.loads(text))

    def disturb(self, what, how):
        if (what, how) == ("relay", "away"):
            self.site.smtp.stop()
            self.addCleanup(self.site.smtp.start)
        elif what == "fault":
            self.site.database.sql(f"CREATE TRIGGER fault {how} FOR EACH ROW SIGNAL SQLSTATE '45000'")
        else:
            {"relay": self.site.smtp, "gateway": self.service}[what].behave(**json.loads(how))

    def calm(self):
        """Nothing is disturbed any more."""
        self.doCleanups()
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
        """Runs one line of a `command` file, with the site's configuration unless it names another."""
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
        self.assertEqual(words[0], "pwreset")
        options = [] if "--config" in words else ["--config", self.site.file.name]
        kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        return subprocess.run([harness.BINARY, *words[1:], *options], input=stdin.encode(), capture_output=True, timeout=60,
                              cwd=self.site.folder, env={"PATH": os.defpath, "LANG": "C.UTF-8"} | kept)  # fmt: skip

    def stable(self, text, command):
        text = text.decode(errors="backslashreplace").replace(str(self.site.folder), "FOLDER")
        for pattern, word in VOLATILE:
            text = re.sub(pattern, word, text, flags=re.MULTILINE)
        for name, word in ((self.operator, "OPERATOR"), (self.host, "HOST"), (self.key, "KEY")):
            text = re.sub(rf'(by |":"|\["|keys: |  |,){re.escape(name)}(?=[\s",)])', rf"\1{word}", text)
        text = re.sub(r",OPERATOR,\d*,HOST,", ",OPERATOR,LOGIN,HOST,", text)
        if command.startswith(("pwreset list-tokens", "pwreset audit")):
            # The widths of a table depend on the operator's name.
            text = re.sub(r" {2,}", "  ", text)
        return text

    def printed(self, name):
        """{"stdout": …, "stderr": …, "status": …} of the case."""
        lines = (CASES / name / "command").read_text().splitlines()
        if any(line.split()[1:2] == ["keys"] for line in lines):
            type(self).migrated = False  # the keys of an earlier case are still there
        self.configure(name)
        self.prepare(migrated=not any(line.split()[1:2] == ["migrate"] for line in lines))
        for line in lines:
            if line.startswith("# "):
                self.disturb(*line[2:].split(maxsplit=1))
            else:
                done = self.execute(line)
        self.calm()
        return {"stdout": self.stable(done.stdout, line), "stderr": self.stable(done.stderr, line),
                "status": f"{done.returncode}\n"}  # fmt: skip

    def compare(self, file, now):
        if WRITE:
            file.write_text(now, newline="")
            return
        then = file.read_bytes().decode()
        if now != then:
            lines = difflib.unified_diff(then.splitlines(), now.splitlines(), f"{file.parent.name}/{file.name}", "now", lineterm="")
            self.fail("\n".join(lines) or "other line ends")

    def test_every_case_prints_what_its_files_say(self):
        for folder in sorted(CASES.iterdir()):
            with self.subTest(folder.name):
                for stream, now in self.printed(folder.name).items():
                    self.compare(folder / stream, now)

    def test_the_examples_of_the_api_page_are_the_cases_of_its_systems(self):
        for system in ("S1", "S2", "S3", "S4", "S5"):
            told = self.page.examples(system)
            cases = sorted(CASES.glob(f"api-{system.lower()}-*"))
            self.assertEqual(len(told), len(cases), system)
            for folder in cases:
                command = (folder / "command").read_text().splitlines()[-1]
                answer = self.page.read((folder / "stdout").read_text())
                with self.subTest(folder.name):
                    self.assertIn((command, answer, int((folder / "status").read_text())), [one[:3] for one in told])

    def test_the_help_of_every_command_is_a_case(self):
        listed = self.execute("pwreset --help").stdout.decode().split("Subcommands:")[1]
        for command in re.findall(r"^  ([a-z-]+) {2,}", listed, re.MULTILINE):
            self.assertEqual((CASES / f"help-{command}" / "command").read_text(), f"pwreset {command} --help\n")

    def test_no_golden_file_holds_what_differs_from_run_to_run(self):
        for file in CASES.rglob("std*"):
            found = re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d|/tmp/|/home/|:\d{5}\b", file.read_text())
            if found and file.parent.name != "help-list-tokens":
                self.fail(f"{file.parent.name}/{file.name}: {found.group()}")


if __name__ == "__main__":
    unittest.main()
