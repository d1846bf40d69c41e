#include "src/apps/taking.h"

#include <algorithm>

#include "src/apps/application.h"
#include "src/apps/schemes/django.h"
#include "src/apps/schemes/jwt_hs256.h"
#include "src/apps/schemes/scheme.h"
#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/hash/digest.h"

namespace pwreset {

namespace {

constexpr int most_alike = 10;  ///< rows in which one value is looked for

Value presented(std::string_view text) { return {ValueType::text, Secret(text), 0}; }

/// What is new in `more` beside what is known.
void learn(Values& known, const Values& more) {
    for (const auto& [name, value] : more) {
        if (known.find(name) == known.end()) known[name] = {value.type, value.content.duplicate(), value.number};
    }
}

std::string text_named(const Values& names, std::string_view name) {
    const auto found = names.find(name);
    if (found == names.end() || found->second.type != ValueType::text) return {};
    return std::string(found->second.content.reveal());
}

std::optional<Time> moment_named(const Values& names, std::string_view name) {
    const auto found = names.find(name);
    if (found == names.end()) return {};
    return Clocks::moment_of(found->second);
}

/// Whether a cell holds no token, as columns of the users row do most of the time.
bool holds_none(const std::optional<std::string>& cell) { return !cell || cell->empty() || *cell == "0"; }

void learn(Values& known, const std::optional<Values>& more) {
    if (more) learn(known, *more);
}

/// The value that an expression has of what is known; nothing where it needs more.
std::optional<Value> worked_out(const Expression& value, const Values& known, const Env& env) try {
    return value.evaluate(known, env);
} catch (const Error& error) {
    if (error.code == "INVALID_INPUT") return {};
    throw;
}

}  // namespace

std::string_view word_of(Taken::Verdict verdict) {
    switch (verdict) {
        case Taken::Verdict::valid:
            return "valid";
        case Taken::Verdict::not_yet:
            return "not_yet";
        case Taken::Verdict::expired:
            return "expired";
        case Taken::Verdict::superseded:
            return "superseded";
        case Taken::Verdict::changed:
            return "changed";
        case Taken::Verdict::gone:
            break;
    }
    return "gone";
}

// --- whom a link is about --------------------------------------------------------------------------------------------

/// What a link tells before anything of the account is known. It proves nothing.
Values Application::told_by(const PresentedLink& link) {
    read_secrets();
    Values told;
    learn(told, secrets_);
    if (profile_.mailed.given())
        learn(told, profile_.mailed.read(link.token, told));
    else
        told["token"] = presented(link.token);
    if (profile_.token.given() && !profile_.mailed.given()) learn(told, profile_.token.read(link.token, told));
    if (const auto jwt = profile_.scheme == Scheme::jwt_hs256 ? Jwt::read(link.token) : std::nullopt) {
        for (const auto& [name, value] : profile_.scheme_keys.claims) {
            if (const auto claimed = jwt->claim(name)) learn(told, value.read(*claimed, told));
        }
    }
    for (const auto& [place, text] : link.places) {
        if (place == "email" || place == "login" || place == "key" || place == "id")
            told.emplace(place == "id" ? "key" : place, presented(text));
        for (const auto& named : profile_.places) {
            if (named.name == place) learn(told, named.value.read(text, told));
        }
    }
    return told;
}

std::vector<db::AccountRow> Application::meant_by(const PresentedLink& link) {
    const Values told = told_by(link);
    auto meant = accounts_named(told);
    if (!meant.empty() || !store_) return meant;
    const auto look = [&](const NamedExpression& column, bool in_other_form) {
        if (column.value.is_null() || column.value.salted() || !depends_on_token(column.value)) return;
        const auto value = worked_out(column.value, told, env_);
        if (!value || value->type == ValueType::time || value->type == ValueType::number) return;
        const std::string text(value->content.reveal());
        for (const auto& row : store_->with(column.name, text, most_alike, in_other_form)) {
            Values whose;
            if (profile_.store.mode == StoreMode::columns)
                whose["key"] = presented(row.find.at(0).value_or(""));
            else
                for (std::size_t i = 0; i < row.find.size(); ++i) {
                    if (row.find[i]) learn(whose, profile_.store.find[i].value.read(*row.find[i], whose));
                }
            for (auto& account : accounts_named(whose)) meant.push_back(std::move(account));
        }
    };
    for (const auto& column : profile_.store.set) {
        if (meant.empty()) look(column, false);
    }
    for (const auto& form : profile_.store.also) {
        for (const auto& column : form) {
            if (meant.empty()) look(column, true);
        }
    }
    return meant;
}

std::vector<db::AccountRow> Application::accounts_named(const Values& names) {
    if (const auto key = text_named(names, "key"); !key.empty()) return accounts_.by_ids({key});
    for (const auto& [name, key] :
         {std::pair("email", db::AccountKey::email), std::pair("login", db::AccountKey::login)}) {
        const auto text = text_named(names, name);
        if (text.empty() || !accounts_.has(key)) continue;
        auto found = accounts_.candidates(key, {text});
        std::erase_if(found, [&, by_login = key == db::AccountKey::login](const auto& row) {
            return ascii_lower(by_login ? row.login : row.email) != ascii_lower(text);
        });
        return found;
    }
    return {};
}

/// Whether what is written there differs with the link. A part of which the link has nothing is the row's own: its id.
bool Application::depends_on_token(const Expression& value) const {
    if (value.names("token") || value.names("code") || value.salted()) return true;
    return std::any_of(profile_.parts.begin(), profile_.parts.end(), [&](const auto& part) {
        const bool in_link = (profile_.token.given() && profile_.token.names(part.name)) ||
                             (profile_.mailed.given() && profile_.mailed.names(part.name));
        return in_link && value.names(part.name);
    });
}

/// Whether that is known of it, so that it proves something.
bool Application::depends_on_known(const Expression& value, const Values& known) const {
    const auto is_known = [&](const std::string& name) { return value.names(name) && known.count(name) > 0; };
    return is_known("token") || std::any_of(profile_.parts.begin(), profile_.parts.end(),
                                            [&](const auto& part) { return is_known(part.name); });
}

// --- what is held ----------------------------------------------------------------------------------------------------

/// What a cell is, as an expression has it.
std::string Application::cell_text(const std::string& column, const std::string& held) {
    return store_->type_of(column).holds == db::Holds::bytes ? unhex(held).value_or("") : held;
}

/// The times that a row's columns show by themselves: a digest beside them may be of one.
void Application::learn_shown(const db::ReadCells& cells, Values& known) {
    const auto& set = profile_.store.set;
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (!cells[i] || set[i].value.is_null() || !set[i].value.bare_time()) continue;
        const auto time = clocks_.read_cell(cells[i], store_->type_of(set[i].name).timestamp);
        const char* name = set[i].value.names("expires") ? "expires" : "issued";
        if (time) known.emplace(name, Clocks::value_of(*time));
    }
}

