// Listing page by page along the primary key, so that any number of rows takes the same memory and no long read view.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <string>

#include "cmd/command.h"
#include "src/base/stop.h"

namespace pwreset {

/// Rows fetched at once; also how often a signal is looked for.
constexpr std::int64_t page_rows = 1000;

/// Where a listing starts and how long it may get.
struct PageOptions {
    std::int64_t limit = 0;   ///< 0 = all
    std::int64_t before = 0;  ///< 0 = from the newest
};

/// Binds --limit and --before.
void bind_page_options(CommandLine& line, PageOptions& options);
/// The end of a listing: the cursor where it can go on, or that there was nothing.
void finish_pages(Stage& stage, Listing& listing, const std::string& next, const char* nothing);

/// Fetches pages by `fetch(before, most)` (newest first, rows with an `id`) and hands each row to `print`.
template <typename Fetch, typename Print>
void print_pages(Stage& stage, Listing& listing, const PageOptions& options, const char* nothing, Fetch fetch,
                 Print print) {
    std::int64_t before = options.before;
    std::string next;
    for (bool more = true; more && next.empty();) {
        stop_when_signalled(stage.env, "listed " + std::to_string(listing.rows()) + " rows");
        const auto wanted = options.limit ? std::min(page_rows, options.limit - listing.rows()) : page_rows;
        auto rows = fetch(before, static_cast<int>(wanted + 1));
        more = static_cast<std::int64_t>(rows.size()) > wanted;
        if (more) rows.pop_back();
        for (const auto& row : rows) print(row);
        if (!rows.empty()) before = rows.back().id;
        if (more && options.limit && listing.rows() >= options.limit) next = std::to_string(before);
    }
    finish_pages(stage, listing, next, nothing);
}

}  // namespace pwreset
