#include "src/init/make.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "src/apps/preset.h"
#include "src/base/ascii.h"
#include "src/base/caller.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/config/load.h"
#include "src/config/profile.h"
#include "src/doctor/profile_rights.h"
#include "src/init/applications.h"
#include "src/init/configuration.h"
#include "src/init/preset_layout.h"
#include "src/init/questions.h"
#include "src/init/reading.h"
#include "src/init/schema_look.h"
#include "src/init/source_folder.h"
#include "src/init/statements.h"
#include "src/init/writing.h"
#include "src/literals/lines.h"
#include "src/toml/values.h"

namespace pwreset {
namespace {

namespace fs = std::filesystem;

const fs::path system_folder = "/etc/pwreset";
constexpr const char* usual_socket = "/run/mysqld/mysqld.sock";

// --- facts --------------------------------------------------------------------------------------------------------

Facts facts_of_files(const std::string& from) {
    const SourceFolder folder(from);
    Facts facts = read_application_files([&](const std::string& path) { return folder.read(path); });
    if (facts.database.host.empty() && facts.database.socket.empty() && !facts.database.name.empty())
        facts.unknown.emplace_back("the files name no host of the database: compare host or socket in [database]");
    return facts;
}

/// "localhost" without a port is the server's socket, as it is to the applications' own libraries.
void find_local_socket(DatabasePlace& place) {
    const bool local = place.host.empty() || place.host == "localhost";
    std::error_code error;
    if (!place.socket.empty() || !local || place.port != 0) return;
    if (fs::is_socket(usual_socket, error)) {
        place.socket = usual_socket;
        place.host.clear();
    } else if (place.host.empty() && !place.name.empty()) {
        place.host = "localhost";
    }
}

/// Where the database is, from whoever sits there.
DatabasePlace asked_place(const Questions& questions) {
    DatabasePlace place;
    place.kind = "mysql";
    const std::string where = questions.ask("host of the database, or path of its socket", usual_socket);
    if (where.starts_with('/')) {
        place.socket = where;
    } else {
        read_host(where, place);
    }
    place.name = questions.ask("schema with the application's tables");
    if (place.name.empty())
        throw usage_error("neither --from nor the name of a schema", "name the application's folder with --from DIR");
    if (!is_schema_name(place.name) || !(place.host.empty() || is_host(place.host)) ||
        !is_connection_value(place.socket))
        throw invalid_input("a host, socket or schema in a form that no configuration takes", "see pwreset.toml(5)");
    return place;
}

db::ConnectOptions options_for_look(const DatabasePlace& place, const std::string& user, const Secret& password) {
    db::ConnectOptions options;
    if (!place.host.empty()) options.hosts = {place.host};
    options.port = place.port != 0 ? place.port : 3306;
    options.tcp = place.port != 0;
    options.socket = place.socket;
    options.schema = place.name;
    options.user = user;
    options.password = password.reveal();
    options.tls = !is_local(place);
    return options;
}

/// What the tables say. The login is used for this look alone.
Facts facts_of_schema(const Env& env, const Questions& questions) {
    Facts facts{"", "native"};
    facts.database = asked_place(questions);
    const std::string user = questions.ask("login that may look at it, not kept", env.effective_uid == 0 ? "root" : "");
    if (!is_connection_value(user)) throw invalid_input("a login in a form that no connection takes", "name another");
    const Secret password = questions.ask_hidden("its password");
    db::Session session(options_for_look(facts.database, user, password));
    const auto signatures = preset_signatures();
    const Schema schema = look_at_schema(session, facts.database.name, signatures);
    const auto detected = detect(schema, signatures);
    facts.read.push_back("tables of " + facts.database.name);
    if (detected.empty()) {
        facts.unknown.emplace_back(
            "no application that has a profile was found by its tables: write [users] as yours are, or a profile of "
            "your own, see EXAMPLES of pwreset-profiles(5)");
        for (auto& likely : likely_columns(all_columns(session, facts.database.name)))
            facts.unknown.push_back(std::move(likely));
        return facts;
    }
    facts.profile = facts.application = detected.front().preset;
    facts.prefix = detected.front().prefix;
    std::string others;
    for (const auto& other : detected) {
        if (other.preset != facts.profile && others.find(other.preset) == others.npos)
            others += (others.empty() ? "" : ", ") + other.preset;
    }
    if (!others.empty())
        facts.unknown.push_back("the tables fit these as well: " + others + "; name one with --profile");
    return facts;
}

// --- choices ------------------------------------------------------------------------------------------------------

/// What the found application's files said about another profile says nothing about this one.
void leave_found_profile(Facts& facts) {
    const auto foreign = [&](const auto& secret) { return !preset_has(facts.profile, "secrets", secret.name); };
    std::erase_if(facts.secrets, foreign);
    std::erase_if(facts.wanted, foreign);
    if (facts.profile == "native") facts.settings.clear();
}

/// Secrets of the profile that no file was asked about.
void add_wanted_secrets(Facts& facts) {
    for (auto& secret : secrets_of_preset(facts.profile)) {
        const auto same = [&](const auto& other) { return other.name == secret.name; };
        const bool known = std::any_of(facts.secrets.begin(), facts.secrets.end(), same) ||
                           std::any_of(facts.wanted.begin(), facts.wanted.end(), same);
        if (!known) facts.wanted.push_back(std::move(secret));
    }
}

/// Times without a zone are of one that no table tells.
void say_zone(Facts& facts) {
    const auto names_zone = [](const auto& text) { return text.find("application_zone") != std::string::npos; };
    const bool zone_known = std::any_of(facts.settings.begin(), facts.settings.end(),
                                        [](const auto& setting) { return setting.key == "application_zone"; }) ||
                            std::any_of(facts.unknown.begin(), facts.unknown.end(), names_zone);
    if (preset_needs_zone(facts.profile) && !zone_known)
        facts.unknown.emplace_back(
            "the zone of times in the application's tables, which counts as UTC: write application_zone in [reset]");
}

void choose_profile(const InitRequest& request, Facts& facts) {
    if (request.profile) facts.profile = *request.profile;
    if (facts.profile.empty()) {
        throw usage_error("no profile is known for the way in which this application resets passwords",
                          "name one with --profile; 'pwreset profile list' shows those there are");
    }
    if (preset_text(facts.profile).empty())
        throw usage_error("no preset of the name '" + printable(facts.profile) + "'",
                          "'pwreset profile list' shows those there are");
    if (request.profile) leave_found_profile(facts);
    add_wanted_secrets(facts);
    say_zone(facts);
    if (facts.prefix.empty()) return;
    auto renamed = settings_of_prefix(facts.profile, facts.prefix);
    facts.settings.insert(facts.settings.begin(), renamed.begin(), renamed.end());
}

std::string chosen_base(const InitRequest& request, const Questions& questions, const Facts& facts) {
    const auto given = request.base ? request.base : questions.confirm("links begin with", facts.base);
    if (!given || given->empty()) {
        throw usage_error("where links lead is not said", facts.base.empty()
                                                              ? "say it with --base https://shop.example"
                                                              : "the application's files propose --base " + facts.base);
    }
    std::string base = base_of_url(*given);
    if (base.empty()) {
        const auto fault = link_fault(*given + "/{token}");
        throw usage_error((fault ? fault->fault : "query or fragment") + " in what links begin with",
                          "write https://, the host, and the path if there is one");
    }
    return base;
}

std::string chosen_name(const InitRequest& request, const Facts& facts) {
    if (request.name) {
        if (is_application_name(*request.name)) return *request.name;
        throw usage_error("'" + printable(*request.name) + "' is no name of an application",
                          "write lower-case letters, digits, '_' and '-'");
    }
    const std::string stem = fs::path(request.config).stem().string();
    for (const std::string& text : {stem, facts.database.name, facts.name}) {
        std::string name = application_name_of(text);
        if (!name.empty()) return name;
    }
    throw usage_error("no name for the application", "choose one with --name");
}

/// What has to be shown before the first link. A preset that does not load by itself is told of where it is read.
void ask_what_to_show(FirstConfiguration& first, const std::string& name) {
    try {
        const Preset preset = preset_by_name(name);
        first.asks_for_token = preset.profile.asks_for_token();
        first.asks_for_link = preset.profile.asks_for_link();
    } catch (const Error& error) {
        if (error.exit != Exit::config) throw;
    }
}

FirstConfiguration chosen(const Env& env, const InitRequest& request, const Questions& questions, const Facts& facts) {
    FirstConfiguration first;
    first.application = chosen_name(request, facts);
    first.file = config_path(env, request.config.empty() ? first.application : request.config);
    first.base = chosen_base(request, questions, facts);
    std::string word = first.application;
    std::replace(word.begin(), word.end(), '-', '_');
    first.own_schema = "pwreset_" + word;
    first.user = first.own_schema.substr(0, 32);  // MySQL's longest
    first.protection_is_asked = !preset_has(facts.profile, "users", "protected");
    ask_what_to_show(first, facts.profile);
    for (const auto& read : facts.read) first.made_from += (first.made_from.empty() ? "" : ", ") + printable(read);
    return first;
}

/// Whether the files go where Debian's package has its configurations, for the system's user to read.
bool is_for_system_user(const Env& env, const FirstConfiguration& first) {
    return env.effective_uid == 0 && first.file.parent_path() == system_folder && has_system_user();
}

/// "a, b" as a list of TOML.
std::string toml_list(std::string_view text) {
    std::string list;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        if (!trimmed(part).empty()) list += (list.empty() ? "" : ", ") + toml_text(trimmed(part));
    }
    return "[" + list + "]";
}

/// Who is not to be reset, where the profile cannot say it: nobody decides that but the site.
void ask_for_protection(const Questions& questions, Facts& facts) {
    if (preset_has(facts.profile, "users", "protected")) return;
    const bool has_roles = preset_has(facts.profile, "users", "role");
    const std::string which = "roles whose accounts nobody resets from here, with commas (empty: none)";
    const auto column =
        has_roles ? std::optional<std::string>()
                  : questions.confirm("column of the users table with the role (empty: there are no roles)", "");
    const bool ask_roles = has_roles || (column && !column->empty() && is_identifier(*column));
    const auto roles = ask_roles ? questions.confirm(which, "") : std::nullopt;
    if (ask_roles && !has_roles) facts.settings.push_back({"users", "role", toml_text(*column)});
    if (roles) {
        facts.settings.push_back({"users", "protected", toml_list(*roles)});
    } else if (column && column->empty() && !has_roles) {
        facts.settings.push_back({"users", "protected", "[]", "there are no roles, so nobody is"});
    } else {
        facts.unknown.emplace_back("which roles are protected: write protected in [users], and role; [] means none");
    }
}

void ask_for_rest(const Questions& questions, Facts& facts) {
    for (auto wanted = facts.wanted.begin(); wanted != facts.wanted.end();) {
        Secret given = questions.ask_hidden(wanted->what + " (" + wanted->remedy + "; empty: later)");
        if (given.empty()) {
            facts.unknown.push_back(wanted->what + " is not written out there, and was not given: " + wanted->remedy +
                                    "; run 'init' again with it");
            ++wanted;
            continue;
        }
        Secret content = wanted->derive ? wanted->derive(given.reveal()) : std::move(given);
        facts.secrets.push_back({wanted->name, wanted->suffix, wanted->decode, std::move(content)});
        wanted = facts.wanted.erase(wanted);
    }
    ask_for_protection(questions, facts);
    if (!parse_mailbox(facts.mail_from)) facts.mail_from = questions.ask("sender of the mails", "");
    if (!is_host(facts.mail_host)) {
        DatabasePlace relay;
        read_host(questions.ask("relay that takes the mails, with its port if that is not the usual one"), relay);
        facts.mail_host = relay.host;
        facts.mail_port = relay.port;
    }
    if (!parse_mailbox(facts.mail_from)) facts.unknown.emplace_back("the sender of the mails: write from in [mail]");
    if (!is_host(facts.mail_host)) facts.unknown.emplace_back("the relay that takes the mails: write host in [mail]");
}

Secret chosen_password(const Env& env, const Questions& questions, const std::string& user) {
    Secret password = questions.ask_hidden("password for the new login " + user + " (empty: a random one)");
    if (password.empty()) return drawn_password(env);
    if (!is_plain_password(password.reveal()))
        throw invalid_input("a password that no statement can hold as it is",
                            "use letters, digits and signs of ASCII other than quotes and backslashes");
    return password;
}

// --- results ------------------------------------------------------------------------------------------------------

/// What the profile asks for of the application's tables; nothing, with a word to the reader, where it needs a
/// decision.
void add_rights_of_profile(const Config& config, RightsNeeded& needed, Facts& facts) {
    try {
        add_profile_rights(config, read_profile(config, nullptr), needed);
    } catch (const Error& error) {
        facts.unknown.push_back(error.message + ": " + error.hint +
                                "; then 'pwreset profile grants' prints the rights on the application's tables");
    }
}

/// The rights on the application's tables. Empty, with a word to the reader, while the configuration is not whole.
RightsNeeded application_rights(const std::string& text, const FirstConfiguration& first, Facts& facts) {
    try {
        const Config config = parse_config(text, first.file, false);
        RightsNeeded needed = rights_needed(config, false);
        add_rights_of_profile(config, needed, facts);
        return needed;
    } catch (const Error& error) {
        if (facts.unknown.empty()) throw;
        facts.unknown.push_back("the configuration is not whole: " + error.message +
                                "; when it is, 'pwreset profile grants' prints the rights on the application's tables");
        return {};
    }
}

std::vector<NewFile> new_files(const FirstConfiguration& first, const Facts& facts, const Secret& password,
                               const std::vector<std::string>& statements, const std::string& text) {
    const fs::path folder = first.file.parent_path();
    std::vector<NewFile> files;
    files.push_back({folder / secret_file_name(first, "database.password"), password.duplicate()});
    for (const auto& secret : facts.secrets)
        files.push_back({folder / secret_file_name(first, secret.suffix), secret.content.duplicate()});
    files.push_back({folder / secret_file_name(first, "grants.sql"), statements_file(statements, password),
                     NewFile::For::administrators});
    // Last, so that nobody finds a configuration whose secrets are not there yet.
    files.push_back({first.file, Secret(text), NewFile::For::everybody});
    return files;
}

/// A path as a shell takes it for one word.
std::string shell_word(const std::string& path) {
    const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
        return is_alphanumeric(c) || std::string_view("_./-").find(c) != std::string_view::npos;
    });
    if (plain) return path;
    std::string quoted = "'";
    for (const char c : path) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::vector<std::string> next_commands(const FirstConfiguration& first, const Facts& facts, bool for_system_user) {
    const bool named = first.file.parent_path() == system_folder;
    const std::string as = for_system_user ? "sudo -u pwreset " : "";
    const std::string config = shell_word(named ? first.file.stem().string() : first.file.string());
    const std::string grants = (first.file.parent_path() / secret_file_name(first, "grants.sql")).string();
    std::vector<std::string> next{"mariadb < " + shell_word(grants), as + "pwreset --config " + config + " migrate"};
    const std::string check = as + "pwreset --config " + config + " profile check";
    if (facts.profile != "native") next.push_back(check);
    if (first.asks_for_token) next.push_back(check + " --link");
    if (first.asks_for_link) next.push_back(check + " --accepted REFERENCE");
    next.push_back(as + "pwreset --config " + config + " doctor");
    return next;
}

}  // namespace

