"""A folder without /proc, as packages are built in: what does not work there is no fault of pwreset."""

import os
import shutil
import subprocess
import tempfile
import unittest

from harness import BINARY, Site

HIDDEN = "mount -t tmpfs none /proc && exec \"$@\""


def without_proc(*command, **more):
    """Runs it in a mount namespace of its own, where /proc is an empty folder."""
    user = [] if os.getuid() == 0 else ["--map-root-user"]
    return subprocess.run(["unshare", "--mount", *user, "sh", "-c", HIDDEN, "sh", *map(str, command)],
                          capture_output=True, text=True, **more)  # fmt: skip


@unittest.skipUnless(shutil.which("unshare"), "needs unshare(1)")
class BuildRootTest(unittest.TestCase):
    def setUp(self):
        if without_proc(BINARY, "--version").returncode != 0:
            self.skipTest("no namespaces here, or a program with sanitizers, which needs /proc")

    def test_the_demo_is_played_to_its_end(self):
        with tempfile.TemporaryDirectory(prefix="pwreset-demo-") as folder:
            done = without_proc(BINARY, "demo", env={"TMPDIR": folder, "LANG": "C.UTF-8", "PATH": os.defpath})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("\n  pwreset --config ", done.stdout)

    def test_commands_run_and_a_module_that_is_not_found_is_told_as_what_it_is(self):
        with Site() as site:
            site.migrate()
            site.add_user(email="ada@example.com")
            run = ["--config", site.file]
            listed = without_proc(BINARY, *run, "list-tokens")
            self.assertEqual(listed.returncode, 0, listed.stderr)
            asked = without_proc(BINARY, *run, "request", "ada@example.com")
            self.assertEqual(asked.returncode, 0, asked.stdout + asked.stderr)  # sent, or queued with a warning
            self.assertNotIn("fault of pwreset", asked.stdout + asked.stderr)
            told = without_proc(BINARY, *run, "doctor").stdout
            self.assertNotIn("fault of pwreset", told)


if __name__ == "__main__":
    unittest.main()
