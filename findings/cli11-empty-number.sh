#!/usr/bin/env bash
# CLI11 2.1.2 (Debian 12, libcli11-dev 2.1.2+ds-1): an empty argument is the number 0. With `--limit "$LIMIT"` and no such variable
# a program that has an option --limit of an int gets 0, which many take for "no limit", and no error; a word that is no
# number it refuses. getopt leaves it to the program, and Python's argparse says "invalid int value: ''".
# Needs: apt-get, dpkg, g++.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root download --quiet=2 libcli11-dev=2.1.2+ds-1
dpkg -x libcli11-dev_*.deb root
cat > program.cpp <<'CPP'
#include <CLI/CLI.hpp>
#include <iostream>

int main(int argc, char** argv) {
    CLI::App app;
    int limit = 100;
    app.add_option("--limit", limit);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::cout << error.what() << "\n";
        return 1;
    }
    std::cout << "limit=" << limit << "\n";
}
CPP
g++ -std=c++17 -O0 -isystem root/usr/include -o program program.cpp

expected='(no option)    limit=100
--limit 7      limit=7
--limit ten    Could not convert: --limit = ten
--limit ""     limit=0'
seen="(no option)    $(./program)
--limit 7      $(./program --limit 7)
--limit ten    $(./program --limit ten || true)
--limit \"\"     $(./program --limit '' || true)"
echo "CLI11 $(dpkg-deb -f libcli11-dev_*.deb Version)"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
