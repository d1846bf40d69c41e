#!/usr/bin/env bash
# Poco 1.11.0 (Debian 12, libpoco-dev 1.11.0-3+deb12u1), HTTPClientSession: the interim answer "103 Early Hints" before
# "200 OK" is handed over as the answer, with an empty body; the real one is what the next call of receiveResponse() reads, so
# on a kept connection each later request gets the answer of the one before it. RFC 9110, section 15.2: a client must be
# able to read interim answers that it does not expect. Only 100 is passed over; so it is in 1.13.0 (Debian 13) too.
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

void hear(Poco::Net::HTTPClientSession& session) {
    Poco::Net::HTTPResponse response;
    std::istream& body = session.receiveResponse(response);
    std::cout << int(response.getStatus()) << " '" << std::string(std::istreambuf_iterator<char>(body), {}) << "' ";
}

int main(int, char** argv) {
    Poco::Net::HTTPClientSession session("127.0.0.1", Poco::UInt16(std::stoi(argv[1])));
    Poco::Net::HTTPRequest request("GET", "/", Poco::Net::HTTPMessage::HTTP_1_1);
    session.sendRequest(request);
    hear(session);
    hear(session);
}
CPP
g++ -std=c++17 -O0 -isystem root/usr/include -o program program.cpp "$libraries"/libPocoNet.so.80 "$libraries"/libPocoFoundation.so.80
cat > server.py <<'PYTHON'
import socket
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
with listening.accept()[0] as client:
    client.recv(65536)
    client.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
                   b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
PYTHON
python3 server.py > port &
server=$!
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done

expected="103 '' 200 'hello' "
seen=$(LD_LIBRARY_PATH=$libraries ./program "$(cat port)")
echo "Poco $version, one request, two calls of receiveResponse(); the first ought to give 200 'hello':"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
