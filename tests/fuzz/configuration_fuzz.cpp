// Any text as a configuration: it is refused in words that give nothing away, or what comes out keeps its bounds.
#include <algorithm>

#include "src/base/address.h"
#include "src/config/load.h"
#include "src/config/users_columns.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

using namespace std::chrono_literals;

const std::string file = "/etc/pwreset/shop.toml";
/// A password in seeds and dictionary, which nobody should ever be shown.
constexpr std::string_view canary = "hunter2";
constexpr std::size_t longest_key = 64;

/// Without what is quoted: known keys and words are, values never.
std::string without_quotes(const std::string& text) {
    std::string rest;
    bool quoted = false;
    for (const char c : text) {
        if (c == '\'') quoted = !quoted;
        if (!quoted) rest += c;
    }
    return rest;
}

/// The longest run of bytes that both texts hold is no longer than this.
bool share_at_most(std::string_view one, std::string_view other, std::size_t length) {
    for (std::size_t at = 0; at + length < one.size(); ++at)
        if (other.find(one.substr(at, length + 1)) != other.npos) return false;
    return true;
}

void check_refusal(const Error& error, std::string_view text) {
    require(error.exit == Exit::config && error.code == "CONFIG", "a faulty configuration is CONFIG");
    require_printable(error);
    require(error.message.starts_with(file + ":"), "a fault has its file, line and column");
    const std::string fault = error.message.substr(file.size());
    const bool names_key =
        fault.find(": unknown ") != fault.npos || fault.find(": expected a section ") != fault.npos ||
        fault.find(": expected a group ") != fault.npos || fault.find(": key or section '") != fault.npos;
    require(names_key || without_quotes(fault).find(canary) == std::string::npos, "a fault never repeats a value");
    require(error.hint.find(canary) == std::string::npos, "a hint never repeats a value");
    require(share_at_most(fault, text, longest_key), "a fault repeats no more of the file than a key");
}

bool is_name(const std::string& text, std::string_view others) {
    return text.size() <= 129 && std::all_of(text.begin(), text.end(), [&](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || others.find(c) != others.npos;
           });
}

void check_database(const DatabaseConfig& database) {
    require(database.password.empty(), "no password is read");
    if (database.kind == DatabaseConfig::Kind::sqlite) {
        require(database.path.is_absolute(), "a database file has an absolute path");
        return;
    }
    require(!database.hosts.empty() || !database.socket.empty(), "there is a way to the database");
    require(database.port >= 1 && database.port <= 65535, "a port has bounds");
    for (std::string text : database.hosts) {
        text += database.socket + database.user + database.name + database.schema + database.tls_ca;
        require(text.find_first_of(";= '\"\\`") == text.npos, "nothing breaks out of a connection string");
    }
    require(database.tls == Tls::implicit || database.tls == Tls::off, "a database has two kinds of TLS");
}

void check_users(const UsersConfig& users) {
    for (const auto& name :
         {users.id, users.email, users.phone, users.login, users.password, users.locale, users.active, users.disabled})
        require(is_name(name, "_$"), "a column is an identifier");
    for (const auto& read : tables_read(users)) {
        require(is_name(read.table, "_$."), "a table is one or two of them");
        for (const auto& column : read.columns) require(is_name(column.name, "_$"), "a column is an identifier");
    }
    for (const auto& column : columns_of(users)) require(is_name(column.name, "_$"), "a column is an identifier");
    require(is_name(users.table, "_$."), "a table is one or two of them");
    require(!users.table.empty() && !users.id.empty() && !users.password.empty(), "what is needed is there");
    require(!users.roles.empty() || (users.protected_roles.empty() && users.allowed_roles.empty()),
            "roles are looked up somewhere");
}

void check_mail(const MailConfig& mail) {
    require(is_address(mail.from_address, false), "the sender is an address");
    require(mail.reply_to.empty() || is_address(mail.reply_to, false), "replies go to an address");
    for (const auto& text : {mail.from_name, mail.host, mail.helo, mail.user})
        require(is_utf8(text) && text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos, "names are one line");
    require(mail.password.empty(), "no password is read");
    require(mail.timeout >= 1s && mail.timeout <= 10min, "a time-out has bounds");
    const bool smtp = mail.transport == MailConfig::Transport::smtp;
    require(smtp ? !mail.host.empty() : mail.maildir.is_absolute(), "mail goes somewhere");
}

void check_reset(const ResetConfig& reset) {
    const std::size_t token = reset.link.find("{token}");
    require(token != std::string::npos && reset.link.find("{token}", token + 1) == std::string::npos,
            "a link has one {token}");
    require(reset.link.starts_with("https://") || reset.link.starts_with("http://localhost") ||
                reset.link.starts_with("http://127.0.0.1") || reset.link.starts_with("http://[::1]"),
            "a link is encrypted");
    require(reset.link.find_first_of(" \"'<>\\^`|") == std::string::npos, "a link needs no quotes");
    require(reset.link_lifetime >= 1min && reset.link_lifetime <= 24h, "a link lives a day at most");
    require(reset.code_lifetime >= 1min && reset.code_lifetime <= 10min, "a code lives ten minutes at most");
}

void check_limits(const LimitsConfig& limits, Seconds kept) {
    require(limits.cooldown >= 0s && limits.cooldown <= kept, "a cooldown is kept long enough");
    for (const Rate& rate : {limits.per_account, limits.per_recipient, limits.per_operator, limits.agents, limits.web})
        require(rate.count >= 1 && rate.window >= 1s && rate.window <= kept, "a count is kept long enough");
}

void check(const Config& config) {
    require(!config.application.empty() && is_name(config.application, "_-"), "an application has a name");
    require(config.keys.is_absolute(), "the keys have a folder");
    check_database(config.database);
    check_users(config.users);
    check_mail(config.mail);
    check_reset(config.reset);
    check_limits(config.limits, config.retention.limits);
    require(!config.text.product.empty() && !config.text.locale.empty(), "a message has its words");
    require(is_name(config.text.locale, "_-"), "a locale is the name of a folder");
    if (config.operators) require(!config.operators->empty(), "a table of operators names one");
}

}  // namespace
}  // namespace pwreset::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset;
    using namespace pwreset::fuzz;
    const std::string_view text = text_of(data, size);
    try {
        check(parse_config(text, file, false));
    } catch (const Error& error) {
        check_refusal(error, text);
    }
    return 0;
}
