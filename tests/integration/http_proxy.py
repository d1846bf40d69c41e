#!/usr/bin/python3
"""A proxy that opens ways by CONNECT, as people's networks have one, and as badly as a test wants.

It listens on a loopback port (a free one unless told), prints one line of JSON ({"port": ..., "pid": ...}) when it is ready,
and runs until SIGTERM. Whatever host is asked for, the way leads to the port of --to on this machine: names are the proxy's
to find. Each connection becomes connection-0001.json: the request ("head"), all that went through to the service ("through",
base64), and that as soon as it is known.

The behaviour file (JSON, read again at each connection) may hold:
  "login"       "user:password": who says another, or none, gets a 407
  "schemes"     by which it asks for a login; ["Basic realm=\"proxy\""] unless told
  "answer"      what to say instead, as it is (then no way is open)
  "before"      what to say before the 200, such as an interim answer
  "behind"      what to say right behind the 200, which nobody should
  "silence"     "accept" (read nothing), "connect" (read, never answer), "tunnel" (say 200, let nothing through) or
                "answer" (let nothing come back)
  "drip"        seconds between two bytes of its own answer
  "cut"         "connect" (hang up instead of an answer), "tunnel" (behind the 200) or "request" (when the service was asked)
"""

import argparse
import base64
import json
import os
import pathlib
import select
import signal
import socket
import sys
import threading
import time

FOREVER = 3600


def read_head(client):
    head = b""
    while b"\r\n\r\n" not in head and len(head) < 65536:
        piece = client.recv(1)
        if not piece:
            break
        head += piece
    return head.decode("latin-1")


class Connection(threading.Thread):
    counting = threading.Lock()
    count = 0

    def __init__(self, client, options):
        super().__init__(daemon=True)
        self.client, self.options = client, options
        with Connection.counting:
            Connection.count += 1
            self.file = options.folder / f"connection-{Connection.count:04}.json"
        self.head, self.through = "", b""

    def note(self):
        part = self.file.with_suffix(".part")
        part.write_text(json.dumps({"head": self.head, "through": base64.b64encode(self.through).decode()}))
        part.rename(self.file)

    def wishes(self):
        try:
            return json.loads(self.options.behaviour.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def run(self):
        try:
            self.serve(self.wishes())
        except OSError:  # a client that hangs up is part of the tests
            pass
        self.client.close()

    def serve(self, wishes):
        self.note()
        if wishes.get("silence") == "accept":
            return time.sleep(FOREVER)
        self.head = read_head(self.client)
        self.note()
        if wishes.get("silence") == "connect":
            return time.sleep(FOREVER)
        if wishes.get("cut") == "connect":
            return None
        answer = self.refusal(wishes)
        if answer:
            return self.say(answer, wishes)
        self.say(wishes.get("before", "") + "HTTP/1.1 200 Connection established\r\n\r\n" + wishes.get("behind", ""), wishes)
        if wishes.get("silence") == "tunnel":
            return time.sleep(FOREVER)
        if wishes.get("cut") != "tunnel":
            self.relay(wishes)
        return None

    def refusal(self, wishes):
        if "answer" in wishes:
            return wishes["answer"]
        method, _, _ = self.head.partition(" ")
        if method != "CONNECT":
            return "HTTP/1.1 405 Method Not Allowed\r\nAllow: CONNECT\r\n\r\n"
        if "login" not in wishes:
            return None
        right = "Proxy-Authorization: Basic " + base64.b64encode(wishes["login"].encode()).decode()
        if right in self.head.split("\r\n"):
            return None
        asked = "".join(f"Proxy-Authenticate: {scheme}\r\n" for scheme in wishes.get("schemes", ['Basic realm="proxy"']))
        return f"HTTP/1.1 407 Proxy Authentication Required\r\n{asked}Content-Length: 6\r\n\r\nlog in"

    def say(self, words, wishes):
        for byte in words.encode() if wishes.get("drip") else [words.encode()]:
            self.client.sendall(bytes([byte]) if wishes.get("drip") else byte)
            time.sleep(wishes.get("drip", 0))

    def relay(self, wishes):
        """What either side says goes to the other, until one hangs up."""
        with socket.create_connection(("127.0.0.1", self.options.to)) as service:
            sides = {self.client: service, service: self.client}
            asked = 0
            while True:
                for side in select.select(list(sides), [], [])[0]:
                    piece = side.recv(65536)
                    if not piece and side is service and wishes.get("silence") == "answer":
                        time.sleep(FOREVER)
                    if not piece:
                        return
                    if side is self.client:
                        self.through += piece
                        self.note()
                        # Under TLS 1.3 the second flight of a client ends its handshake and may hold the request.
                        asked += 1
                        if wishes.get("cut") == "request" and asked > 1:
                            service.sendall(piece)
                            time.sleep(0.5)  # so long the service may take to read it
                            return
                    elif wishes.get("silence") == "answer" and asked > 1:
                        continue
                    sides[side].sendall(piece)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--behaviour", type=pathlib.Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--to", type=int, required=True)
    options = parser.parse_args()
    listening = socket.create_server(("127.0.0.1", options.port))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(json.dumps({"port": listening.getsockname()[1], "pid": os.getpid()}), flush=True)
    while True:
        Connection(listening.accept()[0], options).start()


if __name__ == "__main__":
    main()
