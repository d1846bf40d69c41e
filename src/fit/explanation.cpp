#include "src/fit/explanation.h"

#include <algorithm>

#include "src/hash/password_format.h"

namespace pwreset {

namespace {

constexpr const char* burns_note = "whoever opens the link uses it up, a mail scanner too";
constexpr const char* signs_in_note = "the link signs in instead of asking for a new password";

std::string in_quotes(const std::string& name) { return "'" + name + "'"; }

/// "a, b, c".
std::string enumerated(const std::vector<std::string>& words) {
    std::string all;
    for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
    return all;
}

std::string constants_in_words(const Constants& where) {
    std::vector<std::string> all;
    for (const auto& [column, constant] : where) all.push_back(in_quotes(column) + " is " + in_quotes(constant));
    return all.empty() ? "" : " where " + enumerated(all);
}

std::string rows_in_words(const OtherTable& rows) {
    return "table " + in_quotes(rows.table) + constants_in_words(rows.where);
}

/// "password, or e-mail" of what the profile calls an event.
std::string event_in_words(const std::string& event) {
    if (event == "sign-in") return "a sign-in";
    if (event == "password") return "a new password";
    if (event == "e-mail") return "another e-mail address";
    return event;
}

/// One profile explained, a paragraph a function.
class Explanation {
public:
    Explanation(const Config& config, const Profile& profile) : config_(config), profile_(profile) {}

    std::vector<ExplainedLine> lines() {
        itself();
        accounts();
        roles();
        if (profile_.has_links()) {
            drawn();
            stored();
            life();
            revocation();
        } else if (profile_.store.of_codes) {
            add("mailed", "a code of six digits, by 'pwreset send-otp'; no link: the application has none");
            stored();
            life();
            revocation();
        } else {
            add("mailed", "no link: the application has none");
        }
        passwords();
        needs();
        notes();
        return std::move(lines_);
    }

private:
    void add(const char* about, std::string text) { lines_.push_back({about, std::move(text)}); }

    void itself() {
        std::string text = profile_.title.empty() ? "an application of your own" : profile_.title;
        if (!profile_.release.empty()) text += ", " + profile_.release;
        const bool real = profile_.proved == "real code";
        add("profile", text + "; known by " + (real ? "runs of its real code" : "its vectors alone"));
    }

    std::string where_found(UsersColumn fact, const std::string& column) const {
        const auto other = config_.users.elsewhere.find(fact);
        const std::string name = "column " + in_quotes(column);
        return other == config_.users.elsewhere.end() ? name : name + " of " + rows_in_words(other->second);
    }

    void accounts() {
        const auto& users = config_.users;
        std::string text = "in table " + in_quotes(users.table) + " by the key " + in_quotes(users.id);
        if (!users.scope.column.empty()) text += constants_in_words({{users.scope.column, users.scope.value}});
        add("accounts", text);
        if (!users.email.empty()) add("accounts", "e-mail address: " + where_found(UsersColumn::email, users.email));
        if (!users.login.empty()) add("accounts", "login: " + where_found(UsersColumn::login, users.login));
        if (!users.phone.empty()) add("accounts", "phone number: " + where_found(UsersColumn::phone, users.phone));
        if (!users.password.empty()) add("accounts", "password: " + where_found(UsersColumn::password, users.password));
        if (!users.active.empty()) {
            const auto& values = users.active_values;
            add("refused", "who is not in use by column " + in_quotes(users.active) +
                               (values.empty() ? std::string() : ", which says so by " + enumerated(values)));
        }
        if (!users.disabled.empty()) add("refused", "who is disabled by column " + in_quotes(users.disabled));
        for (const auto& condition : users.refuse)
            add("refused", condition.words + " (" + condition_in_words(condition) + ")");
        if (profile_.ascii_address) add("refused", "an address with letters beyond ASCII, which it could not read");
        for (const auto& condition : users.blocked_by)
            add("told", condition.words + " (" + condition_in_words(condition) + ")");
    }

    static std::string condition_in_words(const Condition& condition) {
        std::string text = condition.in.given()
                               ? std::string(condition.none ? "no row" : "a row") + " of " + rows_in_words(condition.in)
                               : std::string();
        if (condition.column.empty()) return text;
        if (!text.empty()) text += ", ";
        text += "column " + in_quotes(condition.column);
        if (!condition.is.empty()) text += " is " + listed_values(condition.is);
        if (!condition.unless.empty()) text += " is not " + listed_values(condition.unless);
        if (!condition.starts.empty()) text += " begins with " + listed_values(condition.starts);
        if (condition.set) text += *condition.set ? " holds something" : " holds nothing";
        return text;
    }

