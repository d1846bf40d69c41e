"""One-time codes: what they open, what they do not, and how often one may guess."""

import hashlib
import hmac
import base64
import unittest

from harness import Site


class OtpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(limits={"cooldown": "0s", "per_account": "1000/h", "per_recipient": "1000/h"})
        cls.site.migrate()

    @classmethod
    def tearDownClass(cls):
        cls.site.close()

    def send(self, email, purpose):
        done = self.site.run("send-otp", email, "--for", purpose, "--json")
        self.assertEqual(done.exit, 0, done)
        return self.site.smtp.code(self.site.smtp.mails()[-1])

    def verify(self, email, code, *args):
        return self.site.run("verify-otp", email, *args, stdin=code + "\n")

    def test_a_caller_code_is_good_once(self):
        self.site.add_user(email="once@example.com")
        code = self.send("once@example.com", "caller")
        done = self.verify("once@example.com", code, "--json", "--ticket", "SUP-9")
        self.assertEqual(done.exit, 0, done)
        self.assertTrue(done.json["data"]["verified"])
        again = self.verify("once@example.com", code, "--json")
        self.assertEqual((again.exit, again.json["code"]), (1, "INVALID_CODE"), again)
        entry = self.site.run("audit", "once@example.com", "--action", "verify-otp", "--json").json["data"]["entries"]
        self.assertEqual([(row["result"], row["ticket"]) for row in entry], [("INVALID_CODE", None), ("verified", "SUP-9")])

    def test_a_reset_code_verifies_no_caller(self):
        self.site.add_user(email="cross@example.com")
        code = self.send("cross@example.com", "reset")
        done = self.verify("cross@example.com", code, "--json")
        self.assertEqual((done.exit, done.json["code"]), (1, "INVALID_CODE"), done)
        row = self.site.database.sql("SELECT state FROM pwreset_tokens ORDER BY id DESC LIMIT 1")[0]
        self.assertEqual(row["state"], "live")

    def test_a_caller_code_resets_nothing(self):
        """The application's own check, as pwreset-tokens(5) gives it, asks for kind = 'reset_otp'."""
        key = self.site.add_user(email="caller@example.com")
        code = self.send("caller@example.com", "caller")
        rows = self.site.database.sql(f"SELECT id FROM pwreset_tokens WHERE account = '{key}' AND kind = 'reset_otp' AND live = 1")
        self.assertEqual(rows, [])
        row = self.site.database.sql(f"SELECT delivery_id, attempt, HEX(code_mac) AS m FROM pwreset_tokens WHERE account = '{key}'")[0]
        line = (self.site.folder / "keys/application.key").read_text().split()[0]
        secret = base64.b64decode(line.split(":")[1])
        for kind, same in (("verify_caller", True), ("reset_otp", False)):
            text = f"{row['delivery_id']}:{row['attempt']}:{kind}:{code}".encode()
            self.assertEqual(hmac.new(secret, text, hashlib.sha256).hexdigest() == row["m"].lower(), same)

    def test_three_wrong_codes_end_it(self):
        self.site.add_user(email="three@example.com")
        code = self.send("three@example.com", "caller")
        for left in ("2 tries", "one try", "last try"):
            done = self.verify("three@example.com", f"{(int(code) + 1) % 1000000:06}")
            self.assertEqual(done.exit, 1)
            self.assertIn(left, done.err)
        self.assertEqual(self.verify("three@example.com", code).exit, 1)

    def test_ten_wrong_codes_in_a_day_end_all_codes_of_the_account_but_not_links(self):
        self.site.add_user(email="ten@example.com")
        exits = []
        for _ in range(4):
            code = self.send("ten@example.com", "caller")
            exits += [self.verify("ten@example.com", f"{(int(code) + 7) % 1000000:06}").exit for _ in range(3)]
        self.assertEqual(exits, [1] * 10 + [75] * 2)
        code = self.send("ten@example.com", "caller")
        done = self.verify("ten@example.com", code, "--json")
        self.assertEqual((done.exit, done.json["code"]), (75, "RATE_LIMITED"), done)
        self.assertGreater(done.json["available_in_seconds"], 80000)
        self.assertEqual(self.site.run("request", "ten@example.com").exit, 0)

    def test_the_code_is_six_digits_typed_as_people_type_them(self):
        self.site.add_user(email="digits@example.com")
        code = self.send("digits@example.com", "caller")
        for bad in ("", "12345", "1234567", "12a456"):
            self.assertEqual(self.verify("digits@example.com", bad).exit, 65)
        persian = "".join(chr(0x6F0 + int(digit)) for digit in code)
        self.assertEqual(self.verify("digits@example.com", persian[:3] + " " + persian[3:]).exit, 0)

    def test_no_code_is_in_the_tables(self):
        self.site.add_user(email="hidden@example.com")
        code = self.send("hidden@example.com", "reset")
        for line in self.site.database.dump().splitlines():
            if "pwreset_tokens" in line or "pwreset_audit" in line or "pwreset_deliveries" in line:
                self.assertNotIn(f"'{code}'", line)

    def test_the_code_is_not_taken_from_the_command_line(self):
        self.site.add_user(email="argv@example.com")
        code = self.send("argv@example.com", "caller")
        self.assertEqual(self.site.run("verify-otp", "argv@example.com", code).exit, 64)


if __name__ == "__main__":
    unittest.main()
