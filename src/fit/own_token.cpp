#include "src/fit/own_token.h"

#include <algorithm>
#include <utility>

#include "db/own/audit.h"
#include "db/own/limits.h"
#include "db/own/token_records.h"
#include "db/own/tokens.h"
#include "db/retrying.h"
#include "src/account/eligibility.h"
#include "src/account/matching.h"
#include "src/audit/chain.h"
#include "src/audit/trail.h"
#include "src/base/encoding.h"
#include "src/proof/proof.h"
#include "src/queue/decision.h"
#include "src/recovery/target.h"
#include "src/token/link_pattern.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

using namespace std::chrono_literals;

constexpr const char* proof_action = "profile-check";
constexpr const char* token_area = "token";
constexpr const char* link_area = "link";

/// Tries at tokens of the test account, so that nobody learns of a secret by trying.
constexpr const char* tries_key = "profile-check";
constexpr std::int64_t most_tries = 10;
constexpr Seconds tries_window = 24h;

/// A token that was asked for now is no older. Where it seems to be, the clocks are told apart.
constexpr Seconds newest_token = 15min;
constexpr Seconds clocks_apart = 5min;

AuditEntry proof_entry(const Grounds& grounds, const std::string& result, const char* what) {
    return {.action = proof_action,
            .result = result,
            .ticket = grounds.ticket,
            .reason = grounds.reason,
            .detail = std::string(what)};
}

/// Runs what finds out, and records a failure of it.
template <typename Look>
auto or_recorded(Context& context, const Grounds& grounds, const char* what, const Look& look) {
    try {
        return look();
    } catch (const Error& error) {
        if (error.exit != Exit::unavailable) record_alone(context, proof_entry(grounds, error.code, what));
        throw;
    }
}

db::AccountRow test_account(Context& context) {
    const std::string& written = context.application().profile().test_account;
    if (written.empty()) {
        throw config_error("no test account: 'reset.test_account' is not written",
                           "make an account in the application that is nobody's, and write test_account = \"id:KEY\" "
                           "into [reset]");
    }
    auto account = find_account(context.accounts, parse_identity(written, context.config.users.phone_region));
    if (is_protected(account, context.config.users)) {
        throw Error(Exit::forbidden, "PROTECTED_ACCOUNT", "the account of 'reset.test_account' is protected",
                    "name one there that has no rights in the application");
    }
    return account;
}

void take_try(Context& context) {
    auto& session = context.session;
    const std::string& app = context.config.application;
    db::retrying(session, [&] {
        db::prepare_limits(session, app, {tries_key});
        db::Transaction transaction(session);
        const Time now = session.now();
        if (const auto ends = db::take_limit(session, app, tries_key, most_tries, tries_window, now)) {
            Error error(Exit::limited, "RATE_LIMITED", "too many tokens that did not agree", "look at [secrets] first");
            error.available_in_seconds = std::chrono::ceil<Seconds>(*ends - now).count();
            throw error;
        }
        transaction.commit();
    });
}

/// Writes it down, and records it.
void put_shown(Context& context, ProofWay way, const std::string& account, const Grounds& grounds, const char* what) {
    db::retrying(context.session, [&] {
        db::Transaction transaction(context.session);
        put_proof(context, way, context.session.now());
        AuditEntry entry = proof_entry(grounds, "done", what);
        entry.account = account;
        record(context, {entry});
        transaction.commit();
    });
}

void record_fault(Context& context, const std::string& account, const Grounds& grounds, const char* what) {
    AuditEntry entry = proof_entry(grounds, "PROBLEMS", what);
    entry.account = account;
    record_alone(context, entry);
}

// --- a token of the application's own ------------------------------------------------------------------------------

std::vector<PatternedLink> links_in(const Context& context, const Secret& pasted) {
    constexpr std::size_t most_put = 8;
    auto links = read_links(pasted, context.config.reset.link);
    if (links.empty()) {
        throw invalid_input("there is no link of the application in what was entered",
                            "enter the link as it stands in the application's own mail");
    }
    if (links.size() > most_put) links.resize(most_put);
    return links;
}

/// What pwreset made itself agrees with pwreset, and shows nothing.
bool any_is_ours(Context& context, const std::vector<PatternedLink>& links) {
    std::vector<std::string> verifiers;
    for (const auto& link : links) verifiers.push_back(link_verifier(link.token));
    return !db::links_with(context.session, context.config.application, verifiers).empty();
}

enum class Agreement {
    none,
    clock,  ///< it may be the account's, and its time is not now
    whole,
};

struct Compared {
    Agreement agreement = Agreement::none;
    Seconds age{0};  ///< by the application's clock, as the profile reads it
};

