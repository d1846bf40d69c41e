#include "src/doctor/server.h"

#include "tests/catch.h"
#include "tests/core/doctor/lines.h"

using namespace pwreset;
using namespace std::chrono_literals;

namespace {

const Time noon = *parse_rfc3339("2026-03-01T12:00:00Z");

DatabaseConfig at(const std::string& host, Tls tls) {
    DatabaseConfig config;
    if (!host.empty()) config.hosts = {host};
    config.tls = tls;
    return config;
}

db::ServerFacts encrypted() {
    db::ServerFacts facts;
    facts.tls_version = "TLSv1.3";
    facts.tls_cipher = "TLS_AES_256_GCM_SHA384";
    return facts;
}

}  // namespace

TEST_CASE("servers that the statements rely on are known, older ones a problem") {
    for (const char* good : {"10.6.1-MariaDB", "10.11.19-MariaDB-0+deb12u1", "11.8.3-MariaDB-log", "12.0.2-MariaDB",
                             "8.0.36", "8.4.0", "9.7.0"})
        CHECK(shown(judge_version(good)) == std::string("ok: server version ") + good);
    for (const char* old : {"10.5.23-MariaDB", "10.4.0-MariaDB", "5.5.68-MariaDB", "5.7.44", "5.6.0-log", ""})
        CHECK(judge_version(old).level == Level::problem);
}

TEST_CASE("encryption is wanted on a network, and said to be off where it is") {
    CHECK(shown(judge_encryption(at("db.example", Tls::implicit), encrypted())) ==
          "ok: TLSv1.3 with TLS_AES_256_GCM_SHA384, certificate and host name verified");
    CHECK(judge_encryption(at("db.example", Tls::implicit), {}).level == Level::problem);
    CHECK(judge_encryption(at("db.example", Tls::off), {}).level == Level::warning);
    CHECK(shown(judge_encryption(at("127.0.0.1", Tls::off), {})) ==
          "ok: tls = \"off\": plain text, which does not leave this host");
    CHECK(shown(judge_encryption(at("", Tls::off), {})) == "ok: reached by a socket, which needs no TLS");
    auto two = at("127.0.0.1", Tls::off);
    two.hosts.emplace_back("db2.example");
    CHECK(judge_encryption(two, {}).level == Level::warning);
}

TEST_CASE("settings that a proxy swallowed are a problem") {
    db::ServerFacts facts;
    facts.time_zone = "+00:00";
    facts.isolation = "READ-COMMITTED";
    facts.sql_mode = "STRICT_ALL_TABLES,NO_ZERO_DATE";
    CHECK(judge_settings(facts).level == Level::ok);
    SECTION("the zone") { facts.time_zone = "SYSTEM"; }
    SECTION("the isolation") { facts.isolation = "REPEATABLE-READ"; }
    SECTION("the mode") { facts.sql_mode = "ANSI"; }
    CHECK(judge_settings(facts).level == Level::problem);
}

TEST_CASE("a binary log of statements works, under REPEATABLE READ, and is a problem") {
    db::ServerFacts facts;
    facts.time_zone = "+00:00";
    facts.isolation = "REPEATABLE-READ";
    facts.sql_mode = "STRICT_ALL_TABLES,NO_ZERO_DATE";
    facts.binlog = true;
    facts.binlog_format = "STATEMENT";
    CHECK(shown(judge_settings(facts)) ==
          "problem: binlog_format is STATEMENT: transactions have to run REPEATABLE READ, in which they wait for each "
          "other "
          "and hold up the application > set binlog_format = ROW or MIXED at the server");
    facts.isolation = "READ-COMMITTED";
    CHECK_THAT(shown(judge_settings(facts)), ContainsSubstring("did not keep the session's settings"));
    facts.binlog = false;
    CHECK(judge_settings(facts).level == Level::ok);
    facts.binlog = true;
    facts.binlog_format = "MIXED";
    CHECK(judge_settings(facts).level == Level::ok);
}

TEST_CASE("what a server allows a statement is said where it is little") {
    db::ServerFacts facts;
    facts.version = "10.11.19-MariaDB";
    CHECK(judge_limits(facts).empty());
    facts.statement_limit = 10s;
    facts.packet = 16L * 1024 * 1024;
    CHECK(judge_limits(facts).empty());
    facts.statement_limit = 1500ms;
    CHECK(shown(judge_limits(facts).at(0)) ==
          "warning: this server ends statements after 1500 ms (max_statement_time): commands end with UNAVAILABLE "
          "where it "
          "is busy > give this login 10 s at least");
    facts.version = "9.7.0";
    facts.packet = 65536;
    REQUIRE(judge_limits(facts).size() == 2);
    CHECK_THAT(judge_limits(facts)[0].finding, ContainsSubstring("(max_execution_time)"));
    CHECK_THAT(judge_limits(facts)[1].finding, ContainsSubstring("max_allowed_packet is 65536 bytes"));
}

TEST_CASE("clocks may differ by seconds, not by a minute") {
    const auto skewed = [](Seconds by) { return shown(judge_clock(noon, noon + by, noon + 10ms)); };
    const std::string remedy = " > synchronise both with NTP: codes live a few minutes";
    CHECK(skewed(0s) == "ok: its clock and this host's agree");
    CHECK(skewed(5s) == "ok: its clock and this host's agree");
    CHECK(skewed(-5s) == "ok: its clock and this host's agree");
    CHECK(skewed(7s) == "warning: its clock is 6 s ahead of this host's" + remedy);
    CHECK(skewed(-60s) == "warning: its clock is 1 min behind this host's" + remedy);
    CHECK(skewed(-61s) == "problem: its clock is 1 min 1 s behind this host's" + remedy);
    CHECK(skewed(-3600s) == "problem: its clock is 1 h behind this host's" + remedy);
}

TEST_CASE("a slow answer is no skew") {
    CHECK(judge_clock(noon, noon + 20s, noon + 40s).level == Level::ok);
    // The host's clock was set back between its two readings.
    CHECK(judge_clock(noon, noon, noon - 40s).level == Level::ok);
}
