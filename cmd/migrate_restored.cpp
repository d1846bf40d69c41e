#include "cmd/migrate_restored.h"

#include <ostream>

#include "cmd/hints.h"
#include "db/own/migrate.h"
#include "src/apps/users_table.h"
#include "src/audit/restored.h"
#include "src/audit/seal.h"
#include "src/base/printable.h"
#include "src/base/reference.h"
#include "src/keys/key_registry.h"

namespace pwreset {

namespace {

/// Live tokens are made void and the queue is emptied: not by a word too many.
void require_sign(Context& context, const Stage& stage) {
    if (stage.common.yes || stage.common.dry_run || why_behind(context)) return;
    throw usage_error("nothing tells that the tables are older than what was written into them",
                      "if you know that a backup was restored, give --yes as well: live tokens are made void, and what "
                      "is queued is not sent");
}

std::string amount(std::int64_t count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

void print_not_sent(std::ostream& out, const Restored& restored) {
    if (restored.deliveries == 0) return;
    out << "not sent by itself, since it may have been before; ask again for whom it is still wanted:\n";
    for (const auto& one : restored.not_sent) {
        out << "  " << reference_of(one.id) << "  " << word_of(one.kind) << "  " << word_of(one.channel)
            << "  id:" << printable(one.account) << "  queued " << rfc3339(one.queued_at) << "\n";
    }
    const auto more = restored.deliveries - static_cast<std::int64_t>(restored.not_sent.size());
    if (more > 0) out << "  and " << more << " more: 'pwreset audit --action migrate-restored' has the counts\n";
}

void warn_of_rest(Stage& stage, const Restored& restored) {
    if (!restored.left.empty()) {
        warn(stage, "what the application's tables hold of ended tokens is still there: " + printable(restored.left),
             "the next 'pwreset deliver' takes it away, where its login may");
    }
    if (restored.beyond > 0) {
        warn(stage,
             amount(restored.beyond, "link works", "links work") + " until " +
                 (restored.until ? rfc3339(*restored.until) : "its end") + ": the application knows no way to end one",
             "");
    }
}

}  // namespace

Restored run_restored(Stage& stage, db::Session& session) {
    const Config& config = *stage.config;
    db::require_current_schema(session);
    const Keys keys = recorded_keys(stage.env, session, config);
    db::Accounts accounts(session, users_table(config.users));
    Application application(stage.env, config, *stage.profile, session, accounts);
    Context context{stage.env, config, keys, session, accounts, stage.who, stage.trace_id};
    context.at_work = &application;
    context.issues = true;
    const SealAtEnd seal_at_end(context);
    require_sign(context, stage);
    auto restored = stage.common.dry_run ? count_restored(context) : restore(context, stage.common.grounds);
    warn_of_rest(stage, restored);
    return restored;
}

Json json_of(const Restored& restored) {
    Json not_sent = Json::array();
    for (const auto& one : restored.not_sent) {
        not_sent.push_back({{"reference", reference_of(one.id)},
                            {"account", one.account},
                            {"kind", word_of(one.kind)},
                            {"channel", word_of(one.channel)},
                            {"queued_at", rfc3339(one.queued_at)}});
    }
    return {{"deliveries", restored.deliveries}, {"not_sent", not_sent},          {"tokens", restored.tokens},
            {"passwords", restored.passwords},   {"requests", restored.requests}, {"news", restored.news},
            {"values", restored.values},         {"beyond", restored.beyond}};
}

void print_restored(Stage& stage, const Restored& restored) {
    auto& out = stage.env.out;
    const bool dry = stage.common.dry_run;
    out << (dry ? "would make void " : "made void ") << amount(restored.tokens, "token", "tokens") << ", "
        << (dry ? "would cancel " : "cancelled ") << amount(restored.deliveries, "delivery", "deliveries") << ", "
        << (dry ? "would drop " : "dropped ") << amount(restored.requests, "request", "requests")
        << " of web back ends\n"
        << "references " << (dry ? "would go" : "go") << " on with " << reference_of(restored.used.deliveries + 1)
        << ", audit rows behind " << restored.used.seq << "\n";
    print_not_sent(out, restored);
}

void list_restored(Listing& listing, const Restored& restored, bool done) {
    const auto row = [&](const char* name, std::int64_t count) {
        listing.row({"restored", Cell(), std::string(name), Cell(), count, done});
    };
    row("deliveries", restored.deliveries);
    row("tokens", restored.tokens);
    row("passwords", restored.passwords);
    row("requests", restored.requests);
    row("news", restored.news);
    for (const auto& one : restored.not_sent) {
        listing.row({"not_sent", Cell(), reference_of(one.id), std::string(word_of(one.kind)), Cell(), done});
    }
}

}  // namespace pwreset
