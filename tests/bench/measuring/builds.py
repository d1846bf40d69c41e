"""Programs to compare: this build's, and those of other revisions, each built in a clone of its own."""

import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent.parent
TARGETS = ("pwreset", "pwreset-net", "pwreset-phone")

os.environ.setdefault("PWRESET_BINARY", str(SOURCE / "build/release/pwreset"))
sys.path.insert(0, str(SOURCE / "tests/integration"))


def short_name(revision):
    """The revision as Git abbreviates it."""
    return subprocess.run(["git", "rev-parse", "--short", revision], cwd=SOURCE, check=True, capture_output=True,
                          text=True).stdout.strip()  # fmt: skip


def clone(revision, folder):
    """A fresh clone of the revision in the folder."""
    subprocess.run(["git", "clone", "--quiet", SOURCE, folder], check=True)
    subprocess.run(["git", "checkout", "--quiet", short_name(revision)], cwd=folder, check=True)


def built(revision, folder):
    """The program of the revision, built in the folder; one that was built there before is taken as it is."""
    program = Path(folder) / "build/release/pwreset"
    if not program.exists():
        clone(revision, folder)
        subprocess.run(["script/build", "release", *TARGETS], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return str(program)