    static std::string listed_values(const std::vector<std::string>& values) {
        std::string all;
        for (const auto& value : values) all += (all.empty() ? "" : " or ") + in_quotes(value);
        return all;
    }

    void roles() {
        const auto& users = config_.users;
        add("protected", users.protected_roles.empty() ? "nobody: name the roles in 'users.protected'"
                                                       : "who has a role of " + enumerated(users.protected_roles));
        for (const auto& source : users.roles) add("protected", "roles: " + role_in_words(source));
    }

    static std::string role_in_words(const RoleSource& source) {
        std::vector<std::string> all;
        for (const auto& [role, column] : source.flags) all.push_back(in_quotes(column) + " makes " + role);
        for (const auto& [key, role] : source.keys) all.push_back("the key " + in_quotes(key) + " is " + role);
        if (!all.empty()) return enumerated(all);
        if (source.holders.given()) {
            return "whom column " + in_quotes(source.holders.column) + " of table " + in_quotes(source.holders.table) +
                   constants_in_words(source.holders.where) + " lists is " + source.holders.role;
        }
        std::string text = "column " + in_quotes(source.column);
        if (source.in.given()) text += " of " + rows_in_words(source.in);
        if (source.through.given()) text += ", and by it table " + in_quotes(source.through.table);
        if (source.up.given()) text += ", with what stands above it in table " + in_quotes(source.up.table);
        if (!source.names_table.empty()) text += ", called as in table " + in_quotes(source.names_table);
        for (const auto& [role, flag] : source.names_flags) text += ", where " + in_quotes(flag) + " makes " + role;
        return text;
    }

    void drawn() {
        for (const auto& part : profile_.parts) add("drawn", part.name + ": " + part.value.in_words());
        if (profile_.token.given()) add("drawn", "the token: " + profile_.token.in_words());
        if (profile_.scheme == Scheme::django || profile_.scheme == Scheme::django_allauth)
            add("mailed", "a time and Django's HMAC over the account as it is; nothing is drawn");
        else if (profile_.scheme == Scheme::jwt_hs256)
            add("mailed", "a JSON Web Token, signed with HMAC-SHA-256; nothing is drawn");
        else
            add("mailed", profile_.mailed.given() ? profile_.mailed.in_words() : "the token");
        for (const auto& place : profile_.places) add("mailed", "{" + place.name + "}: " + place.value.in_words());
        if (!config_.reset.link.empty()) add("link", config_.reset.link);
    }

    void stored() {
        const auto& store = profile_.store;
        if (store.mode == StoreMode::ledger) return add("stored", "in pwreset's own table, see pwreset-tokens(5)");
        if (store.mode == StoreMode::none) return add("stored", "nothing: the token proves itself");
        std::string text = "in columns of the users row";
        if (store.mode == StoreMode::insert) text = "in a new row of table " + in_quotes(store.table);
        if (store.mode == StoreMode::delete_insert)
            text = "in a row of table " + in_quotes(store.table) + ", in the place of the account's older ones";
        if (store.mode == StoreMode::upsert)
            text = "in the row of table " + in_quotes(store.table) + " that the account has";
        add("stored", text + constants_in_words(store.where));
        for (const auto& column : store.find) add("stored", "found by " + column_in_words(column));
        for (const auto& column : store.set) add("stored", column_in_words(column));
        for (const auto& cache : store.caches) add("stored", "rows of the cache " + in_quotes(cache.table) + " go");
    }

    static std::string column_in_words(const NamedExpression& column) {
        return "column " + in_quotes(column.name) + ": " + column.value.in_words();
    }

    void life() {
        if (profile_.native()) return add("lives", "as long as [reset] says, in pwreset's own table");
        const std::string ours = std::string("as long as 'reset.") +
                                 (profile_.store.of_codes ? "code_lifetime" : "link_lifetime") + "' says";
        if (profile_.uses("expires"))
            add("lives", ours + ": its end is what the application goes by");
        else if (profile_.application_lifetime)
            add("lives", ours + ": the application adds " + duration_text(*profile_.application_lifetime) +
                             " to the time of issue, which is written so that it ends then");
        else
            add("lives",
                "for ever in the application: pwreset takes it away when its time is over, so run "
                "'pwreset purge-expired' or 'pwreset deliver' often");
        for (const auto& event : profile_.void_by) add("ends", "by " + event_in_words(event));
        if (profile_.store.mode == StoreMode::insert || profile_.store.mode == StoreMode::none)
            add("ends", "not by a newer token: both are good");
        else
            add("ends", "by a newer token");
    }

