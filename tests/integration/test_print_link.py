"""A link on the operator's terminal: what it takes, and each way in which it could be abused."""

import fcntl
import os
import pty
import pwd
import re
import struct
import subprocess
import termios
import unittest
import urllib.parse
from pathlib import Path

import harness
from harness import Site

ME = "user:" + pwd.getpwuid(os.getuid()).pw_name
GROUNDS = ["--ticket", "SUP-1", "--reason", "gets no mail"]
LINK = r"https://shop\.example/reset/[0-9a-f]{64}"


def at_terminal(site, *args, stdin=None, stdout=None):
    """Runs the command at a terminal of its own; exit code and what stands on the screen. Other streams may be given."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    running = subprocess.Popen([harness.BINARY, "--config", str(site.file), "--color", "never", *args],
                               stdin=theirs if stdin is None else stdin, stdout=theirs if stdout is None else stdout,
                               stderr=theirs, env=site._environment(None))  # fmt: skip
    os.close(theirs)
    written = b""
    try:
        while more := os.read(ours, 65536):
            written += more
    except OSError:  # the other end was closed
        pass
    os.close(ours)
    if running.stdout:
        running.stdout.close()
    return running.wait(60), written.decode().replace("\r\n", "\n")


class PrintLinkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(users={"second_factor": "totp"}, limits={"cooldown": "0s", "per_account": "1000/h", "per_recipient": "1000/h",
                                                                 "per_operator": "100000/h"})  # fmt: skip
        cls.addClassCleanup(cls.site.close)
        cls.site.database.sql("ALTER TABLE users ADD COLUMN totp VARCHAR(64) NULL")
        cls.site.migrate()

    def setUp(self):
        self.site.config(operators={ME: ["support", "print-link", "audit", "maintain"]})
        self.site.smtp.behave()
        self.site.database.sql("DELETE FROM users; DELETE FROM pwreset_tokens; DELETE FROM pwreset_deliveries")
        self.user = self.site.add_user(email="ada@example.com")

    def verify(self, identity="ada@example.com", ticket="SUP-1"):
        before = len(self.site.smtp.mails())
        self.assertEqual(self.site.run("send-otp", identity, "--for", "caller").exit, 0)
        code = self.site.smtp.code(self.site.smtp.mails(at_least=before + 1)[-1])
        done = self.site.run("verify-otp", identity, *(["--ticket", ticket] if ticket else []), stdin=code + "\n")
        self.assertEqual(done.exit, 0, done)

    def links(self):
        return self.site.database.sql("SELECT state, void_reason FROM pwreset_tokens WHERE kind = 'link' ORDER BY id")

    def refused(self, code, words, *args, **streams):
        """The command is refused and nothing came of it: no link, on the screen or in the table, and no mail."""
        mails = len(self.site.smtp.mails())
        status, screen = at_terminal(self.site, "request", *args, **streams)
        self.assertEqual(status, code, screen)
        self.assertIn(words, screen)
        self.assertNotRegex(screen, LINK)
        self.assertEqual(self.links(), [])
        self.assertEqual(len(self.site.smtp.mails()), mails)
        return screen

    def last_entry(self):
        return self.site.database.sql("SELECT action, result FROM pwreset_audit ORDER BY id DESC LIMIT 1")[0]

    # --- what it is for ---------------------------------------------------------------------------------------------

    def test_a_verified_caller_gets_a_link_and_the_account_a_mail(self):
        self.verify()
        status, screen = at_terminal(self.site, "request", "ada@example.com", "--print-link", *GROUNDS)
        self.assertEqual(status, 0, screen)
        self.assertEqual(len(re.findall(LINK, screen)), 1, screen)
        mail = self.site.smtp.mails()[-1]
        self.assertEqual(mail["To"], "ada@example.com")
        self.assertIn("for our support", mail["Subject"])
        self.assertIn("10 minutes", self.site.smtp.text(mail))
        self.assertNotRegex(mail.raw.decode(), "https://shop.example/reset/")
        token = urllib.parse.urlparse(re.search(LINK, screen)[0]).path.rpartition("/")[2]
        stored = self.site.database.sql(
            "SELECT state, TIMESTAMPDIFF(SECOND, issued_at, expires_at) AS life FROM pwreset_tokens "
            f"WHERE kind = 'link' AND verifier = UNHEX(SHA2('{token}', 256))")
        self.assertEqual(stored, [{"state": "live", "life": 600}])
        entry = self.site.database.sql("SELECT result, ticket, reason, detail FROM pwreset_audit WHERE action = 'print-link' ORDER BY id DESC LIMIT 1")
        self.assertEqual(entry, [{"result": "done", "ticket": "SUP-1", "reason": "gets no mail", "detail": "caller verified"}])
        self.assertEqual(self.site.run("audit", "verify").exit, 0)
        dump = str(self.site.database.sql("SELECT * FROM pwreset_audit")) + str(self.site.database.sql("SELECT * FROM pwreset_jobs"))
        self.assertNotIn(token, dump)

    def test_quietly_there_is_the_link_and_nothing_else(self):
        self.verify()
        status, screen = at_terminal(self.site, "request", "id:" + str(self.user), "--print-link", "-q", *GROUNDS)
        self.assertEqual(status, 0, screen)
        self.assertRegex(screen, "^" + LINK + "\n$")

    def test_inspect_and_list_tokens_tell_of_it(self):
        self.verify()
        at_terminal(self.site, "request", "ada@example.com", "--print-link", *GROUNDS)
        shown = self.site.run("inspect", "ada@example.com").out
        self.assertRegex(shown, r"next +a link was printed, valid until")
        self.assertRegex(shown, "print-link +done")
        self.assertEqual(self.site.run("revoke", "ada@example.com").exit, 0)
        self.assertEqual(self.links(), [{"state": "void", "void_reason": "revoked"}])

    # --- each abuse -------------------------------------------------------------------------------------------------

    def test_it_takes_the_capability(self):
        self.verify()
        self.site.config(operators={ME: ["support", "bulk", "breach", "override", "privileged", "approve", "audit", "maintain"]})
        self.refused(77, "lacks the capability 'print-link'", "ada@example.com", "--print-link", *GROUNDS)
        self.assertEqual(self.last_entry(), {"action": "request", "result": "FORBIDDEN"})
        self.site.config(operators={ME: ["print-link"]})
        self.refused(77, "lacks the capability 'support'", "ada@example.com", "--print-link", *GROUNDS)

    def test_it_takes_ticket_and_reason(self):
        self.verify()
        for some in ([], GROUNDS[:2], GROUNDS[2:]):
            self.refused(64, "'--print-link' without a ticket and a reason", "ada@example.com", "--print-link", *some)

    def test_it_takes_a_terminal(self):
        self.verify()
        with open(self.site.folder / "link", "w") as file:
            self.refused(77, "on a terminal only", "ada@example.com", "--print-link", *GROUNDS, stdout=file)
            self.assertEqual(self.last_entry(), {"action": "print-link", "result": "FORBIDDEN"})
        self.assertEqual((self.site.folder / "link").read_text(), "")
        self.refused(77, "on a terminal only", "ada@example.com", "--print-link", *GROUNDS, stdout=subprocess.PIPE)
        self.refused(77, "on a terminal only", "ada@example.com", "--print-link", *GROUNDS, stdout=subprocess.DEVNULL)
        self.refused(77, "on a terminal only", "ada@example.com", "--print-link", *GROUNDS, stdin=subprocess.DEVNULL)
        done = self.site.run("request", "ada@example.com", "--print-link", *GROUNDS)
        self.assertEqual(done.exit, 77, done)

    def test_it_goes_with_no_form_for_programs(self):
        self.verify()
        for form in (["--json"], ["--output", "csv"], ["--output", "ndjson"]):
            status, screen = at_terminal(self.site, "request", "ada@example.com", "--print-link", *GROUNDS, *form)
            self.assertEqual(status, 64, screen)
            self.assertNotRegex(screen, LINK)
        self.assertEqual(self.links(), [])

    def test_it_is_for_one_account_at_once_and_for_no_queue(self):
        self.verify()
        self.site.config(operators={ME: ["support", "print-link", "bulk", "web", "privileged", "approve"]})
        for words in (["bob@example.com"], ["ada@example.com"], ["--queue"], ["--override-protected"], ["--via", "code"], ["--via", "password"],
                      ["--channel", "sms"], ["--approve-link"], ["--public"]):  # fmt: skip
            with self.subTest(words):
                self.refused(64, "does not go with", "ada@example.com", "--print-link", *GROUNDS, *words)
        self.assertEqual(self.site.run("send-otp", "ada@example.com", "--print-link", *GROUNDS).exit, 64)

    def test_somebody_has_to_vouch_for_the_caller(self):
        nobody = "nobody vouches for the caller"
        self.refused(77, nobody, "ada@example.com", "--print-link", *GROUNDS)
        self.verify(ticket=None)
        self.site.database.sql("DELETE FROM pwreset_tokens")
        self.refused(77, nobody, "ada@example.com", "--print-link", *GROUNDS)
        self.verify(ticket="SUP-2")
        self.site.database.sql("DELETE FROM pwreset_tokens")
        self.refused(77, nobody, "ada@example.com", "--print-link", *GROUNDS)
        self.site.add_user(email="bob@example.com")
        self.verify("bob@example.com")
        self.site.database.sql("DELETE FROM pwreset_tokens")
        self.refused(77, nobody, "ada@example.com", "--print-link", *GROUNDS)

    def test_an_entry_of_the_trail_that_was_not_written_by_pwreset_vouches_for_nobody(self):
        self.verify(ticket="SUP-2")
        self.site.database.sql("UPDATE pwreset_audit SET ticket = 'SUP-1' WHERE action = 'verify-otp'; DELETE FROM pwreset_tokens")
        self.refused(77, "nobody vouches for the caller", "ada@example.com", "--print-link", *GROUNDS)

    def test_protected_accounts_and_second_factors_are_left_alone(self):
        for change, words in (("role = 'admin'", "is protected"), ("totp = 'JBSWY3DP'", "has a second factor"), ("active = 0", "disabled")):
            with self.subTest(change):
                self.site.database.sql("UPDATE users SET role = NULL, totp = NULL, active = 1")
                self.verify()
                self.site.database.sql(f"UPDATE users SET {change}; DELETE FROM pwreset_tokens")
                self.refused(77, words, "ada@example.com", "--print-link", *GROUNDS)

    def test_without_the_mail_to_the_account_there_is_no_link(self):
        self.verify()
        self.site.database.sql("DELETE FROM pwreset_tokens")
        self.site.smtp.stop()
        self.addCleanup(lambda: self.site.smtp._server or self.site.smtp.start())
        self.refused(69, "no link was printed", "ada@example.com", "--print-link", *GROUNDS)
        self.site.smtp.start()
        mails = len(self.site.smtp.mails())
        self.site.database.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6)")
        self.assertEqual(self.site.run("deliver").exit, 0)
        self.assertEqual(len(self.site.smtp.mails()), mails)
        self.assertEqual(self.links(), [])

    # --- a second operator ------------------------------------------------------------------------------------------

    def test_approving_takes_its_own_capability_a_ticket_a_reason_and_a_login(self):
        self.refused(77, "lacks the capability 'approve'", "ada@example.com", "--approve-link", *GROUNDS)
        self.site.config(operators={ME: ["approve"]})
        self.refused(64, "'--approve-link' without a ticket and a reason", "ada@example.com", "--approve-link")
        if Path("/proc/self/loginuid").read_text().strip() == "4294967295":
            self.refused(77, "nobody has logged in here", "ada@example.com", "--approve-link", *GROUNDS)

    def test_who_approves_does_not_print(self):
        self.site.config(operators={ME: ["support", "approve", "print-link"]})
        self.site.run("request", "ada@example.com", "--approve-link", *GROUNDS)
        self.refused(77, "nobody vouches for the caller", "ada@example.com", "--print-link", *GROUNDS)


if __name__ == "__main__":
    unittest.main()
