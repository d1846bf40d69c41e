#include "cmd/deliver_status.h"

#include <ostream>

#include "db/own/deliveries.h"
#include "db/own/queue_depths.h"
#include "src/base/printable.h"
#include "src/base/process.h"
#include "src/queue/freeze.h"

namespace pwreset {

namespace {

/// Of an owner's identity, what people know the process by: its host, before the first of the marks that follow.
std::string host_of(const std::string& owner) { return printable(owner.substr(0, owner.find_first_of("~/"))); }

const char* word_for(Liveness there) {
    switch (there) {
        case Liveness::alive:
            return "running";
        case Liveness::dead:
            return "gone: what it had is taken back by the next worker";
        case Liveness::elsewhere:
            break;
    }
    return "not to be seen from here";
}

/// What the row of a channel and lane holds, in the order of its columns.
std::vector<Cell> cells_of(const db::QueueDepth& depth) {
    return {std::string(word_of(depth.channel)),
            std::string(word_of(depth.lane)),
            depth.due,
            depth.waiting,
            depth.in_hand,
            depth.oldest_due ? Cell(*depth.oldest_due) : Cell()};
}

const std::vector<Column>& columns() {
    static const std::vector<Column> all{{"channel", "CHANNEL"}, {"lane", "LANE"},
                                         {"due", "DUE"},         {"waiting", "WAITING"},
                                         {"in_hand", "IN HAND"}, {"oldest_due_at", "OLDEST DUE"}};
    return all;
}

Json json_of(const db::QueueDepth& depth) {
    return {{"channel", word_of(depth.channel)},
            {"lane", word_of(depth.lane)},
            {"due", depth.due},
            {"waiting", depth.waiting},
            {"in_hand", depth.in_hand},
            {"oldest_due_at", depth.oldest_due ? Json(rfc3339(*depth.oldest_due)) : Json(nullptr)}};
}

void print_json(Stage& stage, const std::vector<db::QueueDepth>& depths, const std::vector<db::Holder>& holders,
                const std::optional<Error>& frozen) {
    Json queue = Json::array();
    for (const auto& depth : depths) queue.push_back(json_of(depth));
    Json workers = Json::array();
    for (const auto& holder : holders) {
        workers.push_back({{"host", host_of(holder.owner)},
                           {"in_hand", holder.deliveries},
                           {"until", holder.until ? Json(rfc3339(*holder.until)) : Json(nullptr)}});
    }
    print_success(stage.env,
                  {{"queue", queue}, {"workers", workers}, {"frozen", frozen ? Json(frozen->message) : Json(nullptr)}},
                  stage.trace_id);
}

/// Below the table, for people: who works, and what keeps the first of each channel where it is.
void print_remarks(Stage& stage, const std::vector<db::Holder>& holders, const std::optional<Error>& frozen) {
    auto& context = *stage.context;
    auto& out = stage.env.out;
    if (frozen) out << frozen->message << "\n";
    for (const auto& holder : holders) {
        out << "a process on '" << host_of(holder.owner) << "' has " << holder.deliveries << " in hand, "
            << word_for(liveness(holder.owner)) << "\n";
    }
    for (const auto& [channel, word] : channel_words) {
        const auto hindrance = db::hindrance_of_next(context.session, context.config.application, channel);
        if (!hindrance) continue;
        out << word << " waits" << (hindrance->relay.empty() ? "" : " for '" + printable(hindrance->relay) + "'")
            << ": " << printable(hindrance->answer) << "\n";
    }
}

}  // namespace

void run_deliver_status(Stage& stage) {
    auto& context = *stage.context;
    const std::string& app = context.config.application;
    const auto depths = db::queue_depths(context.session, app);
    const auto holders = db::queue_holders(context.session, app);
    const auto frozen = why_frozen(context.session, app);
    if (stage.common.format == Format::json) return print_json(stage, depths, holders, frozen);
    Listing listing(stage.env, stage.common.format, "queue", columns(), stage.trace_id);
    for (const auto& depth : depths) listing.row(cells_of(depth));
    listing.finish();
    if (!stage.for_people() || stage.common.quiet) return;
    if (depths.empty()) stage.env.out << "nothing is queued\n";
    print_remarks(stage, holders, frozen);
}

}  // namespace pwreset
