#!/usr/bin/env bash
# Exim 4.96 (Debian 12, exim4-daemon-light 4.96-15+deb12u10): of one connection it delivers ten mails at once; the eleventh and later
# ones it answers "250 OK" alike, and leaves them in its queue for the next queue runner, which Debian starts every thirty
# minutes. Nothing tells the sender: who keeps one connection for a batch of codes of five minutes has sent codes that are
# dead when they arrive. (smtp_accept_queue_per_connection is 10; 0 lifts it.)
# Needs: root, apt-get, dpkg, and the libraries that exim4-daemon-light pulls.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root download --quiet=2 exim4-daemon-light=4.96-15+deb12u10 libidn12=1.41-1 libnss-wrapper=1.1.12-1
for package in *.deb; do dpkg -x "$package" root; done
# Its own user, which it knows by name, is one of this folder.
printf 'root:x:0:0::/:/bin/sh\nDebian-exim:x:65533:65533::/:/bin/false\n' > passwd
printf 'root:x:0:\nDebian-exim:x:65533:\n' > group
# Without its setuid bit: else what it starts as that user loads no library of this folder.
chmod 755 . root/usr/sbin/exim4
install -d -o 65533 -g 65533 spool log
cat > exim.conf <<CONF
exim_path = $PWD/root/usr/sbin/exim4
spool_directory = $PWD/spool
log_file_path = $PWD/log/%s
keep_environment = LD_LIBRARY_PATH : LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
primary_hostname = host.example
deliver_drop_privilege = true
acl_smtp_rcpt = every
begin acl
every:
  accept
begin routers
delivered:
  driver = redirect
  data = :blackhole:
CONF
exim() {
  LD_LIBRARY_PATH=$(echo "$PWD"/root/usr/lib/*-linux-gnu) LD_PRELOAD=$(echo "$PWD"/root/usr/lib/*-linux-gnu/libnss_wrapper.so) \
    NSS_WRAPPER_PASSWD=$PWD/passwd NSS_WRAPPER_GROUP=$PWD/group root/usr/sbin/exim4 -C "$PWD/exim.conf" "$@"
}
{
  printf 'EHLO client.example\r\n'
  for number in $(seq 12); do
    printf 'MAIL FROM:<shop@example.com>\r\nRCPT TO:<ana@example.com>\r\nDATA\r\nSubject: %s\r\n\r\nYour code\r\n.\r\n' "$number"
  done
  printf 'QUIT\r\n'
} | exim -bs > answers
for _ in $(seq 100); do [ "$(grep -c Completed log/main)" -ge 10 ] && break; sleep 0.2; done
sleep 2

seen="$(grep -c '^250 OK id=' answers) accepted, $(grep -c ' Completed$' log/main) delivered, $(exim -bpc) waiting"
echo "Exim $(dpkg-deb -f exim4-daemon-light_*.deb Version), 12 mails over one connection: $seen"
grep -o 'no immediate delivery.*' log/main | sort -u
[ "$seen" = "12 accepted, 10 delivered, 2 waiting" ] || { echo "finding: it does something else now" >&2; exit 1; }
