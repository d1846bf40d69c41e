// The configuration of one application: read from one TOML file, validated once, then never changed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/password_policy.h"
#include "src/base/rate.h"
#include "src/base/secret.h"
#include "src/base/time.h"
#include "src/config/gateway_config.h"

namespace pwreset {

struct Env;

/// Whether and how a connection is encrypted.
enum class Tls {
    off,       ///< plain text, because the configuration says so in so many words
    starttls,  ///< SMTP only: upgrade, refuse to go on without
    implicit,  ///< TLS from the first byte (MySQL: required)
};

struct DatabaseConfig {
    enum class Kind { mysql, sqlite };
    Kind kind = Kind::mysql;
    std::vector<std::string> hosts;  ///< tried in order; empty when a socket is used
    int port = 3306;
    std::string socket;
    std::string name;    ///< the schema with the application's tables
    std::string schema;  ///< the schema with pwreset's own tables; empty = the same
    std::string user;
    Secret password;
    Tls tls = Tls::implicit;
    std::string tls_ca;          ///< PEM file; empty = the system's store
    std::filesystem::path path;  ///< sqlite only
    Seconds connect_timeout{5};
    Seconds read_timeout{30};
    Seconds write_timeout{30};
};

/// A role of an account: a column of the users table, or a row of another table.
struct RoleSource {
    std::string column;  ///< of the users table; empty when `table` is used
    std::string table;   ///< table of roles
    std::string user;    ///< its column that holds the account's key
    std::string role;    ///< its column that holds the role's name
};

/// Names in the application's users table; an empty name means "there is no such column". All are plain identifiers.
struct UsersConfig {
    std::string profile = "native";
    std::string table = "users";
    std::string id = "id";
    std::string email = "email";
    std::string phone;
    std::string phone_region;  ///< ISO 3166: where stored and typed numbers without a country code belong
    std::string login;
    std::string password = "password";
    std::string locale;
    std::string active;         ///< disabled when it holds 0, '', NULL or 'false'
    std::string disabled;       ///< disabled when it holds anything but those
    std::string second_factor;  ///< set when it holds something; empty = look for a column known to be one
    RoleSource role;
    std::vector<std::string> allowed_roles;  ///< empty = every role
    std::vector<std::string> protected_roles;
};

struct LimitsConfig {
    Seconds cooldown{120};  ///< per account and kind
    Rate per_account{10, Seconds{3600}};
    Rate per_recipient{10, Seconds{3600}};
    Rate per_operator{120, Seconds{3600}};
    Rate lookups{300, Seconds{3600}};  ///< inspections, per operator
    Rate agents{1000, Seconds{3600}};  ///< everything started by people
    Rate web{1000, Seconds{3600}};     ///< everything started with --public
};

struct ResetConfig {
    std::string link;             ///< URL with {token}, and where wanted {email}, {id}, {reference}
    std::string verify_link_url;  ///< page that tells to open the link in the mail; empty = none
    std::string verify_otp_url;   ///< page that takes the code; empty = none
    Seconds link_lifetime{3600};
    Seconds code_lifetime{300};
    bool notify_on_change = true;  ///< mail the account when its password was changed after our token
};

/// Passwords that are made here and mailed: what they look like, and what is written with their hash. Names are plain
/// identifiers in the application's schema; an empty one means "there is no such column".
struct TemporaryPasswordConfig {
    bool enabled = false;
    PasswordPolicy policy;
    Seconds lifetime{24 * 3600};
    std::string must_change;         ///< column of the users table by which the application demands a new one
    std::string must_change_value;   ///< what it is set to
    std::vector<std::string> clear;  ///< columns of the users table set to NULL: remember tokens
    std::vector<std::string> empty;  ///< the same, set to ''
    std::string sessions;            ///< table whose rows are the sessions of accounts
    std::string session_user;        ///< its column that holds the account's key
};

struct PublicConfig {
    enum class Mail { link, code, password };
    Mail email = Mail::link;  ///< what is sent to an e-mail address
    Seconds cooldown{120};    ///< per identity, known or not
    Rate per_identity{10, Seconds{3600}};
};

struct MailConfig {
    enum class Transport { smtp, maildir };
    Transport transport = Transport::smtp;
    std::string from_address;
    std::string from_name;
    std::string reply_to;
    std::string host;
    int port = 587;
    Tls tls = Tls::starttls;
    std::string tls_ca;  ///< PEM file; empty = the system's store
    std::string user;
    Secret password;
    std::string helo;               ///< the name we greet with; empty = this host's
    Seconds timeout{30};            ///< for each answer of the relay
    std::filesystem::path maildir;  ///< maildir only
};

struct TextConfig {
    std::string product;              ///< the name users know, in subjects and texts
    std::string support;              ///< how to reach help; may be empty
    std::string locale = "en";        ///< when the account has none
    std::filesystem::path templates;  ///< the site's overrides; empty = none
};

struct RetentionConfig {
    Seconds limits{48 * 3600};
    Seconds tokens{30L * 86400};
    Seconds deliveries{90L * 86400};
    Seconds audit{400L * 86400};
};

struct Config {
    std::string application;     ///< the value of every `app` column
    std::filesystem::path file;  ///< where it was read from
    uid_t owner = 0;             ///< whose file it is: without [operators], the one who may do everything
    std::filesystem::path keys;  ///< folder of application.key and pwreset.key
    DatabaseConfig database;
    UsersConfig users;
    ResetConfig reset;
    TemporaryPasswordConfig temporary_password;
    LimitsConfig limits;
    PublicConfig web;  ///< [public], a word of the language
    MailConfig mail;
    std::optional<SmsConfig> sms;          ///< nothing: no text messages
    std::optional<CaptchaConfig> captcha;  ///< nothing: none is asked for
    TextConfig text;
    RetentionConfig retention;
    /// Unix group (or "user:NAME") → capabilities. Nothing: the owner of the file only.
    std::optional<std::map<std::string, std::vector<std::string>>> operators;
};

/// Reads the file that `--config` names: a path, or a bare NAME for /etc/pwreset/NAME.toml. With an empty `name` the
/// only *.toml file in /etc/pwreset is taken. Throws Error CONFIG with file, line, column and the remedy.
Config load_config(const Env& env, const std::string& name);
/// The file that `--config NAME` means, looked for in `folder` unless it is a path. Throws Error FORBIDDEN for a path
/// when pwreset runs for somebody else, Error CONFIG when there is no file, or a choice of files, and no name.
std::filesystem::path config_path(const Env& env, const std::string& name,
                                  const std::filesystem::path& folder = "/etc/pwreset");
/// Validates configuration text; `file` is for messages and for relative paths. The pure part, for tests and fuzzing;
/// secret files are read (root's and this process's own only) only when `read_secrets`.
Config parse_config(std::string_view text, const std::filesystem::path& file, bool read_secrets);
/// Every key the configuration knows, as "section.key", in the order of the manual: what the manual is checked against.
std::vector<std::string> config_keys();

}  // namespace pwreset
