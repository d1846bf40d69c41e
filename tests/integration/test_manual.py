"""The manual against the program: options, exit codes, field names, and the SQL that applications copy from it.

How the pages read is for script/lint. Needs python3-pymysql; the PHP example is run where PHP has pdo_mysql (php-cli, php-mysql).
"""

import json
import re
import secrets
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import pymysql

import harness
from children import until
from harness import SOURCE, Site

MAN = SOURCE / "man"


def page(name):
    return (MAN / name).read_text()


def words(line):
    """A line of mdoc without its escapes."""
    return line.replace(r"\&", "").replace(r"\e", "\\")


def displays(text):
    """The literal displays of mdoc, as they read."""
    found = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", text, re.DOTALL | re.MULTILINE)
    return ["\n".join(words(line) for line in display.splitlines()) for display in found]


def literals(name):
    return displays(page(name))


def sections(name, macro):
    """The text under each heading made by the macro (.Sh or .Ss), by heading."""
    parts = re.split(rf"^\.(?:Sh|{macro}) (.+)\n", page(name), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def options_of_page(text):
    """{"--limit": "N", "-q": ""} from the tags of a section's lists."""
    found = {}
    for tag in re.findall(r"^\.It (Fl .*)$", text, re.MULTILINE):
        value = re.search(r" Ar (\S+)$", tag)
        for option in re.findall(r"Fl (\S+)", tag):
            found["-" + option] = value.group(1) if value else ""
    return found


def options_of_program(*command):
    """The same from --help."""
    done = subprocess.run([harness.BINARY, *command, "--help"], capture_output=True, text=True, timeout=60)
    found = {}
    for names, value in re.findall(r"^  (-\S+)(?: ([A-Z|]+))?(?:  |$)", done.stdout, re.MULTILINE):
        found |= {name: value for name in names.split(",")}
    return found


def commands(*above):
    """What can be run, as it is typed: "audit", "keys list"; a command that only has others below it is left out."""
    done = subprocess.run([harness.BINARY, *above, "--help"], capture_output=True, text=True, timeout=60)
    usage, _, below = done.stdout.partition("Subcommands:")
    names = re.findall(r"^  ([a-z-]+) {2,}", below, re.MULTILINE)
    own = [] if re.search(r"^Usage: .* SUBCOMMAND$", usage, re.MULTILINE) or not above else [" ".join(above)]
    return own + [command for name in names for command in commands(*above, name)]


class ApiPage:
    """What pwreset-api(7) says of a system such as "S1", which has a section "S1: …" of its own."""

    def __init__(self):
        self.sections = {heading.split(":")[0]: text for heading, text in sections("pwreset-api.7", "Sh").items()}

    def configuration(self, system):
        """The first display of its section."""
        return displays(self.sections[system])[0]

    def examples(self, system):
        """[(command line, answer, exit, HTTP)] of its section."""
        shape = r"^\.It [^\n]*: exit (\d+), HTTP (\d+)\n\.Bd -literal\n(.*?)^\.Ed$"
        found = re.findall(shape, self.sections[system], re.DOTALL | re.MULTILINE)
        parts = [(words(text)[2:].replace(" \\\n    ", " ").split("\n", 1), exit, http) for exit, http, text in found]
        return [(command, self.read(answer), int(exit), int(http)) for (command, answer), exit, http in parts]

    @staticmethod
    def read(text):
        """JSON whose texts are folded, and whose numbers may be words in capitals."""
        return json.loads(re.sub(r'":\s?(SECONDS)', r'":"\1"', re.sub(r"\n *", " ", text)))


def command_of(heading):
    """The command that a heading of the page begins with, or None."""
    words_of_it = re.match(r"[a-z-]+(?: [a-z-]+)*(?= [A-Z]|$)", heading)
    return words_of_it and words_of_it.group()


def http_statuses():
    """{(exit, code): HTTP status} of pwreset(1); the code of a success is None."""
    rows = re.findall(r"^\.It (\d+) Ta (\S+) Ta (\d+) Ta ", sections("pwreset.1", "Sh")["EXIT STATUS"], re.MULTILINE)
    return {(int(number), word.strip('"') or None): int(status) for number, word, status in rows}


def sources():
    files = [file for part in ("cmd", "src", "db") for file in (SOURCE / part).rglob("*") if file.suffix in (".h", ".cpp")]
    return "\n".join(file.read_text() for file in files)


class PageTest(unittest.TestCase):
    def test_each_command_has_the_options_of_its_help_and_no_others(self):
        headed = {command_of(heading): text for heading, text in sections("pwreset.1", "Ss").items()}
        self.assertGreater(len(commands()), 9)
        for command in commands():
            self.assertIn(command, headed)
            told = options_of_page(headed[command])
            known = options_of_program(*command.split())
            self.assertEqual({known.pop("-h"), known.pop("--help")}, {""})
            self.assertEqual(told, known, command)

    def test_the_common_options_are_those_of_the_programs_help(self):
        told = options_of_page(sections("pwreset.1", "Sh")["COMMON OPTIONS"])
        self.assertEqual(told, options_of_program())

    def test_no_command_is_described_that_there_is_not(self):
        text = page("pwreset.1").split(".Sh COMMANDS\n")[1].split("\n.Sh ")[0]
        self.assertEqual([command_of(heading) for heading in re.findall(r"^\.Ss (.+)", text, re.MULTILINE)], commands())

    def test_the_usage_errors_of_the_examples_are_none(self):
        """Every `$ pwreset` line of the page parses: with --help behind it, it ends with 0."""
        lines = re.findall(r"^\$ (pwreset .*?)(?: \||\s*\\\n|$)", "\n".join(literals("pwreset.1")), re.MULTILINE)
        self.assertGreater(len(lines), 5)
        for line in lines:
            done = subprocess.run([harness.BINARY, *line.split()[1:], "--help"], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, (line, done.stderr))

    def test_the_environment_is_what_the_program_looks_at(self):
        told = set(re.findall(r"^\.It Ev (\w+)", page("pwreset.1"), re.MULTILINE)) - {"TZ"}
        self.assertEqual(told, set(re.findall(r'variable\("(\w+)"\)', sources())))


class ExitTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        table = sections("pwreset.1", "Sh")["EXIT STATUS"]
        rows = re.findall(r"^\.It (\d+) Ta (\S+) Ta (\S+) Ta ", table, re.MULTILINE)
        cls.told = {(int(number), word.strip('"')) for number, word, _ in rows}

    def test_every_exit_code_is_in_the_table(self):
        block = re.search(r"enum class Exit \{(.*?)\};", (SOURCE / "src/base/error.h").read_text(), re.DOTALL).group(1)
        self.assertEqual({number for number, _ in self.told}, {int(n) for n in re.findall(r"= (\d+)", block)})

    def test_every_code_word_of_the_sources_is_in_the_table_with_its_exit_code(self):
        text = sources()
        numbers = dict(re.findall(r"(\w+) = (\d+),", re.search(r"enum class Exit \{(.*?)\};", text, re.DOTALL).group(1)))
        used = re.findall(r"Exit::(\w+)(?: : Exit::(\w+))?,\s*\"([A-Z_]+)\"", text)
        made = {(int(numbers[name]), word) for one, other, word in used for name in (one, other) if name}
        self.assertGreater(len(made), 15)
        self.assertEqual(self.told - {(0, "")}, made)


class ApiTest(unittest.TestCase):
    """pwreset-api(7); that its answers are the program's, test_golden.py shows."""

    def test_each_example_has_the_exit_code_and_the_http_status_of_its_code_word(self):
        table = http_statuses()
        self.assertEqual(sorted(name for name in ApiPage().sections if re.match(r"S\d", name)), ["S1", "S2", "S3", "S4", "S5"])
        for system in ("S1", "S2", "S3", "S4", "S5"):
            for command, answer, exit, http in ApiPage().examples(system):
                self.assertEqual(table[exit, answer.get("code")], http, command)

    def test_the_table_is_the_one_of_pwreset_1(self):
        rows = re.findall(r"^\.It (\d+) Ta (\S+) Ta (\d+)", sections("pwreset-api.7", "Sh")["STATUSES"], re.MULTILINE)
        told = {(int(exit), code.strip('"') or None): int(http) for exit, code, http in rows}
        self.assertGreater(len(told), 9)
        self.assertLessEqual(told.items(), http_statuses().items())


class FieldTest(unittest.TestCase):
    """Each field that a command prints is in the page under the command's name, and each one there is in the sources."""

    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.close)
        cls.fields = {}
        for heading, text in sections("pwreset.1", "Ss").items():
            tags = " ".join(re.findall(r"^\.It Va (.+)$", text, re.MULTILINE))
            inline = " ".join(re.findall(r"^\.Va (.+)$", text, re.MULTILINE))
            cls.fields[heading] = set(re.findall(r"\w+", tags)), set(re.findall(r"\w+", inline))
        cls.site.migrate()
        cls.site.add_user(email="ana@example.com")

    def told(self, heading):
        tags, inline = self.fields[heading]
        return tags | inline

    def check(self, heading, *objects):
        for row in objects:
            self.assertLessEqual(set(row), self.told(heading), heading)

    def data(self, *args, **more):
        return self.site.run(*args, "--json", **more).json["data"]

    def test_request_and_send_otp(self):
        heading = "Of request and send-otp"
        for args in (("request",), ("request",), ("send-otp",), ("request", "--dry-run"), ("send-otp", "--queue", "--override-limits")):
            done = self.site.run(*args, "ana@example.com", "nobody@example.com", "--json")
            self.check(heading, done.json["data"], *done.json["data"]["results"])
        header = self.site.run("request", "ana@example.com", "--dry-run", "--output", "csv").out.splitlines()[0]
        self.check(heading, header.split(","))

    def test_the_envelope(self):
        for args in (("audit",), ("request", "x"), ("request", "ana@example.com", "nobody@example.com")):
            self.check("The envelope", self.site.run(*args, "--json").json)

    def test_verify_otp(self):
        self.site.add_user(email="caller@example.com")
        self.site.run("send-otp", "caller@example.com", "--for", "caller")
        code = self.site.smtp.code(self.site.smtp.mails()[-1])
        self.check("Of verify-otp", self.data("verify-otp", "caller@example.com", stdin=code + "\n"))

    def test_revoke(self):
        self.site.add_user(email="revoked@example.com")
        self.site.run("request", "revoked@example.com", "--queue")
        done = self.site.run("revoke", "revoked@example.com", "nobody@example.com", "--json")
        self.check("Of revoke", done.json["data"], *done.json["data"]["results"])

    def test_lists(self):
        for command, rows in (("list-tokens", "tokens"), ("audit", "entries")):
            answer = self.data(command)
            self.check("Of " + command, *answer[rows])
            self.check("Of list-tokens", ["next"])
            self.assertEqual(set(answer), {rows, "next"})

    def test_the_rest(self):
        for command in ("purge-expired", "deliver", "migrate"):
            self.check("Of " + command, self.data(command))
            rows = self.site.run(command, "--output", "csv").out.splitlines()
            if command != "migrate":
                self.check("Of " + command, rows[0].split(","))

    def test_audit_verify_head_and_the_digest(self):
        data = self.data("purge-expired", "--digest")
        self.check("Of purge-expired", data, data["digest"], {"domain": "", "count": 0})
        for command in ("audit verify", "audit head"):
            data = self.data(*command.split())
            self.check("Of " + command, data, data.get("head", {}))
        self.check("Of audit verify", {"kind": "", "first": 0, "last": 0, "message": ""})
        header = self.site.run("audit", "head", "--output", "csv").out.splitlines()[0]
        self.check("Of audit head", header.split(","))

    def test_keys(self):
        for command in (("keys", "list"), ("keys", "rotate", "--dry-run"), ("keys", "rotate")):
            heading = "Of " + " ".join(command[:2])
            answer = self.data(*command)
            self.check(heading, answer, *answer["keys"])
            self.check(heading, self.site.run(*command, "--output", "csv").out.splitlines()[0].split(","))

    def test_template(self):
        for command, rows in (("list", "templates"), ("check", "faults")):
            answer = self.data("template", command)
            self.check("Of template " + command, answer, *answer[rows])
            self.check("Of template " + command, self.site.run("template", command, "--output", "csv").out.splitlines()[0].split(","))
        self.check("Of template preview", self.data("template", "preview", "reset-link"))

    def test_profile(self):
        for command, rows in (("list", "profiles"), ("show", "explanation"), ("check", "checks"), ("grants", "grants")):
            answer = self.data("profile", command)
            self.check("Of profile " + command, answer, *answer[rows])
            self.check("Of profile " + command, self.site.run("profile", command, "--output", "csv").out.splitlines()[0].split(","))

    def test_doctor(self):
        data = self.site.run("doctor", "--json").json["data"]
        self.check("Of doctor", data, *data["checks"])

    def test_inspect_and_subject(self):
        self.site.add_user(email="asked@example.com", role="admin")
        self.site.run("send-otp", "asked@example.com", "--for", "caller")
        data = self.data("inspect", "asked@example.com")
        lists = [row for name in ("tokens", "deliveries", "limits", "history") for row in data[name]]
        self.check("Of inspect", data, data["account"], *data["account"]["may"], data["last_token"], *lists)
        self.site.run("request", "ana@example.com", "--override-limits", "--reason", "for asked@example.com")
        rows = self.site.run("subject", "export", "asked@example.com", "--output", "ndjson").rows
        self.check("Of subject export", *rows, {row["table"] for row in rows})
        self.check("Of subject erase", self.data("subject", "erase", "asked@example.com", "--dry-run"))
        rows = self.site.run("subject", "erase", "asked@example.com", "--yes", "--output", "csv").out.splitlines()
        self.check("Of subject erase", rows[0].split(","), [row.split(",")[0] for row in rows[1:]])

    def test_no_field_is_described_that_the_sources_do_not_name(self):
        text = sources()
        for heading, (tags, _) in self.fields.items():
            for field in tags:
                self.assertIn(f'"{field}"', text, heading)


