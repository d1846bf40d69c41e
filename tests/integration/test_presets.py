"""What `request` writes for each preset whose application is known by its documents alone, on its own schema.

Presets with a test against the application's real code stand in tests/interop: a new one has to be in one of the two.
"""

import base64
import crypt
import hashlib
import hmac
import json
import re
import struct
import unittest
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from database import Database
from harness import SOURCE, Site, SmtpServer

HASH = "$2y$04$abcdefghijklmnopqrstuuNkTmc2CycunytXr7BtEs5X15uVFmoym"
NEXT = "$2y$04$" + "v" * 53
BASE = "https://shop.example"
SECRET = "test-secret-key-0123456789"
KEY = "0123456789abcdef0123456789abcdef"


def parameter(link, name):
    return parse_qs(urlsplit(link).query)[name][0]


def last_part(link):
    return urlsplit(link).path.rstrip("/").rsplit("/", 1)[1]


def base64url(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def sql_time(moment):
    return f"{moment:%Y-%m-%d %H:%M:%S}"


class Written:
    """What came of one request: the link or the code that was mailed, and the application's tables."""

    def __init__(self, case, database, mail):
        self.case = case
        self.sql = database.sql
        self.mail = mail

    @property
    def link(self):
        return SmtpServer.link(self.mail)

    @property
    def code(self):
        return SmtpServer.code(self.mail)

    def row(self, sql):
        (row,) = self.sql(sql)
        return row

    def soon(self, moment, minutes):
        """Whether a time in UTC is so many minutes from now."""
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        if isinstance(moment, datetime):
            moment = moment.replace(tzinfo=UTC).timestamp()
        wanted = (datetime.now(UTC) + timedelta(minutes=minutes)).timestamp()
        self.case.assertLess(abs(float(moment) - wanted), 90, moment)


def shield(written):
    row = written.row("SELECT secret, expires FROM auth_identities WHERE type = 'magic-link' AND user_id = 42")
    written.case.assertEqual(row["secret"], parameter(written.link, "token"))
    written.soon(row["expires"], 60)
    demand = written.sql("SELECT user_id, force_reset FROM auth_identities WHERE type = 'email_password' ORDER BY user_id")
    written.case.assertEqual([(row["user_id"], row["force_reset"]) for row in demand], [(42, 1), (43, 0)])


def moodle(written):
    row = written.row("SELECT token, timerequested, timererequested FROM mdl_user_password_resets WHERE userid = 42")
    written.case.assertEqual((row["token"], row["timererequested"]), (parameter(written.link, "token"), 0))
    written.soon(row["timerequested"], 0)


def joomla(written):
    rows = {row["id"]: row["activation"] for row in written.sql("SELECT id, activation FROM jos_users")}
    token = parameter(written.link, "token")
    written.case.assertEqual(crypt.crypt(token, rows[42]), rows[42])
    written.case.assertEqual(rows[43], "waits", "the same column, of an account that waits for its activation")


def phpbb(written):
    row = written.row("SELECT reset_token, reset_token_expiration AS ends FROM phpbb_users WHERE user_id = 42")
    written.case.assertEqual((row["reset_token"], "42"), (parameter(written.link, "token"), parameter(written.link, "u")))
    written.soon(row["ends"], 60)


def drupal_mac(issued):
    text = f"{issued}:1749280000:42:User@Example.com".encode()
    return base64url(hmac.new((SECRET + HASH).encode(), text, hashlib.sha256).digest())


def drupal_itself(_, now):
    issued = int(now.timestamp())
    return f"{BASE}/user/reset/42/{issued}/{drupal_mac(issued)}"


def drupal(written):
    key, issued, mac = urlsplit(written.link).path.rsplit("/", 3)[1:]
    written.case.assertEqual((key, mac), ("42", drupal_mac(issued)))
    written.soon(int(issued), 60 - 24 * 60)


def symfony_hash(verifier, ends):
    text = json.dumps([verifier, "42", int(ends.timestamp())], separators=(",", ":")).encode()
    return base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).decode()


def symfony_itself(sql, now):
    selector, verifier, ends = "ABCDEFGHIJabcdefghij", "abcdefghijABCDEFGHIJ", now + timedelta(hours=1)
    sql("INSERT INTO reset_password_request (user_id, selector, hashed_token, requested_at, expires_at) VALUES "
        f"(42, '{selector}', '{symfony_hash(verifier, ends)}', '{sql_time(now)}', '{sql_time(ends)}')")  # fmt: skip
    return f"{BASE}/reset-password/reset/{selector}{verifier}"


