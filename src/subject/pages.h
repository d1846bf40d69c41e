// Walking a table by its primary key, so that any number of rows takes the same memory and no long read view.
#pragma once

#include <cstdint>
#include <functional>

#include "src/base/stop.h"
#include "src/context.h"

namespace pwreset {

/// Rows fetched at once; also how often a signal is looked for.
constexpr int rows_a_page = 1000;

/// Told how many rows were looked at since it was told last.
using RowsSeen = std::function<void(std::int64_t)>;

/// Hands each row that `fetch(after, most)` gives (oldest first, with an `id`) to `visit`. Throws Error INTERRUPTED
/// between two pages, with `state`: what is done by then.
template <typename Fetch, typename Visit>
void each_row(Context& context, const char* state, const RowsSeen& seen, Fetch fetch, Visit visit) {
    std::int64_t after = 0;
    for (bool more = true; more;) {
        stop_when_signalled(context.env, state);
        const auto rows = fetch(after, rows_a_page);
        for (const auto& row : rows) visit(row);
        seen(static_cast<std::int64_t>(rows.size()));
        more = rows.size() == rows_a_page;
        if (more) after = rows.back().id;
    }
}

}  // namespace pwreset
