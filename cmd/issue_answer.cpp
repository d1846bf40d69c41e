#include "cmd/issue_answer.h"

#include <algorithm>
#include <ostream>

#include "cmd/hints.h"
#include "cmd/next_step.h"
#include "src/base/printable.h"
#include "src/base/reference.h"
#include "src/fit/explanation.h"
#include "src/message/wording.h"

namespace pwreset {

namespace {

std::string reference(const IssueResult& result) {
    return result.delivery_id == 0 ? std::string() : reference_of(result.delivery_id);
}

Outcome outcome_of(const IssueRequest& request, const IssueResult& result) {
    if (request.dry_run) return Outcome::rehearsed;
    const bool sent = result.delivery == "accepted";
    if (result.kind == Kind::temporary_password) return sent ? Outcome::password_sent : Outcome::password_queued;
    if (result.kind == Kind::link) return sent ? Outcome::link_sent : Outcome::link_queued;
    if (result.delivery == "uncertain") return Outcome::code_in_doubt;
    return sent ? Outcome::code_sent : Outcome::code_queued;
}

/// For a back end that shows it to whoever asked, so in the language that was asked for or the site's.
std::string_view message_for_success(const Stage& stage, const IssueRequest& request, const IssueResult& result) {
    return localised_outcome(outcome_of(request, result), request.locale.value_or(""), stage.config->text.locale);
}

/// What an agent can read out to the caller.
std::string tell(const Stage& stage, const IssueResult& result) {
    const auto& mail = stage.config->mail;
    if (result.channel == Channel::sms) {
        const bool in_doubt = result.delivery == "uncertain";
        std::string text =
            (in_doubt ? "a text message may come to " : "wait for a text message to ") + result.recipient;
        if (result.expires_at) text += ", valid until " + db_text(*result.expires_at).substr(11, 5) + " UTC";
        return text + "; the reference is " + reference(result);
    }
    std::string text = "look for a mail";
    if (!result.subject.empty()) text += " '" + result.subject + "'";
    text += " from " + mail.from_address + " with the reference " + reference(result);
    if (result.expires_at) {
        // A password is mostly valid until tomorrow.
        const std::string until = db_text(*result.expires_at).substr(0, 16);
        text += ", valid until " + (result.kind == Kind::temporary_password ? until : until.substr(11)) + " UTC";
    }
    return text + "; look in the spam folder too";
}

/// What the link cannot promise, or does besides.
std::vector<std::string> notes_of(const Stage& stage, const IssueResult& result) {
    return result.kind == Kind::link ? notes_on_links(*stage.profile) : std::vector<std::string>();
}

Json optional_text(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }
Json optional_time(const std::optional<Time>& time) { return time ? Json(rfc3339(*time)) : Json(nullptr); }

Json failure_json(const Stage& stage, const IssueResult& result) {
    const Error& error = *result.failure;
    Json json{{"identity", result.identity},
              {"success", false},
              {"code", error.code},
              {"message", error.message},
              {"delivery", result.delivery}};
    if (const auto hint = for_operator(error.hint, stage); !hint.empty()) json["hint"] = hint;
    if (result.delivery_id != 0) json["reference"] = reference(result);
    if (error.available_in_seconds) json["available_in_seconds"] = *error.available_in_seconds;
    return json;
}

Json success_json(const Stage& stage, const IssueRequest& request, const IssueResult& result) {
    Json json{{"identity", result.identity},
              {"success", true},
              {"message", message_for_success(stage, request, result)},
              {"reference", result.delivery_id == 0 ? Json(nullptr) : Json(reference(result))},
              {"delivery", result.delivery},
              {"purpose", result.kind == Kind::verify_caller ? "verify_caller" : "reset_password"},
              {"channel", word_of(result.channel)},
              {"next", next_step(result.kind)},
              {"next_url", next_url(stage.config->reset, result.kind)},
              {"recipient", result.recipient},
              {"token_id", result.token_id ? Json(*result.token_id) : Json(nullptr)},
              {"expires_at", optional_time(result.expires_at)},
              {"resend_in_seconds", stage.config->limits.cooldown.count()},
              {"relay", optional_text(result.relay)},
              {"answer", optional_text(result.answer)},
              {"next_try_at", optional_time(result.next_try)}};
    if (result.superseded_by) json["superseded_by"] = reference_of(*result.superseded_by);
    if (!result.warning.empty()) json["warning"] = result.warning;
    if (const auto notes = notes_of(stage, result); !notes.empty()) json["notes"] = notes;
    if (result.delivery_id != 0) json["tell"] = tell(stage, result);
    return json;
}

Json data_of(std::vector<Json> results) {
    Json list = Json::array();
    for (auto& result : results) list.push_back(std::move(result));
    return {{"results", std::move(list)}};
}

Json result_json(const Stage& stage, const IssueRequest& request, const IssueResult& result) {
    return result.failure ? failure_json(stage, result) : success_json(stage, request, result);
}

void print_for_people(Stage& stage, const IssueResult& result, bool alone) {
    auto& out = stage.env.out;
    if (result.failure) {
        if (!alone)
            out << "failed    " << printable(result.identity) << ": " << printable(result.failure->message) << "\n";
        return;
    }
    if (stage.common.quiet) return;
    out << result.delivery << "  " << printable(result.recipient) << "  " << word_of(result.kind);
    if (result.delivery_id != 0) out << "  ref " << reference(result);
    if (result.expires_at) {
        const bool clock = stage.env.terminal.out;
        out << "  valid until " << (clock ? local_text(*result.expires_at) : rfc3339(*result.expires_at));
    }
    out << "\n";
    if (result.relay && result.answer) {
        out << "  relay: " << printable(*result.relay) << ": " << printable(*result.answer) << "\n";
    }
    if (result.superseded_by) out << "  carried by: ref " << reference_of(*result.superseded_by) << "\n";
    if (result.delivery == "accepted" || result.delivery == "uncertain")
        out << "  tell:  " << printable(tell(stage, result)) << "\n";
    for (const auto& note : notes_of(stage, result)) out << "  note:  " << printable(note) << "\n";
}

/// Why it is only queued, and when it is tried next; or why nobody knows. On standard error, where it does not disturb
/// a script.
void warn_of_fate(Stage& stage, const IssueResult& result) {
    if (result.warning.empty()) return;
    if (result.delivery == "uncertain")
        warn(stage, result.warning, "it is not sent again: ask the user whether it came, and send another code if not");
    if (result.delivery != "queued") return;
    const std::string when = result.next_try ? " from " + rfc3339(*result.next_try) + " on" : "";
    warn(stage, "queued only: " + result.warning,
         when.empty() ? "" : "a worker tries it" + when + "; 'pwreset deliver' does that");
}

void print_rows(Stage& stage, const std::vector<IssueResult>& results) {
    Listing listing(stage.env, stage.common.format, "results",
                    {{"identity", "IDENTITY"},
                     {"delivery", "DELIVERY"},
                     {"code", "CODE"},
                     {"reference", "REF"},
                     {"recipient", "RECIPIENT"},
                     {"kind", "KIND"},
                     {"token_id", "TOKEN"},
                     {"expires_at", "EXPIRES"}},
                    stage.trace_id);
    for (const auto& result : results) {
        Cell none;
        listing.row({result.identity, result.delivery, result.failure ? Cell(result.failure->code) : none,
                     result.delivery_id ? Cell(reference(result)) : none,
                     result.recipient.empty() ? none : Cell(result.recipient), std::string(word_of(result.kind)),
                     result.token_id ? Cell(*result.token_id) : none,
                     result.expires_at ? Cell(*result.expires_at) : none});
    }
    listing.finish();
}

}  // namespace

void answer_issued(Stage& stage, const IssueRequest& request, const std::vector<IssueResult>& results) {
    const auto failures =
        std::count_if(results.begin(), results.end(), [](const auto& result) { return result.failure; });
    const bool alone = results.size() == 1;
    std::vector<Json> items;
    for (const auto& result : results) items.push_back(result_json(stage, request, result));
    for (const auto& result : results) warn_of_fate(stage, result);
    switch (stage.common.format) {
        case Format::table:
            for (const auto& result : results) print_for_people(stage, result, alone);
            break;
        case Format::csv:
            print_rows(stage, results);
            break;
        case Format::ndjson:
            if (alone && failures) break;
            for (const auto& item : items) print_line(stage.env, item);
            break;
        case Format::json:
            if (!failures) print_success(stage.env, data_of(items), stage.trace_id);
            break;
    }
    if (failures == 0) return;
    if (alone) throw *results.front().failure;
    throw CommandFailure(Error(Exit::failed, "PARTIAL_FAILURE",
                               std::to_string(failures) + " of " + std::to_string(results.size()) + " failed"),
                         data_of(std::move(items)));
}

}  // namespace pwreset
