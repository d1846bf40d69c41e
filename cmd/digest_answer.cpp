#include "cmd/digest_answer.h"

#include <ostream>

#include "src/audit/head.h"
#include "src/base/encoding.h"

namespace pwreset {

namespace {

void print_purged(std::ostream& out, const PurgeResult& purged, bool dry_run) {
    out << (dry_run ? "would purge: " : "purged: ");
    if (purged.busy) {
        out << "nothing, another purge is at work\n";
        return;
    }
    for (const auto& [name, count] : purged.deleted) out << count << " " << name << ", ";
    out << purged.codes_erased << " codes erased" << (purged.complete ? "" : "; out of time, there is more");
    for (const auto& kept : purged.kept) out << "; kept " << in_words(kept);
    out << "\n";
}

}  // namespace

void print_digest(Stage& stage, const PurgeResult& purged, const Digest& digest) {
    auto& out = stage.env.out;
    print_purged(out, purged, stage.common.dry_run);
    out << "backlog: " << digest.backlog.due << " due";
    if (digest.oldest_due) {
        out << ", the oldest for "
            << duration_text(std::chrono::duration_cast<Seconds>(digest.at - *digest.oldest_due));
    }
    out << "; " << digest.backlog.waiting << " waiting\nfailed in 24 h: " << digest.failed;
    const char* separator = "; ";
    for (const auto& [domain, count] : digest.failed_by_domain) {
        out << separator << domain << " " << count;
        separator = ", ";
    }
    out << "\nalarms in 24 h: ";
    for (const auto& [word, count] : digest.refusals) out << count << " " << word << ", ";
    out << digest.overdue << " due for over an hour, " << digest.unsealed_late << " unsealed for over a minute, "
        << digest.sealed_late << " times sealed over an hour late, " << digest.forged << " forged"
        << (digest.sms_alarm ? ", text messages stopped: " + *digest.sms_alarm : "") << "\n"
        << head_line(stage.config->application, digest.head) << "\n";
}

Json json_of(const Digest& digest) {
    Json domains = Json::array();
    for (const auto& [domain, count] : digest.failed_by_domain)
        domains.push_back({{"domain", domain}, {"count", count}});
    Json refusals = Json::object();
    for (const auto& [word, count] : digest.refusals) refusals[word] = count;
    return {{"due", digest.backlog.due},
            {"waiting", digest.backlog.waiting},
            {"oldest_due", digest.oldest_due ? Json(rfc3339(*digest.oldest_due)) : Json(nullptr)},
            {"overdue", digest.overdue},
            {"failed", digest.failed},
            {"failed_by_domain", domains},
            {"refusals", refusals},
            {"sms_alarm", digest.sms_alarm ? Json(*digest.sms_alarm) : Json(nullptr)},
            {"unsealed_late", digest.unsealed_late},
            {"sealed_late", digest.sealed_late},
            {"forged", digest.forged},
            {"head", {{"seq", digest.head.seq}, {"mac", hex(digest.head.mac)}}}};
}

}  // namespace pwreset
