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
    assert "Traceback" not in done.stderr, done.stderr
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


class FloorsTest(unittest.TestCase):
    FLOORS = """# Lowest first.
        base            # words
        net             # sockets
        config keys     # files, keys
        context         # what every action works with
        queue           # the only way in
        """

    def setUp(self):
        self.tree = Tree(self)
        self.tree.write("src/floors", self.FLOORS)

    def faults(self, **files):
        """Of a tree with these files, their slashes written "__" and a header unless they end with "_cpp"."""
        for name, text in files.items():
            stem = name.removesuffix("_cpp").replace("__", "/")
            self.tree.write(stem + (".cpp" if name.endswith("_cpp") else ".h"), text)
        status, lines = run("floors", self.tree.root)
        self.assertEqual(status, 1 if lines else 0)
        return lines

    def test_what_goes_down_or_stays_in_its_room_passes(self):
        self.assertEqual(self.faults(
            src__base__text='#include <string>\n',
            src__net__wire_cpp='#include <Poco/Exception.h>\n#include "src/base/text.h"\n#include "db/session.h"\n',
            src__config__load='#include "src/config/section/mail.h"\n#include "src/net/wire.h"\n',
            src__config__section__mail='#include "src/config/load.h"\n',
            src__context='#include "src/keys/ring.h"\n#include "src/config/load.h"\n#include "db/app/rows.h"\n',
            src__queue__claim='#include "src/context.h"\n#include <queue>\n',
            db__session='#include <soci/soci.h>\n#include "src/base/text.h"\n',
            db__own__tokens='#include "db/session.h"\n#include "db/own/rows.h"\n',
            db__app__accounts='#include "db/session.h"\n',
            cmd__public_call_cpp='#include <nlohmann/json.hpp>\n#include "cmd/run.h"\n#include "src/queue/claim.h"\n',
            cmd__command_line_cpp='#include <CLI/CLI.hpp>\n#include "db/own/tokens.h"\n'), [])  # fmt: skip

    def test_an_include_upwards_fails_with_file_line_and_floors(self):
        told = self.faults(src__config__load='#pragma once\n\n#include "src/queue/claim.h"\n')
        self.assertEqual(told, ["src/config/load.h:3: 'src/queue/claim.h' is upstairs: from config, floor 2, to queue, floor 4"])

    def test_an_include_sideways_fails(self):
        told = self.faults(src__config__load_cpp='#include "src/keys/ring.h"\n')
        self.assertEqual(told, ["src/config/load.cpp:1: 'src/keys/ring.h' is next door: from config, floor 2, to keys, floor 2"])

    def test_the_outer_order_is_cmd_src_db_and_the_lowest_floor(self):
        for file, included in (("src__queue__claim", "cmd/run.h"), ("db__session", "src/net/wire.h"), ("db__session", "cmd/run.h"),
                               ("src__base__text", "db/session.h"), ("src__base__text", "src/net/wire.h")):  # fmt: skip
            with self.subTest(file=file, included=included):
                told = self.faults(**{file: f'#include "{included}"\n'})
                self.assertEqual(len(told), 1, told)
                self.assertIn(f".h:1: '{included}' is upstairs: from ", told[0])
                self.faults(**{file: ""})

    def test_in_db_own_and_app_stand_on_loose_files_and_do_not_know_each_other(self):
        told = self.faults(db__session='#include "db/own/tokens.h"\n', db__app__accounts='#include "db/own/tokens.h"\n',
                           db__own__tokens='#include "db/app/accounts.h"\n')  # fmt: skip
        self.assertEqual([line.split(":")[0] + line.split("'")[2].split(":")[0] for line in told],
                         ["db/app/accounts.h is next door", "db/own/tokens.h is next door", "db/session.h is upstairs"])  # fmt: skip

    def test_a_room_or_a_loose_file_on_no_floor_fails_and_is_told_once(self):
        told = self.faults(src__attic__one="", src__attic__two='#include "src/queue/claim.h"\n', src__loose="", db__other__x="")
        self.assertEqual([line.split(":")[0] for line in told], ["src/attic/one.h", "src/loose.h", "db/other/x.h"])
        self.assertIn("'src/attic' is on no floor: list it in src/floors", told[0])

    def test_what_is_spelt_so_that_its_room_does_not_show_fails(self):
        for included in ('"ring.h"', '"../keys/ring.h"', '"src/config/../keys/ring.h"', "<src/keys/ring.h>", "RING"):
            with self.subTest(included=included):
                self.assertEqual(len(self.faults(src__config__load=f" #  include {included}\n")), 1)

    def test_401_lines_are_too_many_for_a_file_and_3001_for_a_room(self):
        self.assertEqual(self.faults(cmd__run="\n" * 400, **{f"src__net__a{i}": "\n" * 400 for i in range(7)}), [])
        self.assertEqual(self.faults(cmd__run="\n" * 401), ["cmd/run.h: 401 lines, 400 are the most"])
        self.assertEqual(self.faults(cmd__run="", src__net__rest="\n" * 200), [])
        self.assertEqual(self.faults(src__net__rest="\n" * 201), ["src/net: 3001 lines, 3000 are the most of a room"])

    def test_a_library_has_its_place(self):
        for included, wrong in (("Poco/Exception.h", "src__queue__send"), ("nlohmann/json.hpp", "src__net__wire"),
                                ("CLI/CLI.hpp", "cmd__run"), ("soci/soci.h", "src__config__load"), ("mysql.h", "cmd__run")):  # fmt: skip
            with self.subTest(included=included):
                told = self.faults(**{wrong: f"#include <{included}>\n"})
                self.assertEqual(len(told), 1, told)
                self.assertIn(f".h:1: <{included}> is ", told[0])
                self.faults(**{wrong: ""})

    def test_a_list_that_is_unclear_fails(self):
        self.tree.write("src/floors", "base # words\nnet\nbase # again\n")
        self.assertEqual(self.faults(), ["src/floors:2: not told what stands here: add '# ...'",
                                         "src/floors:3: 'base' is listed twice"])  # fmt: skip


