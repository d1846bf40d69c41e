#!/usr/bin/env bash
# SOCI 4.0.3 (Debian 12, libsoci-dev 4.0.3-1), MySQL backend: a statement that is prepared once with a vector and executed
# for one page of rows after the other sends the first page's values each time. No error is raised; the second page is
# never stored. (SOCI/soci issue 1167 tells the same of a selector.)
# Needs: apt-get, dpkg, g++, and the libraries that Debian 12's mariadb-server-core pulls.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root download --quiet=2 libsoci-dev=4.0.3-1 libsoci-core4.0=4.0.3-1 libsoci-mysql4.0=4.0.3-1 libboost1.74-dev=1.74.0+ds1-21 \
  libmariadb-dev=1:10.11.19-0+deb12u1 libmariadb3=1:10.11.19-0+deb12u1 mariadb-server-core=1:10.11.19-0+deb12u1
for package in *.deb; do dpkg -x "$package" root; done
libraries=root/usr/lib/$(uname -m)-linux-gnu
cat > program.cpp <<'CPP'
#include <soci/soci.h>
#include <soci/mysql/soci-mysql.h>
#include <iostream>

int main(int, char** argv) {
    soci::session session(soci::mysql, std::string("db=test user=root unix_socket=") + argv[1]);
    session << "CREATE TABLE pages (id INT)";
    std::vector<int> page(3);
    soci::statement insert = (session.prepare << "INSERT INTO pages VALUES (:id)", soci::use(page));
    for (int first : {1, 4}) {
        page = {first, first + 1, first + 2};
        insert.execute(true);
    }
    soci::rowset<int> rows = session.prepare << "SELECT id FROM pages ORDER BY id";
    for (int id : rows) std::cout << id << " ";
    std::cout << "\n";
}
CPP
g++ -std=c++17 -O0 -isystem root/usr/include -isystem root/usr/include/mariadb -o program program.cpp \
  "$libraries"/libsoci_core.so.4.0 "$libraries"/libsoci_mysql.so.4.0 "$libraries"/libmariadb.so.3

mkdir data
server_options=(--no-defaults --datadir="$PWD/data" --lc-messages-dir="$PWD/root/usr/share/mysql" --user="$(id -un)"
  --plugin-dir="$PWD/$libraries" --skip-networking --socket="$PWD/socket" --skip-grant-tables)
printf 'CREATE DATABASE test;\n' | root/usr/sbin/mariadbd "${server_options[@]}" --bootstrap 2> bootstrap.log
root/usr/sbin/mariadbd "${server_options[@]}" 2> server.log &
server=$!
for _ in $(seq 100); do [ -S socket ] && break; sleep 0.1; done

expected='1 1 2 2 3 3 '
seen=$(LD_LIBRARY_PATH=$libraries ./program "$PWD/socket")
echo "SOCI $(dpkg-deb -f libsoci-dev_*.deb Version), pages 1 2 3 and 4 5 6 were inserted; the table has:"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