def symfony(written):
    row = written.row("SELECT * FROM reset_password_request WHERE user_id = 42")
    token = last_part(written.link)
    written.case.assertEqual((len(token), row["selector"]), (40, token[:20]))
    ends = datetime.fromisoformat(str(row["expires_at"])).replace(tzinfo=UTC)
    written.case.assertEqual(row["hashed_token"], symfony_hash(token[20:], ends))
    written.soon(row["expires_at"], 60)


def cakedc(written):
    row = written.row("SELECT token, token_expires FROM users WHERE email = 'User@Example.com'")
    written.case.assertEqual(row["token"], last_part(written.link))
    written.soon(row["token_expires"], 60)


def yii2(written):
    token = written.row("SELECT password_reset_token AS token FROM user WHERE id = 42")["token"]
    written.case.assertEqual(token, parameter(written.link, "token"))
    written.soon(int(token.rsplit("_", 1)[1]), 0)


def rodauth_key(key):
    return "42_" + base64url(hmac.new(SECRET.encode(), key.encode(), hashlib.sha256).digest())


def rodauth_itself(sql, now):
    key, ends = "0123456789abcdefghijABCDEFGHIJ0123456789abc", now + timedelta(hours=24)
    sql("INSERT INTO account_password_reset_keys (id, `key`, deadline, email_last_sent) VALUES "
        f"(42, '{key}', '{sql_time(ends)}', '{sql_time(now)}')")  # fmt: skip
    return f"{BASE}/reset-password?key={rodauth_key(key)}"


def rodauth(written):
    row = written.row("SELECT * FROM account_password_reset_keys WHERE id = 42")
    written.case.assertEqual(parameter(written.link, "key"), rodauth_key(row["key"]))
    written.soon(row["deadline"], 60)


def chacha20_block(key, counter, nonce):
    """A block of RFC 8439."""
    start = list(struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce))
    words = start.copy()

    def mix(at, other, turned, by):
        words[at] = (words[at] + words[other]) & 0xFFFFFFFF
        changed = words[turned] ^ words[at]
        words[turned] = (changed << by | changed >> (32 - by)) & 0xFFFFFFFF

    columns = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    diagonals = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for a, b, c, d in (columns + diagonals) * 10:
        mix(a, b, d, 16)
        mix(c, d, b, 12)
        mix(a, b, d, 8)
        mix(c, d, b, 7)
    return struct.pack("<16I", *((word + first) & 0xFFFFFFFF for word, first in zip(words, start, strict=True)))