    void revocation() {
        if (profile_.native()) return add("revoked", "by 'pwreset revoke'");
        switch (profile_.store.revocation) {
            case Revocation::impossible:
                return add("revoked", "it cannot be: only what ends it by itself does");
            case Revocation::remove:
                return add("revoked", "by 'pwreset revoke': its row is deleted");
            case Revocation::empty:
                return add("revoked", "by 'pwreset revoke': its columns are emptied");
            case Revocation::bump:
                return add("revoked", "by 'pwreset revoke', all tokens of the account at once: column " +
                                          in_quotes(profile_.store.bump_column) + " is moved by " +
                                          duration_text(profile_.store.bump_by));
        }
    }

    void passwords() {
        std::vector<std::string> names;
        for (const auto& format : config_.temporary_password.formats) names.push_back(name_of_format(format));
        if (!names.empty()) add("passwords", "stored as " + enumerated(names));
        demand();
        const auto& beside = profile_.password_store;
        if (beside.set.empty()) return;
        add("passwords", "a temporary one stands beside the old one, which goes on working");
        for (const auto& column : beside.set) add("passwords", column_in_words(column));
        if (beside.lifetime) add("passwords", "the application gives it " + duration_text(*beside.lifetime));
        for (const auto& event : beside.void_by) add("passwords", "ended by " + event_in_words(event));
    }

    void demand() {
        const auto& passwords = config_.temporary_password;
        if (passwords.must_change.empty()) return;
        const auto& in = passwords.must_change_in;
        add("passwords", "a new one is demanded by column " + in_quotes(passwords.must_change) +
                             (in.given() ? " of " + rows_in_words(in) : std::string()));
    }

    void needs() {
        for (const auto& secret : profile_.secrets) {
            add("needs", "the secret " + in_quotes(secret.name) +
                             (secret.table.empty() ? std::string(", from a file or a credential")
                                                   : ", from column " + in_quotes(secret.column) + " of table " +
                                                         in_quotes(secret.table)));
        }
        if (profile_.asks_for_token())
            add("needs", "a token that the application itself made, compared once by 'pwreset profile check --link'");
        if (profile_.asks_for_link())
            add("needs",
                "a link of pwreset's that the application took, told once by 'pwreset profile check "
                "--accepted'");
        if (profile_.zone == "application")
            add("needs", "the application's time zone: 'reset.application_zone', now " + profile_.application_zone);
    }

    void notes() {
        if (profile_.burnt_by_get) add("note", burns_note);
        if (profile_.signs_in) add("note", signs_in_note);
        if (profile_.must_change) add("note", "with each link the account's demand for a new password is written");
        if (!profile_.typed.empty()) add("note", "the user has to type the " + profile_.typed + " besides");
        if (profile_.future_refused) add("note", "a time ahead of the application's clock is refused");
        if (!profile_.blocks_form.empty()) add("note", profile_.blocks_form);
        if (!profile_.store.hint.empty()) add("note", profile_.store.hint);
        if (!profile_.password_store.hint.empty()) add("note", profile_.password_store.hint);
    }

    const Config& config_;
    const Profile& profile_;
    std::vector<ExplainedLine> lines_;
};

}  // namespace

std::vector<std::string> notes_on_links(const Profile& profile) {
    std::vector<std::string> notes;
    if (profile.native() || !profile.has_links()) return notes;
    if (profile.burnt_by_get) notes.emplace_back(burns_note);
    if (profile.signs_in) notes.emplace_back(signs_in_note);
    if (!profile.blocks_form.empty()) notes.push_back(profile.blocks_form);
    if (!profile.only_latest_lives())
        notes.emplace_back(profile.store.mode == StoreMode::none
                               ? "links of before go on working until they end"
                               : "links of before that the application itself mailed go on working until they end");
    if (profile.store.revocation == Revocation::impossible) notes.emplace_back("the link cannot be revoked");
    return notes;
}

std::vector<ExplainedLine> explain(const Config& config, const Profile& profile) {
    return Explanation(config, profile).lines();
}

}  // namespace pwreset