Compared compared(Application& application, const PatternedLink& link, const db::AccountRow& account, Time now) {
    const Profile& profile = application.profile();
    const Taken taken = application.take({link.token.reveal(), link.places}, account, now);
    auto issued = taken.issued;
    if (!issued && taken.expires && profile.application_lifetime)
        issued = *taken.expires - *profile.application_lifetime;
    Compared result;
    if (issued) result.age = std::chrono::floor<Seconds>(now - *issued);
    const bool is_now = !issued || (result.age <= newest_token && result.age >= -clocks_apart);
    if (taken.verdict == Taken::Verdict::valid)
        result.agreement = is_now ? Agreement::whole : Agreement::clock;
    else if (taken.verdict == Taken::Verdict::expired || taken.verdict == Taken::Verdict::not_yet)
        result.agreement = Agreement::clock;
    return result;
}

/// The one that agrees best.
std::pair<const PatternedLink*, Compared> best_of(Application& application, const std::vector<PatternedLink>& links,
                                                  const db::AccountRow& account, Time now) {
    std::pair<const PatternedLink*, Compared> best{&links.front(), {}};
    for (const auto& link : links) {
        const Compared found = compared(application, link, account, now);
        if (found.agreement > best.second.agreement) best = {&link, found};
        if (found.agreement == Agreement::whole) break;
    }
    return best;
}

/// Whether it agrees where the profile is another one.
bool agrees_as(Context& context, const Profile& other, const PatternedLink& link, const db::AccountRow& account,
               Time now) {
    Application application(context.env, context.config, other, context.session, context.accounts);
    return compared(application, link, account, now).agreement == Agreement::whole;
}

bool has_zone(const Profile& profile) {
    return profile.zone == "application" ||
           std::any_of(profile.reads.begin(), profile.reads.end(),
                       [](const ReadColumn& column) { return column.zone == "application"; });
}

/// "+03:30"
std::string offset_text(std::chrono::minutes offset) {
    const auto count = offset.count() < 0 ? -offset.count() : offset.count();
    const auto two = [](long number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return (offset.count() < 0 ? "-" : "+") + two(count / 60) + ":" + two(count % 60);
}

/// The clocks by which it would agree: all that there are, in quarters of an hour.
std::optional<std::string> other_zone(Context& context, const PatternedLink& link, const db::AccountRow& account,
                                      Time now) {
    Profile other = context.application().profile();
    if (!has_zone(other)) return {};
    for (auto offset = -12h + 0min; offset <= 14h; offset += 15min) {
        other.application_zone = offset_text(offset);
        if (agrees_as(context, other, link, account, now)) return other.application_zone;
    }
    return {};
}

/// The secret that is the right one where its other file is.
std::optional<std::string> other_secret(Context& context, const PatternedLink& link, const db::AccountRow& account,
                                        Time now) {
    const Profile& profile = context.application().profile();
    for (std::size_t i = 0; i < profile.secrets.size(); ++i) {
        if (profile.secrets[i].other.empty()) continue;
        Profile other = profile;
        other.secrets[i].file = other.secrets[i].other;
        if (agrees_as(context, other, link, account, now)) return profile.secrets[i].name;
    }
    return {};
}

std::string age_text(Seconds age) {
    const Seconds span = age < 0s ? -age : age;
    return duration_text(span) + (age < 0s ? " from now" : " ago");
}

/// Why it does not agree, as far as that shows.
Check disagreement(Context& context, const PatternedLink& link, const Compared& found, const db::AccountRow& account,
                   Time now) {
    const Profile& profile = context.application().profile();
    if (const auto digest = context.application().other_digest(link.token.reveal()); !digest.empty()) {
        return problem(token_area,
                       "the application makes its tokens with " + digest + ", and the key is of the other digest",
                       digest == "SHA-1" ? "take DEFAULT_HASHING_ALGORITHM out of its settings: tokens by SHA-1 can be "
                                           "guessed, and none is made"
                                         : "derive the key with " + digest + ": the preset tells how");
    }
    if (const auto secret = other_secret(context, link, account, now)) {
        return problem(token_area,
                       "it does not agree with the secret '" + *secret + "', and would with its 'other_file'",
                       "make that one the 'file' in [secrets]");
    }
    if (const auto zone = other_zone(context, link, account, now)) {
        return problem(token_area,
                       "it does not agree with 'application_zone', which is " + profile.application_zone +
                           ", and would if the application's clocks stood at " + *zone,
                       "write the name of its zone into [reset]: application_zone = \"Area/City\"");
    }
    if (found.agreement == Agreement::clock) {
        return problem(
            token_area, "its clock says that it was asked for " + age_text(found.age),
            "ask for a new link and enter it at once; if this one is new, compare the clocks of both hosts and "
            "'application_lifetime' with the application's settings");
    }
    return problem(
        token_area,
        profile.secrets.empty() ? "it is not what the profile makes of the test account"
                                : "it is not what the profile makes of the test account and the secret",
        "is it the newest link, of this account, and not used? Else look at [secrets] and at what [reset] and "
        "[users] say instead of the profile");
}

}  // namespace