def magento_cipher(token, nonce):
    """ChaCha20-Poly1305 of RFC 8439, the nonce being the associated data too. Tokens are no longer than a block."""
    stream = chacha20_block(KEY.encode(), 1, nonce)
    sealed = bytes(one ^ other for one, other in zip(token.encode(), stream, strict=False))
    first = chacha20_block(KEY.encode(), 0, nonce)
    r = int.from_bytes(first[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    told = b"".join(part + bytes(-len(part) % 16) for part in (nonce, sealed)) + struct.pack("<QQ", len(nonce), len(sealed))
    tag = 0
    for at in range(0, len(told), 16):
        tag = (tag + int.from_bytes(told[at : at + 16] + b"\1", "little")) * r % (2**130 - 5)
    tag = (tag + int.from_bytes(first[16:32], "little")) % 2**128
    return "0:3:" + base64.b64encode(nonce + sealed + tag.to_bytes(16, "little")).decode()


def magento_itself(sql, now):
    token = "AbCdEfGhIjKlMnOpQrStUvWxYz012345"
    sql(f"UPDATE customer_entity SET rp_token = '{magento_cipher(token, b'abcdefghijkl')}', "
        f"rp_token_created_at = '{sql_time(now)}' WHERE entity_id = 42")  # fmt: skip
    return f"{BASE}/customer/account/createPassword/?id=42&token={token}"


def magento(written):
    rows = written.sql("SELECT rp_token, rp_token_created_at AS issued FROM customer_entity ORDER BY entity_id")
    token, stored = parameter(written.link, "token"), rows[0]["rp_token"]
    nonce = base64.b64decode(stored.removeprefix("0:3:"))[:12]
    written.case.assertEqual((len(token), parameter(written.link, "id")), (32, "42"))
    written.case.assertEqual(stored, magento_cipher(token, nonce))
    written.case.assertNotEqual(nonce, b"abcdefghijkl")
    written.soon(rows[0]["issued"], 60 - 2 * 60)
    written.case.assertEqual(rows[1], {"rp_token": "0:3:of-bob", "issued": None})


def wikijs(written):
    row = written.row("SELECT * FROM userKeys WHERE userId = 42 AND kind = 'resetPwd'")
    written.case.assertEqual(row["token"], last_part(written.link))
    written.case.assertRegex(row["validUntil"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
    written.soon(row["validUntil"], 60)


def hashed(written):
    row = written.row("SELECT token_hash, expires_at FROM password_reset_tokens WHERE user_id = 42")
    written.case.assertEqual(row["token_hash"], hashlib.sha256(last_part(written.link).encode()).hexdigest())
    written.soon(row["expires_at"], 60)


def codes(written):
    row = written.row("SELECT otp, expires_at, created_at FROM otps WHERE email = 'User@Example.com'")
    written.case.assertEqual(row["otp"], written.code)
    written.soon(row["expires_at"], 5)
    written.soon(row["created_at"], 0)


# Of each: what only a site can say, how the application itself makes a link where that is to be shown first, and what has to be
# there after a request. Its schema is in schemas/.
PRESETS = {
    "codeigniter-shield": {"reset": {"accept_burn": True, "accept_sign_in": True}, "passwords": True, "check": shield},
    "moodle": {"passwords": True, "check": moodle},
    "joomla": {"passwords": True, "check": joomla},
    "phpbb": {"check": phpbb},
    "drupal": {"secrets": {"hash_salt": {"file": "shop.secret"}}, "itself": drupal_itself, "check": drupal},
    "symfony": {
        "secrets": {"kernel": {"file": "shop.secret"}},
        "itself": symfony_itself,
        "used": "DELETE FROM reset_password_request",
        "check": symfony,
    },
    "cakedc-users": {"key": "0190f5e6-7b1a-7c3d-8e4f-0123456789ab", "check": cakedc},
    "yii2": {"users": {"protected": []}, "check": yii2},
    "rodauth": {
        "users": {"protected": []},
        "secrets": {"hmac": {"file": "shop.secret"}},
        "itself": rodauth_itself,
        "used": "DELETE FROM account_password_reset_keys",
        "check": rodauth,
    },
    "magento": {
        "secrets": {"crypt": {"file": "shop.secret"}},
        "secret": KEY,
        "itself": magento_itself,
        "used": "UPDATE customer_entity SET rp_token = NULL, rp_token_created_at = NULL WHERE entity_id = 42",
        "check": magento,
    },
    "wikijs": {"reset": {"accept_burn": True}, "check": wikijs},
    "s5-otps": {
        "users": {"protected": []},
        "reset": {"base": None, "test_account": None},
        "command": "send-otp",
        "check": codes,
    },
    "s2-hashed": {"users": {"protected": []}, "check": hashed},
}
# What makes the account an administrator, where the application has any.
ADMINISTRATORS = {
    "codeigniter-shield": "INSERT INTO auth_groups_users (user_id, `group`) VALUES (42, 'superadmin')",
    "moodle": "UPDATE mdl_config SET value = '2,42' WHERE name = 'siteadmins'",
    "joomla": "INSERT INTO jos_user_usergroup_map VALUES (42, 8)",
    "phpbb": "UPDATE phpbb_users SET user_type = 3 WHERE user_id = 42",
    "drupal": "INSERT INTO user__roles (entity_id, roles_target_id) VALUES (42, 'administrator')",
    "symfony": """UPDATE user SET roles = '["ROLE_USER", "ROLE_ADMIN"]'""",
    "cakedc-users": "UPDATE users SET is_superuser = 1",
    "wikijs": "INSERT INTO userGroups (userId, groupId) VALUES (42, 1)",
}
SCHEMAS = Path(__file__).resolve().parent / "schemas"


def run_by_real_code():
    """The presets of tests/interop."""
    programs = (SOURCE / "tests/interop").glob("*/application.py")
    return {name for program in programs for name in re.findall(r'preset = "(\S+)"', program.read_text())}


class PresetsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.smtp = SmtpServer()
        cls.addClassCleanup(cls.smtp.close)

    def site(self, preset):
        """A site with the application's schema; its configuration says what only a site can say. Its test account is the one
        that is asked for, and where tokens depend on a secret the application's own was compared."""
        told = PRESETS[preset]
        site = Site(database=self.database, smtp=self.smtp)
        self.addCleanup(site.close)
        self.database.sql("DROP TABLE users;" + (SCHEMAS / f"{preset}.sql").read_text().replace("@HASH@", HASH))
        site.write_secret("shop.secret", told.get("secret", SECRET))
        site.settings["users"] = {"profile": preset} | told.get("users", {})
        test_account = f"id:{told.get('key', 42)}"
        site.settings["reset"] = {"base": BASE, "test_account": test_account} | told.get("reset", {})
        site.config(secrets=told.get("secrets"), temporary_password={"enabled": True} if told.get("passwords") else None)
        site.migrate()
        if "itself" in told:
            link = told["itself"](self.database.sql, datetime.now(UTC))
            done = site.run("profile", "check", "--link", stdin=link)
            self.assertEqual(done.exit, 0, done)
            if "used" in told:
                self.database.sql(told["used"])
        # What has ended is taken away: else nothing is made where the application knows no end, as Joomla.
        done = site.run("deliver")
        self.assertEqual(done.exit, 0, done)
        return site

    def accepted(self, site, used):
        """The application takes a link of pwreset's, which is what it `used` then: from here on passwords are issued too."""
        refused = site.run("request", "user@example.com", "--via", "password", "--json")
        self.assertEqual((refused.exit, refused.json["code"]), (78, "CONFIG"), refused)
        asked = site.run("request", "user@example.com", "--json")
        self.assertEqual(asked.exit, 0, asked)
        self.database.sql(used)
        done = site.run("profile", "check", "--accepted", asked.json["data"]["results"][0]["reference"])
        self.assertEqual(done.exit, 0, done)

    def asked(self, site, *args, command="request"):
        """The mail that a request sends to the account 42."""
        before = len(self.smtp.mails())
        done = site.run(command, "user@example.com", *args)
        self.assertEqual(done.exit, 0, done)
        return self.smtp.mails(at_least=before + 1)[-1]

    def test_each_preset_is_run_here_or_by_real_code(self):
        with Site(database=self.database, smtp=self.smtp) as site:
            names = {row["name"] for row in site.run("profile", "list", "--json").json["data"]["profiles"]}
        self.assertEqual(names - {"native"} - run_by_real_code() - set(PRESETS), set())

    def test_a_request_writes_what_the_application_expects(self):
        for preset, told in PRESETS.items():
            with self.subTest(preset):
                site = self.site(preset)
                checked = site.run("profile", "check", "--json").json["data"]["checks"]
                faults = [one["finding"] for one in checked if one["level"] == "problem"]
                self.assertEqual(faults, [])
                mail = self.asked(site, command=told.get("command", "request"))
                told["check"](Written(self, self.database, mail))
                if "command" in told:
                    continue
                inspected = site.run("inspect", "-", "--json", stdin=SmtpServer.link(mail))
                self.assertEqual(inspected.json["data"]["link"]["application"]["verdict"], "valid", inspected)
                if preset in ADMINISTRATORS:
                    self.database.sql(ADMINISTRATORS[preset])
                    done = site.run("request", "user@example.com", "--json")
                    self.assertEqual((done.exit, done.json["code"]), (77, "PROTECTED_ACCOUNT"), done)

    def test_moodle_demands_a_new_password_by_a_row_of_preferences(self):
        site = self.site("moodle")
        self.accepted(site, f"UPDATE mdl_user SET password = '{NEXT}' WHERE id = 42;"
                            "DELETE FROM mdl_user_password_resets WHERE userid = 42")  # fmt: skip
        value = "SELECT value FROM mdl_user_preferences WHERE userid = 42 AND name = 'auth_forcepasswordchange'"
        self.assertEqual(self.database.sql(value), [])
        self.asked(site, "--via", "password", "--override-limits")
        self.assertEqual(self.database.sql(value), [{"value": "1"}])
        # Used: Moodle deletes its row. Then another one: the row is written where it is, and where it is not.
        self.database.sql("UPDATE mdl_user_preferences SET value = '0'")
        self.asked(site, "--via", "password", "--override-limits")
        self.assertEqual(self.database.sql(value), [{"value": "1"}])
        before = self.database.sql("SELECT password FROM mdl_user WHERE id = 42")
        self.database.sql("DELETE FROM mdl_user_preferences;"
                          "UPDATE pwreset_tokens SET expires_at = UTC_TIMESTAMP() WHERE state = 'live'")  # fmt: skip
        self.assertEqual(site.run("purge-expired").exit, 0)
        self.assertEqual(self.database.sql("SELECT password FROM mdl_user WHERE id = 42"), before, "it was used, and stays")

    def test_a_code_of_the_applications_own_table_is_taken_back(self):
        site = self.site("s5-otps")
        others = "SELECT COUNT(*) AS n FROM otps WHERE email = 'bob@example.com'"
        code = SmtpServer.code(self.asked(site, command="send-otp"))
        (token,) = self.database.sql("SELECT code_mac, HEX(app_ref) AS ref FROM pwreset_tokens")
        self.assertIsNone(token["code_mac"])
        self.assertNotEqual(token["ref"].lower(), hashlib.sha256(code.encode()).hexdigest(), "six digits are guessed at once")
        # A code that the application put there meanwhile is not ours to take away; with the account's it goes.
        self.database.sql("UPDATE otps SET otp = '333333', created_at = '2026-01-01' WHERE email = 'User@Example.com'")
        tokens = site.run("list-tokens", "user@example.com", "--state", "live", "--json").json["data"]["tokens"]
        (reference,) = [token["reference"] for token in tokens if token["reference"]]
        self.assertEqual(site.run("revoke", f"ref:{reference}").exit, 0)
        self.assertEqual(self.database.sql("SELECT otp FROM otps WHERE email = 'User@Example.com'"), [{"otp": "333333"}])
        self.assertEqual(site.run("revoke", "user@example.com").exit, 0)
        self.assertEqual(self.database.sql("SELECT otp FROM otps WHERE email = 'User@Example.com'"), [])
        self.asked(site, "--override-limits", command="send-otp")
        self.assertEqual(site.run("revoke", "user@example.com").exit, 0)
        self.assertEqual(self.database.sql("SELECT otp FROM otps WHERE email = 'User@Example.com'"), [])
        self.assertEqual(self.database.sql(others), [{"n": 1}])
        # Purged, once its time is over, and what is owed is not forgotten before.
        self.asked(site, "--override-limits", command="send-otp")
        self.database.sql("UPDATE pwreset_tokens SET expires_at = UTC_TIMESTAMP() WHERE state = 'live';"
                          "UPDATE otps SET expires_at = UTC_TIMESTAMP() - INTERVAL 1 MINUTE WHERE email = 'User@Example.com'")  # fmt: skip
        self.assertEqual(site.run("purge-expired").exit, 0)
        self.assertEqual(self.database.sql(others), [{"n": 1}])
        done = site.run("request", "user@example.com")
        self.assertNotEqual(done.exit, 0, "there is no link to send")

    def test_what_remembers_a_login_of_joomla_ends_with_its_password(self):
        site = self.site("joomla")
        self.accepted(site, f"UPDATE jos_users SET password = '{NEXT}', activation = '' WHERE id = 42")
        self.database.sql("INSERT INTO jos_user_keys (user_id, token) VALUES ('ada', 'x'), ('bob', 'y');"
                          "INSERT INTO jos_session VALUES ('s1', 42), ('s2', 43)")  # fmt: skip
        self.asked(site, "--via", "password", "--override-limits")
        self.assertEqual(self.database.sql("SELECT user_id FROM jos_user_keys"), [{"user_id": "bob"}])
        self.assertEqual(self.database.sql("SELECT userid FROM jos_session"), [{"userid": 43}])
        self.assertEqual(self.database.sql("SELECT requireReset AS r FROM jos_users ORDER BY id"), [{"r": 1}, {"r": 0}])

    def test_no_link_that_signs_in_passes_by_a_second_factor(self):
        site = self.site("codeigniter-shield")
        self.database.sql("ALTER TABLE users ADD two_factor_secret VARCHAR(99);"
                          "UPDATE users SET two_factor_secret = 'x' WHERE id = 42")  # fmt: skip
        done = site.run("request", "user@example.com", "--json")
        self.assertEqual((done.exit, done.json["code"]), (77, "FORBIDDEN"), done)
        self.assertIn("second factor", done.json["message"])
        # Between the request and the mail, it is seen as well.
        self.database.sql("UPDATE users SET two_factor_secret = NULL")
        self.assertEqual(site.run("request", "user@example.com", "--queue").exit, 0)
        self.database.sql("UPDATE users SET two_factor_secret = 'x' WHERE id = 42")
        site.run("deliver")
        ended = self.database.sql("SELECT state, reason FROM pwreset_deliveries ORDER BY id DESC LIMIT 1")
        self.assertEqual(ended, [{"state": "refused", "reason": "second_factor"}])


if __name__ == "__main__":
    unittest.main()
