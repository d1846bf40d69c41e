"""A bare Debian 12 in a folder, with the package that script/package makes: what an administrator would have.

Needs root and debootstrap. It has mounts, processes and users of its own, and shares the network with the machine. When
its first process ends, everything that ran or was mounted in it is gone.
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from children import die_with_parent, until
from harness import SOURCE

RELEASE = "bookworm"
CACHE = SOURCE / "build/package"

# Run in new namespaces, with the folder as $1 and the first process behind it.
PREPARE = """
set -e
root=$1; shift
hostname bare
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for node in null zero full random urandom tty; do
    touch "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
done
if [ -d "$root/run-shared" ]; then
    mkdir "$root/run/mysqld"
    mount --bind "$(cat "$root/run-shared/source")" "$root/run/mysqld"
fi
if [ "$1" = /lib/systemd/systemd ]; then
    mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
    mkdir "$root/sys/fs/cgroup/systemd"
    mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
fi
cd "$root"
pivot_root . mnt
umount -l /mnt
exec env -i container=pwreset-test PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
"""


def package():
    """The package's path; made now unless PWRESET_PACKAGE names one."""
    if given := os.environ.get("PWRESET_PACKAGE"):
        return Path(given)
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run([SOURCE / "script/package"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"script/package failed:\n{done.stdout}")
    return Path(done.stdout.splitlines()[-1])


def base():
    """The archive of the bare Debian; made once."""
    CACHE.mkdir(parents=True, exist_ok=True)
    archive = CACHE / f"{RELEASE}.tar"
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if archive.exists():
            return archive
        with tempfile.TemporaryDirectory(prefix="pwreset-debian-") as folder:
            run("debootstrap", "--variant=minbase", "--include=ca-certificates", RELEASE, folder, *mirror())
            part = archive.with_suffix(".part")
            run("tar", "-C", folder, "-cf", part, "--one-file-system", ".")
            part.rename(archive)
    return archive


def mirror():
    """Where this machine has Debian's packages from, for debootstrap; [] where it does not say."""
    targets = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"]
    return subprocess.run(targets, capture_output=True, text=True).stdout.split()[:1]


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}")


@dataclass
class Ran:
    """What a command in the machine left."""

    command: str
    exit: int
    out: str
    err: str

    def __str__(self):
        return f"\n$ {self.command}\nexit {self.exit}\n--- out\n{self.out}--- err\n{self.err}"


class Machine:
    """`root` is its folder. `run` runs shell commands in it, as root or as somebody else."""

    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="pwreset-debian-"))
        atexit.register(self.close)
        self._first = None
        run("tar", "-C", self.root, "-xf", base())
        self.root.chmod(0o755)
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost bare\n")
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        # Nothing is started by installing it, as in a container.
        self.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        atexit.unregister(self.close)
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def share(self, folder):
        """The folder becomes /run/mysqld at the next start()."""
        (self.root / "run-shared").mkdir(exist_ok=True)
        (self.root / "run-shared/source").write_text(str(folder))

    def start(self, *first):
        """Starts the machine with this as its first process; without one it sleeps."""
        flags = ["--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--propagation", "private"]
        command = ["unshare", *flags, "bash", "-c", PREPARE, "bash", self.root, *(first or ("/bin/sleep", "infinity"))]
        self._first = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       preexec_fn=die_with_parent)  # fmt: skip
        children = Path(f"/proc/{self._first.pid}/task/{self._first.pid}/children")

        def alive():
            return self._first.poll() is None

        def started():
            self._pid = children.read_text().strip() if alive() else ""
            return self._pid and Path(f"/proc/{self._pid}/comm").read_text().strip() not in ("unshare", "bash", "env")

        until(started, told=lambda: "the machine" if alive() else self._first.stdout.read().decode(), alive=alive)

    def stop(self):
        if self._first:
            self._first.kill()
            self._first.wait()
            self._first.stdout.close()
            self._first = None

    def command(self, text, user="root", environment=()):
        """The words that run the text in a shell of the machine, as the user with all of its groups and at its home."""
        enter = ["nsenter", "--target", self._pid, "--mount", "--pid", "--uts", "--ipc", "--root", "--wdns=/"]
        become = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--reset-env",
                                            "--inh-caps=-all"]  # fmt: skip
        return [*enter, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
                *environment, *become, "sh", "-c", text if user == "root" else "cd\n" + text]  # fmt: skip

    def run(self, text, user="root", stdin="", timeout=300):
        """Runs it to its end."""
        done = subprocess.run(self.command(text, user), input=stdin.encode(), capture_output=True, timeout=timeout)
        out, err = (stream.decode(errors="backslashreplace") for stream in (done.stdout, done.stderr))
        return Ran(f"({user}) {text}", done.returncode, out, err)

    def must(self, text, **more):
        """The same, and its standard output; it has to succeed."""
        done = self.run(text, **more)
        if done.exit != 0:
            raise AssertionError(done)
        return done.out

    def install(self, *packages):
        self.must("apt-get -qq update && apt-get -qq -o Dpkg::Use-Pty=0 install -y --no-install-recommends "
                  + " ".join(packages), timeout=1800)  # fmt: skip

    def write(self, path, text, mode=0o644):
        file = self.root / path.lstrip("/")
        file.write_text(text)
        file.chmod(mode)

    def files(self):
        """The names of all files, but for those that only come with time: logs, caches, old versions of passwd."""
        found = self.must("find / -xdev -path /var/cache -prune -o -path /var/log -prune -o -path /var/lib/apt -prune -o -print")
        return {name for name in found.splitlines() if not name.endswith(("-", "-old")) and not name.startswith("/tmp/")}
