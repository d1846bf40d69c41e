#include "cmd/paging.h"

#include <CLI/CLI.hpp>

namespace pwreset {

void bind_page_options(CLI::App& app, PageOptions& options) {
    const CLI::Validator not_negative(
        [](const std::string& text) {
            const bool digits = !text.empty() && text.size() <= 18 && text.find_first_not_of("0123456789") == text.npos;
            return digits ? std::string() : "'" + text + "' is no number from 0 on";
        },
        "");
    app.add_option("--limit", options.limit, "at most N rows; 0 = all")->type_name("N")->check(not_negative);
    app.add_option("--before", options.before, "go on after the row with this id")
        ->type_name("ID")
        ->check(not_negative);
}

void finish_pages(Stage& stage, Listing& listing, const std::string& next, const char* nothing) {
    listing.finish(next);
    if (!stage.for_people() || stage.common.quiet) return;
    if (listing.rows() == 0) stage.env.err << nothing << "\n";
    if (!next.empty()) stage.env.err << "more: --before " << next << "\n";
}

}  // namespace pwreset