Checks check_own_token(Context& context, const Secret& pasted, const Grounds& grounds) {
    constexpr const char* what = "a token of the application";
    if (context.application().profile().native() || !context.application().profile().has_links())
        throw usage_error("the profile knows no tokens that the application itself makes", "leave --link out");
    const auto [account, links] = or_recorded(context, grounds, what, [&] {
        auto found = test_account(context);
        auto inside = links_in(context, pasted);
        take_try(context);
        return std::pair(std::move(found), std::move(inside));
    });
    if (any_is_ours(context, links)) {
        record_fault(context, account.id, grounds, what);
        return {problem(token_area, "pwreset made that one itself, so it shows nothing",
                        "ask for a link with the application's own form")};
    }
    const Time now = context.session.now();
    const auto [link, found] = best_of(context.application(), links, account, now);
    if (found.agreement != Agreement::whole) {
        record_fault(context, account.id, grounds, what);
        return {disagreement(context, *link, found, account, now)};
    }
    put_shown(context, ProofWay::token, account.id, grounds, what);
    db::give_back_limit(context.session, context.config.application, tries_key);
    return {{token_area, Level::ok, "a token that the application itself made for the test account agrees",
             "it still opens that account: use it up, or end it as 'pwreset profile show' tells"}};
}

// --- a link of ours that the application took ------------------------------------------------------------------------

namespace {

/// Whether it was made by what is at work now: the trail tells, where its entry is genuine.
bool made_as_now(Context& context, std::int64_t delivery) {
    db::AuditFilter filter;
    filter.delivery_id = delivery;
    filter.action = "mint";
    const auto profile = unhex(context.application().profile().digest);
    const auto rows = db::list_audit(context.session, context.config.application, filter, 0, 100);
    return std::any_of(rows.begin(), rows.end(), [&](const db::AuditRow& row) {
        return row.profile == profile && row.delivery_id == delivery &&
               examine(row, context.keys.own) == Authenticity::genuine;
    });
}

/// Whether the application's tables hold nothing of the account's links any more. Nothing where it stores none.
bool holds_none_of_ours(Context& context, const db::AccountRow& account) {
    if (context.application().profile().store.mode == StoreMode::none) return false;
    const auto ours = db::app_refs_of(context.session, context.config.application, account.id);
    const auto held = context.application().held(account);
    return !ours.empty() && std::none_of(held.begin(), held.end(), [&](const HeldToken& token) {
        return token.app_ref && std::find(ours.begin(), ours.end(), *token.app_ref) != ours.end();
    });
}

/// Why it does not show that the application takes pwreset's links; nothing where it does.
std::optional<Check> not_taken(Context& context, const db::DeliveryRow& delivery, const db::AccountRow& account) {
    if (delivery.account != account.id || delivery.kind != Kind::link)
        return problem(link_area, "that is no link to the test account", "request one for it, and use it");
    const auto token = db::last_token_of(context.session, delivery.id);
    if (!token || !made_as_now(context, delivery.id)) {
        return problem(link_area, "no link of that delivery was made by profile and configuration as they are now",
                       "request another for the test account, and use it");
    }
    if (token->state == TokenState::ended)
        return problem(link_area, "that link was made void", "request another for the test account, and use it");
    const bool changed = token->pw_mark && password_changed(context, account, *token->pw_mark, token->pw_form);
    const bool gone = token->expires_at > context.session.now() && holds_none_of_ours(context, account);
    if (token->state == TokenState::used || changed || gone) return {};
    return problem(link_area,
                   "nothing shows that the application took that link: the test account has its old password",
                   "open the link, choose a password, then look again");
}

}  // namespace

Checks check_taken_link(Context& context, const std::string& reference, const Grounds& grounds) {
    constexpr const char* what = "a link that the application took";
    const auto [account, delivery] = or_recorded(context, grounds, what, [&] {
        auto found = test_account(context);
        return std::pair(std::move(found),
                         find_delivery(context, names_delivery(reference) ? reference : "ref:" + reference));
    });
    if (auto fault = not_taken(context, delivery, account)) {
        record_fault(context, account.id, grounds, what);
        return {std::move(*fault)};
    }
    put_shown(context, ProofWay::link, account.id, grounds, what);
    return {fine(link_area, "the application took a link of pwreset's for the test account")};
}

}  // namespace pwreset
