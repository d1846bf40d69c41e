"""Tables stay aligned in a terminal of 80 columns, whatever script their cells are written in.

The terminal is tmux: it is asked where its cursor stands, so its own idea of a character's width decides, not ours. Needs
Debian's tmux.
"""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import unittest
from pathlib import Path

import harness
from children import until
from harness import Site

WIDTH = 80
# What operators, tickets and reasons are made of: wide, combining and joined characters, right to left, and hostile ones.
TEXTS = ["tom", "علی‌رضا محمدی", "Jürgen Groß-Schäfer", "田中太郎さん", "e\u0301le\u0300ve", "한국어 사용자", "👩\u200d💻🎉",
         "🇮🇷 x", "👍🏽ok", "a\u202eb", "नमस्ते", "ไทยนี้", "ﷺ", "ｆｕｌｌ", "\u1112\u1161\u11ab", "x\u200by"]  # fmt: skip

# Runs inside the terminal: writes each text at the start of a line, and asks in which column the cursor is then (DSR, "CPR").
ASK = """
import json, sys, termios, tty
tty.setraw(0)
columns = []
for text in json.load(open(sys.argv[1])):
    sys.stdout.write("\\r\\x1b[2K" + text + "\\x1b[6n")
    sys.stdout.flush()
    answer = ""
    while not answer.endswith("R"):
        answer += sys.stdin.read(1)
    columns.append(int(answer.rstrip("R").rsplit(";", 1)[1]) - 1)
json.dump(columns, open(sys.argv[1] + ".part", "w"))
import os
os.rename(sys.argv[1] + ".part", sys.argv[1] + ".answer")
"""


def columns_in_tmux(texts):
    """How many columns each text takes in tmux."""
    with tempfile.TemporaryDirectory(prefix="pwreset-tmux-") as folder:
        questions = Path(folder) / "texts"
        questions.write_text(json.dumps(texts))
        (Path(folder) / "ask.py").write_text(ASK)
        tmux = ["tmux", "-S", f"{folder}/socket", "-f", "/dev/null", "-u"]
        command = [*tmux, "new-session", "-d", "-x", str(WIDTH + 40), "-y", "24", sys.executable, f"{folder}/ask.py", str(questions)]
        subprocess.run(command, check=True, timeout=60, env={"PATH": os.defpath, "LANG": "C.UTF-8", "TERM": "xterm"})
        answer = Path(f"{questions}.answer")
        try:
            until(answer.exists, told=lambda: "tmux does not answer")
            return json.loads(answer.read_text())
        finally:
            subprocess.run([*tmux, "kill-server"], stderr=subprocess.DEVNULL, timeout=60)


def in_terminal(site, *args):
    """What the command prints on a terminal of 80 columns, line by line."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, WIDTH, 0, 0))
    command = [harness.BINARY, "--config", str(site.file), "--color", "never", *args]
    kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL,
                               env={"PATH": os.defpath, "LANG": "C.UTF-8"} | kept)  # fmt: skip
    os.close(theirs)
    written = b""
    try:
        while more := os.read(ours, 65536):
            written += more
    except OSError:  # the other end was closed
        pass
    os.close(ours)
    assert running.wait(60) == 0, written
    return written.decode().replace("\r\n", "\n").splitlines()


class TerminalTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.close)
        cls.site.migrate()
        for number, text in enumerate(TEXTS, 1):
            cls.site.add_user(id=number, email=f"user{number}@example.com", role="student")
            cls.site.run("request", f"user{number}@example.com")
            # Not by the options, which refuse some of these: another program may have written them.
            stored = f"CONVERT(X'{text.encode().hex()}' USING utf8mb4)"
            cls.site.database.sql(
                f"UPDATE pwreset_jobs SET operator = {stored}, reason = {stored}, ticket = 'T{number}' ORDER BY id DESC LIMIT 1; "
                f"UPDATE pwreset_audit SET operator = {stored}, ticket = {stored}, reason = {stored} WHERE account = {number}")

    def assert_aligned(self, lines, title, cell):
        """Each row of the table has the cell (a pattern, once a row) in the column of its title; no line is too long."""
        head, rows = lines[0], lines[1:]
        found = [re.search(cell, row) for row in rows]
        self.assertTrue(rows and all(found), lines)
        columns = columns_in_tmux([head[: head.index(title)], *(match.string[: match.start()] for match in found)])
        self.assertEqual(set(columns), {columns[0]}, "\n".join(lines))
        widths = columns_in_tmux(lines)
        self.assertLessEqual(max(widths), WIDTH, "\n".join(lines))

    def test_the_tokens_stay_aligned_behind_any_operator(self):
        lines = in_terminal(self.site, "list-tokens")
        self.assertEqual(len(lines), 1 + len(TEXTS))
        self.assert_aligned(lines, "TICKET", r"T\d+$")

    def test_the_trail_stays_aligned_behind_any_operator(self):
        lines = [line for line in in_terminal(self.site, "audit") if " migrate " not in line]
        self.assertEqual(len(lines), 1 + 3 * len(TEXTS))
        self.assert_aligned(lines, "RESULT", r"(queued|done|sent) ")

    def test_what_inspect_shows_fits(self):
        for number in range(1, len(TEXTS) + 1):
            lines = in_terminal(self.site, "inspect", f"id:{number}")
            self.assertLessEqual(max(columns_in_tmux(lines)), WIDTH, "\n".join(lines))

    def test_a_preview_shows_its_invisible_characters(self):
        text = "\n".join(in_terminal(self.site, "template", "preview", "reset-link", "--locale", "fa"))
        self.assertIn("حساب شما در \\u{2068}Shop\\u{2069} ثبت شده است", text)
        self.assertNotRegex(text, "[\u200e\u2066-\u2069]")
        self.assertIn("این لینک فقط یک بار کار می\u200cکند", text)


if __name__ == "__main__":
    unittest.main()