/// All times that a row tells.
void Application::learn_clock(const db::ReadCells& cells, Values& known) {
    const auto& set = profile_.store.set;
    learn_shown(cells, known);
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (!cells[i] || set[i].value.is_null() || set[i].value.bare_time()) continue;
        const std::string text = cell_text(set[i].name, *cells[i]);
        auto read = set[i].value.read(text, known);
        for (const auto& form : profile_.store.also) {
            for (const auto& other : form) {
                if (!read && other.name == set[i].name) read = other.value.read(text, known);
            }
        }
        learn(known, read);
    }
}

/// Whether a row is of this token, in one of the forms in which the application writes it; then what it tells besides.
std::optional<Values> Application::matched(const db::ReadCells& cells, const Values& names, std::string_view token) {
    const auto in_form = [&](const std::vector<NamedExpression>& form) -> std::optional<Values> {
        Values known;
        learn(known, names);
        learn_shown(cells, known);
        bool proved = false;
        for (std::size_t i = 0; i < profile_.store.set.size(); ++i) {
            const auto& column = profile_.store.set[i];
            const auto other =
                std::find_if(form.begin(), form.end(), [&](const auto& one) { return one.name == column.name; });
            const Expression& value = other == form.end() ? column.value : other->value;
            if (value.is_null() || value.bare_time() || !depends_on_token(value)) continue;
            const bool known_before = depends_on_known(value, known);
            const auto read = cells[i] ? value.take_apart(cell_text(column.name, *cells[i]), known) : std::nullopt;
            if (!read) return {};
            learn(known, read);
            // A draw that the link does not tell is read out of the row, whatever stands there.
            proved = proved || known_before || profile_.mailed.given();
        }
        if (profile_.mailed.given() && !profile_.mailed.take_apart(token, known)) return {};
        return proved ? std::optional(std::move(known)) : std::nullopt;
    };
    if (auto found = in_form({})) return found;
    for (const auto& form : profile_.store.also) {
        if (auto found = in_form(form)) return found;
    }
    return {};
}

