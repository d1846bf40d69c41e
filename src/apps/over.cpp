// Rows of tokens that are over in the application's own table: by its own clock, whoever issued them.
#include <algorithm>

#include "src/apps/application.h"
#include "src/base/error.h"

namespace pwreset {

namespace {

using namespace std::chrono_literals;

/// How far a clock on the wall can be from the one that a profile names: the widest span between two zones, and so more
/// than any hour that is shown twice.
constexpr Seconds widest_zones = 26h;

/// Whether an expression tells this moment and sorts as it does. A text would have to be of one form in every row.
bool sorts_by(const Expression& value, std::string_view moment) {
    if (value.is_null() || !value.names(moment) || value.drawn() || value.salted() || value.credential()) return false;
    return value.bare_time() || value.type() == ValueType::number;
}

}  // namespace

/// The column of `set` that tells when a token is over. `expires` decides where it is named, else what `issued` is.
std::optional<std::size_t> Application::end_column() {
    const auto& store = profile_.store;
    if (!store_ || !store.purge) return {};
    const bool by_end = profile_.uses("expires");
    if (!by_end && !profile_.application_lifetime) return {};
    for (std::size_t i = 0; i < store.set.size(); ++i) {
        if (!sorts_by(store.set[i].value, by_end ? "expires" : "issued")) continue;
        if (session_.is_sqlite()) return i;  // its columns hold whatever was written
        const auto holds = store_->type_of(store.set[i].name).holds;
        const bool number = store.set[i].value.type() == ValueType::number;
        if (number ? holds == db::Holds::integer || holds == db::Holds::decimal : holds == db::Holds::time) return i;
    }
    return {};
}

db::ResetCell Application::end_cell(std::size_t column, Time before) const {
    const Expression& value = profile_.store.set[column].value;
    if (value.bare_time()) before -= widest_zones;
    Values names;
    names["expires"] = Clocks::value_of(before);
    names["issued"] = Clocks::value_of(before - profile_.application_lifetime.value_or(Seconds(0)));
    return cell_of(value, names, {});
}

bool Application::purges() { return end_column().has_value(); }

std::int64_t Application::purge(Time before, int most) {
    const auto column = end_column();
    if (!column) return 0;
    return store_->purge(profile_.store.set[*column].name, end_cell(*column, before), most);
}

std::int64_t Application::count_over(Time before) {
    const auto column = end_column();
    if (!column) return 0;
    return store_->count_before(profile_.store.set[*column].name, end_cell(*column, before));
}

}  // namespace pwreset
