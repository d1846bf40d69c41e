#!/usr/bin/env bash
# PHP 8.2.36 (Debian 12, php8.2-cli 8.2.36-1~deb12u1): of the two moments that a clock shows alike in the night when summer time
# ends, strtotime() and DateTime take the later one; Python's zoneinfo and Node's Date take the earlier one. So what PHP
# writes with 'Y-m-d H:i:s' in the first of the two hours it reads back as an hour later, and a row that it shares with a
# program in another language is an hour older there.
# Needs: apt-get, dpkg, Debian 12's python3 (3.11) and tzdata, and the libraries that php8.2-cli pulls.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root download --quiet=2 php8.2-cli=8.2.36-1~deb12u1 php8.2-common=8.2.36-1~deb12u1
for package in *.deb; do dpkg -x "$package" root; done
cat > program.php <<'PHP'
<?php
date_default_timezone_set('Europe/Berlin');
$moment = 1792888200; // 2026-10-25 00:30 UTC
$shown = date('Y-m-d H:i:s', $moment);
echo "PHP writes $shown, strtotime() reads it ", strtotime($shown) - $moment, " s later, DateTime ",
    (new DateTime($shown))->getTimestamp() - $moment, " s later\n";
PHP
cat > program.py <<'PYTHON'
from datetime import datetime
from zoneinfo import ZoneInfo

moment, berlin = 1792888200, ZoneInfo("Europe/Berlin")
shown = datetime.fromtimestamp(moment, berlin).strftime("%Y-%m-%d %H:%M:%S")
read = datetime.fromisoformat(shown).replace(tzinfo=berlin)
print(f"Python writes {shown}, reads it {read.timestamp() - moment:.0f} s later")
PYTHON

expected='PHP writes 2026-10-25 02:30:00, strtotime() reads it 3600 s later, DateTime 3600 s later
Python writes 2026-10-25 02:30:00, reads it 0 s later'
seen="$(root/usr/bin/php8.2 -n program.php)
$(/usr/bin/python3 program.py)"
echo "PHP $(dpkg-deb -f php8.2-cli_*.deb Version)"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
