#include "src/init/database_place.h"

#include "tests/catch.h"

using namespace pwreset;

namespace {

std::string told(const DatabasePlace& place) {
    return place.kind + " " + place.host + ":" + std::to_string(place.port) + " " + place.socket + " " + place.name;
}
std::string of_url(const char* url) {
    const auto place = place_of_url(url);
    return place ? told(*place) : "none";
}
std::string of_host(const char* text) {
    DatabasePlace place;
    read_host(text, place);
    return told(place);
}

}  // namespace

TEST_CASE("a URL of a database says where it is, and nobody is told the password") {
    CHECK(of_url("mysql://u:p@db.example:3307/shop?charset=utf8mb4") == "mysql db.example:3307  shop");
    CHECK(of_url("mysql2://u:p@ss@db/shop") == "mysql db:0  shop");
    CHECK(of_url("mariadb://db/sh%2Dop") == "mysql db:0  sh-op");
    CHECK(of_url("mysql://u@localhost/shop?unix_socket=%2Frun%2Fmy.sock") == "mysql :0 /run/my.sock shop");
    CHECK(of_url("postgres://u@db/shop") == "postgres db:0  shop");
    CHECK(of_url("mysql://u@[::1]:3306/shop") == "mysql ::1:3306  shop");
    CHECK(of_url("shop") == "none");
    CHECK(of_url("mysql://u:pass/word@db/shop") == "none");
    CHECK(of_url("mysql://u:pass?word@db/shop") == "none");
    CHECK(of_url("://") == "none");
    CHECK(of_url("mysql://") == "mysql :0  ");
    CHECK(of_url("mysql://db/a%1Bb") == "mysql db:0  ");
    CHECK(of_url("mysql://db/%zz%") == "mysql db:0  %zz%");
}

TEST_CASE("a host of PHP may have a port or a socket behind its colon") {
    CHECK(of_host("db.example") == " db.example:0  ");
    CHECK(of_host("db.example:3307") == " db.example:3307  ");
    CHECK(of_host("localhost:/run/my.sock") == " :0 /run/my.sock ");
    CHECK(of_host(":/run/my.sock") == " :0 /run/my.sock ");
    CHECK(of_host("::1") == " ::1:0  ");
    CHECK(of_host("[::1") == " ::1:0  ");
    CHECK(of_host("") == " :0  ");
}

TEST_CASE("a port is five digits at most") {
    CHECK(port_of("3306") == 3306);
    for (const auto* text : {"", "0x50", "99999", "123456", "-1", " 1"}) CHECK(port_of(text) == 0);
}