InitResult make_first_configuration(Env& env, const InitRequest& request) {
    if (acts_for_another(env))
        throw forbidden("a first configuration is not made for somebody else",
                        "run 'pwreset init' as root, or without sudo");
    const Questions questions(env, request.yes);
    Facts facts = request.from ? facts_of_files(*request.from) : facts_of_schema(env, questions);
    if (request.from) find_local_socket(facts.database);
    choose_profile(request, facts);
    FirstConfiguration first = chosen(env, request, questions, facts);
    const bool for_system_user = is_for_system_user(env, first);
    if (for_system_user) first.keys_folder = "/var/lib/pwreset/" + first.application + ".keys";
    refuse_existing({first.file, first.file.parent_path() / secret_file_name(first, "database.password"),
                     first.file.parent_path() / secret_file_name(first, "grants.sql")});
    ask_for_rest(questions, facts);

    InitResult result{first.application, facts.profile, facts.application, first.file.string()};
    result.text = configuration_text(first, facts);
    const NewLogin login = new_login(first.user, first.own_schema, facts.database);
    result.statements = statements_of(login, application_rights(result.text, first, facts));
    result.after_migration = statement_after_migration(login);
    const Secret password = request.dry_run ? Secret() : chosen_password(env, questions, first.user);
    const auto files = new_files(first, facts, password, result.statements, result.text);
    if (!request.dry_run) write_new_files(files, for_system_user);
    for (const auto& file : files) result.files.push_back(file.path.string());
    result.read = facts.read;
    result.unknown = facts.unknown;
    result.next = next_commands(first, facts, for_system_user);
    return result;
}

}  // namespace pwreset
