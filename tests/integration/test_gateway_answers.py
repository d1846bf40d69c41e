"""What gateways for text messages answer, as their public documentation describes it, replayed by http_gateway.py.

Each is configured as pwreset.toml(5) says, and each answer has the verdict that its documentation gives it: taken, never
possible for this number, not now, or (what is documented as a fault of ours, or not at all) in doubt. The bodies are made
up after the descriptions; numbers and texts are ours.
"""

import unittest
from collections import namedtuple

from harness import Database, Site
from web_service import WebService

# `lines` of [sms]; `answers` as (what it is about, status, body, verdict).
Gateway = namedtuple("Gateway", "name source lines answers")

GATEWAYS = [
    Gateway("Kavenegar", "kavenegar.com/rest.html: the status in 'return' says what became of the call",
            {"result": "/return/status", "accepted": ["200"], "permanent": ["411"], "temporary": ["409", "418"],
             "message_id": "/entries/0/messageid"},
            [("taken", 200, '{"return": {"status": 200, "message": "تایید شد"}, "entries": [{"messageid": 27}]}', "accepted"),
             ("no such number", 411, '{"return": {"status": 411, "message": "x"}, "entries": null}', "failed"),
             ("no credit", 418, '{"return": {"status": 418, "message": "x"}, "entries": null}', "queued"),
             ("its server cannot answer", 409, '{"return": {"status": 409, "message": "x"}}', "queued")]),  # fmt: skip
    Gateway("Twilio", "twilio.com/docs/messaging/api/message-resource and docs/api/errors: a code beside 4xx",
            {"accepted_status": [201], "result": "/code", "permanent": ["21211", "21610", "21614"], "message_id": "/sid"},
            [("taken", 201, '{"sid": "SM27", "status": "queued", "error_code": null}', "accepted"),
             ("no valid number", 400, '{"code": 21211, "message": "x", "status": 400}', "failed"),
             ("has opted out", 400, '{"code": 21610, "message": "x", "status": 400}', "failed"),
             ("too many requests", 429, '{"code": 20429, "message": "x", "status": 429}', "queued"),
             ("bad login", 401, '{"code": 20003, "message": "x", "status": 401}', "queued")]),  # fmt: skip
    Gateway("Vonage SMS API", "developer.vonage.com/messaging/sms/guides/troubleshooting-sms: 200 always, a status for each message",
            {"result": "/messages/0/status", "accepted": ["0"], "permanent": ["6", "7"], "temporary": ["1", "5", "10"],
             "message_id": "/messages/0/message-id"},
            [("taken", 200, '{"message-count": "1", "messages": [{"to": "x", "message-id": "0C27", "status": "0"}]}', "accepted"),
             ("too fast", 200, '{"message-count": "1", "messages": [{"status": "1", "error-text": "Throttled"}]}', "queued"),
             ("unknown prefix", 200, '{"message-count": "1", "messages": [{"status": "6", "error-text": "x"}]}', "failed"),
             ("number barred", 200, '{"message-count": "1", "messages": [{"status": "7", "error-text": "x"}]}', "failed"),
             ("bad login", 200, '{"message-count": "1", "messages": [{"status": "4", "error-text": "Bad credentials"}]}', "uncertain")]),  # fmt: skip
    Gateway("Infobip", "infobip.com/docs/developer-resources/errors-and-responses/response-codes: groups of statuses",
            {"result": "/messages/0/status/groupName", "accepted": ["PENDING", "DELIVERED"],
             "permanent": ["UNDELIVERABLE", "REJECTED"], "temporary": ["EXPIRED"], "message_id": "/messages/0/messageId"},
            [("under way", 200, '{"messages": [{"messageId": "27", "status": {"groupId": 1, "groupName": "PENDING", "id": 26}}]}', "accepted"),
             ("refused", 200, '{"messages": [{"status": {"groupId": 5, "groupName": "REJECTED", "id": 6}}]}', "failed"),
             ("bad login", 401, '{"requestError": {"serviceException": {"messageId": "UNAUTHORIZED"}}}', "queued")]),  # fmt: skip
    Gateway("Africa's Talking", "its Python course at mintlify.com: a statusCode for each recipient, 101 is sent",
            {"accepted_status": [200, 201], "result": "/SMSMessageData/Recipients/0/statusCode",
             "accepted": ["100", "101", "102"], "permanent": ["403", "404", "406"], "temporary": ["5*"],
             "message_id": "/SMSMessageData/Recipients/0/messageId"},
            [("sent", 201, '{"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [{"statusCode": 101, "status": "Success", '
                           '"messageId": "ATXid_27"}]}}', "accepted"),
             ("nobody was sent it", 201, '{"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}', "uncertain")]),  # fmt: skip
    Gateway("TextMe", "docs.textme.co.il/guide/errors: every fault is a 200 with a status other than 0",
            {"result": "/status", "accepted": ["0"], "temporary": ["4"]},
            [("taken", 200, '{"status": 0, "message": "SMS will be sent"}', "accepted"),
             ("no credit", 200, '{"status": 4, "message": "Not enough credit"}', "queued"),
             ("not understood", 200, '{"status": 1, "message": "There was a problem parsing your XML"}', "uncertain")]),  # fmt: skip
    Gateway("Clickatell HTTP", "archive.clickatell.com: 'ID: x' or 'ERR: code, words', both with 200; codes in list-of-error-codes",
            {"contains": "ID: *", "permanent": ["ERR: 105*", "ERR: 114*", "ERR: 121*"], "temporary": ["ERR: 301*"]},
            [("taken", 200, "ID: 205e85d0578314037a96175249fc6a2b", "accepted"),
             ("bad number", 200, "ERR: 105, Invalid Destination Address", "failed"),
             ("no credit", 200, "ERR: 301, No credit left", "queued"),
             ("bad login", 200, "ERR: 001, Authentication failed", "uncertain")]),  # fmt: skip
    Gateway("BulkSMS EAPI", "bulksms.com/developer/eapi: 'code|words|batch'; 26, 28 and 40 may be tried again, others not; not 200 is transient",
            {"accepted": ["0|*"], "permanent": ["24|*"], "temporary": ["26|*", "28|*", "40|*"],
             "temporary_status": [429, 500, 502, 503, 504]},
            [("taken", 200, "0|IN_PROGRESS|27", "accepted"),
             ("bad number", 200, "24|invalid msisdn|", "failed"),
             ("busy", 200, "40|Temporarily unavailable|", "queued"),
             ("no credit", 200, "25|You do not have sufficient credits|", "uncertain"),
             ("a fault of its server", 500, "", "queued")]),  # fmt: skip
    Gateway("Esendex form post", "esendex.com/secure/messenger/formpost: 'Result=OK' or 'Result=Error' and a message, in plain text",
            {"contains": "Result=OK"},
            [("taken", 200, "Result=OK\r\nMessageIDs=27", "accepted"),
             ("no", 200, "Result=Error\r\nMessage=Recipient%20is%20not%20OK", "uncertain")]),  # fmt: skip
    Gateway("smsc.ru", "smsc.ru/api/http: 'OK - n SMS, ID - x' or 'ERROR = n (words)'; 7 and 8 are about the number, 4 and 9 pass",
            {"accepted": ["OK - *"], "permanent": ["ERROR = 7*", "ERROR = 8*"], "temporary": ["ERROR = 4*", "ERROR = 9*"]},
            [("taken", 200, "OK - 1 SMS, ID - 27", "accepted"),
             ("bad number", 200, "ERROR = 7 (invalid number), ID - 27", "failed"),
             ("too often", 200, "ERROR = 9 (duplicate request, wait a minute)", "queued"),
             ("bad login", 200, "ERROR = 2 (authorise error)", "uncertain")]),  # fmt: skip
    Gateway("iSMS", "isms.com.my/response_result.php: '2000 = SUCCESS' or nothing at all; codes below zero otherwise",
            {"accepted": ["2000"], "permanent": ["-1009*"], "temporary": ["-1004*"]},
            [("taken", 200, "2000 = SUCCESS", "accepted"),
             ("bad number", 200, "-1009 = INVALID DESTINATION NUMBER", "failed"),
             ("no credit", 200, "-1004 = INSUFFICIENT CREDITS", "queued"),
             ("bad login", 200, "-1001 = AUTHENTICATION FAILED", "uncertain"),
             ("nothing", 200, "", "uncertain")]),  # fmt: skip
    Gateway("BudgetSMS", "budgetsms.net/sms-http-api: 'OK number' or 'ERR code'; 4002 passes in some minutes, 2010 and 2011 are the number",
            {"accepted": ["OK"], "permanent": ["ERR 2005", "ERR 2010", "ERR 2011", "ERR 3003"], "temporary": ["ERR 4002"]},
            [("taken", 200, "OK 271828", "accepted"),
             ("bad number", 200, "ERR 2010", "failed"),
             ("a passing fault", 200, "ERR 4002", "queued"),
             ("no credit", 200, "ERR 1001", "uncertain")]),  # fmt: skip
    Gateway("SureSMS", "developer.suresms.com/https/https-response: a sentence in plain text",
            {"accepted": ["Message sent"], "permanent": ["Wrong phone number"], "temporary": ["Not enough kredits"]},
            [("taken", 200, "Message sent.", "accepted"),
             ("bad number", 200, "Wrong phone number", "failed"),
             ("no credit", 200, "Not enough kredits on your account.", "queued"),
             ("all else", 200, "Something is wrong with the message.", "uncertain")]),  # fmt: skip
    Gateway("Sinch", "developers.sinch.com/docs/sms/api-reference/status-codes: 201 with an id, else the HTTP status alone",
            {"accepted_status": [201], "message_id": "/id"},
            [("taken", 201, '{"id": "01FC27", "to": ["15551231212"], "canceled": false}', "accepted"),
             ("bad login", 401, "", "queued"),
             ("too fast", 429, "", "queued"),
             ("a fault of its server", 500, "", "uncertain")]),  # fmt: skip
]

