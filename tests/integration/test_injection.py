"""Identities that are no identities: options, controls, what is not UTF-8, what is huge or deep. Each is refused with
the code of what is wrong with it, changes nothing, and costs neither memory nor time."""

import os
import resource
import subprocess
import unittest
from pathlib import Path

import harness
from children import HANGS
from harness import Site

MEMORY = 512 << 20  # bytes of address space: far less than a copy too many of 10 MB would show, far more than is needed
SECONDS = 20  # with sanitizers; without, every one of these takes milliseconds

# What an argument of a program can hold: anything but a NUL, at most 128 kB (MAX_ARG_STRLEN of Linux).
HOSTILE = {
    "an option of ours": b"--print-link",
    "an option with a value": b"--config=x",
    "an option of the program": b"--override-limits",
    "a short option": b"-y",
    "two dashes": b"--",
    "a response file": b"@/etc/passwd",
    "a newline": b"ada@example.com\nbob@example.com",
    "a carriage return": b"ada@example.com\r\nRCPT TO:<eve@example.com>",
    "an escape": b"\x1b]0;x\x07ada@example.com",
    "not UTF-8": b"\xff\xfeada@example.com",
    "a lone surrogate": b"ada\xed\xa0\x80@example.com",
    "an overlong form": b"ada\xc0\xae@example.com",
    "invisible": "ada\u200b@example.com".encode(),
    "turned round": "ada\u202emoc@example.com".encode(),
    "SQL": b"' OR '1'='1",
    "a format": b"%n%n%n%s@example..com",
    "a path": b"../../../etc/passwd",
    "a hundred thousand letters": b"x" * 100_000 + b"@example.com",
    "a hundred thousand brackets": b"[" * 100_000,
}
COMMANDS = {"request": (), "inspect": (), "revoke": (), "verify-otp": (), "send-otp": (), "list-tokens": ()}


class InjectionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.close)
        cls.site.migrate()
        cls.site.add_user(email="ada@example.com", login="ada")
        cls.files = cls.tree()
        # A sanitizer maps terabytes of shadow memory before anything else: then there is nothing to limit.
        version = subprocess.run([harness.BINARY, "--version"], capture_output=True, preexec_fn=cls.limit)
        cls.limited = version.returncode == 0

    @classmethod
    def tree(cls):
        return sorted(str(path) for path in Path(cls.site.folder).rglob("*"))

    def run_bytes(self, *args, stdin=b""):
        """(exit, output, error); the process has little memory, and little time of the processor."""
        limit = self.limit if self.limited else None
        before = self.processor_time()
        done = subprocess.run([os.fsencode(harness.BINARY), b"--config", os.fsencode(self.site.file), *args], input=stdin,
                              capture_output=True, timeout=HANGS, cwd=self.site.folder, preexec_fn=limit,
                              env={"PATH": os.defpath, "LANG": "C.UTF-8"})  # fmt: skip
        self.assertLess(self.processor_time() - before, SECONDS)
        return done.returncode, done.stdout, done.stderr

    @staticmethod
    def processor_time():
        """What the children that have ended took of it, in seconds."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    @staticmethod
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    def check_no_effect(self, out, err):
        """No mail, no row but of the audit trail, no file, nothing that drives a terminal."""
        for table in ("jobs", "deliveries", "tokens", "intake", "limits"):
            self.assertEqual(self.site.database.sql(f"SELECT * FROM pwreset_{table}"), [], table)
        self.assertEqual(self.site.smtp.mails(), [])
        self.assertEqual(self.tree(), self.files)
        for text in (out, err):
            self.assertNotRegex(text, rb"[\x00-\x08\x0b-\x1f\x7f]")
            self.assertNotIn(b"root:", text)
            self.assertLess(len(text), 1_000_000)
            text.decode()

    def test_behind_two_dashes_it_is_an_identity_and_malformed(self):
        for command in COMMANDS:
            for name, identity in HOSTILE.items():
                with self.subTest(command=command, name=name):
                    code, out, err = self.run_bytes(command.encode(), b"--json", b"--", identity, stdin=b"123456\n")
                    self.assertEqual((code, b'"code":"INVALID_IDENTITY"' in out), (65, True), (out[:500], err[:500]))
                    self.check_no_effect(out, err)

    def test_without_them_an_option_is_an_option_and_refused_as_such(self):
        for command in COMMANDS:
            for option in (b"--print-link", b"--config=x", b"--to=eve@example.com", b"-e"):
                with self.subTest(command=command, option=option):
                    code, out, err = self.run_bytes(command.encode(), b"ada@example.com", option, b"--json", stdin=b"123456\n")
                    if option == b"--config=x":
                        self.assertEqual((code, b'"code":"CONFIG"' in out or b'"code":"USAGE"' in out), (code, True), out)
                        self.assertIn(code, (64, 78))
                    else:
                        self.assertEqual((code, b'"code":"USAGE"' in out), (64, True), out)
                    self.check_no_effect(out, err)

    def test_many_identities_are_one_by_one_refused(self):
        code, out, err = self.run_bytes(b"request", b"--json", b"--", *[b"\xff" * 1000] * 1000)
        self.assertEqual((code, b'"code":"PARTIAL_FAILURE"' in out), (1, True), out[:500])
        self.assertEqual(out.count(b'"code":"INVALID_IDENTITY"'), 1000)
        for table in ("jobs", "deliveries", "intake", "limits"):
            self.assertEqual(self.site.database.sql(f"SELECT * FROM pwreset_{table}"), [], table)

    def test_a_public_call_of_any_size_depth_or_bytes_is_refused(self):
        identity = b'{"identity":"%s"}'
        for name, body in {
            "10 MB of letters": identity % (b"a" * (10 << 20)),
            "10 MB of spaces": b" " * (10 << 20),
            "10 MB without an end": b'{"identity":"' + b"a" * (10 << 20),
            "100 000 brackets": b"[" * 100_000,
            "60 000 brackets": b"[" * 60_000,
            "60 000 objects": b'{"identity":' * 5_000,
            "60 000 brackets in the identity": b'{"identity":' + b"[" * 60_000,
            "10 000 keys": b"{" + b",".join(b'"k%d":1' % i for i in range(6_000)) + b"}",
            "a lone surrogate": identity % rb"\ud800@example.com",
            "half a pair": identity % rb"\udc00ada@example.com",
            "a NUL": identity % rb"ada\u0000@example.com",
            "a raw NUL": identity % b"ada\0@example.com",
            "a newline": identity % rb"ada@example.com\nbob@example.com",
            "an option": identity % b"--print-link",
            "an option with a value": identity % b"--config=x",
            "not UTF-8": identity % b"\xff@example.com",
            "another key": b'{"identity":"ada@example.com","--print-link":true}',
            "a list of addresses": b'{"identity":["ada@example.com","eve@example.com"]}',
            "the address twice": b'{"identity":"ada@example.com","identity":"eve@example.com"}',
        }.items():
            with self.subTest(name=name):
                code, out, err = self.run_bytes(b"request", b"--public", b"--json", stdin=body)
                self.assertEqual((code, b'"code":"INVALID_' in out), (65, True), (out[:500], err[:500]))
                self.check_no_effect(out, err)

    def test_a_code_of_any_size_or_bytes_is_refused(self):
        for code_typed in (b"1" * (10 << 20), b"\0" * 6, b"\xff" * 6, b"--print-link", b"\n"):
            with self.subTest(code=code_typed[:12]):
                code, out, err = self.run_bytes(b"verify-otp", b"--json", b"ada@example.com", stdin=code_typed)
                self.assertEqual((code, b'"code":"INVALID_INPUT"' in out), (65, True), (out[:500], err[:500]))
                self.check_no_effect(out, err)

    def test_a_text_for_the_trail_that_is_hostile_is_refused(self):
        for text in (b"\x1b[31m", b"\xff", b"a" * 100_000, "\u202e".encode()):
            for option in (b"--ticket", b"--reason", b"--locale"):
                code, out, err = self.run_bytes(b"request", b"ada@example.com", b"--json", option, text)
                self.assertEqual((code, b'"code":"INVALID_INPUT"' in out), (65, True), (out[:500], err[:500]))
                self.check_no_effect(out, err)


class DashTest(unittest.TestCase):
    def test_an_address_that_begins_with_dashes_works_behind_two_dashes(self):
        """It is a good address (RFC 5321), in a mail's envelope and in every command."""
        with Site() as site:
            site.migrate()
            site.add_user(email="--queue@example.com")
            self.assertEqual(site.run("request", "--queue@example.com").exit, 64)
            self.assertEqual(site.run("request", "--", "--queue@example.com").exit, 0)
            self.assertEqual(site.smtp.mails()[0].envelope["to"], ["--queue@example.com"])
            self.assertEqual(site.run("list-tokens", "--json", "--", "--queue@example.com").exit, 0)
            self.assertEqual(site.run("inspect", "--", "--queue@example.com").exit, 0)
            self.assertEqual(site.run("revoke", "--", "--queue@example.com").exit, 0)
            done = site.run("request", "--public", stdin='{"identity":"--queue@example.com"}')
            self.assertEqual(done.exit, 0, done)


if __name__ == "__main__":
    unittest.main()
