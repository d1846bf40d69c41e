"""pwreset init beside the real applications: from their files, by the statements and the steps that pwreset itself prints, to a
green doctor and the first link that the application takes.

The files are those that pwreset reads of such an application; tables and accounts are the application's own.
"""

import re
import unittest

from application import load  # the first: it finds the modules of tests/integration
from conformance import NEW, OLD, Installed
import test_init
from harness import SmtpServer


class Machine(test_init.NewSite):
    """Where pwreset was just installed, beside an application that has its tables already."""

    def __init__(self, app, smtp):
        super().__init__(app.database, smtp, fresh=False)
        self.key = getattr(app, "secret", test_init.KEY)

    def with_places(self, text):
        return super().with_places(text.replace("@KEY@", self.key))


class FirstConfiguration(Installed):
    changed = ()  # (text, text) in its files: what is otherwise in this installation
    zone = ""  # what no file says of it

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.smtp = SmtpServer()
        cls.addClassCleanup(cls.smtp.close)
        cls.machine = Machine(cls.app, cls.smtp)
        cls.addClassCleanup(cls.machine.close)

    def succeeds(self, *words, stdin=""):
        done = self.machine.run(*words, stdin=stdin)
        self.assertEqual(done.exit, 0, done)
        return done

    def initialised(self):
        """The answer of init, and what its statements did."""
        told = test_init.APPLICATIONS[self.app.preset]
        files = dict(told["files"])
        for name, text in files.items():
            for old, new in self.changed:
                text = text.replace(old, new)
            files[name] = text
        self.machine.write(files)
        answers = "".join(self.machine.with_places(answer) + "\n" for answer in told["answers"])
        done = self.machine.init("--json", stdin=answers)
        self.assertEqual(done.exit, 0, done)
        data = done.json["data"]
        self.assertEqual(data["profile"], self.app.preset)
        if self.zone:
            self.assertTrue([line for line in data["unknown"] if "write application_zone in [reset]" in line], data)
            self.write("[reset]\n", f'[reset]\napplication_zone = "{self.zone}"\n')
        self.machine.let_in()
        self.succeeds("migrate")
        self.app.database.sql(data["after_migration"])

    def write(self, old, new):
        text = self.machine.file.read_text()
        self.assertIn(old, text)
        self.machine.file.write_text(text.replace(old, new))

    def prove(self):
        """As the hint of doctor says, where there is one."""
        if "token" not in self.succeeds("profile", "show", "--json").json["data"]["asks_for"]:
            return
        told = self.machine.run("doctor")
        self.assertEqual(told.exit, 1, told)
        self.assertRegex(re.sub(r"\s+", " ", told.out), r"write test_account = .id:KEY. into \[reset\].*'pwreset profile check --link'")
        address = "prover@example.com"
        key = self.app.add_user(address, "prover", OLD)
        self.write('# test_account = "id:KEY"', f'test_account = "id:{key}"')
        self.succeeds("profile", "check", "--link", stdin=self.app.ask(address))

    def test_from_its_files_to_a_link_that_it_takes(self):
        if self.app.knows_admin:  # a protection that protects nobody is a problem
            self.app.add_user("chief@example.com", "chief", OLD, admin=True)
        self.initialised()
        self.prove()
        if "run 'pwreset deliver' every few minutes" in self.machine.run("doctor").out:  # it knows no end of its tokens
            self.succeeds("deliver")
        self.succeeds("doctor")
        address = self.account()
        before = len(self.smtp.mails())
        self.succeeds("request", address)
        link = SmtpServer.link(self.smtp.mails(at_least=before + 1)[-1])
        self.assertTrue(link.startswith(self.app.base), link)
        self.assertTrue(self.app.check(link))
        self.assertTrue(self.app.complete(link, NEW))


class LaravelTest(FirstConfiguration, unittest.TestCase):
    application = load("laravel").Laravel13


class WordPressTest(FirstConfiguration, unittest.TestCase):
    application = load("wordpress").WordPress7
    changed = (("blog_", "wp_"),)


class GhostTest(FirstConfiguration, unittest.TestCase):
    application = load("ghost").Ghost


class DeviseTest(FirstConfiguration, unittest.TestCase):
    application = load("devise").Devise4


class RedmineTest(FirstConfiguration, unittest.TestCase):
    application = load("redmine").Redmine5
    zone = application.zone


class DjangoTest(FirstConfiguration, unittest.TestCase):
    application = load("django").Django3
    changed = (("'UTC'", f"'{application.zone}'"),)


class StrapiTest(FirstConfiguration, unittest.TestCase):
    application = load("strapi").Strapi


del FirstConfiguration

if __name__ == "__main__":
    unittest.main()
