"""Temporary passwords (S3): sent first, stored when accepted, taken by the application's own verifier, void in time."""

import base64
import hashlib
import os
import re
import secrets
import subprocess
import unittest

import harness
from children import until
from database import Database
from harness import SOURCE, Site

KILLABLE = os.environ["PWRESET_KILLABLE"]
GRANTS = SOURCE / "packaging/grants"
TAIL = "u" * 53
ARGON2ID = "$argon2id$v=19$m=4096,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$wGv2pDl1z8N+TQOF7O+XVqmPdEGsCI9zk9bP3Uu63iI"
DJANGO = "pbkdf2_sha256$20000$saltsaltsaltsaltsaltsa$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="


def php_verify(password, stored):
    """What PHP's password_verify() says."""
    program = "exit(password_verify(getenv('P'), getenv('H')) ? 0 : 3);"
    code = subprocess.run(["php", "-r", program], env={"PATH": os.defpath, "P": password, "H": stored}).returncode
    assert code in (0, 3), code
    return code == 0


def django_verify(password, stored):
    """What Django's check_password() says."""
    from django.conf import settings
    from django.contrib.auth.hashers import check_password, is_password_usable

    if not settings.configured:
        settings.configure()
    assert is_password_usable(stored)
    return check_password(password, stored)


def argon2_parts(stored):
    """Its parameters as text; salt and digest as bytes."""
    *parameters, salt, digest = re.fullmatch(
        r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)", stored).groups()  # fmt: skip
    return parameters, *(base64.b64decode(text + "=" * (-len(text) % 4)) for text in (salt, digest))


def argon2_verify(password, stored):
    """Whether the tool argon2 makes the same of the password, the salt and the parameters."""
    (memory, passes, lanes), salt, digest = argon2_parts(stored)
    command = ["argon2", salt, "-id", "-k", memory, "-t", passes, "-p", lanes, "-l", str(len(digest)), "-r"]
    made = subprocess.run(command, input=password.encode(), capture_output=True, check=True)
    return bytes.fromhex(made.stdout.decode().strip()) == digest


def wordpress_verify(password, stored):
    """What WordPress 6.8 and later do: bcrypt of a digest, behind a prefix."""
    program = """$digest = base64_encode(hash_hmac("sha384", trim(getenv("P")), "wp-sha384", true));
                 exit(password_verify($digest, substr(getenv("H"), 3)) ? 0 : 3);"""
    code = subprocess.run(["php", "-r", program], env={"PATH": os.defpath, "P": password, "H": stored}).returncode
    assert code in (0, 3), code
    return stored.startswith("$wp$2y$") and code == 0


def mediawiki_verify(password, stored):
    """PBKDF2 by Python, bcrypt by PHP, in MediaWiki's layout."""
    _, kind, rest = stored.split(":", 2)
    if kind == "bcrypt":
        cost, salt, digest = rest.split("$")
        return php_verify(password, f"$2y${int(cost):02}${salt}{digest}")
    algorithm, rounds, size, salt, digest = rest.split(":")
    made = hashlib.pbkdf2_hmac(algorithm, password.encode(), base64.b64decode(salt), int(rounds), int(size))
    return kind == "pbkdf2" and base64.b64encode(made).decode() == digest


def better_auth_verify(password, stored):
    """scrypt by Python; the digits of the salt are the salt."""
    salt, key = stored.split(":")
    made = hashlib.scrypt(password.encode(), salt=salt.encode(), n=16384, r=16, p=1, maxmem=2**26, dklen=64)
    return made.hex() == key


def redmine_verify(password, stored, salt):
    return hashlib.sha1((salt + hashlib.sha1(password.encode()).hexdigest()).encode()).hexdigest() == stored


class TemporaryPasswordTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)

    def setUp(self):
        self.site = Site(database=self.database, limits={"cooldown": "0s"}, temporary_password={"enabled": True})
        self.addCleanup(self.site.close)
        self.site.migrate()
        self.sql = self.database.sql

    def user(self, **columns):
        self.key = self.site.add_user(email="ada@example.com", **columns)
        return self.key

    def request(self, *args, exit=0):
        done = self.site.run("request", "ada@example.com", "--via", "password", *args)
        self.assertEqual(done.exit, exit, done)
        return done

    def stored(self):
        return self.sql(f"SELECT password FROM users WHERE id = {self.key}")[0]["password"]

    def mailed(self):
        """The password in the newest mail, which has it alone on its line."""
        text = self.site.smtp.text(self.site.smtp.mails()[-1])
        return re.search(r"^(?=\S*\d)(?=\S*[A-Z])\S{10,64}$", text, re.MULTILINE).group()

    def token(self):
        return self.sql("SELECT state, void_reason, erase_at FROM pwreset_tokens ORDER BY id DESC LIMIT 1")[0]

    def delivery(self):
        return self.sql("SELECT state, reason FROM pwreset_deliveries ORDER BY id DESC LIMIT 1")[0]

    def actions(self, action):
        rows = self.sql(f"SELECT result FROM pwreset_audit WHERE action = '{action}' ORDER BY id")
        return [row["result"] for row in rows]

    def expire(self):
        self.sql("UPDATE pwreset_tokens SET issued_at = issued_at - INTERVAL 25 HOUR, "
                 "expires_at = expires_at - INTERVAL 25 HOUR, erase_at = erase_at - INTERVAL 25 HOUR")  # fmt: skip

    def kill_at(self, step, *args):
        before, harness.BINARY = harness.BINARY, KILLABLE
        try:
            self.assertEqual(self.site.run(*args, env={"PWRESET_TEST_AT": step}).exit, -9)
        finally:
            harness.BINARY = before

    def paused_at(self, step):
        """A request that waits at this step of the program until the folder that is answered with it goes."""
        pause = self.site.folder / f"pause-{step}"
        before, harness.BINARY = harness.BINARY, KILLABLE
        try:
            worker = self.site.start("request", "ada@example.com", "--via", "password", "--json",
                                     env={"PWRESET_TEST_AT": step, "PWRESET_TEST_PAUSE": str(pause)})  # fmt: skip
        finally:
            harness.BINARY = before
        until(pause.exists, told=worker.err, alive=worker.alive)
        return worker, pause


