"""What an agent can do to the installed package, and what not: each way round is tried in a bare Debian 12.

Two ordinary users: amy is an agent (in pwreset-users, and in a group with the capability `support`), otto is nobody.
Whatever amy is shown must hold no line of a file that is not hers.
"""

import os
import re
import shutil
import time
import unittest

from database import Database
from debian_machine import Machine, package
from harness import SmtpServer, to_toml
from sql_connection import Connection, SqlError

MARK = "shadow-mark-4711"  # stands in /etc/shadow, and nowhere else

# What libraries and programs read out of the environment, pointed at a file of amy's or at one that is not hers.
BAIT = {
    "LD_PRELOAD": "/home/amy/bait", "LD_LIBRARY_PATH": "/home/amy", "LD_AUDIT": "/home/amy/bait", "GCONV_PATH": "/home/amy",
    "OPENSSL_CONF": "/home/amy/bait", "OPENSSL_MODULES": "/home/amy", "SSL_CERT_FILE": "/home/amy/bait",
    "SSL_CERT_DIR": "/home/amy", "SSLKEYLOGFILE": "/home/amy/written", "TZ": "/etc/shadow", "TZDIR": "/home/amy",
    "HOME": "/home/amy", "TMPDIR": "/home/amy/written", "CREDENTIALS_DIRECTORY": "/home/amy", "HOSTALIASES": "/home/amy/bait",
    "MYSQL_HOME": "/home/amy", "MARIADB_PLUGIN_DIR": "/home/amy", "LIBMYSQL_PLUGIN_DIR": "/home/amy",
    "PAGER": "/home/amy/run", "EDITOR": "/home/amy/run", "VISUAL": "/home/amy/run", "SHELL": "/home/amy/run",
    "BASH_ENV": "/home/amy/run", "ENV": "/home/amy/run", "MALLOC_TRACE": "/home/amy/written", "LOCPATH": "/home/amy",
}  # fmt: skip


