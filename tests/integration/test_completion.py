"""The completion scripts, in the shells they are for: what is offered is what the program takes."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
from test_manual import options_of_program


def script(shell):
    done = subprocess.run([harness.BINARY, "completion", shell], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def below(*command):
    """The names of the commands below this one, in the order of its help."""
    listed = run(harness.BINARY, *command, "--help").stdout.partition("Subcommands:")[2]
    return re.findall(r"^  ([a-z-]+) {2,}", listed, re.MULTILINE)


def commands(*above):
    """The words of every command: ["audit"], ["audit", "verify"]."""
    for name in below(*above):
        yield [*above, name]
        yield from commands(*above, name)


class Completion:
    """What the tests of each `shell` share: its script in a `file`."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="pwreset-completion-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.file = cls.folder / "_pwreset"
        cls.file.write_text(script(cls.shell))


class BashTest(Completion, unittest.TestCase):
    shell = "bash"

    def offers(self, *words, files=()):
        """What is offered for the last of the words; readline cuts at an equals sign."""
        words = [part for word in words for part in (re.split("(=)", word) if word.startswith("--") else [word])]
        words = [word for word in words[:-1] if word] + ([words[-1]] if words[-1] or words[-2:-1] != ["="] else [])
        program = self.file.read_text().replace("/etc/pwreset", str(self.folder))
        call = 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pwreset; printf "%s\\n" "${COMPREPLY[@]}"'
        for name in files:
            (self.folder / name).touch()
        done = run("bash", "-c", program + call, "bash", "pwreset", *words)
        for name in files:
            (self.folder / name).unlink()
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_every_command_is_offered(self):
        self.assertGreater(len(below()), 9)
        for words in ([], *commands()):
            offered = self.offers(*words, "")
            self.assertEqual(offered[:len(below(*words))], below(*words), words)
        self.assertEqual(self.offers("req"), ["request"])

    def test_every_option_of_a_command_is_offered_after_it(self):
        common = set(options_of_program())
        for words in commands():
            self.assertEqual(set(self.offers(*words, "-")), common | set(options_of_program(*words)), words)

    def test_an_options_choices_are_offered(self):
        formats = ["table", "json", "ndjson", "csv"]
        self.assertEqual(self.offers("--output", ""), formats)
        self.assertEqual(self.offers("audit", "--output="), formats)
        self.assertEqual(self.offers("audit", "--output=nd"), ["ndjson"])
        self.assertEqual(self.offers("list-tokens", "--state", "u"), ["used"])
        self.assertEqual(self.offers("completion", ""), ["bash", "zsh", "fish"])

    def test_an_options_value_is_no_command(self):
        self.assertEqual(self.offers("--ticket", "audit", "req"), ["request"])
        self.assertEqual(self.offers("--ticket=audit", "req"), ["request"])
        self.assertEqual(self.offers("--ticket", ""), [])

    def test_configurations_are_offered_by_name_and_never_executed(self):
        bad = self.folder / "ran"
        files = ["shop.toml", "shelf.toml", "other.conf", "s p.toml", "s`touch ran`.toml", "s$(touch ran).toml"]
        self.assertEqual(self.offers("--config", "sh", files=files), ["shelf", "shop"])
        self.assertEqual(self.offers("--config", "s", files=files), ["shelf", "shop"])
        self.assertFalse(bad.exists() or Path("ran").exists())

    def test_without_a_readable_folder_no_configuration_is_offered(self):
        self.assertEqual(self.offers("--config", ""), [])


@unittest.skipUnless(shutil.which("fish"), "fish is not installed")
class FishTest(Completion, unittest.TestCase):
    shell = "fish"

    def offers(self, line):
        """{word: description} that fish itself offers for the line."""
        done = run("fish", "--no-config", "-c", f"source {self.file}; complete -C '{line}'")
        self.assertEqual(done.stderr, "")
        return dict((line.split("\t", 1) + [""])[:2] for line in done.stdout.splitlines())

    def test_commands_options_and_choices_are_offered(self):
        self.assertEqual(set(self.offers("pwreset ")), set(below()))
        self.assertEqual(self.offers("pwreset req"), {"request": "send a reset: a link to a stored address, a code to a stored number"})
        self.assertEqual(set(self.offers("pwreset audit --output ")), {"table", "json", "ndjson", "csv"})
        self.assertEqual(set(self.offers("pwreset list-tokens --state u")), {"used"})
        self.assertEqual(set(self.offers("pwreset completion ")), {"bash", "zsh", "fish"})
        self.assertEqual(set(self.offers("pwreset --ticket audit req")), {"request"})
        for words in commands():
            line = " ".join(["pwreset", *words])
            long = {name for name in {**options_of_program(), **options_of_program(*words)} if name.startswith("--")}
            self.assertEqual(set(self.offers(line + " --")), long, words)
            self.assertLessEqual(set(below(*words)), set(self.offers(line + " ")), words)


@unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
class ZshTest(Completion, unittest.TestCase):
    shell = "zsh"

    # Stands for zsh's own completion system, which needs a terminal: answers which specifications it was given.
    STUBS = """
        _arguments() { print -rl -- "$@"; state=$STATE; return 1 }
        _describe() { print -rl -- "${(@P)2}" }
    """

    def given(self, *words, state=""):
        done = run("zsh", "-f", "-c", self.STUBS + f"STATE={state}; words=({' '.join(words)}); source {self.file}")
        self.assertEqual(done.stderr, "")
        return done.stdout.splitlines()

    def test_zsh_can_read_it(self):
        done = run("zsh", "-n", str(self.file))
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_commands_options_and_choices_are_given_to_zsh(self):
        offered = [line.split(":")[0] for line in self.given("req", state="command")]
        self.assertLessEqual(set(below()), set(offered))
        formats = "--output=[table, json, ndjson or csv]:FORMAT:(table json ndjson csv)"
        for words in ([name] for name in below()):
            specs = self.given(*words, state="rest")
            self.assertIn(formats, specs)
            names = {re.match(r"[-a-z]+", spec).group() for spec in specs if spec.startswith("-")}
            self.assertLessEqual(set(options_of_program(*words)), names, words)
        self.assertIn("--state=[live, used, void or expired]:STATE:(live used void expired)", self.given("list-tokens", state="rest"))
        self.assertIn("*:SHELL:(bash zsh fish)", self.given("completion", state="rest"))


if __name__ == "__main__":
    unittest.main()
