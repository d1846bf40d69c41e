#include "src/doctor/accounts.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "db/inventory.h"
#include "db/names.h"
#include "src/account/phone.h"
#include "src/apps/users_table.h"
#include "src/base/ascii.h"
#include "src/base/masking.h"

namespace pwreset {

namespace {

constexpr const char* accounts_area = "accounts";
constexpr std::size_t most_samples = 3;

std::string masked(const std::string& identity) {
    return "'" + (identity.find('@') == identity.npos ? mask_phone(identity) : mask_email(identity)) + "'";
}

std::string how_many(std::int64_t count, const char* one, const char* several) {
    return std::to_string(count) + " " + (count == 1 ? one : several);
}

/// "3 identities of 7 accounts", with some of them.
std::string told(const db::Collisions& found) {
    std::string text = found.more ? "more than " + std::to_string(db::most_collisions) + " identities"
                                  : how_many(found.identities, "identity", "identities") + " of " +
                                        how_many(found.accounts, "account", "accounts");
    std::string some;
    for (const auto& sample : found.samples)
        some += (some.empty() ? ", such as " : ", ") + masked(sample.value) + " of id:" + sample.first +
                " and id:" + sample.last;
    return text + some;
}

}  // namespace

Checks judge_collisions(const CollisionsFound& found) {
    Checks checks;
    std::int64_t told_already = 0;
    std::vector<std::string> free_of;
    const auto judge = [&](const std::optional<db::Collisions>& collisions, const std::string& to,
                           const std::string& remedy) {
        if (!collisions) return;
        if (collisions->identities == 0) return free_of.push_back(to);
        // To the laxer one those are the same, too.
        if (!collisions->more && collisions->accounts <= told_already) return;
        told_already = collisions->accounts;
        checks.push_back(
            warning(accounts_area, "'" + found.key + "': " + told(*collisions) + " are the same to " + to, remedy));
    };
    judge(found.by_case, "who takes no notice of case",
          "in any other spelling they answer AMBIGUOUS_USER: merge them, or correct one in the application");
    const std::string exact =
        "pwreset tells them apart byte for byte; where the application does not, a reset of one may "
        "reach the other: correct one of them";
    if (!found.collation.empty()) judge(found.by_collation, "the collation " + found.collation, exact);
    judge(found.by_unicode, "Unicode, in its compatibility forms and without case", exact);
    if (!found.by_unicode)
        checks.push_back(
            fine(accounts_area, "'" + found.key + "': this server cannot tell what is the same to Unicode"));
    if (!free_of.empty())
        checks.push_back(
            fine(accounts_area, "'" + found.key + "': no two accounts are the same to " + listed(free_of)));
    return checks;
}

Check judge_numbers(const std::vector<db::StoredNumber>& numbers, const UsersConfig& users) {
    std::map<std::string, std::set<std::string>> owners;
    for (const auto& [account, number] : numbers) {
        const auto phone = parse_phone(number, users.phone_region).phone;
        if (phone) owners[phone->e164].insert(account);
    }
    std::erase_if(owners, [](const auto& one) { return one.second.size() < 2; });
    if (owners.empty())
        return fine(accounts_area,
                    "'users.phone': no two accounts have the same number in E.164, as far as was looked");
    std::string some;
    std::size_t shown = 0;
    for (const auto& [number, ids] : owners) {
        if (++shown > most_samples) break;
        some += ", '" + mask_phone(number) + "' of id:" + *ids.begin() + " and id:" + *ids.rbegin();
    }
    return warning(accounts_area,
                   "'users.phone': " + how_many(static_cast<std::int64_t>(owners.size()), "number is", "numbers are") +
                       " of several accounts, in one form or another" + some,
                   "such a number answers AMBIGUOUS_USER: correct it in the application");
}

namespace {

std::string collation_of(db::Session& session, const Config& config, const db::UsersTable& names, UsersColumn column) {
    const auto* in = names.other_table(column);
    const auto [schema, table] = db::schema_and_table(config.database.name, in ? in->table : names.table);
    for (const auto& found : db::columns(session, schema, table)) {
        if (ascii_lower(found.name) == ascii_lower(names.name(column))) return found.collation;
    }
    return {};
}

Checks check_column(db::Session& session, const Config& config, db::Accounts& accounts, UsersColumn column) {
    CollisionsFound found{
        std::string(facts_of(column).key), collation_of(session, config, accounts.names(), column), {}, {}, {}};
    for (const auto& [same, into] : {std::pair(db::SameTo::case_folding, &found.by_case),
                                     {db::SameTo::collation, &found.by_collation},
                                     {db::SameTo::unicode, &found.by_unicode}})
        *into = db::collisions(session, accounts, column, same);
    return judge_collisions(found);
}

/// What took too long is told, and the next is looked at.
void look_within(Checks& checks, const std::string& key, const std::function<Checks()>& look) {
    try {
        for (auto& check : look()) checks.push_back(std::move(check));
    } catch (const db::TooSlow&) {
        checks.push_back(warning(accounts_area, "'" + key + "': comparing all accounts takes longer than 10 s",
                                 "run it where the server has less to do"));
    }
}

}  // namespace

Checks check_accounts(db::Session& session, const Config& config) {
    db::Accounts accounts(session, users_table(config.users));
    Checks checks;
    for (const auto column : {UsersColumn::email, UsersColumn::login}) {
        if (accounts.names().name(column).empty()) continue;
        look_within(checks, std::string(facts_of(column).key),
                    [&] { return check_column(session, config, accounts, column); });
    }
    if (!config.users.phone.empty()) {
        look_within(checks, "users.phone", [&]() -> Checks {
            const auto numbers = db::similar_numbers(session, accounts);
            return numbers ? Checks{judge_numbers(*numbers, config.users)} : Checks{};
        });
    }
    return checks;
}

}  // namespace pwreset
