#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>

#include "cmd/check_lines.h"
#include "cmd/command.h"
#include "cmd/inspect_link.h"
#include "cmd/output/sections.h"
#include "db/names.h"
#include "db/own/migrate.h"
#include "src/apps/preset.h"
#include "src/apps/vectors.h"
#include "src/base/printable.h"
#include "src/config/connect.h"
#include "src/config/profile.h"
#include "src/doctor/profile_rights.h"
#include "src/doctor/role_rights.h"
#include "src/fit/explanation.h"
#include "src/fit/own_token.h"
#include "src/fit/profile_tables.h"
#include "src/proof/proof.h"
#include "src/toml/reader.h"

namespace pwreset {

namespace {

struct ProfileOptions {
    std::string name;                       ///< of a preset; empty = the profile of the configuration
    bool link = false;                      ///< one of the application's own is to be read, and compared
    std::optional<std::string> accepted{};  ///< the reference of one of pwreset's that the application took
};

// --- list ------------------------------------------------------------------------------------------------------------

void run_profile_list(Stage& stage) {
    Listing listing(stage.env, stage.common.format, "profiles",
                    {{"name", "NAME"}, {"title", "TITLE"}, {"release", "RELEASE"}, {"proved", "PROVED BY"}},
                    stage.trace_id);
    auto names = preset_names();
    std::sort(names.begin(), names.end());
    for (const auto name : names) {
        const ConfigText text(preset_text(name), std::string(name), keys_of_profiles());
        const Section itself(text, "");
        listing.row(
            {std::string(name), itself.text("title"), itself.text("release"), itself.text("proved", "vectors")});
    }
    listing.finish();
}

// --- show ------------------------------------------------------------------------------------------------------------

/// The words of what has to be shown first.
Json asked_of(const Profile& profile) {
    Json asked = Json::array();
    if (profile.asks_for_token()) asked.push_back(word_of(ProofWay::token));
    if (profile.asks_for_link()) asked.push_back(word_of(ProofWay::link));
    return asked;
}

void show_profile(Stage& stage, const Config& config, const Profile& profile) {
    const auto lines = explain(config, profile);
    if (stage.for_people()) {
        Sections sections(stage.env, stage.env.clock());
        for (const auto& line : lines) sections.line(line.about, line.text);
        if (stage.profile) sections.line("digest", profile.digest);
        return;
    }
    if (stage.common.format == Format::json) {
        Json explanation = Json::array();
        for (const auto& line : lines) explanation.push_back({{"about", line.about}, {"text", line.text}});
        const auto or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
        return print_success(stage.env,
                             {{"name", profile.name},
                              {"title", or_null(profile.title)},
                              {"release", or_null(profile.release)},
                              {"proved", profile.proved},
                              {"asks_for", asked_of(profile)},
                              {"digest", stage.profile ? Json(profile.digest) : Json()},
                              {"explanation", explanation}},
                             stage.trace_id);
    }
    Listing listing(stage.env, stage.common.format, "explanation", {{"about", ""}, {"text", ""}}, stage.trace_id);
    for (const auto& line : lines) listing.row({line.about, line.text});
    listing.finish();
}

void run_profile_show(const ProfileOptions& options, Stage& stage) {
    if (options.name.empty()) return show_profile(stage, *stage.config, *stage.profile);
    const Preset shown = preset_by_name(options.name);
    show_profile(stage, shown.config, shown.profile);
}

// --- check -----------------------------------------------------------------------------------------------------------

void check_vectors(const Env& env, const Profile& profile, CheckLines& lines) {
    if (profile.native()) {
        lines.add(fine("vectors", "none: the application reads pwreset's own table, as pwreset-tokens(5) describes"));
        return;
    }
    const auto faults = faults_of_vectors(profile, env);
    for (const auto& fault : faults) {
        lines.add(problem("vectors", fault,
                          profile.title.empty() ? "correct the profile, or the vector: one of them is wrong"
                                                : "what the configuration says in place of the profile changes it"));
    }
    if (!faults.empty()) return;
    const auto count = profile.vectors.size();
    if (count > 0)
        lines.add(fine("vectors", std::to_string(count) + (count == 1 ? " vector agrees" : " vectors agree")));
    else
        lines.add(warning("vectors", "the profile has no vectors: nothing shows that the application takes its tokens",
                          "write [[vector]] with a token that the application made, see pwreset-profiles(5)"));
}

/// Whether it was shown before that what it makes is right; where pwreset's own tables are there.
void check_proof(const Stage& stage, db::Session& session, CheckLines& lines) {
    const Profile& profile = *stage.profile;
    if (!profile.asks_for_token() && !profile.asks_for_link()) return;
    try {
        db::require_current_schema(session);
        const Suspension suspension = suspension_of(stage.env, *stage.config, profile, session);
        const auto why = suspension.of_everybody();
        lines.add(why ? warning("proof", why->message, why->hint) : fine("proof", suspension.shown()));
    } catch (const Error& error) {
        lines.add(warning("proof", error.message, error.hint));
    }
}

void check_database(const Stage& stage, CheckLines& lines) {
    const Config& config = *stage.config;
    std::optional<db::Session> session;
    try {
        session.emplace(connect_options(config.database));
    } catch (const Error& error) {
        lines.add(warning("database", error.message + ": its tables were not looked at", error.hint));
        return;
    }
    check_proof(stage, *session, lines);
    for (auto& check : check_profile_tables(*session, config, *stage.profile)) lines.add(std::move(check));
    if (session->is_sqlite()) return;
    RightsNeeded needed = rights_needed(config, false);
    add_profile_rights(config, *stage.profile, needed);
    for (auto& check : judge_rights(db::login_facts(*session), needed)) {
        // What other tables ask for is told by doctor.
        if (check.finding.find("may do more") == std::string::npos) lines.add(std::move(check));
    }
}

/// What only this site can show. It rests on the vectors: while one is at fault, nothing is written down.
void check_on_site(const ProfileOptions& options, Stage& stage) {
    Context& context = *stage.context;
    const auto& grounds = stage.common.grounds;
    CheckLines lines(stage, options.link ? "pwreset profile check --link" : "pwreset profile check --accepted");
    lines.read_under(*stage.config);
    const Secret pasted = options.link ? read_link(stage.env) : Secret();
    check_vectors(stage.env, *stage.profile, lines);
    if (!faults_of_vectors(*stage.profile, stage.env).empty()) return lines.finish();
    auto checks = options.link ? check_own_token(context, pasted, grounds)
                               : check_taken_link(context, *options.accepted, grounds);
    for (auto& check : checks) lines.add(std::move(check));
    check_proof(stage, context.session, lines);
    lines.finish();
}

void require_sense(const ProfileOptions& options, const Stage& stage) {
    if (!options.link && !options.accepted) return;
    if (!options.name.empty())
        throw usage_error("a preset by itself has no site", "leave its name out: the configuration names it");
    if (options.link && options.accepted)
        throw usage_error("--link and --accepted show different things", "first --link; then --accepted");
    if (stage.common.dry_run) throw usage_error("--dry-run means nothing here", "a try is counted, or it is none");
}

void run_profile_check(const ProfileOptions& options, Stage& stage) {
    require_sense(options, stage);
    if (options.link || options.accepted) return check_on_site(options, stage);
    CheckLines lines(stage, "pwreset profile check" + (options.name.empty() ? "" : " " + options.name));
    if (!options.name.empty()) {
        check_vectors(stage.env, preset_by_name(options.name).profile, lines);
        return lines.finish();
    }
    lines.read_under(*stage.config);
    check_vectors(stage.env, *stage.profile, lines);
    check_database(stage, lines);
    lines.finish();
}

// --- grants ----------------------------------------------------------------------------------------------------------

struct GrantsOptions {
    std::string role;   ///< empty = one login for everything but 'migrate'
    std::string login;  ///< USER or USER@HOST; empty = that of the configuration
};

/// A login as a statement names it. From where it connects, the server alone knows.
std::string login_of(const std::string& login, const DatabaseConfig& database) {
    const std::string& named = login.empty() ? database.user : login;
    const auto at = login.rfind('@');
    const std::string usual = database.socket.empty() ? "%" : "localhost";
    return db::backquoted(named.substr(0, at)) + "@" + db::backquoted(at == login.npos ? usual : login.substr(at + 1));
}

void run_profile_grants(const GrantsOptions& options, Stage& stage) {
    const Config& config = *stage.config;
    const auto statements = grant_statements(rights_of_role(config, *stage.profile, options.role),
                                             login_of(options.login, config.database));
    if (stage.for_people()) {
        stage.env.out << (options.role.empty() ? "-- one login for all commands but 'migrate'"
                                               : "-- the login of role '" + options.role + "'")
                      << "; no right can be given on a table that is not there yet\n";
        for (const auto& one : statements) stage.env.out << printable(one.statement) << ";\n";
        return;
    }
    Listing listing(stage.env, stage.common.format, "grants", {{"schema", ""}, {"table", ""}, {"statement", ""}},
                    stage.trace_id);
    for (const auto& one : statements) listing.row({one.schema, one.table, one.statement});
    listing.finish();
}

// --- the commands ----------------------------------------------------------------------------------------------------

std::shared_ptr<ProfileOptions> bind_name(CommandLine& line) {
    auto options = std::make_shared<ProfileOptions>();
    line.argument("name", options->name, Presence::optional,
                  "a preset; default: the profile that the configuration stands on", "NAME");
    return options;
}

/// A preset is looked at without a configuration, and by everybody.
std::function<Needs()> needs_by_name(const std::shared_ptr<ProfileOptions>& options) {
    return [options] { return options->name.empty() ? Needs::configuration : Needs::nothing; };
}

Command profile_list_command(CommandLine& group) {
    auto& line = group.command("list", "the applications that are known, and how");
    return {&line, Needs::nothing, {}, run_profile_list};
}

Command profile_show_command(CommandLine& group) {
    auto& line = group.command("show", "what a profile means, in plain words");
    const auto options = bind_name(line);
    Command command{&line, Needs::configuration, {Capability::support}};
    command.run = [options](Stage& stage) { run_profile_show(*options, stage); };
    command.needs_now = needs_by_name(options);
    return command;
}

Command profile_check_command(CommandLine& group) {
    auto& line = group.command("check", "work out the vectors, and judge the live tables");
    const auto options = bind_name(line);
    line.flag("--link", options->link,
              "compare a link that the application itself mailed to the test account, from standard input");
    line.text("--accepted", options->accepted, "REFERENCE",
              "look whether the application took this link of pwreset's to the test account");
    Command command{&line, Needs::configuration, {Capability::maintain}};
    command.run = [options](Stage& stage) { run_profile_check(*options, stage); };
    command.needs_now = [options] {
        if (options->link || options->accepted) return Needs::database;
        return options->name.empty() ? Needs::configuration : Needs::nothing;
    };
    return command;
}

Command profile_grants_command(CommandLine& group) {
    auto& line = group.command("grants", "the least rights at the database, as statements");
    const auto options = std::make_shared<GrantsOptions>();
    line.choice("--role", options->role, "ROLE", roles_with_logins(),
                "of a login for this role alone; default: of one for all commands but 'migrate'");
    line.text("--login", options->login, "LOGIN", "USER or USER@HOST; default: the login of the configuration");
    Command command{&line, Needs::configuration, {Capability::maintain}};
    command.run = [options](Stage& stage) { run_profile_grants(*options, stage); };
    return command;
}

}  // namespace

Command profile_command(CommandLine& parent) {
    auto& line = parent.command("profile", "list, explain and check what is known of applications");
    line.require_command();
    return {&line,
            Needs::nothing,
            {},
            {},
            {},
            {profile_list_command(line), profile_show_command(line), profile_check_command(line),
             profile_grants_command(line)}};
}

}  // namespace pwreset
