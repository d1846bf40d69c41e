"""Names as directories have them: users and groups with blanks, '@', backslashes, capitals, letters of any script."""

import os
import shutil
import subprocess
import unittest
from unittest import mock

import harness
from harness import Site

# A user and a group of his, as sssd, winbind and LDAP give them out.
PEOPLE = [
    ("anna.k@corp.example", "domain users"),
    ("CORP\\anna", "CORP\\helpdesk"),
    ("Müller", "Kundendienst Süd"),
    ("Muller", "Kundendienst Sud"),
    ("müller", "kundendienst süd"),
    ("HOST01$", "helpdesk@corp.example"),
    ("o'brien", "Service Desk - Tier 1 (EMEA), R&D"),
    ("gg-application-shop-first-level-of-the-service-desk", "gg-application-shop-service-desk-first-level"),
    ("a" * 60 + ".very-long-name@sub.department.corp.example", "g" * 200),
    ("زهرا", "پشتیبانی فروشگاه"),
    ("100%", "Support #1"),
    ("tom\\t", "50% \"off\" team"),
]
FIRST_UID = 61000
EVERYBODY = {group: ["support", "audit"] for _, group in PEOPLE} | {"user:root": ["support", "audit", "maintain"]}


def can_mount():
    return os.getuid() == 0 and shutil.which("unshare") and \
        subprocess.run(["unshare", "--mount", "true"], capture_output=True, timeout=60).returncode == 0  # fmt: skip


