#!/usr/bin/env bash
# SOCI 4.0.3 (Debian 12, libsoci-dev 4.0.3-1), MySQL backend: a table with a BIT column, which is what Hibernate makes of a Boolean,
# cannot be read into soci::row: "Unknown data type" for the whole row, whatever else was asked for; and so it is with the
# word NULL in a column of the answer. Into a variable of its own a BIT comes, as a string of one byte. The table of types in
# the manual of the backend leaves BIT out, and says nothing of it.
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
    session << "CREATE TABLE users (login VARCHAR(20), enabled BIT(1), visits INT)";
    session << "INSERT INTO users VALUES ('ana', 1, 7)";
    for (const char* columns : {"login, visits", "login, enabled", "login, NULL"}) try {
            soci::row row;
            session << std::string("SELECT ") + columns + " FROM users", soci::into(row);
            std::cout << columns << ": a row of " << row.size() << "\n";
        } catch (const soci::soci_error& error) {
            std::cout << columns << ": " << error.get_error_message() << "\n";
        }
    std::string enabled;
    session << "SELECT enabled FROM users", soci::into(enabled);
    std::cout << "enabled, into a string: " << (enabled == "\1") << "\n";
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

expected='login, visits: a row of 2
login, enabled: Unknown data type.
login, NULL: Unknown data type.
enabled, into a string: 1'
seen=$(LD_LIBRARY_PATH=$libraries ./program "$PWD/socket")
echo "SOCI $(dpkg-deb -f libsoci-dev_*.deb Version), MariaDB $(dpkg-deb -f mariadb-server-core_*.deb Version):"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