class TidyTest(unittest.TestCase):
    """With a clang-tidy that prints what the file has after "// says ", and sleeps where that is "sleep"."""

    FAKE = """#!/bin/sh
        for file; do :; done
        case $(cat $file) in *'// says sleep'*) exec sleep 60 ;; esac
        echo "$file" >> read.log
        sed -n 's|.*// says ||p' $file
        """

    def setUp(self):
        self.tree = Tree(self)
        self.tree.write("bin/clang-tidy", self.FAKE).chmod(0o755)
        (self.tree.root / "build").mkdir()
        self.tree.write(".gitignore", "/bin/\n/build/\n/read.log\n")
        self.git("init", "-q")

    def git(self, *words, age=0):
        """git, as if so many hours ago."""
        date = f"{1_800_000_000 - age * 3600} +0000"
        who = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": os.devnull}
        subprocess.run(["git", *words], cwd=self.tree.root, env=os.environ | who | dates, check=True, timeout=60)

    def commit(self, age, **texts):
        for name, text in texts.items():
            self.tree.write(f"src/{name}.cpp", text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x", age=age)

    def tidy(self, *words):
        """(exit code, lines, the files that were read in their order)."""
        log = self.tree.root / "read.log"
        log.unlink(missing_ok=True)
        # One processor, so that the order is one.
        one = min(os.sched_getaffinity(0))
        path = f"{self.tree.root}/bin:{os.environ['PATH']}"
        status, lines = run("tidy", *words, "build", cwd=self.tree.root, env=os.environ | {"PATH": path},
                            preexec_fn=lambda: os.sched_setaffinity(0, {one}))  # fmt: skip
        return status, lines, log.read_text().split() if log.exists() else []

    def test_what_is_new_within_a_day_is_read_the_newest_first(self):
        self.commit(30, old="int a;\n", edited="int b;\n")
        self.commit(20, edited="int c;\n")
        self.commit(0, newest="int d;\n")
        self.tree.write("src/open.cpp", "int e;\n")
        self.assertEqual(self.tidy(), (0, [], ["src/open.cpp", "src/newest.cpp", "src/edited.cpp"]))

    def test_what_moved_or_has_other_includes_only_is_not_new(self):
        self.commit(30, moved='#include "a.h"\n\nint a;\n', included="int b;\n", edited="int c;\n")
        self.git("mv", "src/moved.cpp", "src/there.cpp")
        self.git("mv", "src/edited.cpp", "src/elsewhere.cpp")
        self.commit(0, there='#include "b/a.h"\nint a;\n', included='#include "b.h"\n\nint b;\n', elsewhere="int d;\n")
        self.assertEqual(self.tidy(), (0, [], ["src/elsewhere.cpp"]))

    def test_in_a_repository_of_less_than_a_day_everything_is_new(self):
        self.commit(5, a="int a;\n")
        self.commit(0, b="int b;\n")
        self.assertEqual(self.tidy()[2], ["src/b.cpp", "src/a.cpp"])

    def test_what_there_was_no_time_for_is_listed_and_no_fault(self):
        self.commit(3, late="int a;\n")
        self.commit(2, slow="int b;  // says sleep\n")
        self.commit(1, first="int c;\n")
        self.assertEqual(self.tidy("--seconds", "3"),
                         (0, ["not read: src/slow.cpp", "not read: src/late.cpp"], ["src/first.cpp"]))  # fmt: skip

    def test_all_reads_every_file(self):
        self.commit(30, old="int a;\n", older="int b;\n")
        self.commit(0, first="int d;\n")
        self.assertEqual(self.tidy("--all", "--seconds", "0")[2], ["src/first.cpp", "src/old.cpp", "src/older.cpp"])

    def test_findings_are_told_once_and_are_faults_but_for_what_clang_cannot_compile(self):
        found = "x.h:1:1: error: bad name [bugprone-x,-warnings-as-errors]"
        self.commit(0, a=f"// says {found}\n", b=f"int b;  // says {found}\n")
        self.assertEqual(self.tidy()[:2], (1, [found]))
        self.commit(0, a="// says x.h:1:1: error: cannot [clang-diagnostic-error,-warnings-as-errors]\n", b="int b;\n")
        self.assertEqual(self.tidy()[:2], (0, []))
        self.commit(0, a="// says Error while processing\n")
        self.assertEqual(self.tidy()[:2], (1, ["clang-tidy did not run"]))

    def test_without_a_commit_it_says_that_nothing_was_read(self):
        self.tree.write("src/a.cpp", "int a;\n")
        status, lines, read = self.tidy()
        self.assertEqual((status, read), (0, []))
        self.assertIn("not read: any file", lines[0])


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
