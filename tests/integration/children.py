"""Processes that a test starts: they end with it, and those written in Python start without reading their libraries anew."""

import atexit
import ctypes
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback

_PR_SET_PDEATHSIG = 1
HANGS = 300  # seconds after which a program is taken to hang; a busy machine makes each of them slow


def until(held, timeout=HANGS, *, told=lambda: "", alive=lambda: True):
    """Waits until held() is true, and returns what it is. Fails with what told() says after the timeout, and at once when what
    it waits for is not alive() any more."""
    deadline = time.monotonic() + timeout
    while True:
        ended = not alive()
        if found := held():
            return found
        if ended or time.monotonic() > deadline:
            raise AssertionError(f"{'it ended before' if ended else f'not within {timeout} s'}: {told()}")
        time.sleep(0.03)


def die_with_parent():
    """Run in a child before exec: a test that is killed takes its servers with it. They end when the *thread* that
    started them does, so servers are started from the main thread."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class PythonServer:
    """smtp_server.py, http_gateway.py or http_proxy.py with these arguments, in a process of its own; `ready` is what it says of itself.
    Ended with the test at the latest."""

    def __init__(self, module, *arguments):
        reading, writing = os.pipe()
        with open(reading, "rb") as output:
            socket.send_fds(_nursery(), [json.dumps([module, *arguments]).encode()], [writing])
            os.close(writing)
            if not select.select([output], [], [], HANGS)[0]:
                raise RuntimeError(f"{module}.py is not ready after {HANGS} s")
            line = output.readline()
        if not line:
            raise RuntimeError(f"{module}.py did not start")
        self.ready = json.loads(line)
        self._process = os.pidfd_open(self.ready["pid"])

    def stop(self):
        """Ends it, and returns when nobody listens any more."""
        signal.pidfd_send_signal(self._process, signal.SIGTERM)
        if not select.select([self._process], [], [], HANGS)[0]:
            raise RuntimeError(f"process {self.ready['pid']} does not end")
        os.close(self._process)


_starting = threading.Lock()
_started = None  # what _nursery() returns


def _nursery():
    """The socket of a process that has imported these modules and forks for each server that is asked for: that takes
    milliseconds, and a new Python that reads them half a second."""
    global _started
    with _starting:
        if _started is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            command = [sys.executable, "-B", __file__, str(theirs.fileno())]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], preexec_fn=die_with_parent)
            theirs.close()
            _started = ours
            atexit.register(process.wait)
            atexit.register(ours.close)
        return _started


def _serve(module, arguments, output):
    """In a new child, which does not come back: as if the module had been started with these arguments."""
    try:
        die_with_parent()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(output, 1)
        os.close(output)
        sys.argv = [f"{module.__name__}.py", *arguments]
        module.main()
    except SystemExit:
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def _fork_for_each(requests):
    modules = {name: importlib.import_module(name) for name in ("http_gateway", "http_proxy", "smtp_server")}
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    while True:
        request, outputs, _, _ = socket.recv_fds(requests, 1 << 16, 1)
        if not request:
            return
        module, *arguments = json.loads(request)
        if os.fork() == 0:
            requests.close()
            _serve(modules[module], arguments, outputs[0])
        os.close(outputs[0])


if __name__ == "__main__":
    _fork_for_each(socket.socket(fileno=int(sys.argv[1])))