class AcceptedTest(TemporaryPasswordTest):
    """Each format, against an implementation that is not ours."""

    def assert_accepted(self, verify, form):
        self.request()
        self.assertRegex(self.stored(), form)
        self.assertTrue(verify(self.mailed(), self.stored()))
        self.assertFalse(verify(self.mailed() + "x", self.stored()))

    def assert_void_means_wrong_password(self, verify, form):
        """The verifier answers "wrong", as to any password: it neither fails nor calls the account one without."""
        password = self.mailed()
        self.assertEqual(self.site.run("revoke", "ada@example.com").exit, 0)
        self.assertRegex(self.stored(), form)
        self.assertFalse(verify(password, self.stored()))
        self.assertEqual(self.site.run("request", "ada@example.com", "--dry-run").exit, 0)

    def test_S3_php_takes_bcrypt_with_the_prefix_and_cost_there_is(self):
        for head in ("$2y$10$", "$2b$06$", "$2a$04$"):
            with self.subTest(head):
                self.sql("DELETE FROM users")
                self.user(password=head + TAIL)
                form = rf"^{re.escape(head)}[./A-Za-z0-9]{{53}}$"
                self.assert_accepted(php_verify, form)
                self.assert_void_means_wrong_password(php_verify, form)

    def test_S3_php_and_the_argon2_tool_take_argon2id(self):
        self.user(password=ARGON2ID)
        form = r"^\$argon2id\$v=19\$m=4096,t=2,p=1\$"
        self.assert_accepted(php_verify, form)
        while b"\0" in argon2_parts(self.stored())[1]:  # which no argument of a program can hold
            self.request()
        self.assertTrue(argon2_verify(self.mailed(), self.stored()))
        self.assert_void_means_wrong_password(php_verify, form)

    def test_S3_django_takes_pbkdf2_sha256(self):
        self.user(password=DJANGO)
        form = r"^pbkdf2_sha256\$20000\$[A-Za-z0-9]{22}\$"
        self.assert_accepted(django_verify, form)
        self.assert_void_means_wrong_password(django_verify, form)

    def test_wordpress_takes_its_own_bcrypt(self):
        self.user(password="$wp$2y$06$" + TAIL)
        form = r"^\$wp\$2y\$06\$[./A-Za-z0-9]{53}$"
        self.assert_accepted(wordpress_verify, form)
        self.assert_void_means_wrong_password(wordpress_verify, form)

    def test_mediawiki_takes_its_pbkdf2_and_its_bcrypt(self):
        base64_of = lambda size: base64.b64encode(b"s" * size).decode()  # noqa: E731
        for stored, form in ((f":pbkdf2:sha512:3000:64:{base64_of(16)}:{base64_of(64)}", "^:pbkdf2:sha512:3000:64:"),
                             (f":pbkdf2:sha256:1000:128:{base64_of(16)}:{base64_of(128)}", "^:pbkdf2:sha256:1000:128:"),
                             (f":bcrypt:5${TAIL[:22]}${TAIL[22:]}", r"^:bcrypt:5\$[./A-Za-z0-9]{22}\$")):  # fmt: skip
            with self.subTest(form):
                self.sql("DELETE FROM users")
                self.user(password=stored)
                self.assert_accepted(mediawiki_verify, form)
                self.assert_void_means_wrong_password(mediawiki_verify, form)

    def test_better_auth_takes_its_scrypt(self):
        self.user(password="0" * 32 + ":" + "0" * 128)
        form = "^[0-9a-f]{32}:[0-9a-f]{128}$"
        self.assert_accepted(better_auth_verify, form)
        self.assert_void_means_wrong_password(better_auth_verify, form)

    def test_redmine_takes_its_hash_with_the_salt_beside_it_and_the_password_is_out_of_reach(self):
        self.sql("ALTER TABLE users ADD salt VARCHAR(64) NOT NULL DEFAULT ''")
        self.addCleanup(self.sql, "ALTER TABLE users DROP salt")
        self.site.config(temporary_password={"formats": ["redmine sha1"], "salt": "salt"})
        self.user(password="0" * 40)
        verify = lambda password, stored: redmine_verify(  # noqa: E731
            password, stored, self.sql(f"SELECT salt FROM users WHERE id = {self.key}")[0]["salt"]
        )
        self.assert_accepted(verify, "^[0-9a-f]{40}$")
        self.assertGreaterEqual(len(self.mailed()), 20)
        self.assert_void_means_wrong_password(verify, "^[0-9a-f]{40}$")

    def test_sha1_is_not_taken_for_redmines_where_nobody_says_so(self):
        self.user(password="0" * 40)
        self.assertIn("SHA-1, as Redmine stores it", self.request(exit=77).err)

    def test_what_an_application_takes_is_written_where_accounts_have_phpass(self):
        self.site.config(temporary_password={"formats": ["bcrypt $2y$"]})
        self.user(password="$P$BabcdefghCLuICGkISMiZyvanCcgKU0")
        self.assert_accepted(php_verify, r"^\$2y\$12\$")
        self.assert_void_means_wrong_password(php_verify, r"^\$2y\$12\$")

    def test_devises_pepper_is_hashed_behind_the_password(self):
        pepper = secrets.token_hex(64)
        self.site.write_secret("devise.pepper", pepper + "\n")
        self.site.config(temporary_password={"formats": ["bcrypt $2a$"], "pepper_file": "devise.pepper"})
        self.user(password="$2a$04$" + TAIL)
        self.assert_accepted(lambda password, stored: php_verify((password + pepper)[:72], stored), r"^\$2a\$04\$")
        self.assertFalse(php_verify(self.mailed(), self.stored()))
        (self.site.folder / "devise.pepper").chmod(0o644)
        self.assertIn("devise.pepper", self.request(exit=78).err)

    def test_the_format_of_the_recent_accounts_is_written_not_the_one_of_an_old_account(self):
        self.user(password="$2y$04$" + TAIL)
        for number in range(3):
            self.site.add_user(email=f"{number}@example.com", password=DJANGO)
        self.request()
        self.assertTrue(django_verify(self.mailed(), self.stored()))

    def test_a_format_that_cannot_be_written_is_refused_before_anything_is_sent(self):
        for stored, name in (("$P$BabcdefghCLuICGkISMiZyvanCcgKU0", "phpass"), ("$2y$31$" + TAIL, "out of bounds"),
                             ("$argon2id$v=19$m=2147483648,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43, "out of bounds")):
            with self.subTest(name):
                self.sql("DELETE FROM users")
                self.user(password=stored)
                done = self.request(exit=77)
                self.assertIn(name, done.err)
                self.assertEqual(self.site.smtp.mails(), [])
                self.assertEqual(self.stored(), stored)

    def test_a_policy_with_symbols_reaches_text_and_html_as_it_is(self):
        self.site.config(temporary_password={"require": ["lower", "upper", "digit", "symbol"], "length": 24})
        self.user()
        self.request()
        self.assertEqual(len(self.mailed()), 24)
        self.assertTrue(php_verify(self.mailed(), self.stored()))
        html = self.site.smtp.mails()[-1].get_body(("html",)).get_content()
        self.assertIn(f">{self.mailed()}<", html)


class OrderTest(TemporaryPasswordTest):
    """Sent first, stored when accepted, and only over the hash that was seen."""

    def test_S3_the_answer_says_that_it_was_sent_and_never_what(self):
        self.user()
        done = self.request("--json")
        result = done.json["data"]["results"][0]
        self.assertEqual(result["message"], "temporary password sent")
        self.assertEqual((result["purpose"], result["next"], result["channel"]), ("reset_password", "sign-in", "email"))
        self.assertNotIn(self.mailed(), done.out + done.err)

    def test_S3_a_mail_that_fails_leaves_the_old_password_working(self):
        self.user()
        before = self.stored()
        self.addCleanup(self.site.smtp.behave)
        for reply, exit in (("550 5.1.1 no such user", 1), ("450 4.2.0 later", 0)):
            with self.subTest(reply):
                self.site.smtp.behave(rcpt=reply)
                self.request(exit=exit)
                self.assertEqual(self.stored(), before)
                self.assertEqual(self.token()["state"], "void")
        self.assertEqual(self.actions("set-password"), [])

    def test_one_that_the_database_would_refuse_to_store_is_not_mailed_and_holds_up_nobody(self):
        self.user()
        self.site.add_user(email="bob@example.com")
        before = self.stored()
        self.request("--queue")
        for more in ({"clear": ["no_such_column"]}, {"clear": None, "sessions": {"table": "no_such", "user": "user_id"}}):
            with self.subTest(more):
                self.site.config(temporary_password=more)
                sent = len(self.site.smtp.mails())
                self.request(exit=78)
                self.assertEqual(self.site.run("request", "bob@example.com", "--queue").exit, 0)
                self.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6) WHERE state = 'queued'")
                data = self.site.run("deliver", "--json").json["data"]
                self.assertEqual((data["sent"], data["deferred"]), (1, 1))
                self.assertEqual([mail.envelope["to"][0][:3] for mail in self.site.smtp.mails()[sent:]], ["bob"])
                live = "SELECT COUNT(*) AS n FROM pwreset_tokens WHERE live = 1 AND kind = 'temporary_password'"
                self.assertEqual((self.stored(), self.sql(live)), (before, [{"n": 0}]))
        self.site.config(temporary_password={"sessions": None})
        self.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6) WHERE state = 'queued'")
        self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 1)
        self.assertTrue(php_verify(self.mailed(), self.stored()))

    def test_an_outcome_that_is_unknown_is_retried_with_a_new_password(self):
        self.user()
        before = self.stored()
        self.site.smtp.behave(drop="before_final_reply")
        self.addCleanup(self.site.smtp.behave)
        self.request()
        self.assertEqual(self.stored(), before)
        self.assertEqual((self.delivery()["state"], self.token()["state"]), ("uncertain", "void"))
        first = self.mailed()
        self.site.smtp.behave()
        self.sql("UPDATE pwreset_deliveries SET next_at = UTC_TIMESTAMP(6)")
        self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 1)
        self.assertNotEqual(self.mailed(), first)
        self.assertFalse(php_verify(first, self.stored()))
        self.assertTrue(php_verify(self.mailed(), self.stored()))

    def test_a_user_who_changes_the_password_meanwhile_keeps_his_own(self):
        self.user()
        worker, pause = self.paused_at("accepted")
        self.sql(f"UPDATE users SET password = '$2y$10$his-own' WHERE id = {self.key}")
        pause.rmdir()
        done = worker.wait()
        self.assertEqual(done.exit, 77, done)
        self.assertIn("its password does not work", done.json["hint"])
        self.assertEqual(self.stored(), "$2y$10$his-own")
        self.assertEqual(self.delivery(), {"state": "cancelled", "reason": "password_changed"})
        self.assertEqual(self.token(), {"state": "void", "void_reason": "password_changed", "erase_at": None})
        self.assertEqual(self.actions("set-password"), ["password_changed"])

    def test_a_revocation_meanwhile_wins(self):
        self.user()
        before = self.stored()
        worker, pause = self.paused_at("accepted")
        self.assertEqual(self.site.run("revoke", "ada@example.com").exit, 0)
        pause.rmdir()
        worker.wait()
        self.assertEqual(self.stored(), before)
        self.assertEqual(self.actions("set-password"), [])

    def test_the_newest_of_two_is_the_one_that_works(self):
        self.user()
        self.request()
        first = self.mailed()
        self.request()
        self.assertFalse(php_verify(first, self.stored()))
        self.assertTrue(php_verify(self.mailed(), self.stored()))
        live = self.sql("SELECT COUNT(*) AS n FROM pwreset_tokens WHERE live = 1")
        self.assertEqual(live[0]["n"], 1)

    def test_a_dry_run_touches_nothing(self):
        self.user()
        before = self.stored()
        self.request("--dry-run")
        self.assertEqual(self.stored(), before)
        self.assertEqual(self.site.smtp.mails(), [])
        for table in ("tokens", "deliveries", "jobs"):
            self.assertEqual(self.sql(f"SELECT COUNT(*) AS n FROM pwreset_{table}")[0]["n"], 0)

    def test_what_is_queued_is_stored_by_deliver(self):
        self.user()
        before = self.stored()
        self.request("--queue")
        self.assertEqual(self.stored(), before)
        self.assertEqual(self.site.run("deliver").exit, 0)
        self.assertTrue(php_verify(self.mailed(), self.stored()))

    def test_S3_only_allowed_roles_get_one_and_protected_accounts_never(self):
        self.site.config(users={"allowed_roles": ["student", "uni-admin", "sys-admin"], "protected": ["owner"]})
        self.user()
        before = self.stored()
        for role, exit, code in (("guest", 77, "FORBIDDEN"), ("owner", 77, "PROTECTED_ACCOUNT")):
            self.sql(f"UPDATE users SET role = '{role}'")
            done = self.site.run("request", "ada@example.com", "--via", "password", "--json")
            self.assertEqual((done.exit, done.json["code"]), (exit, code), done)
            self.assertEqual(self.stored(), before)
        for role in ("student", "uni-admin", "sys-admin"):
            self.sql(f"UPDATE users SET role = '{role}'")
            self.request()
            self.assertTrue(php_verify(self.mailed(), self.stored()))

    def test_they_are_off_unless_turned_on_and_what_was_queued_is_dropped(self):
        self.user()
        before = self.stored()
        self.request("--queue")
        self.site.config(temporary_password={"enabled": False})
        self.assertIn("not turned on", self.request(exit=77).err)
        self.assertEqual(self.site.run("deliver").exit, 0)
        self.assertEqual(self.delivery(), {"state": "refused", "reason": "turned_off"})
        self.assertEqual((self.stored(), self.site.smtp.mails()), (before, []))

    def test_no_secret_is_at_rest_anywhere(self):
        self.user()
        self.request("--verbose")
        self.request("--queue")
        self.site.run("deliver", "--verbose")
        dump = self.database.dump()
        for mail in self.site.smtp.mails():
            password = re.search(r"^(?=\S*\d)(?=\S*[A-Z])\S{10,64}$", self.site.smtp.text(mail), re.MULTILINE).group()
            self.assertNotIn(password, dump)
            self.assertNotIn(password.encode().hex(), dump.lower())
        for line in (self.site.run("audit", "--output", "csv").out, self.site.run("list-tokens", "--json").out):
            self.assertNotIn(self.mailed(), line)
            self.assertNotIn(self.stored(), line)


