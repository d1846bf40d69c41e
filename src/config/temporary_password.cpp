#include "src/config/temporary_password.h"

#include <algorithm>
#include <set>

#include "src/base/ascii.h"
#include "src/base/suggestion.h"
#include "src/config/users.h"
#include "src/config/users_columns.h"
#include "src/config/users_sources.h"
#include "src/secrets/secrets.h"
#include "src/toml/forms.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

constexpr int shortest = 10;
constexpr int longest = 64;  // with room to bcrypt's 72
/// What signs in by itself, for months, is to be as hard to guess as a link.
constexpr double least_entropy_of_rotated = 112;

/// What a site may leave out or put in: visible ASCII. Anything else could not be typed everywhere.
bool is_visible(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

bool are_symbols(std::string_view text) { return std::all_of(text.begin(), text.end(), is_symbol); }

constexpr Form visible_text = {is_visible, "visible ASCII characters",
                               "write them one after the other, without spaces"};
constexpr Form symbols_text = {
    are_symbols, "symbols", "write them one after the other, such as \"#%+?@*\"; &, <, >, ' and \\\" change in HTML"};

/// Each character once, without the excluded ones.
std::string class_of(std::string_view characters, const std::string& excluded) {
    const std::set<char> once(characters.begin(), characters.end());
    std::string text;
    for (const char c : once) {
        if (excluded.find(c) == excluded.npos) text += c;
    }
    return text;
}

std::string characters_of(const Section& section, const std::string& word) {
    if (word == "symbol") return section.text("symbols", symbols_text, usual_symbols.data());
    if (const auto characters = unambiguous(word)) return std::string(*characters);
    section.fail("require", "expected \"lower\", \"upper\", \"digit\" or \"symbol\" in 'temporary_password.require'",
                 "a password has at least one character of each that is listed, and no others");
}

/// Whether the application's hashes are so fast that the password itself has to be out of reach.
bool has_fast_format(const TemporaryPasswordConfig& config) {
    return std::any_of(config.formats.begin(), config.formats.end(), is_fast);
}

/// What is never written, whatever an application takes.
bool is_named_after_md5(const std::string& name) {
    const std::string word = ascii_lower(name);
    return word.find("md5") != word.npos || word.find("phpass") != word.npos || word.starts_with("$p$") ||
           word.starts_with("$h$");
}

PasswordFormat read_format(const Section& section, const std::string& name) {
    if (const auto format = format_named(name)) return *format;
    const std::string subject = "'" + section.full("formats") + "'";
    if (is_named_after_md5(name)) {
        section.fail("formats", "format that is never written in " + subject,
                     "passwords are not stored as MD5 or phpass, also where an application takes them: name a better "
                     "one that it takes, such as \"bcrypt $2y$\"");
    }
    std::string all;
    const auto names = format_names();
    for (const auto& one : names) all += (all.empty() ? "\"" : ", \"") + one + "\"";
    const std::string near = nearest(ascii_lower(name), names);
    section.fail("formats", "unknown format in " + subject,
                 near.empty() ? "there are " + all : "did you mean \"" + near + "\"? there are " + all);
}

void read_formats(const Section& section, TemporaryPasswordConfig& config) {
    for (const auto& name : section.texts("formats")) config.formats.push_back(read_format(section, name));
    const bool apart = std::any_of(config.formats.begin(), config.formats.end(), has_salt_apart);
    config.salt = section.text("salt", identifier);
    if (apart && config.formats.size() > 1) {
        section.fail("formats", "another format beside \"redmine sha1\" in 'temporary_password.formats'",
                     "an application that keeps the salt in a column of its own takes no other: keep only that one");
    }
    if (apart && config.salt.empty()) {
        section.fail("formats", "missing 'temporary_password.salt'",
                     "name the column of the users table that holds the salt, such as salt = \"salt\"");
    }
    if (!apart && !config.salt.empty()) section.refuse({"salt"}, "'formats' without \"redmine sha1\"");
}

/// One line, which plain bcrypt alone takes behind the password.
void read_pepper(const Section& section, const SecretSource* source, TemporaryPasswordConfig& config) {
    if (!names_secret(section, "pepper")) return;
    const auto takes_one = [](const PasswordFormat& format) {
        const auto* bcrypt = std::get_if<BcryptFormat>(&format);
        return bcrypt != nullptr && bcrypt->layout == BcryptLayout::plain;
    };
    if (config.formats.empty() || !std::all_of(config.formats.begin(), config.formats.end(), takes_one)) {
        const std::string key = section.given("pepper_file") ? "pepper_file" : "pepper_credential";
        section.fail(key, "'" + section.full(key) + "' beside formats that take no pepper",
                     "write formats = [\"bcrypt $2a$\"], as Devise has it, or remove the pepper");
    }
    config.pepper = read_named_secret(section, source, "pepper");
}

PasswordPolicy read_policy(const Section& section, bool fast) {
    PasswordPolicy policy;
    const double least = fast ? least_entropy_of_fast_hash : least_entropy;
    policy.length = static_cast<std::size_t>(section.number("length", fast ? 20 : 16, shortest, longest));
    auto words = section.texts("require");
    if (!section.given("require")) words = {"lower", "upper", "digit"};
    const std::string excluded = section.text("exclude", visible_text);
    std::set<std::string> named;
    for (const auto& word : words) {
        if (!named.insert(word).second)
            section.fail("require", "'" + word + "' twice in 'temporary_password.require'", "name it once");
        policy.classes.push_back(class_of(characters_of(section, word), excluded));
        if (policy.classes.back().empty()) {
            section.fail(section.given("exclude") ? "exclude" : "symbols",
                         "no character left for '" + word + "' in 'temporary_password'", "leave some of them in");
        }
    }
    if (section.given("symbols") && named.count("symbol") == 0)
        section.refuse({"symbols"}, "a 'require' without \"symbol\"");
    if (entropy_bits(policy) < least) {
        section.fail("length",
                     "fewer than 2^" + std::to_string(static_cast<int>(least)) +
                         " passwords are possible in 'temporary_password'" +
                         (fast ? ", whose hashes are fast to guess at" : ""),
                     "make it longer, or require and leave in more sorts of characters");
    }
    return policy;
}

void read_must_change(const ConfigText& text, const Section& section, const UsersConfig& users,
                      TemporaryPasswordConfig& config) {
    if (!section.given("must_change")) return;
    const std::string hint = "write must_change = { column = \"must_change_password\", value = \"1\" }";
    if (!section.is_table("must_change"))
        section.fail("must_change", "no table for 'temporary_password.must_change'", hint);
    const Section must_change(text, "temporary_password.must_change");
    for (const char* key : {"column", "value"}) must_change.required(key, hint);
    config.must_change = must_change.text("column", identifier);
    config.must_change_value = must_change.text("value");
    if (!must_change.given("table")) return must_change.refuse({"user", "where"}, "no 'table'");
    auto& in = config.must_change_in;
    in = read_other_table(must_change, "write { table = \"user_preferences\", user = \"userid\", … }", users);
    if (bare_table(in.table).starts_with("pwreset_"))
        must_change.fail("table", "a table of pwreset's own in 'temporary_password.must_change'", "name another");
    if (keeps_rows(users, in.table, in.where)) {
        must_change.fail("table", "accounts are read from the table of 'temporary_password.must_change'",
                         "say in 'where' by which constant its rows are others than those of [users]; for a column "
                         "beside the password leave 'table' out");
    }
}

SessionTable read_session_rows(const Section& rows, const std::string& key, const std::string& hint) {
    for (const char* name : {"table", "user"}) rows.required(name, hint);
    return {key, rows.text("table", table_name), rows.text("user", identifier)};
}

void read_sessions(const ConfigText& text, const Section& section, const UsersConfig& users,
                   TemporaryPasswordConfig& config) {
    if (section.given("sessions")) {
        const std::string hint = "write sessions = { table = \"sessions\", user = \"user_id\" }";
        if (!section.is_table("sessions")) section.fail("sessions", "no table for 'temporary_password.sessions'", hint);
        config.sessions.push_back(read_session_rows(Section(text, "temporary_password.sessions"), "sessions", hint));
    }
    if (!section.given("ends")) return;
    const std::string hint =
        "write ends = [{ table = \"tokens\", user = \"user_id\", where = { action = \"autologin\" } }]";
    if (!section.is_list("ends")) section.fail("ends", "no list of tables for 'temporary_password.ends'", hint);
    for (const Section& rows : section.tables("ends")) {
        config.sessions.push_back(read_session_rows(rows, "ends", hint));
        config.sessions.back().where = read_constants(rows, "where", "write where = { action = \"autologin\" }");
        config.sessions.back().by_login = rows.choice("of", false, {{"key", false}, {"login", true}});
        if (config.sessions.back().by_login && (users.login.empty() || users.elsewhere.contains(UsersColumn::login)))
            rows.fail("of", "logins in 'temporary_password.ends', and no column of the users table for them",
                      "name it: login = \"username\" in [users]");
    }
}

Expression read_expression(const Section& section, const std::string& key, const std::vector<ScopeName>& scope,
                           const std::string& hint) {
    const std::string text = section.required(key, hint);
    try {
        return Expression::parse(text, scope, scope.empty());
    } catch (const ExpressionFault& fault) {
        section.fail_within(key, fault.at, fault.fault, fault.hint.empty() ? hint : fault.hint);
    }
}

/// What a remember token is replaced by: nobody can guess it, so it holds as much randomness as a link.
WrittenColumn read_rotated(const Section& rotate, const std::string& column) {
    const std::string hint = "write " + column + " = \"random(alnum, 60)\"";
    WrittenColumn rotated{column, read_expression(rotate, column, {}, hint)};
    const auto& value = rotated.value;
    if (value.is_null() || value.type() != ValueType::text)
        rotate.fail(column, "expected a text for '" + rotate.full(column) + "'", hint);
    if (value.bits() < least_entropy_of_rotated)
        rotate.fail(column, "fewer than 2^112 values are possible of '" + rotate.full(column) + "'", hint);
    return rotated;
}

void read_rotate(const Section& section, TemporaryPasswordConfig& config) {
    const Section rotate = section.below("rotate");
    for (const auto& column : rotate.keys()) {
        if (!identifier.valid(column)) {
            rotate.fail(column, "expected column names in 'temporary_password.rotate'",
                        "write rotate = { remember_token = \"random(alnum, 60)\" }");
        }
        config.rotate.push_back(read_rotated(rotate, column));
    }
}

/// What stands for no password: "null", or a literal.
std::optional<std::string> read_empty(const Section& empty, const std::string& column) {
    const std::string text = empty.required(column, "write \"null\" or \"''\"");
    if (text == "null") return {};
    const bool quoted = text.size() >= 2 && text.front() == '\'' && text.back() == '\'';
    if (!quoted || text.find('\'', 1) != text.size() - 1)
        empty.fail(column, "expected null or a literal for '" + empty.full(column) + "'", "write \"null\" or \"''\"");
    return text.substr(1, text.size() - 2);
}

/// One column has the salted hash of the password; the others have nothing of it.
void read_side_column(const Section& set, const Section& empties, const std::string& column, SideColumns& side) {
    const std::string hint =
        "write store = { set = { … = \"pbkdf2_mediawiki(token, 30000)\" }, empty = { … = \"''\" } }";
    if (!identifier.valid(column)) set.fail(column, "expected column names in '" + set.full(column) + "'", hint);
    const std::vector<ScopeName> scope{{.name = "token", .type = ValueType::text, .credential = false, .drawn = true},
                                       {.name = "issued", .type = ValueType::time}};
    const auto value = read_expression(set, column, scope, hint);
    if (value.is_null() || value.type() != ValueType::text || value.drawn())
        set.fail(column, "expected a text that does not tell the password for '" + set.full(column) + "'", hint);
    const auto empty = read_empty(empties, column);
    if (!value.names("token")) {
        side.set.push_back({column, value});
        side.empty.push_back(empty);
        return;
    }
    if (!value.salted()) set.fail(column, "hash of a password without a salt in '" + set.full(column) + "'", hint);
    if (!side.hash.empty() || !empty)
        set.fail(column, "a second hash, or one that is emptied by NULL, in '" + set.full(column) + "'", hint);
    side.hash = column;
    side.hashed = value;
    side.empty_hash = *empty;
}

void read_side_columns(const Section& section, TemporaryPasswordConfig& config) {
    if (!section.given("store")) return;
    const Section store = section.below("store");
    const Section set = store.below("set");
    const Section empty = store.below("empty");
    for (const auto& column : set.keys()) read_side_column(set, empty, column, config.side);
    for (const auto& column : empty.keys()) {
        const auto columns = set.keys();
        if (std::find(columns.begin(), columns.end(), column) == columns.end())
            empty.fail(column, "'" + empty.full(column) + "' without the same in 'set'", "remove it");
    }
    if (config.side.hash.empty()) {
        section.fail("store", "no hash of the password in 'temporary_password.store'",
                     "write set = { user_newpassword = \"pbkdf2_mediawiki(token, 30000)\" }");
    }
}

/// Rows are deleted there.
void check_session_table(const Section& section, const UsersConfig& users, const SessionTable& sessions) {
    const std::string subject = "'" + section.full(sessions.key) + "'";
    if (!users.scope.column.empty()) {
        section.fail(sessions.key, subject + " beside 'users.scope'",
                     "a key alone would end the sessions of other tenants' accounts too: remove it");
    }
    const std::string remedy = "rows are deleted there: name another";
    if (bare_table(sessions.table) == bare_table(users.table))
        section.fail(sessions.key, "the table of users is no table of sessions", remedy);
    if (keeps_rows(users, sessions.table, sessions.where)) {
        section.fail(sessions.key, "a table that accounts are read from is no table of sessions",
                     "rows are deleted there: write where = { … }, with another constant than that in [users]");
    }
    if (bare_table(sessions.table).starts_with("pwreset_"))
        section.fail(sessions.key, "a table of pwreset's own in " + subject, remedy);
}

/// Each column is written once, and none of those that say who the account is, where its mail goes, or what it needs
/// besides a password to sign in.
void check_columns(const Section& section, const UsersConfig& users, const TemporaryPasswordConfig& config) {
    const auto kept = columns_kept(users, table_of_passwords(users));
    std::set<std::string> taken(kept.begin(), kept.end());
    for (const auto& column : columns_of(config)) {
        const std::string_view key = column.facts->key.substr(column.facts->key.rfind('.') + 1);
        if (is_known_second_factor(column.name)) {
            section.fail(key, "column '" + column.name + "' belongs to a second factor",
                         "a temporary password never takes one away: remove it here");
        }
        if (taken.insert(ascii_lower(column.name)).second) continue;
        section.fail(key, "column '" + column.name + "' has another meaning already", "name another, or remove it");
    }
    for (const auto& sessions : config.sessions) check_session_table(section, users, sessions);
}

}  // namespace