// --- the verdict -----------------------------------------------------------------------------------------------------

/// Of a token that is the account's: what its clock says.
void Application::judge_clock(const Values& known, Time now, Taken& taken) const {
    taken.issued = moment_named(known, "issued");
    taken.expires = moment_named(known, "expires");
    if (!taken.expires && taken.issued && profile_.application_lifetime)
        taken.expires = *taken.issued + *profile_.application_lifetime;
    taken.endless = !taken.expires;
    const auto floor = profile_.not_before.empty() ? std::nullopt : moment_named(known, profile_.not_before);
    taken.verdict = Taken::Verdict::valid;
    if (taken.expires && *taken.expires <= now)
        taken.verdict = Taken::Verdict::expired;
    else if (floor && taken.issued && *taken.issued < *floor)
        taken.verdict = Taken::Verdict::changed;
    else if (profile_.future_refused && taken.issued && *taken.issued > now)
        taken.verdict = Taken::Verdict::not_yet;
}

/// Of a token of a scheme. What is past its own end is told as expired, whether it was ever good or not.
Taken Application::take_of_scheme(const PresentedLink& link, const Values& names, Time now, Taken taken) const {
    const TimeZone& zone = clocks_.zone();
    taken.issued = moment_named(names, "issued");
    taken.expires = moment_named(names, "expires");
    if (profile_.scheme != Scheme::jwt_hs256) {
        if (const auto clock = clock_of_django_token(link.token)) {
            taken.issued = django_issued(*clock, zone);
            taken.expires = django_end(*clock, profile_.application_lifetime.value(), zone);
        }
    }
    taken.verdict = Taken::Verdict::changed;
    if (scheme_takes(profile_, names, link.token, now, zone))
        taken.verdict = Taken::Verdict::valid;
    else if (taken.expires && *taken.expires <= now)
        taken.verdict = Taken::Verdict::expired;
    return taken;
}

Taken Application::take(const PresentedLink& link, const db::AccountRow& account, Time now) {
    auto cells = read({account.id});
    Values names = values_of(account, cells[account.id]);
    Values told = told_by(link);
    for (const auto& column : profile_.store.set) {
        // What the row says counts.
        for (const char* time : {"issued", "expires"}) {
            if (column.value.names(time)) told.erase(time);
        }
    }
    learn(names, told);
    Taken taken{.account = account.id};
    if (profile_.scheme != Scheme::none) return take_of_scheme(link, names, now, std::move(taken));
    if (profile_.store.mode == StoreMode::none) {
        const auto read = profile_.mailed.given() ? profile_.mailed.take_apart(link.token, names) : std::nullopt;
        learn(names, read);
        judge_clock(names, now, taken);
        if (read || taken.verdict == Taken::Verdict::expired) return taken;
        taken.verdict = Taken::Verdict::changed;
        taken.endless = false;
        return taken;
    }
    bool another = false;
    const auto column = proof_column();
    // What the application writes in another form may begin otherwise; that it is this token is proved by the rest.
    const bool in_any_form = !profile_.store.also.empty();
    for (const auto& row : store_->held(whose(account), most_held, false, in_any_form)) {
        if (!column || holds_none(row.at(*column))) continue;
        auto known = matched(row, names, link.token);
        another = true;
        if (!known) continue;
        learn_clock(row, *known);
        judge_clock(*known, now, taken);
        return taken;
    }
    taken.verdict = another && profile_.only_latest_lives() ? Taken::Verdict::superseded : Taken::Verdict::gone;
    return taken;
}

std::vector<HeldToken> Application::held(const db::AccountRow& account) {
    std::vector<HeldToken> all;
    const auto column = proof_column();
    if (!store_ || !column) return all;
    auto cells = read({account.id});
    const Values names = values_of(account, cells[account.id]);
    for (const auto& row : store_->held(whose(account), most_held, false)) {
        if (holds_none(row.at(*column))) continue;
        Values known;
        learn(known, names);
        learn_clock(row, known);
        Taken clock;
        judge_clock(known, Time(), clock);
        all.push_back({clock.issued, clock.expires, digest_of_row(account, row, *column)});
    }
    return all;
}

}  // namespace pwreset