class AuditTest(unittest.TestCase):
    """pwreset-audit(5); what it says of the format, test_audit.py runs."""

    def test_the_findings_are_those_of_the_sources(self):
        told = re.findall(r"^\.It Cm (\w+)", sections("pwreset-audit.5", "Sh")["FINDINGS"], re.MULTILINE)
        text = (SOURCE / "src/audit/verify.cpp").read_text()
        made = re.findall(r'(?:return|kind =|add\(|remark\() ?"(\w+)"[;,]', text)
        self.assertEqual(sorted(told), sorted(made))

    def test_the_journals_fields_are_those_of_the_sources(self):
        made = set(re.findall(r'"(PWRESET_\w+)"', (SOURCE / "src/audit/journal.cpp").read_text()))
        self.assertEqual(set(re.findall(r"^\.Va (PWRESET_\w+)", page("pwreset-audit.5"), re.MULTILINE)), made)


class TemplatesTest(unittest.TestCase):
    """pwreset-templates(5) against the templates there are."""

    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.close)
        cls.told = sections("pwreset-templates.5", "Sh")

    def overridden(self, name, text):
        """What is wrong with a file of the site's, by `template check`."""
        with tempfile.TemporaryDirectory(dir=self.site.folder) as folder:
            file = Path(folder) / name
            file.parent.mkdir(mode=0o755)
            file.write_text(text)
            return self.site.run("template", "check", "--folder", folder)

    def test_the_messages_are_those_there_are(self):
        told = re.findall(r"^\.It Cm ([a-z-]+)$", sections("pwreset-templates.5", "Ss")["Messages"], re.MULTILINE)
        rows = self.site.run("template", "list", "--output", "ndjson").rows
        self.assertEqual(told, list(dict.fromkeys(row["name"] for row in rows)))

    def test_the_variables_are_those_there_are(self):
        told = set(re.findall(r"^\.It Va (\w+)$", self.told["VARIABLES"], re.MULTILINE))
        known = set()
        for row in self.site.run("template", "list", "--locale", "en", "--output", "ndjson").rows:
            done = self.overridden(f"{row['locale']}/{row['name']}.{row['part']}", "{{no_such_variable}}")
            known |= set(re.findall(r"\{\{(\w+)\}\}", done.out))
        self.assertEqual(told, known)

    def test_the_examples_do_what_they_say(self):
        subject = re.search(r"^\$ echo '(.*)' > draft/(\S+)$", "\n".join(literals("pwreset-templates.5")), re.MULTILINE)
        done = self.overridden(subject.group(2), subject.group(1))
        self.assertIn("\n" + done.out, "\n" + page("pwreset-templates.5"))
        text = next(text for text in literals("pwreset-templates.5") if text.startswith("{{code}}"))
        self.assertEqual(self.overridden("en/sms-otp.txt", text + "\n").exit, 0)


