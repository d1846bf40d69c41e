#!/usr/bin/python3
"""An independent SMTP server that behaves as well, or as badly, as a test wants.

Normal operation is aiosmtpd's (Debian: python3-aiosmtpd), so that our client is not judged by our own reading of the
RFCs. It makes a throw-away authority and certificate in its folder, listens on a loopback port (a free one
unless told), prints one line of JSON ({"port": ..., "ca": ..., "pid": ...}) when it is ready, and runs until SIGTERM.

Each accepted mail becomes mail-0001.eml (the bytes as received, dots unstuffed) and mail-0001.json (its envelope).

The behaviour file (JSON, read again at each command) may hold:
  "mail", "rcpt", "data"   a reply to give instead, such as "450 4.2.1 later"
  "rcpt_of"                {"address": reply}, for these recipients alone
  "after_mails", "then"    a number, and what MAIL gets once a connection has brought so many: a reply, or "hang up"
  "final"                  the reply after the final dot; the mail is not stored
  "silence"                "greeting", "rcpt" or "final": never answer there
  "cut"                    "final": store the mail, write "250-ok" and close inside the reply
  "drop"                   "before_final_reply": store the mail and close without a reply
  "hold_final"             how many seconds to wait before the final reply; true is until the test behaves otherwise
"""

import argparse
import asyncio
import itertools
import json
import logging
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

FOREVER = 24 * 3600
CONNECTIONS = itertools.count(1)


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates(folder, name):
    """ca.pem, cert.pem and key.pem: a new authority, and one certificate of its for `name` (or for an IP address)."""
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    ca, ca_key = str(folder / "ca.pem"), str(folder / "ca-key.pem")
    request, extensions = str(folder / "request.pem"), folder / "extensions.cnf"
    is_address = all(c in "0123456789.:abcdef" for c in name)
    extensions.write_text("authorityKeyIdentifier=keyid\nsubjectAltName=%s:%s\n" % ("IP" if is_address else "DNS", name))
    openssl("req", "-x509", *new_key, "-keyout", ca_key, "-out", ca, "-days", "2", "-subj", "/CN=throw-away authority",
            "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", *new_key, "-keyout", str(folder / "key.pem"), "-out", request, "-subj", "/CN=" + name)
    openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2",
            "-extfile", str(extensions), "-out", str(folder / "cert.pem"))
    for spent in (ca_key, request, str(extensions)):
        os.unlink(spent)


class Behaviour:
    """What the test wants at this moment; nothing unusual when there is no file."""

    def __init__(self, file):
        self.file = file

    def get(self, key, default=None):
        if self.file is None:
            return default
        try:
            return json.loads(self.file.read_text()).get(key, default)
        except (FileNotFoundError, json.JSONDecodeError):  # not there yet, or being written
            return default

    def count(self, connections):
        """How many connections there were stands in a file beside the behaviour."""
        if self.file is not None:
            self.file.with_suffix(".connections").write_text(str(connections))

    async def fall_silent(self, where):
        """Where silence is wished, never returns; the file beside the behaviour says that it has come to it."""
        if self.get("silence") == where:
            self.file.with_suffix(".silent").touch()
            await asyncio.sleep(FOREVER)


class Store:
    """The folder of accepted mails. The JSON appears last and at once: whoever sees it may read both files."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    def add(self, content, envelope):
        self.count += 1
        base = self.folder / ("mail-%04d" % self.count)
        base.with_suffix(".eml").write_bytes(content)
        part = base.with_suffix(".part")
        part.write_text(json.dumps(envelope))
        part.rename(base.with_suffix(".json"))


class Handler:
    """aiosmtpd's hooks: what is offered, and what becomes of a message."""

    def __init__(self, behaviour, store):
        self.behaviour = behaviour
        self.store = store

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname  # aiosmtpd leaves it to the hook, and refuses MAIL without
        return responses[:1] + ["250-PIPELINING"] + responses[1:]

    async def handle_DATA(self, server, session, envelope):
        refusal = self.behaviour.get("final")
        if refusal:
            return refusal
        await self.behaviour.fall_silent("final")
        self.store.add(envelope.original_content, {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "auth": session.login_name,
            "helo": session.host_name,
            "options": envelope.mail_options,
            "connection": session.number,
        })
        session.mails += 1
        if self.behaviour.get("cut") == "final":
            server.transport.write(b"250-ok\r\n")
            server.transport.close()
            await asyncio.sleep(FOREVER)
        if self.behaviour.get("drop") == "before_final_reply":
            server.transport.close()
            await asyncio.sleep(FOREVER)
        while (hold := self.behaviour.get("hold_final", 0)) is True:
            await asyncio.sleep(0.02)
        await asyncio.sleep(hold)
        return "250 2.0.0 stored as %04d" % self.store.count


