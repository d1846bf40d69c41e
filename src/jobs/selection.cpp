#include "src/jobs/selection.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "db/own/account_key.h"
#include "src/account/matching.h"
#include "src/account/role_words.h"
#include "src/apps/profile.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

/// Rows that are looked at for one page, in pages: where few meet the filters, a page ends before it is full.
constexpr int most_looks = 20;

/// A filter without the column that it goes by.
Error no_column_for(const char* option, std::string_view key, const char* example) {
    return config_error("no '" + std::string(key) + "' for " + option,
                        "name the column in [users]: " + std::string(example));
}

}  // namespace

Selection::Selection(Context& context, Filters filters) : context_(context), filters_(std::move(filters)) {
    if (!filters_.given()) throw usage_error("nothing says whom the request is for", "write --all, or a filter");
    for (const auto& role : filters_.roles) {
        if (role.empty() || printable(role) != role)
            throw usage_error("'" + printable(role) + "' after --role is no role");
    }
    require_columns();
    // As a job keeps them.
    for (auto* time : {&filters_.created_before, &filters_.not_changed_since}) {
        if (*time) *time = std::chrono::floor<Seconds>(**time);
    }
    std::sort(filters_.excluded.begin(), filters_.excluded.end());
    filters_.excluded.erase(std::unique(filters_.excluded.begin(), filters_.excluded.end()), filters_.excluded.end());
    if (filters_.created_before) add_time_filter(UsersColumn::created_at);
    if (filters_.not_changed_since) add_time_filter(UsersColumn::password_changed_at);
    if (filters_.never_logged_in) add_time_filter(UsersColumn::last_login);
    if (filters_.upto.empty()) filters_.upto = context_.accounts.last_key(db::longest_key);
}

void Selection::require_columns() const {
    const auto& users = context_.config.users;
    if (!filters_.roles.empty() && users.roles.empty())
        throw no_column_for("--role", facts_of(UsersColumn::role).key, "role = \"role\"");
    if (filters_.created_before && users.created_at.empty())
        throw no_column_for("--created-before", facts_of(UsersColumn::created_at).key, "created_at = \"created_at\"");
    if (filters_.not_changed_since && users.password_changed_at.empty()) {
        throw no_column_for("--not-changed-since", facts_of(UsersColumn::password_changed_at).key,
                            "password_changed_at = \"password_changed_at\"");
    }
    if (filters_.never_logged_in && users.last_login.empty())
        throw no_column_for("--never-logged-in", facts_of(UsersColumn::last_login).key, "last_login = \"last_login\"");
}

void Selection::add_time_filter(UsersColumn column) {
    const auto& zones = context_.config.users.zones;
    const auto zone = zones.find(column);
    const std::string name = zone == zones.end() ? std::string() : zone->second;
    beside_.push_back(column);
    moments_.push_back(context_.at_work ? Moments(context_.at_work->profile(), name)
                                        : Moments(read_profile(context_.config, nullptr), name));
}

SelectedPage Selection::page(const std::string& after, int most) {
    SelectedPage out;
    out.next = after;
    for (int looks = 0; looks < most_looks && !out.last && 2 * out.accounts.size() < static_cast<std::size_t>(most);
         ++looks) {
        db::Walk walk{.after = out.next, .upto = filters_.upto, .beside = beside_, .longest_key = db::longest_key};
        auto walked = context_.accounts.walk(walk, most - static_cast<int>(out.accounts.size()));
        out.last = walked.last;
        if (!walked.next.empty()) out.next = walked.next;
        out.nameless += walked.nameless;
        out.looked_at += static_cast<std::int64_t>(walked.accounts.size());
        take(std::move(walked), out);
    }
    return out;
}

/// Puts those that meet the filters behind the others of the page.
void Selection::take(db::WalkedPage&& walked, SelectedPage& out) {
    std::vector<db::AccountRow> accounts;
    for (auto& one : walked.accounts) {
        if (by_times(one, walked, out)) accounts.push_back(std::move(one.account));
    }
    const auto is_excluded = [&](const db::AccountRow& account) {
        return std::binary_search(filters_.excluded.begin(), filters_.excluded.end(), account.id);
    };
    out.excluded += static_cast<std::int64_t>(std::erase_if(accounts, is_excluded));
    context_.accounts.complete(accounts);
    std::erase_if(accounts, [&](const db::AccountRow& account) { return !by_role(account); });
    for (auto& account : accounts) out.accounts.push_back(std::move(account));
}

bool Selection::by_role(const db::AccountRow& account) const {
    if (filters_.roles.empty()) return true;
    const auto granted = roles_of(account).granted;
    return std::any_of(filters_.roles.begin(), filters_.roles.end(), [&](const std::string& role) {
        return std::find(granted.begin(), granted.end(), plain_role(role)) != granted.end();
    });
}

Moment Selection::moment(UsersColumn column, const db::WalkedAccount& account, const db::WalkedPage& page) const {
    const auto at = static_cast<std::size_t>(std::find(beside_.begin(), beside_.end(), column) - beside_.begin());
    return moments_.at(at).read(account.beside.at(at), page.types.at(at).timestamp);
}

bool Selection::by_times(const db::WalkedAccount& account, const db::WalkedPage& page, SelectedPage& out) const {
    using Says = Moment::Says;
    Moment created;
    Moment changed;
    if (filters_.created_before) {
        created = moment(UsersColumn::created_at, account, page);
        if (created.says == Says::when && created.when >= *filters_.created_before) return false;
    }
    if (filters_.not_changed_since) {
        changed = moment(UsersColumn::password_changed_at, account, page);
        if (changed.says == Says::when && changed.when >= *filters_.not_changed_since) return false;
    }
    if (filters_.never_logged_in) {
        const auto login = moment(UsersColumn::last_login, account, page);
        if (login.says == Says::unclear) ++out.unknown_login;
        if (login.says != Says::never) return false;
    }
    if (filters_.created_before && created.says != Says::when) ++out.unknown_created;
    if (filters_.not_changed_since && changed.says != Says::when) ++out.unknown_changed;
    return true;
}

SelectionCount Selection::count(Seconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    const auto all = context_.accounts.count(static_cast<int>(std::max<Seconds::rep>(patience.count() / 2, 1)));
    const bool everybody = filters_.roles.empty() && beside_.empty() && filters_.excluded.empty();
    if (everybody) return {all.number, all.exact};
    SelectionCount count;
    std::int64_t looked_at = 0;
    for (SelectedPage one; !one.last;) {
        if (std::chrono::steady_clock::now() >= end) {
            // Of the others as many meet the filters as of those that were looked at: a guess, and told as one.
            const double share = looked_at > 0 ? static_cast<double>(count.number) / static_cast<double>(looked_at) : 1;
            return {static_cast<std::int64_t>(share * static_cast<double>(std::max(all.number, looked_at))), false};
        }
        one = page(one.next, 1000);
        count.number += static_cast<std::int64_t>(one.accounts.size());
        looked_at += one.looked_at;
    }
    return count;
}

}  // namespace pwreset
