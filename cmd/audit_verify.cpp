#include <ostream>

#include "cmd/command.h"
#include "cmd/output/progress.h"
#include "src/audit/verify.h"
#include "src/base/encoding.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

Json json_of(const std::vector<Finding>& findings) {
    Json list = Json::array();
    for (const auto& finding : findings) {
        list.push_back(
            {{"kind", finding.kind}, {"first", finding.first}, {"last", finding.last}, {"message", finding.message}});
    }
    return list;
}

Json json_of(const Verification& result) {
    Json keys = Json::array();
    for (const auto& key : result.keys) keys.push_back(key);
    return {{"findings", json_of(result.findings)},
            {"more_findings", result.more},
            {"remarks", json_of(result.remarks)},
            {"more_remarks", result.more_remarks},
            {"rows", result.rows},
            {"erased", result.erased},
            {"purged_up_to", result.purged_up_to},
            {"unsealed", result.unsealed},
            {"oldest_unsealed", result.oldest_unsealed ? Json(rfc3339(*result.oldest_unsealed)) : Json(nullptr)},
            {"heads_compared", result.heads_compared},
            {"heads_purged", result.heads_purged},
            {"heads_lost", result.heads_lost},
            {"head", {{"seq", result.head.seq}, {"mac", hex(result.head.mac)}}},
            {"keys", keys}};
}

std::string count(std::int64_t number, const std::string& noun) {
    return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

void print_for_people(Stage& stage, const Verification& result) {
    auto& out = stage.env.out;
    for (const auto& finding : result.findings) out << printable(finding.message) << "\n";
    if (result.more > 0) out << "and " << result.more << " more\n";
    for (const auto& remark : result.remarks) out << "worth a look: " << printable(remark.message) << "\n";
    if (result.more_remarks > 0) out << "and " << result.more_remarks << " more of these\n";
    if (stage.common.quiet) return;
    out << count(result.rows, "row") << " read" << (result.findings.empty() ? ", nothing found" : "");
    if (result.purged_up_to > 0) out << ", those up to " << result.purged_up_to << " were purged";
    if (result.erased > 0) out << ", " << result.erased << " without personal fields";
    if (result.unsealed > 0) out << "; " << result.unsealed << " had not been sealed";
    if (result.heads_compared > 0) out << "; " << count(result.heads_compared, "head") << " compared";
    if (result.heads_purged > 0) {
        out << "; " << count(result.heads_purged, "head") << " older than the rows that are left, not compared";
    }
    if (result.heads_lost > 0) out << "; " << count(result.heads_lost, "head") << " of rows that a restore lost";
    std::string keys;
    for (const auto& key : result.keys) keys += (keys.empty() ? "" : ", ") + key;
    out << (keys.empty() ? "" : "\nkeys: ") << printable(keys) << "\n"
        << head_line(stage.config->application, result.head) << "\n";
}

void print_rows(Stage& stage, const Verification& result) {
    Listing listing(stage.env, stage.common.format, "findings",
                    {{"kind", ""}, {"first", ""}, {"last", ""}, {"message", ""}}, stage.trace_id);
    for (const auto& finding : result.findings) {
        listing.row({finding.kind, finding.first, finding.last, finding.message});
    }
    listing.finish();
}

void answer(Stage& stage, const Verification& result) {
    const bool good = result.findings.empty();
    if (stage.for_people()) print_for_people(stage, result);
    if (stage.common.format == Format::ndjson || stage.common.format == Format::csv) print_rows(stage, result);
    if (stage.common.format == Format::json && good) print_success(stage.env, json_of(result), stage.trace_id);
    if (good) return;
    if (result.tampered) {
        throw CommandFailure(
            Error(Exit::failed, "TAMPERED", "the audit trail is not what pwreset wrote",
                  "leave the tables as they are, and compare them with the journal and a backup; where one "
                  "was restored, see RESTORED BACKUPS in pwreset-audit(5)"),
            json_of(result));
    }
    throw CommandFailure(Error(Exit::failed, "PROBLEMS", "audit rows were not sealed in time",
                               "may the database's login update pwreset_audit and lock rows of pwreset_leases?"),
                         json_of(result));
}

Heads heads_of(const std::optional<std::string>& from, Stage& stage) {
    if (!from) return {};
    if (*from != "-") {
        throw usage_error("'" + printable(*from) + "' after --head is not '-'",
                          "files are read from standard input only: 'audit verify --head - < FILE'");
    }
    auto heads = read_heads(stage.env.in, stage.config->application);
    if (!heads.empty()) return heads;
    throw invalid_input("standard input has no head of this audit trail",
                        "give it lines as 'audit head' prints them, among whatever else");
}

void run_audit_verify(const std::optional<std::string>& head, Stage& stage) {
    const auto heads = heads_of(head, stage);
    Progress progress(stage.env, "verifying", stage.common.quiet);
    const auto result =
        verify_audit(*stage.context, heads, stage.common.dry_run, [&](std::int64_t rows) { progress.update(rows); });
    progress.clear();
    answer(stage, result);
}

}  // namespace

Command audit_verify_command(CommandLine& audit) {
    auto head = std::make_shared<std::optional<std::string>>();
    auto& line = audit.command("verify", "prove that nobody changed, removed or inserted audit rows");
    line.text("--head", *head, "FILE", "compare with the heads printed earlier; only '-', standard input");
    return {&line, Needs::database, {Capability::audit}, [head](Stage& stage) { run_audit_verify(*head, stage); }};
}

}  // namespace pwreset