class Server(SMTP):
    """aiosmtpd's SMTP, made able to refuse and to fall silent."""

    def __init__(self, behaviour, *arguments, **options):
        super().__init__(*arguments, **options)
        self.behaviour = behaviour
        self.greeted = False

    def _create_session(self):
        session = super()._create_session()
        session.login_name = None  # whom our authenticator let in
        session.number, session.mails = next(CONNECTIONS), 0
        self.behaviour.count(session.number)
        return session

    async def push(self, status):
        if not self.greeted:
            self.greeted = True
            await self.behaviour.fall_silent("greeting")
        await super().push(status)

    async def refused(self, step):
        reply = self.behaviour.get(step)
        if reply:
            await self.push(reply)
            if reply.startswith("421"):
                self.transport.close()
        return bool(reply)

    async def is_full(self):
        most = self.behaviour.get("after_mails")
        if most is None or self.session.mails < most:
            return False
        reply = self.behaviour.get("then")
        if reply != "hang up":
            await self.push(reply)
        if reply == "hang up" or reply.startswith("421"):
            self.transport.close()
        return True

    async def smtp_MAIL(self, arg):
        if not await self.is_full() and not await self.refused("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg):
        await self.behaviour.fall_silent("rcpt")
        if await self.refused("rcpt"):
            return
        for address, reply in self.behaviour.get("rcpt_of", {}).items():
            if f"<{address}>" in arg:
                return await self.push(reply)
        await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg):
        if not await self.refused("data"):
            await super().smtp_DATA(arg)


def authenticator(expected):
    user, _, password = expected.partition(":")

    def check(server, session, envelope, mechanism, data):
        good = data.login == user.encode() and data.password == password.encode()
        session.login_name = user if good else None
        return AuthResult(success=good, handled=False)

    return check


def make_server(options, behaviour, store, context):
    """One connection's server. With STARTTLS, AUTH is offered only behind it."""
    settings = {"hostname": "relay.test", "enable_SMTPUTF8": True, "timeout": FOREVER}
    if options.auth:
        settings.update(authenticator=authenticator(options.auth), auth_required=True,
                        auth_require_tls=options.tls == "starttls")
    if options.tls == "starttls":
        settings.update(tls_context=context, require_starttls=True)
    return Server(behaviour, Handler(behaviour, store), **settings)


async def serve(options):
    folder = pathlib.Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    context = None
    if options.tls != "none":
        make_certificates(folder, options.cert_name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(str(folder / "cert.pem"), str(folder / "key.pem"))
    behaviour, store = Behaviour(options.behaviour), Store(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: make_server(options, behaviour, store, context), "127.0.0.1", options.port,
                                      ssl=context if options.tls == "implicit" else None)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    ready = {"port": server.sockets[0].getsockname()[1], "ca": str(folder / "ca.pem"), "pid": os.getpid()}
    print(json.dumps(ready), flush=True)
    await ended.wait()


def main():
    parser = argparse.ArgumentParser(description="A controllable SMTP server for tests.")
    parser.add_argument("--folder", required=True)
    parser.add_argument("--port", type=int, default=0, help="0 is a free one")
    parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    parser.add_argument("--cert-name", default="localhost")
    parser.add_argument("--auth", metavar="USER:PASS")
    parser.add_argument("--behaviour", metavar="FILE", type=pathlib.Path)
    # Refused handshakes and plain-text logins are what the tests are about: no news.
    logging.getLogger("mail").setLevel(logging.CRITICAL + 1)
    warnings.simplefilter("ignore")
    asyncio.run(serve(parser.parse_args()))
    sys.stdout.flush()
    os._exit(0)  # connections that were told to hang would delay an orderly end


if __name__ == "__main__":
    main()