class TokensTest(unittest.TestCase):
    """pwreset-tokens(5): its SQL, with no other rights than its grants, on tokens that the program issued."""

    @classmethod
    def setUpClass(cls):
        cls.site = Site(limits={"cooldown": "0s", "per_account": "1000/h", "per_recipient": "1000/h"})
        cls.addClassCleanup(cls.site.close)
        cls.site.migrate()
        marked = [re.match(r"-- ([a-z-]+)\n(.*)", text, re.DOTALL) for text in literals("pwreset-tokens.5")]
        cls.sql = {match.group(1): match.group(2) for match in marked if match}
        cls.python = next(text for text in literals("pwreset-tokens.5") if text.startswith('"""'))
        cls.php = next(text for text in literals("pwreset-tokens.5") if text.startswith("<?php"))
        cls.page = {}
        exec(compile(cls.python, "pwreset-tokens.5", "exec"), cls.page)
        cls.keys = cls.page["read_keys"](cls.site.folder / "keys/application.key")
        cls.login = "page_" + secrets.token_hex(4)
        cls.password = secrets.token_hex(8)
        cls.site.database.sql(f"CREATE USER {cls.login} IDENTIFIED BY '{cls.password}'")
        cls.addClassCleanup(cls.site.database.sql, f"DROP USER {cls.login}")
        cls.site.database.sql(cls.sql["grants"].replace("shop@localhost", cls.login))
        cls.site.database.sql(f"GRANT SELECT (id, active), UPDATE (password) ON users TO {cls.login}")

    def setUp(self):
        self.email = f"{secrets.token_hex(4)}@example.com"
        self.account = str(self.site.add_user(email=self.email))
        self.db = self.connect()

    def connect(self):
        database = self.site.database
        where = {"unix_socket": str(database.socket)} if database.socket else {
            "host": database.host, "port": database.port, "ssl": {"check_hostname": False, "verify_mode": "none"}}  # fmt: skip
        db = pymysql.connect(user=self.login, password=self.password, database=database.name, **where)
        self.addCleanup(db.close)
        return db

    def link(self):
        """The token of a link that was mailed just now."""
        self.assertEqual(self.site.run("request", self.email).exit, 0)
        return self.site.smtp.link(self.site.smtp.mails()[-1]).rsplit("/", 1)[1]

    def code(self, purpose="reset"):
        self.assertEqual(self.site.run("send-otp", self.email, "--for", purpose).exit, 0)
        return self.site.smtp.code(self.site.smtp.mails()[-1])

    def use_link(self, token, db=None):
        return self.page["use_link"](db or self.db, token, self.new_hash())

    def use_code(self, code, db=None):
        return self.page["use_code"](db or self.db, self.keys, self.account, code, self.new_hash())

    @staticmethod
    def new_hash():
        return "new " + secrets.token_hex(8)

    def stored(self, column="password", table="users", key="id"):
        where = f"{key} = '{self.account}' ORDER BY id DESC LIMIT 1"
        return self.site.database.sql(f"SELECT {column} FROM {table} WHERE {where}")[0]

    def token(self):
        return self.stored("*", "pwreset_tokens", "account")

    def at_once(self, count, work):
        """The results of work(connection) in so many threads that start together."""
        barrier, results = threading.Barrier(count), []
        connections = [self.connect() for _ in range(count)]

        def run(db):
            barrier.wait()
            results.append(work(db))

        threads = [threading.Thread(target=run, args=(db,)) for db in connections]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(results), count, "a thread failed")
        return results

    def statement(self, cursor, name, **values):
        """Runs a statement of the page; how many rows it found or changed."""
        return cursor.execute(re.sub(r":(\w+)", r"%(\1)s", self.sql[name]), values)

    def test_the_programs_have_the_statements_of_the_page(self):
        python, php = " ".join(self.python.split()), " ".join(self.php.split())
        for name, text in self.sql.items():
            if name == "grants":
                continue
            self.assertIn(" ".join(text.split()), php, name)
            self.assertIn(" ".join(re.sub(r":(\w+)", r"%(\1)s", text).split()), python, name)

    def test_each_reason_of_the_sources_is_on_the_page(self):
        text = sources()
        listed = re.search(r"\.Va void_reason :\n(.*?)^\.El", page("pwreset-tokens.5"), re.DOTALL | re.MULTILINE).group(1)
        told = set(re.findall(r"^\.It (\w+)", listed, re.MULTILINE))
        used = re.findall(r"void_(?:live|token_of)\([^;]*\"([a-z_]+)\"\);", text) + re.findall(r"void_reason = '(\w+)'", text)
        self.assertGreater(len(used), 3)
        self.assertLessEqual(set(used), told)
        for reason in told - {"password_changed"}:
            self.assertRegex(text, f"[\"']{reason}[\"']")

    def test_the_grants_allow_no_more_than_the_page_says(self):
        for statement in ("SELECT pw_mark FROM pwreset_tokens", "DELETE FROM pwreset_tokens", "SELECT * FROM pwreset_audit",
                          "UPDATE pwreset_tokens SET expires_at = UTC_TIMESTAMP(6)", "UPDATE pwreset_tokens SET account = '1'",
                          "INSERT INTO pwreset_tokens (app) VALUES ('shop')"):  # fmt: skip
            with self.subTest(statement), self.assertRaises(pymysql.err.OperationalError) as refusal:
                self.db.cursor().execute(statement)
            self.assertIn(refusal.exception.args[0], (1142, 1143))

    def test_a_link_sets_the_password_of_its_account_once(self):
        token = self.link()
        self.assertEqual(self.use_link(token), self.account)
        password = self.stored()["password"]
        self.assertTrue(password.startswith("new "))
        self.assertIsNone(self.use_link(token))
        self.assertEqual(self.stored()["password"], password)
        row = self.site.run("list-tokens", self.email, "--json").json["data"]["tokens"][0]
        self.assertEqual((row["state"], row["void_reason"]), ("used", None))
        self.assertIsNotNone(row["used_at"])

    def test_looking_at_a_link_consumes_nothing(self):
        token = self.link()
        for _ in range(3):
            self.assertTrue(self.page["link_looks_good"](self.db, token))
        self.assertEqual(self.use_link(token), self.account)
        self.assertFalse(self.page["link_looks_good"](self.db, token))

    def test_a_link_is_no_good_when_it_is_not_the_one_that_lives(self):
        older = self.link()
        expired = self.link()
        self.assertIsNone(self.use_link(older), "superseded")
        self.site.database.sql(f"UPDATE pwreset_tokens SET expires_at = UTC_TIMESTAMP(6) WHERE account = '{self.account}'")
        self.assertIsNone(self.use_link(expired), "expired")
        revoked = self.link()
        self.assertEqual(self.site.run("revoke", self.email).exit, 0)
        self.assertIsNone(self.use_link(revoked), "revoked")
        latest = self.link()
        for wrong in (latest[:-1], latest.upper(), latest[::-1], "", "0" * 64):
            self.assertIsNone(self.use_link(wrong), wrong)
        self.site.database.sql(f"UPDATE pwreset_tokens SET app = 'other' WHERE account = '{self.account}'")
        self.assertIsNone(self.use_link(latest), "another application's")
        self.assertFalse(self.stored()["password"].startswith("new "))

    def test_of_eight_requests_with_one_link_at_once_one_wins(self):
        for _ in range(5):
            token = self.link()
            results = self.at_once(8, lambda db: self.use_link(token, db))
            self.assertEqual(sorted(result or "" for result in results), [""] * 7 + [self.account])

    def test_the_second_waits_for_the_first_and_wins_only_when_that_rolls_back(self):
        for end, changed in (("commit", 0), ("rollback", 1)):
            values = {"digest": self.page["hashlib"].sha256(self.link().encode()).hexdigest(), "app": "shop"}
            other = self.connect()
            first, second = self.db.cursor(), other.cursor()
            self.assertEqual(self.statement(first, "use-link", **values), 1)
            answers = []
            waiting = threading.Thread(target=lambda: answers.append(self.statement(second, "use-link", **values)))
            waiting.start()
            until(self.site.database.waits_for_a_lock)
            self.assertEqual(answers, [])
            getattr(self.db, end)()
            waiting.join(60)
            self.assertEqual(answers, [changed], end)
            other.rollback()  # as the page says: what stays open keeps its locks, and the next link may wait for them

    def test_a_used_link_ends_the_code_and_a_used_code_the_link(self):
        for use, given, other in ((self.use_link, self.link, self.code), (self.use_code, self.code, self.link)):
            ended, good = other(), given()
            self.assertEqual(use(good), self.account)
            others = self.use_code if use == self.use_link else self.use_link
            self.assertIsNone(others(ended))
            rows = self.site.run("list-tokens", self.email, "--limit", "2", "--json").json["data"]["tokens"]
            self.assertEqual([row["void_reason"] for row in rows], [None, "password_changed"])

    def test_a_reset_that_finds_no_user_leaves_the_token_good(self):
        token = self.link()
        self.site.database.sql(f"UPDATE users SET active = 0 WHERE id = {self.account}")
        with self.assertRaises(LookupError):
            self.use_link(token)
        self.assertEqual(self.token()["state"], "live")

    def test_a_code_works_once_as_people_type_it(self):
        code = self.code()
        self.assertEqual(self.use_code(f"{code[:3]} {code[3:]}"), self.account)
        self.assertTrue(self.stored()["password"].startswith("new "))
        self.assertIsNone(self.use_code(code))
        row = self.token()
        self.assertEqual((row["state"], row["live"], row["code_mac"], row["erase_at"]), ("used", None, None, None))
        persian = "".join(chr(0x6F0 + int(digit)) for digit in self.code())
        self.assertEqual(self.use_code(persian), self.account)

    def test_three_wrong_codes_end_it_and_what_is_no_code_is_no_try(self):
        code = self.code()
        wrong = f"{(int(code) + 1) % 1000000:06}"
        for bad in ("", "12345", "1234567", "12a456", "\u00b2" * 6):
            self.assertIsNone(self.use_code(bad))
        for _ in range(2):
            self.assertIsNone(self.use_code(wrong))
        self.assertEqual((self.token()["state"], self.token()["attempts"]), ("live", 2))
        self.assertIsNone(self.use_code(wrong))
        row = self.token()
        self.assertEqual((row["state"], row["void_reason"], row["live"], row["code_mac"]), ("void", "guessed", None, None))
        self.assertIsNone(self.use_code(code))
        self.assertFalse(self.stored()["password"].startswith("new "))

    def test_the_third_try_may_be_the_right_one(self):
        code = self.code()
        for _ in range(2):
            self.assertIsNone(self.use_code(f"{(int(code) + 1) % 1000000:06}"))
        self.assertEqual(self.use_code(code), self.account)

    def test_a_code_that_verifies_a_caller_resets_nothing(self):
        code = self.code("caller")
        self.assertIsNone(self.use_code(code))
        self.assertEqual((self.token()["state"], self.token()["attempts"]), ("live", 0))
        self.code("reset")
        self.assertIsNone(self.use_code(code))
        self.assertFalse(self.stored()["password"].startswith("new "))

    def test_an_expired_or_superseded_code_is_no_good(self):
        older = self.code()
        code = self.code()
        if older != code:
            self.assertIsNone(self.use_code(older))
        self.site.database.sql(f"UPDATE pwreset_tokens SET expires_at = UTC_TIMESTAMP(6) WHERE account = '{self.account}'")
        self.assertIsNone(self.use_code(code))

    def test_of_eight_requests_with_one_code_at_once_one_wins(self):
        code = self.code()
        results = self.at_once(8, lambda db: self.use_code(code, db))
        self.assertEqual([result for result in results if result], [self.account])

    def test_sixteen_guesses_at_once_are_three_tries(self):
        code = self.code()
        wrong = f"{(int(code) + 1) % 1000000:06}"
        self.assertEqual(self.at_once(16, lambda db: self.use_code(wrong, db)), [None] * 16)
        row = self.token()
        self.assertEqual((row["attempts"], row["state"], row["void_reason"]), (3, "void", "guessed"))

    def test_ten_wrong_codes_in_a_day_end_codes_but_not_links(self):
        for number in range(10):
            if number % 3 == 0:
                code = self.code()
            self.assertIsNone(self.use_code(f"{(int(code) + 1) % 1000000:06}"))
        self.assertIsNone(self.use_code(code), "the eleventh try, with the right code")
        self.assertEqual(self.use_link(self.link()), self.account)
        self.site.database.sql("UPDATE pwreset_tokens SET issued_at = issued_at - INTERVAL 25 HOUR "
                               f"WHERE account = '{self.account}'")  # fmt: skip
        self.assertEqual(self.use_code(self.code()), self.account)

    def test_codes_that_were_right_are_not_counted_as_wrong(self):
        for _ in range(12):
            self.assertEqual(self.use_code(self.code()), self.account)

    def run_php(self, call):
        """What the page's PHP answers to a call of one of its functions."""
        database = self.site.database
        where = f"unix_socket={database.socket}" if database.socket else f"host={database.host};port={database.port}"
        script = self.site.folder / "reset.php"
        script.write_text(self.php + f"""
            $db = new PDO('mysql:{where};dbname={database.name}', '{self.login}', '{self.password}',
                          [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => $argv[1] === '1']);
            $keys = read_keys('{self.site.folder}/keys/application.key');
            echo json_encode({call});""")
        answers = set()
        for emulated in "01":
            done = subprocess.run(["php", script, emulated], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            answers.add(done.stdout)
        return answers

    @unittest.skipUnless(shutil.which("php"), "php-cli and php-mysql are not installed")
    def test_the_php_does_the_same(self):
        good, none = f'"{self.account}"', "null"
        token = self.link()
        self.assertEqual(self.run_php(f"link_looks_good($db, '{token}')"), {"true"})
        self.assertEqual(self.run_php(f"use_link($db, '{token}', 'by php')"), {good, none})
        self.assertEqual(self.stored()["password"], "by php")
        self.assertEqual(self.run_php(f"link_looks_good($db, '{token}')"), {"false"})
        code = self.code()
        use = f"use_code($db, $keys, '{self.account}', '%s', 'by a code')"
        self.assertEqual(self.run_php(use % "12a456"), {none})
        self.assertEqual(self.run_php(use % f"{code[:3]} {code[3:]}"), {good, none})
        self.assertEqual(self.stored()["password"], "by a code")
        code = self.code()
        for _ in range(2):
            self.assertEqual(self.run_php(use % f"{(int(code) + 1) % 1000000:06}"), {none})
        self.assertEqual((self.token()["void_reason"], self.token()["attempts"]), ("guessed", 3))
        self.assertEqual(self.run_php(use % self.code("caller")), {none})


if __name__ == "__main__":
    unittest.main()
