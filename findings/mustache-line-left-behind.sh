#!/usr/bin/env bash
# kainjow mustache 4.1 (Debian 12, libkainjow-mustache-dev 4.1+ds-2): a section whose tags stand on lines of their own leaves
# an empty line when it is hidden, and so does a comment. The specification (mustache/spec 1.4, "Standalone Lines" of
# sections and comments) takes such lines away, and the same library does so for a section that is shown: so a template
# that looks right with its block is wrong without it.
# Needs: apt-get, dpkg, g++.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root download --quiet=2 libkainjow-mustache-dev=4.1+ds-2
dpkg -x libkainjow-mustache-dev_*.deb root
cat > program.cpp <<'CPP'
#include <kainjow/mustache.hpp>
#include <iostream>

int main() {
    using namespace kainjow::mustache;
    const std::string lines = "one\n{{#block}}\nblock\n{{/block}}\ntwo\n";
    std::string out = mustache(lines).render(data("block", data::type::bool_true)) + "--\n" +
                      mustache(lines).render(data("block", data::type::bool_false)) + "--\n" +
                      mustache("one\n{{! a remark }}\ntwo\n").render(data());
    std::cout << out;
}
CPP
g++ -std=c++17 -O0 -isystem root/usr/include -o program program.cpp

expected='one
block
two
--
one

two
--
one

two'
seen=$(./program)
echo "kainjow mustache $(dpkg-deb -f libkainjow-mustache-dev_*.deb Version): shown, hidden, a comment"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
