#include "src/queue/enqueue.h"

#include <map>

#include "src/account/recipient.h"
#include "src/audit/page.h"
#include "src/base/process.h"

namespace pwreset {

namespace {

std::vector<db::NewDelivery> new_deliveries(const Page& page) {
    std::vector<db::NewDelivery> rows;
    rows.reserve(page.rows.size());
    for (const Queued& row : page.rows) rows.push_back({row.account.id, row.route.kind, row.route.channel});
    return rows;
}

/// As they were queued, in the page's order.
std::vector<db::DeliveryRow> read_back(db::Session& session, std::int64_t job, const Page& page) {
    std::vector<std::string> accounts;
    accounts.reserve(page.rows.size());
    for (const Queued& row : page.rows) accounts.push_back(row.account.id);
    std::map<std::string, db::DeliveryRow> by_account;
    for (auto& row : db::deliveries_of_job(session, job, accounts)) by_account.emplace(row.account, std::move(row));
    std::vector<db::DeliveryRow> ordered;
    ordered.reserve(accounts.size());
    for (const auto& account : accounts) ordered.push_back(by_account.at(account));
    return ordered;
}

AuditEntry entry_of(const Context& context, const Page& page, const Queued& row, std::int64_t delivery) {
    AuditEntry entry;
    entry.action = page.action;
    entry.result = word_of(DeliveryState::queued);
    entry.channel = std::string(word_of(row.route.channel));
    entry.delivery_id = delivery;
    entry.account = row.account.id;
    const auto recipient = recipient_of(row.account, row.route.channel, context.config.users);
    if (!recipient.empty()) entry.recipient = recipient;
    entry.ticket = page.job.grounds.ticket;
    entry.reason = page.job.grounds.reason;
    entry.detail = row.detail;
    return entry;
}

/// Of a page of many: what it tells of all of them.
AuditEntry entry_of_all(const Page& page, Channel channel) {
    AuditEntry entry;
    entry.action = page.action;
    entry.result = word_of(DeliveryState::queued);
    entry.channel = std::string(word_of(channel));
    entry.ticket = page.job.grounds.ticket;
    entry.reason = page.job.grounds.reason;
    return entry;
}

/// Of a job of many a page has one entry for each channel; of what people ask for, each has its own.
std::vector<AuditEntry> entries_of(const Context& context, const Page& page,
                                   const std::vector<db::DeliveryRow>& deliveries) {
    std::vector<AuditEntry> entries;
    if (page.lane != Lane::bulk) {
        entries.reserve(deliveries.size());
        for (std::size_t i = 0; i < deliveries.size(); ++i)
            entries.push_back(entry_of(context, page, page.rows[i], deliveries[i].id));
        return entries;
    }
    std::map<Channel, std::vector<PageLine>> lines;
    for (const auto& row : deliveries) lines[row.channel].push_back({row.id, 0, std::string(word_of(row.kind))});
    for (const auto& [channel, told] : lines) {
        for (auto& one : page_entries(entry_of_all(page, channel), told)) entries.push_back(std::move(one));
    }
    return entries;
}

}  // namespace

std::vector<db::DeliveryRow> enqueue(Context& context, const Page& page) {
    auto& session = context.session;
    const Time now = session.now();
    take_limits(context, page.limits, now);
    const std::int64_t job = page.job_id != 0 ? page.job_id : db::insert_job(session, page.job);
    const auto holder = page.hold ? std::optional(db::Lease{process_identity(), now + hold_span}) : std::nullopt;
    db::insert_deliveries(session, page.job.app, job, new_deliveries(page), holder, page.lane, now);
    auto deliveries = read_back(session, job, page);
    record(context, entries_of(context, page, deliveries), now);
    return deliveries;
}

}  // namespace pwreset
