#!/usr/bin/python3
"""A web server that answers as the documented services do, and as badly as a test wants.

  POST /v1/KEY/sms/send.json                      Kavenegar (kavenegar.com/rest.html)
  POST /2010-04-01/Accounts/SID/Messages.json     Twilio (twilio.com/docs/messaging/api/message-resource)
  POST /turnstile/v0/siteverify                   Cloudflare Turnstile, with its secrets for tests

It listens on a loopback port (a free one unless told), with --tls under a throw-away authority, prints one line of JSON
({"port": ..., "ca": ..., "pid": ...}) when it is ready, and runs until SIGTERM. Each request becomes request-0001.json.

The behaviour file (JSON, read again at each request) may hold:
  "status", "body"   what to answer instead; "hex": the body in bytes
  "headers"          an object: headers of the answer besides
  "every"            seconds: it takes one message in so many, and answers 429 with Retry-After to others
  "silence"          true: never answer
  "drip"             seconds between two bytes of the answer
  "cut"              "before_reading", "after_reading", "inside_head" or "inside_body": close there
  "reset"            true: reset the connection after reading
  "redirect"         a status: answer with it and a Location of this server
  "huge"             true: a body of 100 MB; how much of it was taken goes into huge.json
  "times"            how many requests are treated so; the others as usual
"""

import argparse
import base64
import http.server
import json
import os
import pathlib
import signal
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse

from smtp_server import make_certificates

HUGE = 100_000_000


def kavenegar(request, fields):
    """Errors as its documentation lists them: the HTTP status says the same as return.status."""
    key = request["path"].split("/")[2]
    receptor = fields.get("receptor", "")
    if key != "the-key":
        return 401, {"return": {"status": 401, "message": "کلید API نامعتبر است"}, "entries": None}
    if not (receptor.startswith("09") and len(receptor) == 11):
        return 411, {"return": {"status": 411, "message": "شماره گیرنده پیام معتبر نمی باشد"}, "entries": None}
    entry = {"messageid": 8792343, "message": fields.get("message"), "status": 1, "statustext": "در صف ارسال",
             "sender": fields.get("sender"), "receptor": receptor, "date": 1356619709, "cost": 120}  # fmt: skip
    return 200, {"return": {"status": 200, "message": "تایید شد"}, "entries": [entry]}


def twilio(request, fields):
    account = request["path"].split("/")[3]
    login = "Basic " + base64.b64encode(f"{account}:open sesame".encode()).decode()
    if request["headers"].get("Authorization") != login:
        return 401, {"code": 20003, "message": "Authenticate", "status": 401}
    to = fields.get("To", "")
    # Its magic numbers for tests.
    if to == "+15005550001":
        return 400, {"code": 21211, "message": f"The 'To' number {to} is not a valid phone number.", "status": 400}
    return 201, {"sid": "SM1f0e8ae6ade43cb3c0ce4525424e404f", "status": "queued", "to": to, "from": fields.get("From"),
                 "body": fields.get("Body"), "error_code": None, "error_message": None}  # fmt: skip


