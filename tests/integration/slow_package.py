"""The Debian package in a bare Debian 12: what installing, upgrading, removing and purging it leaves; its units.

Needs root and script/bootstrap package. PWRESET_PACKAGE names a package to try instead of a new one.
"""

import os
import re
import shutil
import time
import unittest

from database import Database
from debian_machine import Machine, package
from harness import SmtpServer, to_toml

UNITS = ("pwreset-deliver@.service", "pwreset-purge@.service")
MOST_EXPOSED = 1.5


@unittest.skipUnless(os.getuid() == 0 and shutil.which("debootstrap"), "needs root and debootstrap")
class LifeTest(unittest.TestCase):
    """Without systemd, as in a chroot or a container."""

    @classmethod
    def setUpClass(cls):
        cls.deb = package()
        cls.machine = Machine()
        cls.addClassCleanup(cls.machine.close)
        cls.machine.start()
        shutil.copy(cls.deb, cls.machine.root / "pwreset.deb")
        needed = cls.machine.must("dpkg-deb --field /pwreset.deb Depends").strip()
        cls.machine.must(f"apt-get -qq update && apt-get -qq satisfy -y --no-install-recommends '{needed}, sudo'")

    def setUp(self):
        self.machine.run("dpkg --purge pwreset; rm -rf /etc/pwreset /var/lib/pwreset")

    def install(self):
        return self.machine.must("dpkg --install /pwreset.deb")

    def test_installing_makes_the_user_the_groups_and_the_folders(self):
        self.install()
        who = self.machine.must("getent passwd pwreset; id -Gn pwreset; getent group pwreset-users")
        self.assertRegex(who, r"^pwreset:x:\d{3}:\d{3}:account recovery,*:/var/lib/pwreset:/usr/sbin/nologin\npwreset\n"
                              r"pwreset-users:x:\d{3}:\n$")  # fmt: skip
        modes = self.machine.must("stat -c '%U:%G %a %n' /etc/pwreset /var/lib/pwreset /etc/sudoers.d/pwreset /usr/bin/pwreset")
        self.assertEqual(modes.splitlines(), ["root:pwreset 750 /etc/pwreset", "pwreset:pwreset 700 /var/lib/pwreset",
                                              "root:root 440 /etc/sudoers.d/pwreset", "root:root 755 /usr/bin/pwreset"])  # fmt: skip
        self.assertEqual(self.machine.must("find / -xdev -group pwreset-users"), "")
        self.assertEqual(self.machine.must("ls /etc/pwreset /var/lib/pwreset"), "/etc/pwreset:\n\n/var/lib/pwreset:\n")
        self.machine.must("visudo --check --strict")
        self.machine.must("pwreset --version && pwreset --config /nowhere/x.toml audit; [ $? = 78 ]")

    def test_installing_over_itself_keeps_what_the_administrator_changed(self):
        self.install()
        self.machine.write("/etc/pwreset/shop.toml", "mine\n")
        self.machine.must("chmod 710 /etc/pwreset; echo '# mine' >>/etc/sudoers.d/pwreset; gpasswd -a www-data pwreset-users")
        files = self.machine.files()
        self.install()
        self.assertEqual(self.machine.files(), files)
        self.assertEqual(self.machine.must("stat -c %a /etc/pwreset; cat /etc/pwreset/shop.toml"), "710\nmine\n")
        self.assertIn("# mine", self.machine.must("cat /etc/sudoers.d/pwreset"))
        self.assertRegex(self.machine.must("getent group pwreset-users"), ":www-data\n")
        self.machine.must("gpasswd -d www-data pwreset-users; rm /etc/sudoers.d/pwreset")

    def test_removing_leaves_configuration_and_keys_and_installing_finds_them_again(self):
        self.install()
        self.machine.write("/etc/pwreset/shop.toml", "mine\n")
        self.machine.must("install -d -o pwreset -m 700 /var/lib/pwreset/shop.keys")
        self.machine.must("dpkg --remove pwreset")
        self.machine.must("test ! -e /usr/bin/pwreset && test -e /etc/pwreset/shop.toml && test -d /var/lib/pwreset/shop.keys")
        self.assertEqual(self.machine.must("find / -xdev -name '*pwreset*' -newer /pwreset.deb -not -path '/etc/*' "
                                           "-not -path '/var/lib/dpkg/*' -not -path /var/lib/pwreset"), "")  # fmt: skip
        self.install()
        self.machine.must("pwreset --version")

    def test_purging_leaves_the_user_and_the_groups_and_no_file(self):
        self.machine.must("deluser --quiet pwreset; delgroup --quiet pwreset-users; true")
        before = self.machine.files()
        self.install()
        self.assertGreater(len(self.machine.files() - before), 20)
        self.machine.must("dpkg --purge pwreset")
        self.assertEqual(self.machine.files() - before, set())
        self.assertEqual(before - self.machine.files(), set())
        self.machine.must("getent passwd pwreset && getent group pwreset-users")

    def test_purging_leaves_what_the_package_did_not_make_and_names_it(self):
        self.install()
        self.machine.write("/etc/pwreset/shop.toml", "mine\n")
        self.machine.must("install -d -o pwreset -m 700 /var/lib/pwreset/shop.keys")
        done = self.machine.run("dpkg --purge pwreset")
        self.assertEqual(done.exit, 0, done)
        self.assertIn("/etc/pwreset is not empty and stays: configuration and passwords", done.err)
        self.assertIn("/var/lib/pwreset is not empty and stays: keys", done.err)
        self.assertEqual(self.machine.must("cat /etc/pwreset/shop.toml"), "mine\n")

    def test_each_script_can_be_run_again(self):
        self.install()
        for script, words in (("postinst", "configure 0.1.0"), ("prerm", "upgrade 0.1.0"), ("prerm", "remove"),
                              ("postinst", "abort-remove"), ("postrm", "upgrade 0.1.0")):  # fmt: skip
            for _ in range(2):
                self.machine.must(f"/var/lib/dpkg/info/pwreset.{script} {words}")

    def test_the_documents_are_there(self):
        self.install()
        self.machine.must("zcat /usr/share/man/man1/pwreset.1.gz /usr/share/man/man5/pwreset*.5.gz | grep -q SYNOPSIS")
        self.machine.must("zcat /usr/share/man/man7/pwreset-api.7.gz | grep -q STATUSES")
        for file in ("sample.toml", "cron", "grants/issue.sql", "grants/README"):
            self.machine.must(f"test -s /usr/share/doc/pwreset/examples/{file}")
        self.machine.must("bash -n /usr/share/bash-completion/completions/pwreset")


