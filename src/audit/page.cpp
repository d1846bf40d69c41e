#include "src/audit/page.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>

#include "db/own/ledger.h"
#include "src/audit/field.h"
#include "src/base/encoding.h"
#include "src/hash/digest.h"

namespace pwreset {

namespace {

/// What is left of the column beside the numbers and the digest.
constexpr std::size_t longest_ids = 140;
/// A page has no more, so what reads one needs no more room for what was written by hand.
constexpr std::int64_t most_rows = 100000;

std::string stretch(std::int64_t first, std::int64_t last) {
    return std::to_string(first) + (first == last ? "" : "-" + std::to_string(last));
}

/// The lines of one entry, sorted, while their ids have room.
struct Part {
    std::vector<PageLine> lines;
    std::string ids;  ///< the stretches before the last one
    std::int64_t first = 0;

    bool take(const PageLine& line) {
        if (lines.empty()) {
            first = line.delivery;
        } else if (line.delivery != lines.back().delivery + 1) {
            const std::string closed = ids + stretch(first, lines.back().delivery) + ",";
            if (closed.size() + stretch(line.delivery, line.delivery + 1).size() > longest_ids) return false;
            ids = closed;
            first = line.delivery;
        }
        lines.push_back(line);
        return true;
    }
    std::string detail() const {
        return "rows=" + std::to_string(lines.size()) + " attempt=" + std::to_string(lines.front().attempt) +
               " ids=" + ids + stretch(first, lines.back().delivery) + " digest=" + digest_of(lines);
    }
};

/// Takes "name=" and what follows it up to the next space; nothing when something else stands there.
std::optional<std::string_view> take_field(std::string_view& text, std::string_view name) {
    if (!text.starts_with(name)) return {};
    text.remove_prefix(name.size());
    const auto end = std::min(text.find(' '), text.size());
    const auto value = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return value;
}

template <typename Number>
std::optional<Number> whole_number(std::string_view text) {
    Number number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 0) return {};
    return number;
}

std::optional<std::pair<std::int64_t, std::int64_t>> parsed_stretch(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = whole_number<std::int64_t>(text.substr(0, dash));
    const auto last = dash == text.npos ? first : whole_number<std::int64_t>(text.substr(dash + 1));
    if (!first || !last || *last < *first || *last - *first > most_rows) return {};
    return std::pair(*first, *last);
}

/// What the ledger says of those of a page that are there.
std::vector<PageLine> lines_now(db::Session& session, const std::string& app, const db::AuditRow& row,
                                const ToldPage& page) {
    const auto which = row.action == "mint"   ? db::LedgerFact::minted
                       : row.action == "send" ? db::LedgerFact::ended
                                              : db::LedgerFact::queued;
    std::vector<PageLine> lines;
    for (auto& fact : db::ledger_facts(session, app, which, page.attempt, page.all_ids()))
        lines.push_back({fact.delivery, page.attempt, std::move(fact.says)});
    return lines;
}

}  // namespace

std::string digest_of(std::vector<PageLine> lines) {
    std::sort(lines.begin(), lines.end(), [](const PageLine& a, const PageLine& b) {
        return std::pair(a.delivery, a.attempt) < std::pair(b.delivery, b.attempt);
    });
    std::string text = "pwreset-page-1;";
    for (const auto& line : lines) {
        add_field(text, line.delivery);
        add_field(text, line.attempt);
        add_field(text, line.fact);
    }
    return hex(sha256(text));
}

std::vector<AuditEntry> page_entries(const AuditEntry& entry, const std::vector<PageLine>& lines) {
    std::map<int, std::vector<PageLine>> by_attempt;
    for (const auto& line : lines) by_attempt[line.attempt].push_back(line);
    std::vector<AuditEntry> entries;
    const auto close = [&](const Part& part) {
        entries.push_back(entry);
        entries.back().detail = part.detail();
    };
    for (auto& [attempt, group] : by_attempt) {
        std::sort(group.begin(), group.end(),
                  [](const PageLine& a, const PageLine& b) { return a.delivery < b.delivery; });
        Part part;
        for (const auto& line : group) {
            if (part.take(line)) continue;
            close(part);
            part = {};
            part.take(line);
        }
        close(part);
    }
    return entries;
}

void PageEntries::add(AuditEntry entry, const db::DeliveryRow& delivery, std::string fact) {
    Told& told = jobs_[{delivery.job_id, delivery.channel}];
    if (told.lines.empty()) {
        told.entry = std::move(entry);
        told.entry.channel = std::string(word_of(delivery.channel));
        told.entry.ticket = delivery.grounds.ticket;
        told.entry.reason = delivery.grounds.reason;
    }
    told.lines.push_back({delivery.id, delivery.attempts, std::move(fact)});
}

void PageEntries::append_to(std::vector<AuditEntry>& entries) const {
    for (const auto& [job, told] : jobs_) {
        for (auto& one : page_entries(told.entry, told.lines)) entries.push_back(std::move(one));
    }
}

bool ToldPage::tells_of(std::int64_t delivery) const {
    return std::any_of(ids.begin(), ids.end(),
                       [&](const auto& stretch) { return stretch.first <= delivery && delivery <= stretch.second; });
}

std::vector<std::int64_t> ToldPage::all_ids() const {
    std::vector<std::int64_t> all;
    for (const auto& [first, last] : ids) {
        for (std::int64_t id = first; id <= last; ++id) all.push_back(id);
    }
    return all;
}

std::optional<ToldPage> told_page(const db::AuditRow& row) {
    if (!row.detail || row.account) return {};
    std::string_view text = *row.detail;
    const auto rows = take_field(text, "rows=");
    const auto attempt = rows ? take_field(text, "attempt=") : std::nullopt;
    auto ids = attempt ? take_field(text, "ids=") : std::nullopt;
    const auto digest = ids ? take_field(text, "digest=") : std::nullopt;
    if (!digest || !text.empty()) return {};
    const auto count = whole_number<std::int64_t>(*rows);
    const auto tries = whole_number<int>(*attempt);
    if (!count || !tries) return {};
    ToldPage page{*count, *tries, {}, std::string(*digest)};
    while (!ids->empty()) {
        const auto end = std::min(ids->find(','), ids->size());
        const auto one = parsed_stretch(ids->substr(0, end));
        if (!one) return {};
        page.ids.push_back(*one);
        ids->remove_prefix(std::min(end + 1, ids->size()));
    }
    return page;
}

void include_pages(db::Session& session, const std::string& app, db::AuditFilter& filter) {
    if (!filter.account && !filter.delivery_id) return;
    const auto traces = db::page_traces(session, app, filter.account, filter.delivery_id);
    if (traces.moments.empty()) return;
    for (const auto& row : db::page_rows(session, app, traces.moments)) {
        const auto page = told_page(row);
        if (page && std::any_of(traces.deliveries.begin(), traces.deliveries.end(),
                                [&](std::int64_t id) { return page->tells_of(id); }))
            filter.also.push_back(row.id);
    }
}

PageVerdict check_page(db::Session& session, const std::string& app, const db::AuditRow& row, const ToldPage& page) {
    const auto lines = lines_now(session, app, row, page);
    if (static_cast<std::int64_t>(lines.size()) < page.rows) return PageVerdict::gone;
    return digest_of(lines) == page.digest ? PageVerdict::holds : PageVerdict::differs;
}

}  // namespace pwreset