class Turnstile:
    """A token is good once, or again with the same idempotency key; the secrets are those for tests."""

    def __init__(self):
        self.spent = {}

    def __call__(self, request, fields):
        secret, token = fields.get("secret", ""), fields.get("response", "")
        if secret.startswith("2x"):
            return 200, {"success": False, "error-codes": ["invalid-input-response"]}
        if secret.startswith("3x"):
            return 200, {"success": False, "error-codes": ["timeout-or-duplicate"]}
        if not secret.startswith("1x") and secret != "the-secret":
            return 200, {"success": False, "error-codes": ["invalid-input-secret"]}
        if secret == "the-secret" and not token.startswith("good"):
            return 200, {"success": False, "error-codes": ["invalid-input-response"]}
        if self.spent.setdefault(token, fields.get("idempotency_key")) != fields.get("idempotency_key"):
            return 200, {"success": False, "error-codes": ["timeout-or-duplicate"]}
        return 200, {"success": True, "error-codes": [], "challenge_ts": "2026-03-01T12:00:00Z",
                     "hostname": "shop.example", "action": "reset"}  # fmt: skip


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    turnstile = Turnstile()
    lock = threading.Lock()
    seen = 0
    taken_at = 0.0

    def log_message(self, *_):
        pass

    def wishes(self):
        try:
            wishes = json.loads(self.server.behaviour.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return wishes if Handler.seen <= wishes.get("times", sys.maxsize) else {}

    def handle(self):
        with Handler.lock:
            Handler.seen += 1
        if self.wishes().get("cut") == "before_reading":
            return
        super().handle()

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def note(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        request = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body}
        with Handler.lock:
            count = len(list(self.server.folder.glob("request-*.json"))) + 1
            part = self.server.folder / "request.part"
            part.write_text(json.dumps(request))
            part.rename(self.server.folder / f"request-{count:04}.json")
        return request

    def usual(self, request):
        fields = dict(urllib.parse.parse_qsl(request["body"], keep_blank_values=True))
        for start, service in (("/v1/", kavenegar), ("/2010-04-01/", twilio), ("/turnstile/", Handler.turnstile)):
            if self.path.startswith(start):
                status, answer = service(request, fields)
                return status, json.dumps(answer)
        return 404, "{}"

    def too_soon(self, span):
        """Whether a message comes before the next one is taken; if not, it is taken now."""
        with Handler.lock:
            soon = time.monotonic() - Handler.taken_at < span
            Handler.taken_at = Handler.taken_at if soon else time.monotonic()
        return soon

    def answer(self):
        self.close_connection = True
        request = self.note()
        wishes = self.wishes()
        if wishes.get("silence"):
            return time.sleep(3600)
        if wishes.get("reset"):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return self.connection.close()
        if wishes.get("cut") == "after_reading":
            return None
        if wishes.get("huge"):
            return self.give_huge()
        if wishes.get("every") and self.too_soon(wishes["every"]):
            pause = {"headers": {"Retry-After": str(wishes["every"])}}
            return self.give(pause, 429, "{}")
        status, body = (wishes["redirect"], "") if wishes.get("redirect") else self.usual(request)
        self.give(wishes, wishes.get("status", status), wishes.get("body", body))
        return None

    def give(self, wishes, status, body):
        head = f"HTTP/1.1 {status} As Wanted\r\nContent-Type: application/json\r\n"
        if wishes.get("redirect"):
            head += f"Location: http://127.0.0.1:{self.server.server_port}/elsewhere\r\n"
        for name, value in wishes.get("headers", {}).items():
            head += f"{name}: {value}\r\n"
        content = bytes.fromhex(wishes["hex"]) if "hex" in wishes else body.encode()
        answer = f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content
        if wishes.get("cut") == "inside_head":
            answer = answer[:20]
        if wishes.get("cut") == "inside_body":
            answer = answer[:-5]
        if not wishes.get("drip"):
            return self.wfile.write(answer)
        for byte in answer:
            self.wfile.write(bytes([byte]))
            time.sleep(wishes["drip"])
        return None

    def give_huge(self):
        taken = 0
        try:
            self.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: {HUGE}\r\n\r\n".encode())
            while taken < HUGE:
                taken += self.wfile.write(b"x" * 65536)
        except OSError:
            pass
        (self.server.folder / "huge.json").write_text(json.dumps(taken))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):  # a client that hangs up is part of the tests
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--behaviour", type=pathlib.Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--cert-name", default="localhost")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    server = Server(("127.0.0.1", options.port), Handler)
    server.folder, server.behaviour = options.folder, options.behaviour
    if options.tls:
        make_certificates(options.folder, options.cert_name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.folder / "cert.pem", options.folder / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(json.dumps({"port": server.server_port, "ca": str(options.folder / "ca.pem"), "pid": os.getpid()}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
