"""The rule for sudo that the package brings, as sudo and sudo-rs read it. PWRESET_VISUDO_RS names a visudo-rs that is not
installed."""

import os
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

from harness import SOURCE

RULES = [SOURCE / "packaging/sudoers", SOURCE / "packaging/sudoers-rs"]
VISUDO = shutil.which("visudo", path=os.defpath + ":/usr/sbin")
VISUDO_RS = os.environ.get("PWRESET_VISUDO_RS") or shutil.which("visudo-rs", path=os.defpath + ":/usr/sbin")
# What sudo-rs 0.2.5 does not know; of a setting that is turned off it says something else.
UNKNOWN = r":(\d+):\d+: syntax error: (?:unknown setting: '\w+'|'\w+' cannot be used in a boolean context)$"


class SudoersTest(unittest.TestCase):
    def test_there_is_one_setting_on_a_line(self):
        for rule in RULES:
            settings = [line for line in rule.read_text().splitlines() if line.startswith("Defaults")]
            self.assertGreater(len(settings), 4)
            for line in settings:
                self.assertRegex(line, r"^Defaults!/usr/bin/pwreset !?[a-z_]+( = (\"[A-Z_]+\"|[a-z0-9/]+))?$")

    def test_what_both_know_is_the_same_for_both(self):
        for line in RULES[1].read_text().splitlines():
            if line and not line.startswith("#"):
                self.assertIn(line, RULES[0].read_text().splitlines())

    @unittest.skipUnless(VISUDO, "needs sudo")
    def test_visudo_finds_nothing_wrong(self):
        for rule in RULES:
            done = self.check(rule, VISUDO, "--strict")
            self.assertEqual(done.returncode, 0, done.stderr)

    @unittest.skipUnless(VISUDO_RS, "needs sudo-rs")
    def test_visudo_of_sudo_rs_finds_nothing_wrong_with_the_rule_for_it(self):
        done = self.check(RULES[1], VISUDO_RS)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    @unittest.skipUnless(VISUDO_RS, "needs sudo-rs")
    def test_sudo_rs_passes_over_no_line_of_the_other_rule_that_it_would_know(self):
        lines = RULES[0].read_text().splitlines()
        passed_over = {lines[int(number) - 1] for number in re.findall(UNKNOWN, self.check(RULES[0], VISUDO_RS).stderr, re.MULTILINE)}
        for line in RULES[1].read_text().splitlines():
            self.assertNotIn(line, passed_over)

    def check(self, rule, program, *options):
        with tempfile.TemporaryDirectory(prefix="pwreset-sudoers-") as folder:
            file = os.path.join(folder, "sudoers")
            shutil.copy(rule, file)
            os.chmod(file, stat.S_IRUSR | stat.S_IRGRP)
            return subprocess.run([program, "--check", *options, "--file", file], capture_output=True, text=True, timeout=60)


if __name__ == "__main__":
    unittest.main()