class CrashTest(TemporaryPasswordTest):
    def test_a_kill_at_any_step_leaves_the_old_password_or_ends_right(self):
        self.user()
        for step in ("claimed", "minting", "minted", "accepted", "marking"):
            with self.subTest(step):
                before = self.stored()
                self.kill_at(step, "request", "ada@example.com", "--via", "password")
                self.assertEqual(self.stored(), before)
                self.assertEqual(self.site.run("deliver", "--json").json["data"]["sent"], 1)
                self.assertTrue(php_verify(self.mailed(), self.stored()))
                self.assertEqual(self.token()["state"], "live")

    def test_a_password_changed_after_the_crash_ends_the_retry(self):
        self.user()
        self.kill_at("accepted", "request", "ada@example.com", "--via", "password")
        self.sql(f"UPDATE users SET password = '$2y$10$his-own' WHERE id = {self.key}")
        mails = len(self.site.smtp.mails())
        self.site.run("deliver")
        self.assertEqual(len(self.site.smtp.mails()), mails)
        self.assertEqual(self.stored(), "$2y$10$his-own")
        self.assertEqual(self.delivery(), {"state": "cancelled", "reason": "password_changed"})


class EndTest(TemporaryPasswordTest):
    """What ends a password that stands in the users table, and what goes with it."""

    def setUp(self):
        super().setUp()
        self.sql("ALTER TABLE users ADD must_change TINYINT NOT NULL DEFAULT 0, ADD remember_token VARCHAR(100), "
                 "ADD api_token VARCHAR(100) NOT NULL DEFAULT ''; "
                 "CREATE TABLE sessions (id INT PRIMARY KEY AUTO_INCREMENT, user_id BIGINT, KEY (user_id))")  # fmt: skip
        self.addCleanup(self.sql, "DROP TABLE IF EXISTS sessions")
        self.site.config(temporary_password={"clear": ["remember_token"], "empty": ["api_token"],
                                             "sessions": {"table": "sessions", "user": "user_id"}})  # fmt: skip
        self.user(remember_token="r", api_token="a")
        self.other = self.site.add_user(email="bob@example.com", remember_token="r")
        self.sql(f"INSERT INTO sessions (user_id) VALUES ({self.key}), ({self.key}), ({self.other})")

    def force_change(self):
        self.site.config(temporary_password={"must_change": {"column": "must_change", "value": "1"}})

    def test_S3_the_change_is_forced_and_sessions_and_remember_tokens_end(self):
        self.force_change()
        self.request()
        row = self.sql(f"SELECT must_change, remember_token, api_token FROM users WHERE id = {self.key}")[0]
        self.assertEqual(row, {"must_change": 1, "remember_token": None, "api_token": ""})
        self.assertEqual(self.sql("SELECT user_id FROM sessions"), [{"user_id": self.other}])
        row = self.sql(f"SELECT must_change, remember_token FROM users WHERE id = {self.other}")[0]
        self.assertEqual(row, {"must_change": 0, "remember_token": "r"})

    def test_a_password_that_was_not_used_in_time_is_void_by_deliver_and_by_the_purge(self):
        for command in (("deliver",), ("purge-expired",)):
            with self.subTest(command):
                self.request()
                password = self.mailed()
                self.sql(f"INSERT INTO sessions (user_id) VALUES ({self.key})")
                self.assertEqual(self.site.run(*command).exit, 0)
                self.assertTrue(php_verify(password, self.stored()))
                self.expire()
                self.assertEqual(self.site.run(*command).exit, 0)
                self.assertFalse(php_verify(password, self.stored()))
                self.assertEqual(self.token(), {"state": "void", "void_reason": "expired", "erase_at": None})
                self.assertEqual(self.sql(f"SELECT COUNT(*) AS n FROM sessions WHERE user_id = {self.key}")[0]["n"], 0)
                self.assertEqual(self.actions("void-password")[-1], "done")
                stored = self.stored()
                self.assertEqual(self.site.run(*command).exit, 0)
                self.assertEqual(self.stored(), stored)

    def test_the_purge_says_how_many(self):
        self.request()
        self.expire()
        self.assertEqual(self.site.run("purge-expired", "--json").json["data"]["passwords_voided"], 1)
        self.assertEqual(self.site.run("purge-expired", "--json").json["data"]["passwords_voided"], 0)

    def test_the_next_pass_of_a_watch_makes_it_void(self):
        self.request()
        self.expire()
        watch = self.site.start("deliver", "--watch")
        until(lambda: "1 temporary passwords made void" in watch.err(), told=watch.err, alive=watch.alive)
        watch.signal()
        self.assertIn("1 temporary passwords made void", watch.wait().err)
        self.assertEqual(self.token()["state"], "void")

    def test_a_password_that_the_user_replaced_stays_when_the_time_is_up(self):
        self.request()
        self.sql(f"UPDATE users SET password = '$2y$10$his-own' WHERE id = {self.key}")
        self.expire()
        self.site.run("deliver")
        self.assertEqual(self.stored(), "$2y$10$his-own")
        self.assertEqual(self.token()["void_reason"], "password_changed")

    def test_where_the_application_took_back_its_demand_the_password_counts_as_used(self):
        self.force_change()
        self.request()
        self.sql(f"UPDATE users SET must_change = 0 WHERE id = {self.key}")
        self.expire()
        self.site.run("deliver")
        self.assertTrue(php_verify(self.mailed(), self.stored()))
        self.assertEqual(self.token(), {"state": "used", "void_reason": None, "erase_at": None})
        self.assertEqual(self.actions("void-password"), ["used"])

    def test_revoke_makes_it_useless_at_once_also_where_the_demand_was_taken_back(self):
        self.force_change()
        self.request()
        self.sql(f"UPDATE users SET must_change = 0 WHERE id = {self.key}; "
                 f"INSERT INTO sessions (user_id) VALUES ({self.key})")  # fmt: skip
        done = self.site.run("revoke", "ada@example.com", "--json")
        self.assertEqual(done.json["data"]["results"][0]["passwords"], 1, done)
        self.assertFalse(php_verify(self.mailed(), self.stored()))
        self.assertEqual(self.sql(f"SELECT COUNT(*) AS n FROM sessions WHERE user_id = {self.key}")[0]["n"], 0)

    def test_revoke_reaches_a_password_whose_successor_was_never_accepted(self):
        self.request()
        first = self.mailed()
        self.addCleanup(self.site.smtp.behave)
        self.site.smtp.behave(rcpt="550 5.1.1 no such user")
        self.request(exit=1)
        self.assertTrue(php_verify(first, self.stored()))
        self.assertEqual(self.site.run("revoke", "ada@example.com").exit, 0)
        self.assertFalse(php_verify(first, self.stored()))

    def test_a_password_whose_successor_was_never_accepted_still_expires(self):
        self.request()
        first = self.mailed()
        self.addCleanup(self.site.smtp.behave)
        self.site.smtp.behave(rcpt="550 5.1.1 no such user")
        self.request(exit=1)
        self.expire()
        self.site.run("deliver")
        self.assertFalse(php_verify(first, self.stored()))

    def test_revoke_by_reference_and_of_all(self):
        reference = self.request("--json").json["data"]["results"][0]["reference"]
        first = self.mailed()
        self.assertEqual(self.site.run("revoke", f"ref:{reference}").exit, 0)
        self.assertFalse(php_verify(first, self.stored()))
        self.request()
        self.assertEqual(self.site.run("revoke", "--all", "--yes", "--expect", "1").exit, 0)
        self.assertFalse(php_verify(self.mailed(), self.stored()))

    def test_a_person_is_not_erased_while_such_a_password_may_work(self):
        self.request()
        done = self.site.run("subject", "erase", "ada@example.com", "--yes")
        self.assertEqual(done.exit, 77, done)
        self.assertEqual(self.site.run("revoke", "ada@example.com").exit, 0)
        self.assertEqual(self.site.run("subject", "erase", "ada@example.com", "--yes").exit, 0)
        self.assertEqual(self.site.run("audit", "verify").exit, 0)

    def test_the_trail_verifies_and_tells_what_was_done(self):
        self.request("--ticket", "SUP-1")
        self.site.run("revoke", "ada@example.com")
        self.assertEqual(self.actions("set-password") + self.actions("void-password"), ["done", "done"])
        self.assertEqual(self.site.run("audit", "verify").exit, 0)

    def test_doctor_says_how_passwords_are_stored_and_what_is_missing(self):
        self.assertIn("temporary passwords are stored as bcrypt $2y$ of cost 10", self.site.run("doctor").out)
        self.site.config(temporary_password={"clear": ["remember_me"]})
        done = self.site.run("doctor")
        self.assertIn("column 'remember_me' ('temporary_password.clear')", done.out, done)
        self.assertEqual(done.exit, 1)

    def test_the_least_grants_suffice_for_each_role(self):
        admin = self.site.settings["database"]["user"], self.database.password
        logins = {role: self.login(role) for role in ("issue", "deliver", "purge")}

        def run_as(role, *args, exit=0):
            login, password = logins[role] if role else admin
            self.site.write_secret("database.password", password)
            self.site.config(database={"user": login})
            done = self.site.run(*args)
            self.assertEqual(done.exit, exit, done)

        self.force_change()
        run_as("issue", "request", "ada@example.com", "--via", "password")
        run_as("issue", "revoke", "ada@example.com")
        for role, command in (("deliver", "deliver"), ("purge", "purge-expired")):
            run_as("issue", "request", "ada@example.com", "--via", "password", "--queue")
            run_as("deliver", "deliver")
            self.assertTrue(php_verify(self.mailed(), self.stored()))
            self.expire()
            run_as(role, command)
            self.assertFalse(php_verify(self.mailed(), self.stored()))

    def login(self, role):
        """A login with the role's file and the one about temporary passwords, as they are for this test's tables."""
        login, password = f"{role}_{secrets.token_hex(3)}", secrets.token_hex(8)
        text = (GRANTS / f"{role}.sql").read_text() + (GRANTS / "temporary-password.sql").read_text()
        text = text.replace("-- GRANT", "GRANT").replace("must_change_password, remember_token", "must_change, remember_token, api_token")
        text = text.replace("SELECT (must_change_password)", "SELECT (must_change)")
        for name, value in (("@APP@", f"`{self.database.name}`"), ("@OWN@", f"`{self.database.name}`"), ("@LOGIN@", login)):
            text = text.replace(name, value)
        self.sql(f"CREATE USER {login} IDENTIFIED BY '{password}'")
        self.addCleanup(self.sql, f"DROP USER {login}")
        for statement in re.sub(r"--.*", "", text).split(";"):
            if statement.strip():
                self.sql(statement)
        return login, password


if __name__ == "__main__":
    unittest.main()
