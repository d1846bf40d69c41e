#!/usr/bin/env bash
# sudo-rs 0.2.5 (Debian 13, sudo-rs 0.2.5-5+deb13u1): its `visudo --check` calls a file invalid, exit code 1, that sudo's takes, for
# settings that sudo has had for years; and of one that is turned off it says what is not so: `!stay_setuid`, a flag, "cannot
# be used in a boolean context". So a rule that a package checks with visudo passes or fails by which of the two is
# installed. sudo-rs' manual pages name no setting that is missing.
# Needs: apt-get, dpkg, and the libraries that Debian 12's sudo pulls.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p none lists/partial archives/partial
apt=(apt-get -o APT::Sandbox::User=root --quiet=2)
"${apt[@]}" download sudo=1.9.13p3-1+deb12u4
# Lists of Debian 13 for this folder alone, and what sudo-rs loads, down to its C library.
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sed -n 1p)  # as this machine has it
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive trixie main" > sources
apt+=(-o Dir::Etc::SourceList="$PWD/sources" -o Dir::Etc::SourceParts="$PWD/none" -o Dir::State::Lists="$PWD/lists"
  -o Dir::Cache="$PWD" -o Acquire::Languages=none)
"${apt[@]}" update
"${apt[@]}" download sudo-rs=0.2.5-5+deb13u1 libc6 libgcc-s1 libpam0g libaudit1 libcap-ng0
dpkg -x sudo_*.deb sudo && rm sudo_*.deb
for package in *.deb; do dpkg -x "$package" root; done
cat > rule <<'RULE'
Defaults!/usr/bin/true env_reset
Defaults!/usr/bin/true use_pty
Defaults!/usr/bin/true umask = 0077
Defaults!/usr/bin/true closefrom = 3
Defaults!/usr/bin/true runcwd = /
Defaults!/usr/bin/true !stay_setuid
%users ALL = (root) /usr/bin/true
RULE
chmod 440 rule
of_sudo() { LD_LIBRARY_PATH=sudo/usr/libexec/sudo sudo/usr/sbin/visudo "$@" 2>&1; }
of_sudo_rs() {
  root/usr/lib64/ld-linux-x86-64.so.2 --library-path root/usr/lib/x86_64-linux-gnu root/usr/lib/cargo/bin/visudo "$@" 2>&1
}

expected="sudo: exit code 0
sudo-rs: exit code 1
rule:3:24: syntax error: unknown setting: 'umask'
rule:4:24: syntax error: unknown setting: 'closefrom'
rule:5:24: syntax error: unknown setting: 'runcwd'
rule:6:25: syntax error: 'stay_setuid' cannot be used in a boolean context"
status=0
of_sudo --check --file=rule > of_sudo.txt || status=$?
seen="sudo: exit code $status"
status=0
of_sudo_rs --check --file=rule > of_sudo_rs.txt || status=$?
seen+="
sudo-rs: exit code $status
$(grep '^rule:' of_sudo_rs.txt)"
of_sudo --version | head -n 1
echo "sudo-rs $(dpkg-deb -f sudo-rs_*.deb Version)"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
