#!/usr/bin/env bash
# MySQL 9.7.4 (Debian sid, mysql-server-core 9.7.4-2): a SELECT that max_execution_time ends fails with error 3024 "maximum statement
# execution time exceeded", but a plain SELECT COUNT(*) with 1317 "Query execution was interrupted", SQLSTATE 70100, which is
# what KILL QUERY gives. Who tells a time limit from somebody's KILL by the number is told wrong.
# Needs: apt-get, dpkg, and the libraries that Debian 12's mariadb-client-core pulls.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p client none lists/partial archives/partial
apt=(apt-get -o APT::Sandbox::User=root --quiet=2)
"${apt[@]}" download mariadb-client-core=1:10.11.19-0+deb12u1 libmariadb3=1:10.11.19-0+deb12u1
for package in *.deb; do dpkg -x "$package" client && rm "$package"; done
# Lists of sid for this folder alone, and the server with all that it loads, down to its C library.
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sed -n 1p)  # as this machine has it
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive sid main" > sources
apt+=(-o Dir::Etc::SourceList="$PWD/sources" -o Dir::Etc::SourceParts="$PWD/none" -o Dir::State::Lists="$PWD/lists"
  -o Dir::Cache="$PWD" -o Acquire::Languages=none)
"${apt[@]}" update
"${apt[@]}" download mysql-server-core=9.7.4-2 libaio1t64 libc6 libgcc-s1 libgoogle-perftools4t64 libicu78 liblz4-1 liblzma5 libnuma1 \
  libprotobuf-lite32t64 libssl3t64 libstdc++6 libunwind8 libxxhash0 libzstd1 zlib1g
for package in *.deb; do dpkg -x "$package" root; done

mysqld() {
  exec root/usr/lib64/ld-linux-x86-64.so.2 --library-path root/usr/lib/x86_64-linux-gnu root/usr/sbin/mysqld --no-defaults \
    --basedir="$PWD/root/usr" --datadir="$PWD/data" --user="$(id -un)" --secure-file-priv="$PWD" "$@"
}
(mysqld --initialize-insecure) 2> made.log
mysqld --skip-networking --mysqlx=OFF --socket="$PWD/socket" 2> server.log &
server=$!
for _ in $(seq 300); do [ -S socket ] && break; sleep 0.2; done
say() {
  client/usr/bin/mariadb --no-defaults --user=root --socket="$PWD/socket" \
    --plugin-dir="$PWD/client/usr/lib/x86_64-linux-gnu/libmariadb3/plugin" --skip-column-names --execute="$1" 2>&1
}
say "CREATE DATABASE test; SET cte_max_recursion_depth = 500000; CREATE TABLE test.numbers (n INT PRIMARY KEY)
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 500000) SELECT n FROM numbers"

seen=
for statement in "SELECT SUM(n) FROM test.numbers" "SELECT AVG(n) FROM test.numbers" "SELECT COUNT(*) FROM test.numbers"; do
  seen+="$statement: $(say "SET max_execution_time = 1; $statement" | grep -o '^ERROR [0-9]*' || true)"$'\n'
done
expected='SELECT SUM(n) FROM test.numbers: ERROR 3024
SELECT AVG(n) FROM test.numbers: ERROR 3024
SELECT COUNT(*) FROM test.numbers: ERROR 1317
'
echo "MySQL $(say "SELECT VERSION()"), with max_execution_time = 1:"
printf %s "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
