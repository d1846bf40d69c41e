#!/usr/bin/env bash
# CLI11 2.1.2 (Debian 12, libcli11-dev 2.1.2+ds-1): an option whose value is empty after '=' takes the next word.
# With `--reason= ana bob` a program that has an option --reason and a list of names gets the reason "ana" and one name,
# "bob"; getopt_long and Python's argparse give it an empty reason and both names. An unset shell variable in
# `--reason=$WHY` is all that is needed. `--reason ''` does what one expects.
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
    std::string reason = "(none)";
    std::vector<std::string> names;
    app.add_option("--reason", reason);
    app.add_option("names", names);
    CLI11_PARSE(app, argc, argv);
    std::cout << "reason=" << reason << " names=";
    for (const auto& name : names) std::cout << name << ",";
    std::cout << "\n";
}
CPP
g++ -std=c++17 -O0 -isystem root/usr/include -o program program.cpp

expected='--reason= ana bob      reason=ana names=bob,
--reason "" ana bob    reason= names=ana,bob,'
seen="--reason= ana bob      $(./program --reason= ana bob)
--reason \"\" ana bob    $(./program --reason '' ana bob)"
echo "CLI11 $(dpkg-deb -f libcli11-dev_*.deb Version)"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
