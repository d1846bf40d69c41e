"""Real relays from Debian, each unpacked into a box of its own: the packages exclude each other, and nothing is installed.

A box is an overlay over this machine in a mount and process namespace of its own (needs root), with the packages' files
and their users on top. Its relay listens on a loopback port and delivers to a maildir. When the box is closed, everything
that ran in it is gone. Packages come by `apt-get download`; PWRESET_RELAY_PACKAGES names a folder that has them already.
"""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from children import die_with_parent
from mariadb_server import free_port

USERS = ("box", "postfix", "Debian-exim", "opensmtpd", "opensmtpq")
GROUPS = USERS + ("postdrop",)

# In new namespaces, with the box's folder as $1 and what starts the relay as $2.
PREPARE = """
set -e
cd "$1"
mkdir own
mount -t tmpfs -o mode=755 tmpfs own  # a layer must not lie within another one, and / ends where this begins
mkdir own/up own/work own/root
cp -a files own/files
mount -t overlay overlay -o "lowerdir=$1/own/files:/,upperdir=$1/own/up,workdir=$1/own/work" own/root
root=$1/own/root
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$1/mail" "$root/home/box"
for mounted in run tmp var/spool; do mount -t tmpfs -o mode=755 tmpfs "$root/$mounted"; done
chmod 1777 "$root/tmp"
exec chroot "$root" /bin/sh -c "$2"
"""