@unittest.skipUnless(os.getuid() == 0 and shutil.which("debootstrap"), "needs root and debootstrap")
class UnitsTest(unittest.TestCase):
    """With systemd as the first process, where it can be that here."""

    @classmethod
    def setUpClass(cls):
        cls.deb = package()
        cls.machine = Machine()
        cls.addClassCleanup(cls.machine.close)
        cls.machine.start()
        shutil.copy(cls.deb, cls.machine.root / "pwreset.deb")
        cls.machine.install("/pwreset.deb", "systemd")
        cls.machine.stop()
        cls.database = cls.owned(Database(private="its folder is shared with a machine"))
        cls.smtp = cls.owned(SmtpServer())
        cls.configure()
        cls.boot()

    @classmethod
    def owned(cls, thing):
        cls.addClassCleanup(thing.close)
        return thing

    @classmethod
    def configure(cls):
        cls.database.create_users_table()
        cls.database.sql("INSERT INTO users (email, password) VALUES ('ana@example.com', '$2y$10$u')")
        os.chmod(cls.database.socket.parent, 0o711)
        cls.machine.share(cls.database.socket.parent)
        cls.machine.start()
        cls.machine.write("/etc/pwreset/shop.toml", to_toml({
            "application": "shop",
            "database": {"socket": "/run/mysqld/socket", "name": cls.database.name, "user": cls.database.user,
                         "password_file": "shop.database.password"},
            "keys": {"folder": "/var/lib/pwreset/shop.keys"},
            "users": {"protected": []},
            "reset": {"link": "https://shop.example/reset/{token}"},
            "mail": {"from": "Shop <no-reply@shop.example>", "host": cls.smtp.host, "port": cls.smtp.port, "tls": "off"},
            "operators": {"user:pwreset": ["support", "maintain"]},
        }))  # fmt: skip
        cls.machine.write("/etc/pwreset/shop.database.password", cls.database.password, 0o400)
        cls.machine.must("chown root:pwreset /etc/pwreset/shop.toml; chown pwreset /etc/pwreset/shop.database.password")
        cls.machine.must("setpriv --reuid=pwreset --regid=pwreset --clear-groups pwreset migrate")
        cls.machine.must("rm /usr/sbin/policy-rc.d")
        cls.machine.stop()

    @classmethod
    def boot(cls):
        cls.machine.start("/lib/systemd/systemd", "--unit=multi-user.target")
        deadline = time.monotonic() + 120
        while cls.machine.run("systemctl is-system-running").out.strip() not in ("running", "degraded"):
            if time.monotonic() > deadline:
                raise unittest.SkipTest("systemd cannot be the first process of a container here")
            time.sleep(0.5)

    def show(self, unit, name):
        return self.machine.must(f"systemctl show --value --property={name} {unit}").strip()

    def pwreset(self, *words):
        command = "setpriv --reuid=pwreset --regid=pwreset --clear-groups pwreset " + " ".join(words)
        return self.machine.must(command)

    def test_installing_enabled_and_started_nothing(self):
        listed = self.machine.must("systemctl list-unit-files --no-legend 'pwreset*'; systemctl list-timers --no-legend")
        self.assertNotRegex(listed, r"pwreset\S* +enabled ")
        self.assertNotIn("pwreset-purge@shop.timer", listed)

    def test_no_unit_is_more_exposed_than_it_must(self):
        for unit in UNITS:
            told = self.machine.must(f"systemd-analyze security --offline=true --no-pager /usr/lib/systemd/system/{unit}")
            exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", told).group(1))
            print(f"{unit}: exposure {exposure}")
            self.assertLessEqual(exposure, MOST_EXPOSED, told)

    def test_the_worker_sends_and_an_upgrade_replaces_it(self):
        unit = "pwreset-deliver@shop.service"
        self.machine.must(f"systemctl enable --now {unit}")
        self.pwreset("request", "ana@example.com", "--queue")
        self.assertEqual(len(self.smtp.mails(at_least=1, timeout=20)), 1)
        before = self.show(unit, "MainPID")
        self.machine.must("dpkg --install /pwreset.deb")
        self.assertEqual(self.show(unit, "ActiveState"), "active")
        self.assertNotEqual(self.show(unit, "MainPID"), before)
        self.assertEqual(self.show(unit, "NRestarts"), "0")
        journal = self.machine.must(f"journalctl --no-pager -u {unit}")
        self.assertNotRegex(journal, r"Failed|denied|not permitted|exited")

    def test_a_configuration_that_is_wrong_is_not_tried_for_ever(self):
        self.machine.write("/etc/pwreset/wrong.toml", "application = 7\n")
        unit = "pwreset-deliver@wrong.service"
        self.machine.run(f"systemctl start {unit}")
        time.sleep(1)
        self.assertEqual((self.show(unit, "ActiveState"), self.show(unit, "NRestarts")), ("failed", "0"))
        self.machine.run(f"rm /etc/pwreset/wrong.toml; systemctl start {unit}")
        self.assertEqual(self.show(unit, "Result"), "exit-code")

    def test_the_purge_tells_the_journal(self):
        self.machine.must("systemctl enable --now pwreset-purge@shop.timer")
        self.assertIn("pwreset-purge@shop.timer", self.machine.must("systemctl list-timers --no-legend"))
        self.machine.must("systemctl start pwreset-purge@shop.service")
        journal = self.machine.must("journalctl --no-pager -o cat -u pwreset-purge@shop.service")
        self.assertRegex(journal, r"(?m)^purged")

    def test_removing_stops_what_runs(self):
        self.machine.run("systemctl start pwreset-deliver@shop.service pwreset-purge@shop.timer")
        self.addCleanup(self.machine.must, "dpkg --install /pwreset.deb")
        self.machine.must("dpkg --remove pwreset")
        active = self.machine.must("systemctl list-units --no-legend --plain --state=active 'pwreset*'")
        self.assertEqual(re.findall(r"pwreset\S*\.(?:service|timer)", active), [])


if __name__ == "__main__":
    unittest.main()
