"""What each command prints, to the letter: the files of tests/cli, as golden_case.py describes them and golden_site.py runs
them. Each file is a test: `-k request_dry_run` runs tests/cli/request/dry-run.case alone.

PWRESET_GOLDEN=write makes the files what the program prints now. Read the difference before you commit it.
"""

import difflib
import os
import queue
import re
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor

import golden_case
import harness
from database import Database
from golden_site import GoldenSite, stable_table
from harness import SOURCE
from test_manual import ApiPage

CASES = SOURCE / "tests/cli"
WRITE = os.environ.get("PWRESET_GOLDEN") == "write"
# As many cases run at once, each on a site of its own. What they wait for is the program.
SITES = 2


def name_of(file):
    """"request/dry-run"."""
    return f"{file.parent.name}/{file.stem}"


def method_of(file):
    return "test_" + re.sub(r"\W", "_", name_of(file))


class GoldenTest(unittest.TestCase):
    """A method for each file is added below."""

    wanted = []  # the methods that will run, where that is known beforehand

    @classmethod
    def setUpClass(cls):
        cls.sites = queue.SimpleQueue()
        for _ in range(SITES):
            database = Database()
            cls.addClassCleanup(database.close)
            site = GoldenSite(database)
            cls.addClassCleanup(site.close)
            cls.sites.put(site)
        cls.threads = ThreadPoolExecutor(SITES)
        cls.addClassCleanup(cls.threads.shutdown, cancel_futures=True)
        cls.running = {name: cls.threads.submit(cls.printed, FILES[name]) for name in cls.wanted if name in FILES}

    @classmethod
    def printed(cls, file):
        """(the case as it stands, the case as it is now)"""
        site = cls.sites.get()
        try:
            case = golden_case.read(file)
            return case, site.run(case, name_of(file))
        finally:
            cls.sites.put(site)

    def check(self, file):
        future = self.running.get(method_of(file)) or self.threads.submit(self.printed, file)
        then, now = future.result()
        if WRITE:
            golden_case.write(file, now)
            return
        self.assertEqual(now.exit, then.exit, now)
        for stream in ("stdout", "stderr"):
            self.compare(getattr(then, stream), getattr(now, stream), f"{name_of(file)}, {stream}")

    def compare(self, then, now, name):
        if now != then:
            lines = difflib.unified_diff(then.splitlines(), now.splitlines(), name, "now", lineterm="")
            self.fail("\n".join(lines) or f"{name}: other line ends")


FILES = {method_of(file): file for file in sorted(CASES.glob("*/*.case"))}
for method, file in FILES.items():
    setattr(GoldenTest, method, lambda self, file=file: self.check(file))


def load_tests(loader, tests, pattern):
    """unittest's hook: what of this module will run is known here, so that cases run while others are compared."""
    GoldenTest.wanted = [test.id().rsplit(".")[-1] for suite in tests for test in suite]
    return tests


class CasesTest(unittest.TestCase):
    """The files themselves."""

    def test_every_file_is_a_case_and_written_as_one_writes_it(self):
        self.assertEqual({file for file in CASES.rglob("*") if file.is_file()}, set(FILES.values()))
        for file in FILES.values():
            self.assertEqual(golden_case.text_of(golden_case.read(file)), file.read_bytes().decode(), file)

    def test_a_case_is_in_the_folder_of_its_command(self):
        for file in FILES.values():
            command = golden_case.read(file).commands[-1].split()[1:2]
            if file.parent.name not in ("api", "pwreset"):
                self.assertEqual(command, [file.parent.name], file)

    def test_a_table_is_the_same_whoever_runs_the_program(self):
        tables = set()
        for operator in ("al", "root", "somebody-with-a-long-name"):
            rows = [("ID", "BY", "TICKET"), (" 1", operator, "-")]
            text = "".join(f"{number}  {by.ljust(len(operator))}  {ticket}\n" for number, by, ticket in rows)
            tables.add(stable_table(text, "BY", operator))
        self.assertEqual(tables, {"ID  BY        TICKET\n 1  OPERATOR  -\n"})

    def test_the_examples_of_the_api_page_are_the_cases_of_its_systems(self):
        page = ApiPage()
        for system in ("S1", "S2", "S3", "S4", "S5"):
            told = page.examples(system)
            files = sorted(CASES.glob(f"api/{system.lower()}-*"))
            self.assertEqual(len(told), len(files), system)
            for file in files:
                case = golden_case.read(file)
                with self.subTest(file.stem):
                    self.assertIn((case.commands[-1], page.read(case.stdout), case.exit), [one[:3] for one in told])

    def test_the_help_of_every_command_is_a_case(self):
        help_text = subprocess.run([harness.BINARY, "--help"], capture_output=True, text=True, timeout=60).stdout
        for command in re.findall(r"^  ([a-z-]+) {2,}", help_text.split("Subcommands:")[1], re.MULTILINE):
            self.assertEqual(golden_case.read(CASES / command / "help.case").lines, (f"$ pwreset {command} --help",))

    def test_no_golden_file_holds_what_differs_from_run_to_run(self):
        for file in FILES.values():
            found = re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d|/tmp/|/home/|:\d{5}\b", file.read_text())
            if found and name_of(file) != "list-tokens/help":
                self.fail(f"{name_of(file)}: {found.group()}")


if __name__ == "__main__":
    unittest.main()
