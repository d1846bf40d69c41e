"""An application that is a package of Debian: run in a folder of that release, asked by a program of ours in its language."""

import contextlib

from application import Application
from debian_folder import Room


class DebianApplication(Application):
    """A class of it names the `debian` folder and the `desk`, the command of the program that answers. self.room is its place in
    that folder, there from prepare() on; the package faketime is in the folder."""

    debian = None
    desk = ()
    moves_clock = True

    @classmethod
    def missing(cls):
        return cls.debian.missing()

    @classmethod
    def installed(cls):
        return cls.debian.installed()

    @classmethod
    def install(cls):
        cls.debian.install()

    def __init__(self):
        super().__init__()
        self.room = None
        self.variables = {}  # of the environment of the desk
        self._moment = None

    def prepare(self, database):
        self.room = Room(self.debian, self.preset)

    def close(self):
        super().close()
        if self.room is not None:
            self.room.close()

    def ask(self, email):
        return self.question("ask", email=email)

    def check(self, link):
        return self.question("check", link=link)

    def complete(self, link, password):
        return self.question("complete", link=link, password=password)

    def signs_in(self, email, password):
        return self.question("signs_in", email=email, password=password)

    @contextlib.contextmanager
    def at(self, moment):
        before, self._moment = self._moment, moment
        try:
            yield
        finally:
            self._moment = before

    def question(self, what, **details):
        """What the desk answers."""
        return self.room.ask(*self.desk, at=self._moment, env=self.variables, do=what, **details)
