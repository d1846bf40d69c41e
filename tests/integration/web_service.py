"""http_gateway.py and http_proxy.py as children: the gateway for text messages, the captcha service and the proxy of a test."""

import atexit
import base64
import json
import shutil
import tempfile
from pathlib import Path

from children import PythonServer, until


class Child:
    """One of them, with a folder of its own and a `port`."""

    def __init__(self, module, *options):
        self.folder = Path(tempfile.mkdtemp(prefix="pwreset-http-"))
        atexit.register(self.close)
        self._server = None
        self._module, self._options = module, options
        self._behaviour = self.folder / "behaviour.json"
        self.port = 0
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Starts the server, after stop() on the port it had."""
        self._server = PythonServer(self._module, "--folder", str(self.folder), "--behaviour", str(self._behaviour),
                                    "--port", str(self.port), *self._options)  # fmt: skip
        self.port = self._server.ready["port"]

    def stop(self):
        """Nobody listens any more; what was asked so far stays."""
        if self._server:
            self._server.stop()
            self._server = None

    def close(self):
        atexit.unregister(self.close)
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def behave(self, **wishes):
        """What to do from the next request on, as the module describes; without arguments: as usual."""
        part = self._behaviour.with_suffix(".part")
        part.write_text(json.dumps(wishes))
        part.rename(self._behaviour)


class WebService(Child):
    """Attributes: `url` (without a path) and `ca` (PEM file, with TLS only)."""

    def __init__(self, *, tls=False, cert_name="localhost"):
        super().__init__("http_gateway", *(["--tls"] if tls else []), "--cert-name", cert_name)
        self.url = f"https://localhost:{self.port}" if tls else f"http://127.0.0.1:{self.port}"
        self.ca = self.folder / "ca.pem" if tls else None

    def requests(self):
        """What was asked so far, oldest first."""
        return [json.loads(file.read_text()) for file in sorted(self.folder.glob("request-*.json"))]

    def taken_of_huge(self):
        """How many bytes of the body of 100 MB went out before the client hung up."""
        file = self.folder / "huge.json"
        until(file.exists)
        return json.loads(file.read_text())


class Proxy(Child):
    """A proxy in front of a service, whatever the service's name is said to be."""

    def __init__(self, service):
        super().__init__("http_proxy", "--to", str(service.port))
        self.url = f"http://127.0.0.1:{self.port}"

    def connections(self):
        """The requests it was sent, oldest first, each with the bytes that went through afterwards."""
        found = [json.loads(file.read_text()) for file in sorted(self.folder.glob("connection-*.json"))]
        return [(connection["head"], base64.b64decode(connection["through"])) for connection in found]
