#!/usr/bin/env bash
# Poco 1.11.0 (Debian 12, libpoco-dev 1.11.0-3+deb12u1), HTTPClientSession: a chunked body ends at the first chunk whose size
# has nine digits or more, such as "000000006", and nothing tells: the stream is at its end and not bad, and there is no
# exception. RFC 9112, section 7.1: a size is one or more hexadecimal digits, leading zeros or not. So it is in 1.13.0
# (Debian 13) too. (pocoproject/poco issue 5032 tells of bodies that the connection cuts; here nothing is wrong with it.)
# Needs: apt-get, dpkg, g++, python3, and the libraries that libpocofoundation80 pulls.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$folder"' EXIT
cd "$folder"
version=1.11.0-3+deb12u1
apt-get -o APT::Sandbox::User=root download --quiet=2 libpoco-dev=$version libpocofoundation80=$version libpoconet80=$version
for package in *.deb; do dpkg -x "$package" root; done
libraries=root/usr/lib/$(uname -m)-linux-gnu
cat > program.cpp <<'CPP'
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <iostream>
#include <iterator>

int main(int, char** argv) {
    Poco::Net::HTTPClientSession session("127.0.0.1", Poco::UInt16(std::stoi(argv[1])));
    Poco::Net::HTTPRequest request("GET", "/", Poco::Net::HTTPMessage::HTTP_1_1);
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    std::istream& body = session.receiveResponse(response);
    std::cout << "'" << std::string(std::istreambuf_iterator<char>(body), {}) << "', bad: " << body.bad()
              << ", exception: " << (session.networkException() != nullptr) << "\n";
}
CPP
g++ -std=c++17 -O0 -isystem root/usr/include -o program program.cpp "$libraries"/libPocoNet.so.80 "$libraries"/libPocoFoundation.so.80
cat > server.py <<'PYTHON'
import socket
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
with listening.accept()[0] as client:
    client.recv(65536)
    client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                   b"5\r\nhello\r\n000000006\r\n world\r\n0\r\n\r\n")
PYTHON
python3 server.py > port &
server=$!
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done

expected="'hello', bad: 0, exception: 0"
seen=$(LD_LIBRARY_PATH=$libraries ./program "$(cat port)")
echo "Poco $version, of chunks 'hello' and ' world' it gives:"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
