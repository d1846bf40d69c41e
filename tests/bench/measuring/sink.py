"""Postfix's test programs: smtp-sink takes mails, smtp-source sends them."""

import contextlib
import os
import shutil
import socket
import subprocess
import time

import measuring.builds  # says where the tests' modules are

from children import HANGS, die_with_parent
from mariadb_server import free_port

SBIN = os.environ.get("PATH", "") + ":/usr/sbin"


class Sink:
    """smtp-sink on a port of its own: takes every mail and forgets it. A relay for a Site."""

    host, tls, auth, ca = "127.0.0.1", "none", None, None

    def __init__(self):
        self.port = free_port()
        as_somebody = ["-u", "nobody"] if os.getuid() == 0 else []
        command = [shutil.which("smtp-sink", path=SBIN), *as_somebody, f"127.0.0.1:{self.port}", "1000"]
        self._process = subprocess.Popen(command, preexec_fn=die_with_parent)
        deadline = time.monotonic() + HANGS
        while True:
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", self.port)):
                return
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("bench: smtp-sink does not start")
            time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()

    def from_source(self, connections, mails, size):
        """Mails a second that smtp-source sends to it, over so many connections that it keeps."""
        command = [shutil.which("smtp-source", path=SBIN), "-d", "-s", str(connections), "-m", str(mails), "-l", str(size),
                   "-f", "no-reply@shop.example", "-t", "u1@example.com", f"127.0.0.1:{self.port}"]  # fmt: skip
        began = time.perf_counter()
        subprocess.run(command, check=True)
        return mails / (time.perf_counter() - began)