@unittest.skipUnless(os.getuid() == 0 and shutil.which("debootstrap"), "needs root and debootstrap")
class BoundaryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.machine = cls.owned(Machine())
        cls.database = cls.owned(Database(private="its folder is shared with a machine"))
        cls.smtp = cls.owned(SmtpServer())
        os.chmod(cls.database.socket.parent, 0o711)
        cls.machine.share(cls.database.socket.parent)
        cls.machine.start()
        shutil.copy(package(), cls.machine.root / "pwreset.deb")
        cls.machine.install("/pwreset.deb", "sudo", "procps")
        cls.make_people()
        cls.make_shop()
        cls.configure()

    @classmethod
    def owned(cls, thing):
        cls.addClassCleanup(thing.close)
        return thing

    @classmethod
    def make_people(cls):
        cls.machine.must("addgroup --quiet support; for name in amy otto; do adduser --quiet --disabled-password --gecos '' $name; "
                         "done; adduser --quiet amy pwreset-users; adduser --quiet amy support; "
                         f"echo 'mark:{MARK}:1:0:99999:7:::' >>/etc/shadow")  # fmt: skip
        cls.machine.must("printf '#!/bin/sh\\nid >/home/amy/ran\\n' >run; chmod 755 run; printf 'bait\\n' >bait; mkdir written; "
                         "chmod 777 written; ln -s /etc/pwreset/shop.toml link.toml; ln -s /etc/shadow shadow.toml", user="amy")  # fmt: skip

    @classmethod
    def make_shop(cls):
        cls.database.create_users_table()
        cls.database.sql("INSERT INTO users (id, email, password, role) VALUES (1, 'boss@example.com', '$2y$10$u', 'admin');"
                         "ALTER USER root@localhost IDENTIFIED BY 'for the server alone'")  # fmt: skip

    @classmethod
    def configure(cls):
        settings = {
            "application": "shop",
            "database": {"socket": "/run/mysqld/socket", "name": cls.database.name, "user": cls.database.user,
                         "password_file": "shop.database.password"},
            "keys": {"folder": "/var/lib/pwreset/shop.keys"},
            "users": {"role": "role", "protected": ["admin"]},
            "reset": {"link": "https://shop.example/reset/{token}"},
            "mail": {"from": "Shop <no-reply@shop.example>", "host": cls.smtp.host, "port": cls.smtp.port, "tls": "off"},
            "limits": {"per_operator": "100000/h", "agents": "100000/h"},
            "operators": {"support": ["support"], "user:pwreset": ["maintain"], "user:root": ["maintain", "audit"]},
        }  # fmt: skip
        cls.machine.write("/etc/pwreset/shop.toml", to_toml(settings), 0o640)
        cls.machine.write("/etc/pwreset/shop.database.password", cls.database.password, 0o400)
        cls.machine.must("chown root:pwreset /etc/pwreset/shop.toml; chown pwreset /etc/pwreset/shop.database.password")
        cls.machine.must("setpriv --reuid=pwreset --regid=pwreset --clear-groups pwreset migrate")
        # What amy brings along: a configuration of her own, with the same database in it.
        own = to_toml(settings | {"operators": {"support": ["support", "audit", "override", "maintain", "print-link"]}})
        cls.machine.write("/home/amy/mine.toml", own, 0o600)
        cls.machine.must("chown amy /home/amy/mine.toml")
        secret = cls.machine.must("cat /etc/pwreset/shop.database.password /var/lib/pwreset/shop.keys/*; echo; "
                                  "grep -v '^$' /etc/pwreset/shop.toml")  # fmt: skip
        cls.secrets = [MARK, *(line for line in secret.splitlines() if len(line) > 12)]

    def setUp(self):
        self.before = self.state()
        self.email = f"user{time.monotonic_ns()}@example.com"
        self.database.sql(f"INSERT INTO users (email, password) VALUES ('{self.email}', '$2y$10$u')")

    def tearDown(self):
        self.assertEqual(self.state(), self.before, "files of pwreset changed")
        self.assertEqual(self.machine.must("ls -A /home/amy/written; ls /home/amy/ran /tmp/pwreset* 2>/dev/null; true"), "")

    def state(self):
        """What must never change: the files of pwreset and their modes."""
        return self.machine.must("find /etc/pwreset /var/lib/pwreset /etc/sudoers.d/pwreset -printf '%p %m %u %g %s %T@\\n' | sort; "
                                 "find /etc/pwreset /var/lib/pwreset -type f | xargs sha256sum; find / -xdev -name 'core*' -size +0 "
                                 "-newer /pwreset.deb -not -path '/var/*' -not -path '/usr/*'")  # fmt: skip

    def amy(self, text, exit=None, **more):
        """A shell of the agent runs it; she sees no secret."""
        done = self.machine.run(text, user="amy", **more)
        for secret in self.secrets:
            self.assertNotIn(secret, done.out + done.err, done)
        if exit is not None:
            self.assertIn(done.exit, exit if isinstance(exit, tuple) else (exit,), done)
        return done

    def pwreset(self, words, exit, **more):
        """She calls pwreset as she is meant to."""
        return self.amy("sudo -n -u pwreset pwreset " + words, exit, **more)

    def rows(self):
        """The audit rows since the last call, oldest first."""
        found = self.database.sql(f"SELECT * FROM pwreset_audit WHERE id > {getattr(self, 'seen', 0)} ORDER BY id")
        self.seen = found[-1]["id"] if found else getattr(self, "seen", 0)
        return found

    # --- what she may ------------------------------------------------------------------------------------------------

    def test_the_agent_requests_and_is_recorded_by_her_name(self):
        self.rows()
        done = self.pwreset(f"request {self.email} --ticket SUP-1", 0)
        self.assertIn("accepted", done.out)
        self.assertNotIn("https://", done.out + done.err)
        self.assertTrue(any(mail["To"] == self.email for mail in self.smtp.mails()))
        self.assertEqual({row["operator"] for row in self.rows()}, {"amy"})

    def test_the_agent_inspects_and_lists(self):
        self.pwreset(f"request {self.email}", 0)
        self.pwreset(f"list-tokens {self.email}", 0)
        self.assertNotIn("https://", self.pwreset(f"inspect {self.email}", 0).out)

    # --- files ---------------------------------------------------------------------------------------------------------

    def test_configuration_and_keys_cannot_be_read_copied_or_linked(self):
        for file in ("/etc/pwreset/shop.toml", "/etc/pwreset/shop.database.password", "/var/lib/pwreset/shop.keys/pwreset.key",
                     "/var/lib/pwreset/shop.keys/application.key"):  # fmt: skip
            for attempt in ("cat {}", "cp {} copy", "ln {} hard", "mv {} moved", "ls -l {}", "echo mine >>{}", "test -r {}",
                            "sh -c '. {}'", "ln -s {} soft && cat soft; s=$?; rm soft; exit $s"):  # fmt: skip
                self.assertNotEqual(self.amy(attempt.format(file)).exit, 0)
        self.assertNotEqual(self.amy("ls /etc/pwreset").exit, 0)
        self.assertNotEqual(self.amy("ls /var/lib/pwreset").exit, 0)

    def test_no_other_configuration_can_be_passed(self):
        for path in ("/home/amy/mine.toml", "mine.toml", "./mine.toml", "link.toml", "./link.toml", "shadow.toml", "/etc/shadow",
                     "../shadow", "./", "/dev/stdin", "/proc/self/environ", "/etc/pwreset/shop.toml", "../pwreset/shop.toml",
                     "/etc/pwreset/../../home/amy/mine.toml"):  # fmt: skip
            done = self.pwreset(f"--config {path} request {self.email} --override-limits", 77, stdin="application = 'x'\n")
            self.assertIn("configuration named by its path", done.err)
        for name in ("..", ".", "-", "mine", "passwd", "shop.database", "'shop\n'", "'*'", "shop.toml.toml.toml"):
            self.pwreset(f"--config {name} request {self.email} --override-limits", (77, 78))
        self.assertEqual([mail for mail in self.smtp.mails() if mail["To"] == self.email], [])

    def test_run_by_herself_it_has_no_more_rights_than_she(self):
        self.assertIn("cannot", self.amy(f"pwreset --config shop request {self.email}", 78).err)
        self.assertIn("cannot", self.amy(f"pwreset request {self.email}", 78).err)
        for set_id in ("", "SUDO_UID=0 ", "SUDO_UID=0 SUDO_USER=root SUDO_GID=0 "):
            self.amy(f"{set_id}pwreset --config /home/amy/mine.toml request {self.email}", (77, 78))
        self.amy("test -u /usr/bin/pwreset || test -g /usr/bin/pwreset", 1)

    def test_no_files_text_is_echoed(self):
        for words in ("audit verify --head /etc/shadow", "request --from-file /etc/shadow", "request @/etc/shadow",
                      "request /etc/shadow", f"request {self.email} --reason @/etc/shadow --queue", "request file:///etc/shadow",
                      "template preview /etc/shadow", "completion /etc/shadow", "list-tokens --since /etc/shadow",
                      "--output /etc/shadow audit", "@/etc/shadow", "--config=/etc/shadow demo", "completion bash --config /etc/shadow",
                      "request --locale ../../../../etc/shadow " + self.email):  # fmt: skip
            self.pwreset(words, tuple(range(0, 79)))
        for stdin in ("", "\0", "/etc/shadow\n", "a" * 100000):
            self.pwreset(f"verify-otp {self.email}", (1, 65), stdin=stdin)
        self.amy("sudo -n -u pwreset pwreset verify-otp x@example.com < /etc/shadow", 2)

    def test_the_demo_writes_nothing_for_her(self):
        self.pwreset("demo", 77)

    # --- who she is ------------------------------------------------------------------------------------------------------

    def test_she_cannot_be_somebody_else(self):
        self.rows()
        for name in ("SUDO_UID=0", "SUDO_USER=root", "SUDO_UID=0 SUDO_USER=root SUDO_COMMAND=x", "USER=root LOGNAME=root"):
            self.amy(f"env {name} sudo -n -u pwreset pwreset request {self.email} --override-limits", 77)
            self.amy(f"sudo -n -u pwreset {name} pwreset request {self.email} --override-limits", (1, 77))
        for option in ("-E", "--preserve-env=SUDO_UID", "-H", "-P", "-b", "-C 100", "-D /home/amy", "-R /home/amy", "-T 1"):
            self.amy(f"SUDO_UID=0 sudo -n {option} -u pwreset pwreset request {self.email} --override-limits")
        time.sleep(0.5)  # -b runs in the background
        self.assertEqual({(row["operator"], row["result"]) for row in self.rows()}, {("amy", "FORBIDDEN")})

    def test_no_option_names_another_operator(self):
        for words in ("--operator root", "--as root", "--uid 0", "--operator=root"):
            self.assertIn("not understood", self.pwreset(f"request {self.email} {words}", 64).err)

    def test_what_support_may_not_is_refused_and_recorded(self):
        self.rows()
        for words in (f"request {self.email} --override-limits", f"send-otp {self.email} --override-limits", "revoke --all --yes --expect 0",
                      "purge-expired", "purge-expired --dry-run", "deliver", "audit", "migrate", "migrate --dry-run"):  # fmt: skip
            self.assertIn("amy", self.pwreset(words, 77).err)
        rows = self.rows()
        self.assertEqual(len(rows), 9)
        self.assertEqual({(row["operator"], row["result"]) for row in rows}, {("amy", "FORBIDDEN")})

    def test_no_link_is_printed(self):
        for words in ("--print-link", "--print-link --ticket T --reason r", "--verbose --print-link"):
            self.assertNotIn("https://", self.pwreset(f"request {self.email} {words}", (64, 77)).out)
        done = self.pwreset(f"request {self.email} --verbose --json", 0)
        self.assertNotIn("https://", done.out + done.err)

    def test_a_protected_account_is_not_reset(self):
        for words in ("request boss@example.com", "request id:1", "send-otp boss@example.com", "request BOSS@example.com --queue"):
            self.assertIn("is protected", self.pwreset(words, 77).err)
        self.assertEqual([mail for mail in self.smtp.mails() if mail["To"] == "boss@example.com"], [])

    # --- the process -----------------------------------------------------------------------------------------------------

    def test_sudo_runs_nothing_else_for_her(self):
        for words in ("-u pwreset sh -c id", "-u pwreset -s", "-u pwreset -i", "-u pwreset /usr/bin/env", "-u pwreset -e /etc/hosts",
                      "-u root pwreset --version", "pwreset --version", "-u otto pwreset --version", "-g pwreset pwreset --version",
                      "-u pwreset /home/amy/run", "-u pwreset cat /etc/pwreset/shop.toml", "-u '#0' pwreset --version",
                      "-u '#-1' pwreset --version", "-u pwreset /usr/bin/../bin/cat /etc/pwreset/shop.toml"):  # fmt: skip
            self.assertNotIn("uid=", self.amy("sudo -n " + words, 1).out)
        self.amy("mkdir -p bin; ln -sf ../run bin/pwreset; PATH=/home/amy/bin:$PATH sudo -n -u pwreset pwreset --version; rm -r bin")
        self.amy("ln -s /bin/sh pwreset; sudo -n -u pwreset ./pwreset -c id; s=$?; rm pwreset; exit $s", 1)

    def test_the_environment_is_without_effect(self):
        env = " ".join(f"{name}={value}" for name, value in BAIT.items())
        plain = self.pwreset("list-tokens id:1", 0)
        baited = self.amy(f"env {env} sudo -n -u pwreset pwreset list-tokens id:1", 0)
        # The dynamic loader complains for sudo itself, which is set-uid and drops the variable.
        told = [line for line in baited.err.splitlines() if "ld.so" not in line]
        self.assertEqual((baited.out, told), (plain.out, plain.err.splitlines()))
        done = self.amy(f"env {env} sudo -n -u pwreset pwreset request {self.email}", 0)
        self.assertIn("accepted", done.out)
        for name, value in BAIT.items():
            self.amy(f"sudo -n -u pwreset {name}={value} pwreset --version", (0, 1))

    def test_a_site_that_trusts_its_users_with_sudo_does_not_open_it(self):
        self.machine.write("/etc/sudoers.d/site", "Defaults !env_reset, setenv, stay_setuid, preserve_groups, closefrom_override, "
                           "!use_pty\nDefaults env_keep += \"LD_PRELOAD OPENSSL_CONF\"\n", 0o440)  # fmt: skip
        try:
            self.machine.must("visudo --check")
            self.rows()
            for option in ("-E", "--preserve-env", "-C 100", "-D /tmp", "SUDO_UID=0", "LD_PRELOAD=/home/amy/bait"):
                self.amy(f"OPENSSL_CONF=/home/amy/bait sudo -n -u pwreset {option} pwreset request {self.email}", 1)
            self.assertEqual(self.rows(), [])
            self.amy(f"SUDO_UID=0 OPENSSL_CONF=/home/amy/bait sudo -n -u pwreset pwreset request {self.email} --override-limits", 77)
            self.assertEqual([row["operator"] for row in self.rows()], ["amy"])
            self.look_into_a_process()
        finally:
            self.machine.must("rm /etc/sudoers.d/site")

    def test_no_pager_editor_or_shell_is_started_on_a_terminal(self):
        env = " ".join(f"{name}={value}" for name, value in BAIT.items() if value == "/home/amy/run")
        for words in ("--help", "list-tokens", f"request {self.email}"):
            self.amy(f"script -qec 'env {env} sudo -n -u pwreset pwreset {words}' /dev/null", 0)
        self.assertEqual(self.machine.must("grep -c . /home/amy/ran 2>/dev/null; true"), "")

    def test_a_suspend_key_does_not_stop_it_half_way(self):
        self.pwreset(f"send-otp {self.email} --for caller", 0)
        keys = "(sleep 2; printf '\\032'; sleep 1; echo 12345; sleep 1)"
        done = self.amy(f"{keys} | timeout 20 script -qec 'sudo -n -u pwreset pwreset verify-otp {self.email}' /dev/null", 65)
        self.assertIn("code the caller reads out", done.out)

    def test_a_running_process_cannot_be_looked_into_or_stopped(self):
        self.look_into_a_process()

    def look_into_a_process(self):
        """One that waits for a code, as amy started it."""
        self.pwreset(f"send-otp {self.email} --for caller", 0)
        self.amy(f"mkfifo hold; (sleep 20 >hold 2>/dev/null &); TZ=UTC sudo -n -u pwreset pwreset verify-otp {self.email} <hold >said 2>&1 &")
        for _ in range(100):
            pid = self.machine.run("pgrep -u pwreset -x pwreset").out.strip()
            if pid:
                break
            time.sleep(0.05)
        self.assertRegex(pid, r"^\d+$")
        for file in ("environ", "mem", "maps", "cwd", "exe", "stack", "syscall", "auxv", "fd", "root", "map_files", "io"):
            self.assertNotEqual(self.amy(f"cat /proc/{pid}/{file} || ls -l /proc/{pid}/{file}/ || readlink /proc/{pid}/{file}").exit, 0, file)
        for number in (1, 2, 3, 6, 9, 11, 15, 19, 20):
            self.amy(f"sh -c 'kill -{number} {pid}'", 1)
        names = set(re.findall(r"(\w+)=", self.machine.must(f"tr '\\0' '\\n' </proc/{pid}/environ")))
        self.assertLessEqual(names, {"SUDO_UID", "TERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SUDO_GID", "SUDO_USER",
                                     "SUDO_COMMAND", "SUDO_HOME", "HOME", "LOGNAME", "MAIL", "PATH", "SHELL", "USER", "LD_PRELOAD"})  # fmt: skip
        status = self.machine.must(f"cat /proc/{pid}/status /proc/{pid}/limits; readlink /proc/{pid}/cwd")
        uid = self.machine.must("id -u pwreset").strip()
        self.assertRegex(status, rf"Uid:\t{uid}\t{uid}\t{uid}\t{uid}\n")
        self.assertRegex(status, r"Max core file size +0 +0 ")
        self.assertTrue(status.endswith("\n/\n"), "not in her folder")
        self.machine.must(f"kill {pid}; rm /home/amy/hold /home/amy/said")

    def test_closed_streams_and_limits_do_no_harm(self):
        for number, how in enumerate(("2>&-", ">&-", "<&-", "<&- >&- 2>&-", "2</etc/passwd", "1</dev/null", "3</etc/passwd")):
            self.amy(f"sudo -n -u pwreset pwreset request {self.email} {how}")
        for limit in ("-f 0", "-n 3", "-n 8", "-c unlimited", "-v 20000", "-s 8", "-t 1", "-d 100"):
            for words in (f"request {self.email} --queue", f"list-tokens {self.email}"):
                self.amy(f"ulimit {limit} && sudo -n -u pwreset pwreset {words}")
        self.amy("ulimit -f 0; ulimit -v 300000; sudo -n -u pwreset pwreset list-tokens id:1", 0)

    # --- the database, and those who are nobody ------------------------------------------------------------------------------

    def test_the_database_does_not_let_her_in(self):
        number = int(self.machine.must("id -u amy"))
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setgid(number)
            os.setuid(number)
            os.write(writer, self.tried_logins().encode())
            os._exit(0)
        os.waitpid(child, 0)
        os.close(writer)
        with os.fdopen(reader) as answers:
            told = answers.read().split()
        self.assertEqual(len(told), 15)
        self.assertLessEqual(set(told), {"1045", "1698"})

    def tried_logins(self):
        told = []
        for user in (self.database.user, "root", "pwreset", "amy", ""):
            for password in ("", user, "pwreset"):
                try:
                    Connection(user=user, password=password, socket=self.database.socket).close()
                    told.append("in")
                except SqlError as refusal:
                    told.append(str(refusal.number))
        return " ".join(told)

    def test_who_is_not_in_the_group_can_do_nothing(self):
        for text in (f"sudo -n -u pwreset pwreset request {self.email}", "sudo -n -u pwreset pwreset --version", "cat /etc/pwreset/shop.toml",
                     f"pwreset --config shop request {self.email}", "ls /var/lib/pwreset", "sudo -n -l -U amy"):  # fmt: skip
            done = self.machine.run(text, user="otto")
            self.assertIn(done.exit, (1, 2, 78), done)
            for secret in self.secrets:
                self.assertNotIn(secret, done.out + done.err, done)
        self.assertEqual([mail for mail in self.smtp.mails() if mail["To"] == self.email], [])


if __name__ == "__main__":
    unittest.main()
