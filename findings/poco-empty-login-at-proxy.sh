#!/usr/bin/env bash
# Poco 1.11.0 (Debian 12, libpoco-dev 1.11.0-3+deb12u1), HTTPClientSession: to a proxy that was named by host and port alone, each
# request brings the login of nobody, `Proxy-Authorization: Basic Og==`, an empty name and an empty password. A proxy that
# lets in by address or asks for another scheme has a login to refuse where curl and Python's urllib send none.
# Needs: apt-get, dpkg, g++, python3, and the libraries that libpocofoundation80 pulls.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server" 2> /dev/null || true; wait "$server" || true; }; rm -rf "$folder"' EXIT
cd "$folder"
version=1.11.0-3+deb12u1
apt-get -o APT::Sandbox::User=root download --quiet=2 libpoco-dev=$version libpocofoundation80=$version libpoconet80=$version
for package in *.deb; do dpkg -x "$package" root; done
libraries=root/usr/lib/$(uname -m)-linux-gnu
cat > program.cpp <<'CPP'
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <string>

int main(int, char** argv) {
    Poco::Net::HTTPClientSession session("service.example", 80);
    session.setProxy("127.0.0.1", Poco::UInt16(std::stoi(argv[1])));
    Poco::Net::HTTPRequest request("GET", "/", Poco::Net::HTTPMessage::HTTP_1_1);
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    session.receiveResponse(response);
}
CPP
g++ -std=c++17 -O0 -isystem root/usr/include -o program program.cpp "$libraries"/libPocoNet.so.80 "$libraries"/libPocoFoundation.so.80
cat > proxy.py <<'PYTHON'
import socket

listening = socket.create_server(("127.0.0.1", 0))
with open("port", "w") as port:
    port.write(str(listening.getsockname()[1]))
with listening.accept()[0] as client:
    print(client.recv(65536).decode().replace("\r\n", "\n").strip())
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
PYTHON
python3 proxy.py > request &
server=$!
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
LD_LIBRARY_PATH=$libraries timeout 20 ./program "$(cat port)"
wait "$server"
server=

expected='GET http://service.example:80/ HTTP/1.1
Connection: Close
Host: service.example
Proxy-Authorization: Basic Og=='
echo "Poco $version, what the proxy gets:"
cat request
[ "$(cat request)" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
