#!/usr/bin/env bash
# Redmine 5.0.4 (Debian 12, redmine 5.0.4-5+deb12u1): it keeps all times in the zone of its process, where an application of Rails
# keeps UTC unless it says otherwise. So the TZ of whoever starts it decides what its tables mean: a token for a password
# that was made a moment ago is five hours and three quarters old for a Redmine that was started in Nepal's zone, and
# nothing in the database tells which zone its times are of.
# Needs: root, debootstrap, 1 GB.
set -euo pipefail
folder=$(mktemp -d)
trap '! mountpoint -q "$folder/root/proc" || umount "$folder/root/proc"; rm -rf --one-file-system "$folder"' EXIT
cd "$folder"
inside() { chroot root env -i --chdir="${where:-/}" PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/srv LC_ALL=C.UTF-8 "$@"; }
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sed -n 1p)  # as this machine has it
{
  debootstrap --variant=minbase bookworm root "$archive"
  printf '#!/bin/sh\nexit 101\n' > root/usr/sbin/policy-rc.d && chmod 755 root/usr/sbin/policy-rc.d
  inside DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends redmine=5.0.4-5+deb12u1 redmine-sqlite dbconfig-no-thanks tzdata
} > made.log 2>&1 || { tail -n 20 made.log >&2; exit 1; }

# An instance of its own, where Debian's Redmine looks for them, with SQLite.
mkdir -p root/srv/shop/{config,files,log,plugins,public,tmp}
ln -s /srv/shop root/var/lib/redmine/shop
printf 'production:\n  adapter: sqlite3\n  database: /srv/shop/shop.db\n' > root/srv/shop/config/database.yml
printf %s "a secret of this instance, 0123456789 0123456789 0123456789 0123456789" > root/srv/shop/config/secret_key.txt
redmine() { where=/usr/share/redmine inside REDMINE_INSTANCE=shop RAILS_ENV=production SCHEMA=/dev/null "$@"; }
redmine TZ=UTC bundle exec rake db:migrate > migrated.log 2>&1 || { tail -n 20 migrated.log >&2; exit 1; }
cat > root/srv/tokens.rb <<'RUBY'
require "/usr/share/redmine/config/environment"
def tell(which)
  token = Token.find_by!(action: "recovery")
  row = Time.iso8601("#{Token.connection.select_value("SELECT created_on FROM tokens")[0, 19].tr(" ", "T")}Z")
  age, of_row = [token.created_on, row].map { |time| ((Time.now - time) / 900).round / 4.0 }
  puts "#{ENV["TZ"]}: #{which} is #{age} h old, its row read as UTC #{of_row} h"
end
tell "the other one's token" if Token.exists?(action: "recovery")
Token.delete_all
Token.create!(user: User.find_by!(admin: true), action: "recovery")
tell "a new token"
RUBY

expected="UTC: a new token is 0.0 h old, its row read as UTC 0.0 h
Asia/Kathmandu: the other one's token is 5.75 h old, its row read as UTC 0.0 h
Asia/Kathmandu: a new token is 0.0 h old, its row read as UTC -5.75 h"
seen="$(redmine TZ=UTC bundle exec ruby /srv/tokens.rb)
$(redmine TZ=Asia/Kathmandu bundle exec ruby /srv/tokens.rb)"
echo "Redmine $(inside dpkg-query --show redmine | cut -f 2), first in UTC, then in Nepal:"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