NUMBER = "+989121234567"
EXIT = {"accepted": 0, "queued": 0, "uncertain": 0, "failed": 1}


class AnswersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = WebService()
        cls.addClassCleanup(cls.service.close)
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.site = Site(database=cls.database, limits={"cooldown": "0s", "per_account": "9999/h", "per_operator": "9999/h"})
        cls.addClassCleanup(cls.site.close)
        cls.database.sql("ALTER TABLE users ADD phone VARCHAR(40)")
        cls.site.config(users={"phone": "phone", "phone_region": "IR"})
        cls.site.migrate()
        cls.site.add_user(phone=NUMBER)

    def configure(self, lines):
        many = {"per_number": "9999/h", "per_range": "9999/h", "overall": "9999/h", "per_day": "9999/h"}
        self.site.config(sms=None)
        self.site.config(sms={"url": self.service.url + "/send", "form": {"to": "{{to}}", "text": "{{text}}"}, **many, **lines})

    def send(self):
        """What send-otp says became of the message, and `inspect` of the account afterwards."""
        self.database.sql("DELETE FROM pwreset_deliveries; DELETE FROM pwreset_tokens; DELETE FROM pwreset_limits")
        done = self.site.run("send-otp", NUMBER, "--json")
        said = done.json["data"]["results"][0]["delivery"] if done.exit == 0 else "failed"
        self.assertEqual(done.exit, EXIT[said], done)
        return said, done, self.site.run("inspect", NUMBER)

    def test_each_answer_has_the_verdict_that_its_documentation_gives_it(self):
        self.assertGreaterEqual(len(GATEWAYS), 12)
        for gateway in GATEWAYS:
            self.configure(gateway.lines)
            for what, status, body, verdict in gateway.answers:
                with self.subTest(gateway=gateway.name, answer=what):
                    self.service.behave(status=status, body=body)
                    said, done, seen = self.send()
                    self.assertEqual(said, verdict, done)
                    self.told_rightly(verdict, done.out + done.err + seen.out)

    def told_rightly(self, verdict, words):
        """Nobody is sent to a spam folder, or told that it goes by itself where it does not."""
        self.assertNotIn("spam folder", words)
        self.assertNotIn("connection broke", words)
        self.assertEqual("next try" in words, verdict == "queued", words)
        if verdict == "uncertain":
            self.assertIn("nobody knows whether", words)
            self.assertIn("not sent again", words)

    def test_what_is_in_doubt_is_told_by_every_command_that_is_asked(self):
        self.configure({"contains": "OK"})
        self.service.behave(status=200, body="ERROR:14")
        done = self.site.run("send-otp", NUMBER)
        self.assertEqual(done.exit, 0, done)
        self.assertRegex(done.out, r"^uncertain  \+98•+67  reset_otp")
        self.assertIn("nobody knows whether gateway '127.0.0.1' took the message: 200 ERROR:14 with an answer", done.err)
        self.assertIn("hint: it is not sent again", done.err)
        self.assertNotIn("pwreset deliver", done.err)
        findings = [check["finding"] for check in self.site.run("doctor", "--json").json["data"]["checks"]]
        self.assertTrue([text for text in findings if "nobody knows whether the gateway took" in text], findings)
        self.database.sql("DELETE FROM pwreset_deliveries")
        self.assertEqual(self.site.run("send-otp", NUMBER, "--queue").exit, 0)
        done = self.site.run("deliver", "--json")
        self.assertEqual((done.json["data"]["in_doubt"], done.json["data"]["deferred"]), (1, 0), done)

    def test_an_answer_in_any_encoding_is_read(self):
        self.configure({"result": "/status", "accepted": ["0"], "permanent": ["6"]})
        for text, encoding in (('\ufeff{"status": "0"}', "utf-8"), ('{"status": 0, "text": "envoyé"}', "latin-1"),
                               ('{"status": 0}', "utf-16"), ('{"status": "0", "text": "ارسال"}', "utf-8")):  # fmt: skip
            with self.subTest(encoding=encoding):
                self.service.behave(status=200, hex=text.encode(encoding).hex())
                self.assertEqual(self.send()[0], "accepted")
        self.service.behave(status=200, hex='{"status": 6, "text": "numéro"}'.encode("latin-1").hex())
        self.assertEqual(self.send()[0], "failed")


if __name__ == "__main__":
    unittest.main()
