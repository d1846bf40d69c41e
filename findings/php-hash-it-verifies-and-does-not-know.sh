#!/usr/bin/env bash
# PHP 8.2.36 (Debian 12, php8.2-cli 8.2.36-1~deb12u1): password_verify() takes a bcrypt hash that begins with $2b$, as libxcrypt,
# Python and Node write it, and password_get_info() says of the same hash that its algorithm is unknown. So a
# password that another program stored works, until an application asks first what it is: Laravel's hasher, which does
# so by default, raises "This password does not use the Bcrypt algorithm". With $2y$ for $2b$ the same hash is known.
# Needs: apt-get, dpkg, Debian 12's libxcrypt (perl's crypt), and the libraries that php8.2-cli pulls.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root download --quiet=2 php8.2-cli=8.2.36-1~deb12u1
dpkg -x php8.2-cli_*.deb root
cat > program.php <<'PHP'
<?php
foreach (['$2b$', '$2y$'] as $prefix) {
    $hash = $prefix . substr($argv[1], 4);
    printf("%s  verifies: %s, algorithm: %s\n", $prefix, var_export(password_verify('correct horse', $hash), true),
        password_get_info($hash)['algoName']);
}
PHP
hash=$(perl -e 'print crypt("correct horse", "\$2b\$04\$abcdefghijklmnopqrstuu")')

# shellcheck disable=SC2016  # these are no variables
expected='$2b$  verifies: true, algorithm: unknown
$2y$  verifies: true, algorithm: bcrypt'
seen=$(root/usr/bin/php8.2 -n program.php "$hash")
echo "PHP $(dpkg-deb -f php8.2-cli_*.deb Version), a hash that crypt() made: $hash"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
