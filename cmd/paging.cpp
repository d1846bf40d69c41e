#include "cmd/paging.h"

namespace pwreset {

void bind_page_options(CommandLine& line, PageOptions& options) {
    line.number("--limit", options.limit, "N", "at most N rows; 0 = all");
    line.number("--before", options.before, "ID", "go on after the row with this id");
}

void finish_pages(Stage& stage, Listing& listing, const std::string& next, const char* nothing) {
    listing.finish(next);
    if (!stage.for_people() || stage.common.quiet) return;
    if (listing.rows() == 0) stage.env.err << nothing << "\n";
    if (!next.empty()) stage.env.err << "more: --before " << next << "\n";
}

}  // namespace pwreset