@unittest.skipUnless(can_mount(), "needs root, to give a process users and groups of its own")
class NamesTest(unittest.TestCase):
    """Each person has a group of his own, and asks under sudo."""

    @classmethod
    def setUpClass(cls):
        cls.site = Site(operators=EVERYBODY, limits={"cooldown": "1h"})
        cls.addClassCleanup(cls.site.close)
        cls.site.migrate()
        folder = cls.site.folder
        lines = enumerate(PEOPLE, FIRST_UID)
        (folder / "group").write_text(open("/etc/group").read() + "".join(f"{g}:x:{n}:\n" for n, (_, g) in lines))
        lines = enumerate(PEOPLE, FIRST_UID)
        (folder / "passwd").write_text(open("/etc/passwd").read() + "".join(f"{u}:x:{n}:{n}::/:/bin/false\n" for n, (u, _) in lines))
        program = folder / "pwreset"
        program.write_text(f"""#!/bin/sh
exec unshare --mount sh -c 'mount --bind "$0/passwd" /etc/passwd && mount --bind "$0/group" /etc/group && exec "$@"' \\
    '{folder}' '{harness.BINARY}' "$@"
""")
        program.chmod(0o755)
        cls.enterClassContext(mock.patch.object(harness, "BINARY", str(program)))
        for number, _ in enumerate(PEOPLE, 1):
            cls.site.add_user(id=number, email=f"user{number}@example.com")
            done = cls.as_person(number - 1, "request", f"id:{number}", "--ticket", f"T{number}")
            assert done.exit == 0, done

    def setUp(self):
        self.give(EVERYBODY)

    def give(self, operators):
        """These and nobody else may do something."""
        self.site.config(operators=None)
        self.site.config(operators=operators)

    @classmethod
    def as_person(cls, number, *args):
        return cls.site.run(*args, env={"SUDO_UID": str(FIRST_UID + number)})

    def test_each_is_recorded_under_his_name_as_it_is(self):
        for table in ("jobs", "audit"):
            rows = self.site.database.sql(f"SELECT ticket, operator FROM pwreset_{table} WHERE ticket IS NOT NULL")
            self.assertEqual({row["ticket"]: row["operator"] for row in rows},
                             {f"T{number}": user for number, (user, _) in enumerate(PEOPLE, 1)})  # fmt: skip

    def test_the_trail_filters_by_the_name_byte_for_byte(self):
        for number, (user, _) in enumerate(PEOPLE):
            with self.subTest(user):
                rows = self.as_person(number, "audit", "--operator", user, "--action", "send", "--output", "ndjson").rows
                self.assertEqual({row["operator"] for row in rows}, {user})
                self.assertEqual({row["ticket"] for row in rows} - {None}, {f"T{number + 1}"})
        self.assertEqual(self.as_person(0, "audit", "--operator", "corp\\anna", "--output", "ndjson").out, "")
        self.assertEqual(self.as_person(0, "audit", "--operator", "Müller ", "--output", "ndjson").out, "")

    def test_the_tokens_filter_by_the_name_byte_for_byte(self):
        for number, (user, _) in enumerate(PEOPLE):
            with self.subTest(user):
                rows = self.as_person(number, "list-tokens", "--operator=" + user, "--output", "ndjson").rows
                self.assertEqual({row["operator"] for row in rows}, {user})
                self.assertEqual({row["ticket"] for row in rows} - {None}, {f"T{number + 1}"})

    def test_every_answer_shows_the_name(self):
        for number, (user, _) in enumerate(PEOPLE):
            with self.subTest(user):
                shown = self.as_person(number, "inspect", f"id:{number + 1}")
                self.assertIn(f"by {user} (T{number + 1})", shown.out)
                shown = self.as_person(number, "inspect", f"id:{number + 1}", "--json").json["data"]
                self.assertIn(user, {delivery["operator"] for delivery in shown["deliveries"]})
                again = ["request", f"id:{number + 1}", "--ticket", f"T{number + 1}"]
                self.as_person(number, *again)
                self.assertIn(f"by {user} (T{number + 1})", self.as_person(number, *again).err)
                self.assertIn(user.replace('"', '""'), self.as_person(number, "audit", "--output", "csv").out)

    def test_the_trail_verifies(self):
        self.assertEqual(self.as_person(0, "audit", "verify").exit, 0)

    def test_a_budget_is_one_person_s_however_long_the_name(self):
        self.site.config(limits={"per_operator": "1/h", "cooldown": "0s"})
        self.addCleanup(self.site.config, limits={"per_operator": None, "cooldown": "1h"})
        self.site.database.sql("DELETE FROM pwreset_limits")
        for number in (2, 3, 4, 8):
            self.assertEqual(self.as_person(number, "request", "id:1").exit, 0)
            refused = self.as_person(number, "request", "id:1")
            self.assertEqual(refused.exit, 75, refused)
            self.assertIn("your own budget, 'per_operator' of [limits], is used up", refused.err)

    def test_the_group_of_another_gives_nothing(self):
        for number, (_, group) in enumerate(PEOPLE):
            self.give({group: ["support"]})
            for other in (number - 1, number, (number + 1) % len(PEOPLE)):
                done = self.as_person(other % len(PEOPLE), "list-tokens")
                self.assertEqual(done.exit, 0 if other == number else 77, (group, done))

    def test_a_user_is_named_as_he_is(self):
        for number, (user, _) in enumerate(PEOPLE):
            self.give({"user:" + user: ["support"]})
            for other in (number - 1, number, (number + 1) % len(PEOPLE)):
                self.assertEqual(self.as_person(other % len(PEOPLE), "list-tokens").exit, 0 if other == number else 77, user)

    def test_doctor_knows_them_and_says_how_this_host_writes_others(self):
        self.assertEqual([one for one in self.operators_of_doctor() if "this host" in one["finding"] and one["level"] != "ok"], [])
        self.give({"user:root": ["maintain"], "anna.k@corp.example": [], "%domain users": [], "user:domain users": []})
        remedies = {one["finding"]: one["remedy"] for one in self.operators_of_doctor()}
        for name, written in (("anna.k@corp.example", "user:anna.k@corp.example"), ("%domain users", "domain users"),
                              ("user:domain users", "domain users")):  # fmt: skip
            self.assertEqual(remedies[f"'{name}' of [operators] does not exist on this host"], f'write "{written}"')

    def operators_of_doctor(self):
        return [one for one in self.site.run("doctor", "--json").json["data"]["checks"] if one["area"] == "operators"]


if __name__ == "__main__":
    unittest.main()