std::span<const std::string_view> temporary_password_keys() {
    static constexpr std::string_view keys[] = {"temporary_password.enabled",
                                                "temporary_password.length",
                                                "temporary_password.require",
                                                "temporary_password.symbols",
                                                "temporary_password.exclude",
                                                "temporary_password.lifetime",
                                                "temporary_password.formats",
                                                "temporary_password.salt",
                                                "temporary_password.pepper_file",
                                                "temporary_password.pepper_credential",
                                                "temporary_password.must_change",
                                                "temporary_password.must_change.column",
                                                "temporary_password.must_change.value",
                                                "temporary_password.must_change.table",
                                                "temporary_password.must_change.user",
                                                "temporary_password.must_change.where",
                                                "temporary_password.must_change.where.GROUP",
                                                "temporary_password.clear",
                                                "temporary_password.empty",
                                                "temporary_password.store",
                                                "temporary_password.store.set",
                                                "temporary_password.store.set.GROUP",
                                                "temporary_password.store.empty",
                                                "temporary_password.store.empty.GROUP",
                                                "temporary_password.rotate",
                                                "temporary_password.rotate.GROUP",
                                                "temporary_password.sessions",
                                                "temporary_password.sessions.table",
                                                "temporary_password.sessions.user",
                                                "temporary_password.ends",
                                                "temporary_password.ends.table",
                                                "temporary_password.ends.user",
                                                "temporary_password.ends.of",
                                                "temporary_password.ends.where",
                                                "temporary_password.ends.where.GROUP"};
    return keys;
}

TemporaryPasswordConfig read_temporary_password(const ConfigText& text, const UsersConfig& users,
                                                const SecretSource* source) {
    const Section section(text, "temporary_password");
    TemporaryPasswordConfig config;
    config.enabled = section.flag("enabled", false);
    if (config.enabled && users.password.empty())
        section.fail("enabled", "temporary passwords where nobody has a password", "remove it: a link signs in there");
    read_formats(section, config);
    read_pepper(section, source, config);
    config.policy = read_policy(section, has_fast_format(config));
    config.lifetime = section.span("lifetime", 24h, 10min, 24h);
    read_must_change(text, section, users, config);
    config.clear = section.texts("clear", identifier);
    config.empty = section.texts("empty", identifier);
    read_side_columns(section, config);
    read_rotate(section, config);
    read_sessions(text, section, users, config);
    check_columns(section, users, config);
    return config;
}

}  // namespace pwreset