def run(*command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{done.stdout}")
    return done.stdout


def download(packages, folder):
    """The packages, and the libraries that they need and this machine lacks."""
    if given := os.environ.get("PWRESET_RELAY_PACKAGES"):
        return [max(Path(given).glob(f"{name}_*.deb")) for name in packages]
    folder.mkdir()
    folder.chmod(0o777)
    wanted, seen = list(packages), set()
    while wanted:
        run("apt-get", "-q", "download", *wanted, cwd=folder)
        seen |= set(wanted)
        wanted = [name for name in libraries_of(folder.glob("*.deb")) if name not in seen]
    return sorted(folder.glob("*.deb"))


def libraries_of(packages):
    needed = set()
    for package in packages:
        for alternative in run("dpkg-deb", "-f", package, "Depends").split(","):
            name = alternative.split("|")[0].split("(")[0].strip()
            if name.startswith("lib") and subprocess.run(["dpkg", "-s", name], capture_output=True).returncode != 0:
                needed.add(name)
    return needed


def merge_usr(tree):
    """/lib and its like are links on the machine below, which a folder on top would hide."""
    for name in ("bin", "sbin", "lib"):
        if (tree / name).is_dir():
            shutil.copytree(tree / name, tree / "usr" / name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(tree / name)


class Box:
    """One relay. `port` is where it listens, `arrived()` what it has delivered."""

    def __init__(self, packages, files, start):
        """`files` are written into the box (text with {port}), `start` is run in it and stays in the foreground."""
        self.folder = Path(tempfile.mkdtemp(prefix="pwreset-relay-"))
        atexit.register(self.close)
        self.folder.chmod(0o755)
        self.port = free_port()
        self._process = None
        tree, self._mail = self.folder / "files", self.folder / "mail"
        for folder in (tree / "etc", tree / "home/box", self._mail):
            folder.mkdir(parents=True)
        for package in download(packages, self.folder / "packages"):
            run("dpkg-deb", "-x", package, tree)
        merge_usr(tree)
        self._add_users(tree)
        for name, text in files.items():
            file = tree / name.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace("{port}", str(self.port)))
        self._start(start.replace("{port}", str(self.port)))

    def _add_users(self, tree):
        passwd, groups = Path("/etc/passwd").read_text(), Path("/etc/group").read_text()
        for number, name in enumerate(GROUPS, 61000):
            groups += "" if f"\n{name}:" in groups else f"{name}:x:{number}:\n"
            if name in USERS and f"\n{name}:" not in passwd:
                passwd += f"{name}:x:{number}:{number}::/home/{name}:/bin/sh\n"
        (tree / "etc/passwd").write_text(passwd)
        (tree / "etc/group").write_text(groups)
        os.chown(self._mail, 61000, 61000)

    def _start(self, start):
        flags = ["--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
        self.log = self.folder / "log"
        with open(self.log, "w") as log:
            self._process = subprocess.Popen(["unshare", *flags, "bash", "-c", PREPARE, "bash", self.folder, start],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent)  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                    if connection.recv(3) == b"220":
                        return
            except OSError:
                pass
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the relay did not start:\n{self.log.read_text()}")
            time.sleep(0.1)

    def arrived(self):
        """The delivered mails' files."""
        return list((self._mail / "Maildir/new").glob("*"))

    def close(self):
        atexit.unregister(self.close)
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)


def aliases(names):
    return "".join(f"{name}: box\n" for name in names)


def postfix(names):
    """Debian's configuration with a domain of its own and a maildir."""
    start = """
set -e
mkdir -p /var/spool/postfix /var/lib/postfix; chown postfix /var/lib/postfix
cp /usr/share/postfix/main.cf.debian /etc/postfix/main.cf
cat /etc/postfix/more >>/etc/postfix/main.cf
sed 's/^smtp  *inet/127.0.0.1:{port} inet/; s/^\\([^#].*\\) y  *\\(.*\\)$/\\1 n \\2/' /usr/share/postfix/master.cf.dist >/etc/postfix/master.cf
cp /usr/share/postfix/postfix-files.dist /etc/postfix/postfix-files 2>/dev/null || true
newaliases
postfix set-permissions 2>/dev/null || true
exec postfix start-fg
"""
    more = ("myhostname = relay.test\nmydestination = example.com, relay.test\nalias_maps = hash:/etc/aliases\n"
            "alias_database = hash:/etc/aliases\nhome_mailbox = Maildir/\nmaillog_file = /dev/stdout\n"
            "compatibility_level = 3.6\ninet_interfaces = 127.0.0.1\n")  # fmt: skip
    return Box(["postfix"], {"/etc/postfix/more": more, "/etc/aliases": aliases(names)}, start)


def exim(names):
    """Debian's own split configuration, made by its own script, with a domain of its own and a maildir."""
    start = """
set -e
mkdir -p /var/spool/exim4/input /var/spool/exim4/msglog /var/spool/exim4/db /var/log/exim4 /var/lib/exim4
chown -R Debian-exim:Debian-exim /var/spool/exim4 /var/log/exim4
update-exim4.conf
touch /var/log/exim4/mainlog; chown Debian-exim /var/log/exim4/mainlog
tail -F /var/log/exim4/mainlog /var/log/exim4/paniclog &
exec exim4 -bdf -q30m -oX '<; [127.0.0.1]:{port}'
"""
    settings = ("dc_eximconfig_configtype='local'\ndc_other_hostnames='example.com:relay.test'\ndc_local_interfaces='127.0.0.1'\n"
                "dc_readhost=''\ndc_relay_domains=''\ndc_minimaldns='false'\ndc_relay_nets=''\ndc_smarthost=''\n"
                "CFILEMODE='644'\ndc_use_split_config='true'\ndc_hide_mailname=''\ndc_mailname_in_oh='true'\n"
                "dc_localdelivery='maildir_home'\n")  # fmt: skip
    files = {"/etc/exim4/update-exim4.conf.conf": settings, "/etc/aliases": aliases(names), "/etc/mailname": "relay.test\n"}
    return Box(["exim4-base", "exim4-config", "exim4-daemon-light"], files, start)


def opensmtpd(names):
    """Debian's configuration with a domain of its own and a maildir."""
    start = """
set -e
chmod 711 /var/spool
mkdir -p /var/spool/smtpd /var/empty /run/opensmtpd /var/lib/opensmtpd/empty
chmod 711 /var/spool/smtpd; chmod 755 /var/empty
exec smtpd -d -f /etc/smtpd.conf
"""
    configuration = ("table aliases file:/etc/aliases\nlisten on 127.0.0.1 port {port}\n"
                     'action "local" maildir alias <aliases>\nmatch from any for domain "example.com" action "local"\n')  # fmt: skip
    return Box(["opensmtpd"], {"/etc/smtpd.conf": configuration, "/etc/aliases": aliases(names)}, start)
