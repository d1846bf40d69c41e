"""The programs of script/lint.d, on small trees and pages: each fault is found and told with its place, and what is right passes.

Needs mandoc and git, and nothing that is built.
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

LINT = Path(__file__).resolve().parents[2] / "script/lint.d"


def run(program, *words, **more):
    """(exit code, lines of output) of a program of script/lint.d."""
    done = subprocess.run([LINT / program, *map(str, words)], capture_output=True, text=True, timeout=60, **more)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


class Tree:
    """A folder that is gone at the end of the test."""

    def __init__(self, test):
        folder = tempfile.TemporaryDirectory(prefix="pwreset-lint-")
        test.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, name, text):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file


class PagesTest(unittest.TestCase):
    HEAD = ".Dd November 1, 2026\n.Dt SMALL 1\n.Os\n.Sh NAME\n.Nm small\n.Nd a page\n.Sh DESCRIPTION\n"

    def setUp(self):
        self.tree = Tree(self)

    def faults(self, text):
        status, lines = run("pages", self.tree.write("small.1", self.HEAD + text))
        self.assertEqual(status, 1 if lines else 0)
        return lines

    def fault(self, text):
        """The only one."""
        lines = self.faults(text)
        self.assertEqual(len(lines), 1, lines)
        return lines[0]

    def test_a_page_that_reads_well_passes(self):
        self.assertEqual(self.faults("""It takes
.Ql de ,
.Ql fa_IR
or
.Ql \\(dquser:x\\(dq ,
and
.Qq
for nothing; see
.Fl x , y .
.Bl -column "exit" "code"
.It exit Ta code Ta when it is told, and that takes more words than there is place for on a line of the screen
.El
.Bl -tag -width "reference"
.It Va reference
of the delivery
.It Va delivery
to be read out
.El
.Bd -literal -offset indent
$ sudo -u small small --value ''
.Ed
"""), [])  # fmt: skip

    def test_what_mandoc_finds_is_told_but_for_pages_that_are_not_installed(self):
        self.assertIn("small.1:9:2: ERROR: skipping unknown macro: .Xy", self.fault("A word.\n.Xy z\n.Xr never-installed 1\n"))

    def test_a_macro_in_the_text(self):
        self.assertIn("'.Sh' is a macro that became text", self.fault("It is named once..Sh WHAT COMES NEXT\nA word.\n"))
        self.assertIn("'Xr' is a macro that became text", self.fault("A word.\nSee Xr small 1 there.\n"))

    def test_a_word_that_was_taken_for_a_macro(self):
        told = self.fault(".Bl -tag -width Ds\n.It No user found\nA word.\n.El\n")
        self.assertEqual(told, "small.1:9: 'No' is a macro here and not printed: write '\\&No'")
        self.assertEqual(self.faults(".Bl -tag -width Ds\n.It \\&No user found\nA word.\n.El\n"), [])

    def test_doubled_words_also_across_a_line_break(self):
        self.assertIn("doubled word 'the the'", self.fault("Here is the\nthe word.\n"))
        self.assertIn("doubled word 'The the'", self.fault("The the word.\n"))

    def test_doubled_quotes(self):
        self.assertIn("doubled quotes '‘a or ‘'", self.fault(".Ql a or Ql b\nis a word.\n"))
        self.assertIn("doubled quotes '\"\"'", self.fault("A \"\"word\" here.\n"))

    def test_one_pair_of_quotes_around_several_things(self):
        told = self.fault("A word is\n.Ql de , fa_IR\nhere.\n")
        self.assertEqual(told, "small.1:9: one pair of quotes around several things: a line for each")

    def test_a_line_that_overflows_80_columns(self):
        fits, over = "x" * 75, "x" * 76
        self.assertEqual(self.faults(f".Bd -literal\n{fits}\n.Ed\n"), [])
        self.assertIn("81 columns, 80 are the most: xxx", self.fault(f".Bd -literal\n{over}\n.Ed\n"))

    def test_width_is_counted_as_a_terminal_shows_it(self):
        persian = "رمز" * 25
        self.assertEqual(self.faults(f".Bd -literal\n{persian}\n.Ed\n"), [])
        self.assertIn("85 columns", self.fault(f".Bd -literal\n{'漢' * 40}\n.Ed\n"))

    def test_a_width_for_the_last_column_of_a_table(self):
        told = self.fault('Word:\n.Bl -column "exit" "code" "when"\n.It exit Ta code Ta when\n.El\n')
        self.assertIn("small.1:10: groff folds the last column far to the right: give 2 widths for 3 columns", told)


if __name__ == "__main__":
    unittest.main()
