"""A program in a room that stays, for applications that take seconds to start: a line of JSON for a question, one for the
answer. What else it writes to standard output is passed over: answers begin with RS, as in RFC 7464.

    with room ...:
        desk = Resident(room, "ruby", "desk.rb")
        desk.ask(do="check", link="https://…")
        with desk.at(moment): ...

Needs the package faketime in the folder: it is started under it, and looks at its clock's file whenever it asks the time.
"""

import contextlib
import json
import subprocess
from datetime import UTC, datetime

MARK = "\x1e"


class Resident:
    def __init__(self, room, *command, env=None):
        self._room, self._command = room, command
        self._clock = room.path / "clock"
        self._set_clock(0)
        self._errors = open(room.path / "errors", "w+", errors="backslashreplace")
        variables = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": room.inside, "TZ": "UTC",
            "FAKETIME_TIMESTAMP_FILE": f"{room.inside}/clock", "FAKETIME_NO_CACHE": "1",
            # Whoever waits for something waits by a clock that is not moved.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip
        # chroot itself is of this machine, and has no library of the folder: so it is loaded inside.
        start = ["env", f"--chdir={room.inside}", "LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1", *command]
        self._process = subprocess.Popen(
            [*room.folder.entry, *start],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True, encoding="utf-8",
            env=variables | (env or {}),
        )  # fmt: skip

    def ask(self, **question):
        """What it answers. RuntimeError, with what it wrote last, where it fails or ends."""
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended: what it wrote is told below
        for line in self._process.stdout:
            if line.startswith(MARK):
                answer = json.loads(line[1:])
                if "failed" in answer:
                    raise RuntimeError(f"{' '.join(self._command)} failed: {answer['failed']}")
                return answer["answer"]
        self._errors.seek(0)
        wrote = self._errors.read()
        if len(wrote) > 5000:
            wrote = f"{wrote[:2500]}\n...\n{wrote[-2500:]}"
        raise RuntimeError(f"{' '.join(self._command)} ended ({self._process.wait()}):\n{wrote}")

    @contextlib.contextmanager
    def at(self, moment):
        """Its clock inside the block: it begins at `moment`, an aware datetime, and goes on."""
        self._set_clock(round((moment - datetime.now(UTC)).total_seconds()))
        try:
            yield
        finally:
            self._set_clock(0)

    def close(self):
        """It ends with its input."""
        self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _set_clock(self, seconds):
        # In one step: it may be reading.
        new = self._clock.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.rename(self._clock)
