"""Real applications, beside which pwreset has to stand: their own code, on the schema that they made themselves.

    tests/interop/NAME/application.py    has classes made from Application, one for each release that can be had, and names
                                         them: RELEASES = (Laravel8, Laravel13)
    tests/interop/NAME/...               what it needs: a lock file, small programs that load the real code
    tests/interop/test_NAME.py           the tests of it: `class Laravel8Test(OwnCycle, unittest.TestCase)`, see conformance.py

What comes from outside is installed into build/interop, never into the tree. Needs what tests/integration needs, and root where
an application comes out of a folder of Debian (debian_folder.py).
"""

import contextlib
import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
INSTALLED = SOURCE / "build/interop"  # not under version control
sys.path.append(str(HERE.parent / "integration"))

from database import Database  # noqa: E402  the one of tests/integration


def load(name):
    """The module NAME/application.py. Not by `import`: a folder may be called as a library is, or have a hyphen."""
    module = sys.modules.get(f"interop {name}")
    if module is None:
        spec = importlib.util.spec_from_file_location(f"interop {name}", HERE / name / "application.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return module


class Application:
    """An installation of its own, with a database of its own: `with Laravel13() as shop:`.

    Attributes: `folder`, private, for the files of this installation (secrets 0600); `database`, a Database that is reached by
    TCP too, so from inside a folder of Debian; `base`, what {base} stands for in its links.
    """

    preset = ""  # the profile: src/presets/PRESET.toml
    release = ""  # which release this is, in words: "Laravel 13.31 (Debian sid)"
    base = "https://shop.example"
    of_users = ""  # further lines of [users] in its configuration

    # What the conformance tests ask of it. A class says where the application differs.
    moves_clock = False  # at() can be used
    life = 0  # seconds that a token of the application's own lives; 0: for ever
    has_passwords = True  # else completing a link signs in
    supersedes = True  # asking again makes the older link void
    tells_purpose = True  # its rows of tokens say that they are; else its own are neither listed nor revoked
    pause = 61  # seconds after which it can be asked again
    knows_inactive = True  # add_user(active=False) is an account that it knows to be disabled
    knows_sso = False  # add_user(sso=True) is one that signs in elsewhere
    knows_admin = False  # add_user(admin=True) is one that its schema marks
    says_inactive = "is disabled"  # what pwreset says when it refuses such an account
    says_sso = "signs in elsewhere"

    @classmethod
    def missing(cls):
        """Why it can be neither run nor installed on this machine, with the remedy; or ""."""
        return ""

    @classmethod
    def installed(cls):
        """Whether what it needs from outside is there already, so that it begins within seconds."""
        return True

    @classmethod
    def install(cls):
        """Brings what it needs from outside into build/interop; nothing happens where it is there. Minutes, the first time."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix=f"pwreset-{self.preset}-"))
        self.database = None

    def __enter__(self):
        try:
            self.install()
            self.database = Database(private="an application reaches it by TCP", tcp=True, options=self.server_options())
            self.prepare(self.database)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Removes the installation with its database."""
        if self.database is not None:
            self.database.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def server_options(self):
        """For mariadbd, such as a zone of the server."""
        return ()

    def prepare(self, database):
        """Makes its own schema, by its own migrations or installer."""
        raise NotImplementedError

    def add_user(self, email, login, password, *, active=True, sso=False, admin=False):
        """Makes an account, through the application's own models; its key as the text that the application has for it."""
        raise NotImplementedError

    def configuration(self):
        """The sections [users], [reset], [temporary_password], [secrets] of a configuration for this installation, as TOML:
        the profile's name and what differs here. Not [database]."""
        return f'[users]\nprofile = "{self.preset}"\n{self.of_users}[reset]\nbase = "{self.base}"\n'

    def secret_file(self, name, content):
        """A file of `folder` with a secret, as a configuration may name it."""
        path = self.folder / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def ask(self, email):
        """The application's own "forgot password" for this address: the link that it would mail, None if it mails none.
        Where no link is mailed but a temporary password (MediaWiki): "LOGIN PASSWORD"."""
        raise NotImplementedError

    def check(self, link):
        """Whether its own check accepts the link. Uses nothing up, where the application has such a check."""
        raise NotImplementedError

    def complete(self, link, password):
        """Sets the password by its own reset; whether it did."""
        raise NotImplementedError

    def signs_in(self, email, password):
        """Whether its own sign-in lets them in."""
        raise NotImplementedError

    @contextlib.contextmanager
    def at(self, moment):
        """Its clock inside the block: an aware datetime. Time goes on from there. That of the database is not moved."""
        raise NotImplementedError(f"{self.release}: its clock cannot be moved")
        yield
