#!/usr/bin/env bash
# Django 3.2.25 (Debian 12, python3-django 3:3.2.25-0+deb12u7), PasswordResetTokenGenerator: a link that is ten minutes old is
# refused, with a life of half an hour, if clocks were put forward meanwhile. The token tells its time as seconds of local
# wall time, so in that night its age is ten minutes and an hour. The manual: PASSWORD_RESET_TIMEOUT is "the number of
# seconds a password reset link is valid for", and USE_TZ is on. So it is in 5.2.18 (Debian sid) too.
# Needs: apt-get, dpkg, Debian 12's python3 (3.11).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root download --quiet=2 python3-django=3:3.2.25-0+deb12u7 python3-asgiref=3.6.0-1 \
  python3-sqlparse=0.4.2-1+deb12u1 python3-tz=2022.7.1-4 libfaketime=0.9.10-2.1
for package in *.deb; do dpkg -x "$package" root; done
cat > site_settings.py <<'PYTHON'
SECRET_KEY = "a secret of this test, 0123456789 0123456789 0123456789"
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
PASSWORD_RESET_TIMEOUT = 1800
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
PYTHON
cat > program.py <<'PYTHON'
import sys

import django

django.setup()
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator

ana = User(pk=42, username="ana", email="ana@example.com", password="a hash")
token = sys.argv[1]
print(default_token_generator.make_token(ana) if token == "new" else default_token_generator.check_token(ana, token))
PYTHON
# program MOMENT TOKEN: what it says when it is MOMENT, of UTC.
program() {
  TZ=UTC LD_PRELOAD=$(echo root/usr/lib/*/faketime/libfaketime.so.1) FAKETIME="@$1" DJANGO_SETTINGS_MODULE=site_settings \
    PYTHONPATH=root/usr/lib/python3/dist-packages:. /usr/bin/python3 -B program.py "$2"
}

# In Berlin 01:55 and 02:05; in the night of the change, 01:55 and 03:05.
token=$(program "2026-03-28 00:55:00" new)
seen="issued 00:55 UTC, 2026-03-28: at 01:05 UTC good: $(program "2026-03-28 01:05:00" "$token"), at 01:26 UTC: $(program "2026-03-28 01:26:00" "$token")"
token=$(program "2026-03-29 00:55:00" new)
seen+="
issued 00:55 UTC, 2026-03-29: at 01:05 UTC good: $(program "2026-03-29 01:05:00" "$token")"
expected='issued 00:55 UTC, 2026-03-28: at 01:05 UTC good: True, at 01:26 UTC: False
issued 00:55 UTC, 2026-03-29: at 01:05 UTC good: False'
echo "Django $(dpkg-deb -f python3-django_*.deb Version), links of 1800 seconds:"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
