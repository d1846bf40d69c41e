#include "src/doctor/server.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "src/config/connect.h"

namespace pwreset {

namespace {

constexpr const char* database_area = "database";

/// The number at the start of the text, which is moved past it and the dot behind it.
int leading_number(std::string_view& text) {
    int number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number).ptr;
    text.remove_prefix(std::min(static_cast<std::size_t>(end - text.data()) + 1, text.size()));
    return number;
}

Checks judge_server(const DatabaseConfig& config, const db::ServerFacts& facts) {
    Checks checks{judge_version(facts.version), judge_encryption(config, facts), judge_settings(facts)};
    for (auto& check : judge_limits(facts)) checks.push_back(std::move(check));
    if (facts.read_only) {
        checks.push_back(problem(database_area, "this server is read-only: nothing can be queued or recorded",
                                 "name the primary in [database] hosts"));
    }
    return checks;
}

Check judge_clock_of(const Env& env, db::Session& session) {
    const Time before = env.clock();
    const Time database = session.now();
    return judge_clock(before, database, env.clock());
}

}  // namespace

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

Check judge_version(const std::string& version) {
    std::string_view rest = version;
    const int major = leading_number(rest);
    const int minor = leading_number(rest);
    const bool maria = version.find("MariaDB") != version.npos;
    const bool known = maria ? major > 10 || (major == 10 && minor >= 6) : major >= 8;
    if (known) return fine(database_area, "server version " + version);
    return problem(database_area, "server version " + version + " is too old",
                   "MariaDB from 10.6 or MySQL from 8.0 is needed");
}

Check judge_encryption(const DatabaseConfig& config, const db::ServerFacts& facts) {
    if (config.hosts.empty()) return fine(database_area, "reached by a socket, which needs no TLS");
    const bool local = std::all_of(config.hosts.begin(), config.hosts.end(), is_loopback);
    if (config.tls == Tls::off && local)
        return fine(database_area, "tls = \"off\": plain text, which does not leave this host");
    if (config.tls == Tls::off) {
        return warning(database_area,
                       "tls = \"off\": the password's proof, addresses and digests cross the network in the open",
                       "turn on TLS at the server, and remove tls from [database]");
    }
    if (facts.tls_cipher.empty()) {
        return problem(database_area, "the connection is not encrypted", "is there a proxy between, which ends TLS?");
    }
    return fine(database_area,
                facts.tls_version + " with " + facts.tls_cipher + ", certificate and host name verified");
}

Check judge_settings(const db::ServerFacts& facts) {
    const bool statements = facts.binlog && facts.binlog_format == "STATEMENT";
    const bool kept = facts.time_zone == "+00:00" &&
                      facts.isolation == (statements ? "REPEATABLE-READ" : "READ-COMMITTED") &&
                      facts.sql_mode.find("STRICT_ALL_TABLES") != facts.sql_mode.npos;
    if (kept && statements) {
        return problem(
            database_area,
            "binlog_format is STATEMENT: transactions have to run REPEATABLE READ, in which they wait for each "
            "other and hold up the application",
            "set binlog_format = ROW or MIXED at the server");
    }
    if (kept) return fine(database_area, "the session is in UTC, strict, READ COMMITTED");
    return problem(database_area,
                   "the server did not keep the session's settings: time zone '" + facts.time_zone + "', isolation '" +
                       facts.isolation + "', mode '" + facts.sql_mode + "'",
                   "is there a proxy between? connect to the server itself");
}

Checks judge_limits(const db::ServerFacts& facts) {
    constexpr std::chrono::seconds needed{10};
    constexpr std::int64_t mebibyte = 1024L * 1024;
    Checks checks;
    if (facts.statement_limit.count() > 0 && facts.statement_limit < needed) {
        const bool maria = facts.version.find("MariaDB") != facts.version.npos;
        checks.push_back(warning(database_area,
                                 std::string("this server ends statements after ") +
                                     std::to_string(facts.statement_limit.count()) + " ms (" +
                                     (maria ? "max_statement_time" : "max_execution_time") +
                                     "): commands end with UNAVAILABLE where it is busy",
                                 "give this login 10 s at least"));
    }
    if (facts.packet > 0 && facts.packet < mebibyte) {
        checks.push_back(warning(database_area,
                                 "max_allowed_packet is " + std::to_string(facts.packet) +
                                     " bytes: what is written for many accounts at once is longer",
                                 "set max_allowed_packet = 4M or more at the server"));
    }
    return checks;
}

Check judge_clock(Time before, Time database, Time after) {
    using std::chrono::floor;
    const Time nearest_ours = std::clamp(database, before, std::max(before, after));
    const auto skew = database - nearest_ours;
    const Seconds size = floor<Seconds>(skew < skew.zero() ? -skew : skew);
    if (size <= Seconds(5)) return fine(database_area, "its clock and this host's agree");
    const std::string finding =
        "its clock is " + duration_text(size) + (skew < skew.zero() ? " behind" : " ahead of") + " this host's";
    const std::string remedy = "synchronise both with NTP: codes live a few minutes";
    return size > Seconds(60) ? problem(database_area, finding, remedy) : warning(database_area, finding, remedy);
}

Checks check_server(const Env& env, const DatabaseConfig& config, std::optional<db::Session>& session) {
    // SQLite would make it, and an examination changes nothing.
    if (config.kind == DatabaseConfig::Kind::sqlite && !std::filesystem::exists(config.path)) {
        return {problem(database_area, "there is no database file '" + config.path.string() + "'",
                        "check [database] path")};
    }
    const auto began = std::chrono::steady_clock::now();
    session.emplace(connect_options(config));
    const auto took = std::chrono::steady_clock::now() - began;
    const auto ms = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    const db::ServerFacts facts = db::server_facts(*session);
    if (session->is_sqlite()) {
        return {fine(database_area,
                     "opened '" + config.path.string() + "' with SQLite " + facts.version + ": for one host")};
    }
    const std::string where = config.hosts.empty() ? "'" + config.socket + "'" : facts.connection;
    Checks checks{fine(database_area, "connected to " + where + " in " + ms + " ms")};
    for (auto& check : judge_server(config, facts)) checks.push_back(std::move(check));
    checks.push_back(judge_clock_of(env, *session));
    return checks;
}

}  // namespace pwreset
