#!/usr/bin/env bash
# SOCI 4.0.3 (Debian 12, libsoci-dev 4.0.3-1): the text of an exception, what(), has the values that were bound, in clear. Whoever
# binds a secret, so that it is no part of the statement, finds it in the log as soon as a row is there already. There
# is no switch (4.1 brings one); get_error_message() leaves them out. Shown with SQLite; with MariaDB it is the same, for the
# text is made above all backends.
# Needs: apt-get, dpkg, g++, and the libraries that libsoci-sqlite3-4.0 pulls.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root download --quiet=2 libsoci-dev=4.0.3-1 libsoci-core4.0=4.0.3-1 libsoci-sqlite3-4.0=4.0.3-1 \
  libboost1.74-dev=1.74.0+ds1-21 libsqlite3-dev=3.40.1-2+deb12u2 libsqlite3-0=3.40.1-2+deb12u2
for package in *.deb; do dpkg -x "$package" root; done
libraries=root/usr/lib/$(uname -m)-linux-gnu
cat > program.cpp <<'CPP'
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <iostream>

int main() {
    soci::session session(soci::sqlite3, ":memory:");
    session << "CREATE TABLE tokens (id INTEGER PRIMARY KEY, token TEXT)";
    int id = 1;
    std::string token = "correct horse battery staple";
    for (int time : {1, 2}) try {
            session << "INSERT INTO tokens VALUES (:id, :token)", soci::use(id), soci::use(token);
        } catch (const soci::soci_error& error) {
            const std::string what = error.what();
            std::cout << time << ": what() has the value: " << (what.find(token) != what.npos) << "\n" << what << "\n";
        }
}
CPP
g++ -std=c++17 -O0 -isystem root/usr/include -o program program.cpp "$libraries"/libsoci_core.so.4.0 "$libraries"/libsoci_sqlite3.so.4.0 \
  "$libraries"/libsqlite3.so.0

seen=$(LD_LIBRARY_PATH=$libraries ./program)
echo "SOCI $(dpkg-deb -f libsoci-dev_*.deb Version), the same row twice:"
echo "$seen"
[[ $seen == *'2: what() has the value: 1'* ]] || { echo "finding: it does something else now" >&2; exit 1; }
