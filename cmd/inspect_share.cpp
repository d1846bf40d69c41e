#include "cmd/inspect_share.h"

#include <algorithm>
#include <ostream>
#include <string>

#include "cmd/hints.h"
#include "cmd/inspect_advice.h"
#include "cmd/inspect_link.h"
#include "cmd/output/envelope.h"
#include "src/base/printable.h"
#include "src/base/reference.h"

namespace pwreset {

namespace {

/// A word of ours or an operator's that Markdown is to take for text, HTML in it as well.
std::string plain(const std::string& text) {
    std::string out;
    for (const char c : printable(text)) {
        const bool special = std::string_view("\\`*_{}[]()<>#.|~&@/").find(c) != std::string_view::npos;
        out += special ? std::string{'\\', c} : std::string(1, c);
    }
    return out;
}

std::string ticket_of(const std::optional<std::string>& ticket) { return ticket ? plain(*ticket) : ""; }

/// "550 5.1.1" of "550 5.1.1 <ana@example.com> is unknown" (RFC 5321, RFC 3463): the rest may name people.
std::string codes_of(const std::string& answer) {
    const auto digits_and_dots = answer.find_first_not_of("0123456789.- ");
    std::string codes = answer.substr(0, digits_and_dots);
    if (codes.size() < 3 || codes.find_first_of("0123456789") != 0) return {};
    const auto first = codes.substr(0, 3);
    if (first.find_first_not_of("0123456789") != first.npos || (codes.size() > 3 && codes[3] != ' ')) return {};
    const auto end = codes.find(' ', 4);
    const std::string enhanced = codes.size() > 4 ? codes.substr(4, end == codes.npos ? end : end - 4) : "";
    const bool is_enhanced = enhanced.size() <= 9 && std::count(enhanced.begin(), enhanced.end(), '.') == 2;
    return is_enhanced ? first + " " + enhanced : first;
}

/// What stands in the user's way, by its code: the message has the key or a role in it.
void share_account(std::ostream& out, const Inspection& found) {
    if (!found.row) {
        out << "- account: not in the application any more\n";
        return;
    }
    out << "- account: " << (found.row->enabled ? "enabled" : "disabled") << "\n";
    for (const auto& [kind, refused] : found.may) {
        if (kind != Kind::link) continue;
        out << "- reset: " << (refused ? "refused, " + plain(refused->error.code) : "allowed") << "\n";
    }
    const auto& factor = found.second_factor;
    const bool known = factor && factor->set;
    out << "- second factor: " << (known ? (*factor->set ? "set" : "not set") : "unknown") << "\n";
}

void share_link(std::ostream& out, const Inspection& found) {
    out << "\n## The link\n\n";
    if (found.link) {
        out << "- " << plain(verdict_text(*found.link, rfc3339)) << ", reference "
            << reference_of(found.link->token.delivery_id) << "\n";
        if (found.application)
            out << "- to the application: " << plain(taken_text(*found.link, found.application->taken, rfc3339))
                << "\n";
    } else {
        out << "- " << plain(taken_text(found.application->taken, rfc3339)) << "\n"
            << "- issued by the application itself; whether it was mailed is not known here\n";
    }
    for (const auto& line : damage_lines(found.link ? found.link->injuries : found.application->injuries))
        out << "- " << plain(line) << "\n";
}

void share_tokens(std::ostream& out, const Inspection& found) {
    out << "\n## Tokens\n\n";
    for (const auto& token : found.live) {
        out << "- " << plain(token.kind.word) << ": live until " << rfc3339(token.expires_at) << ", reference "
            << reference_of(token.delivery_id) << "\n";
    }
    if (!found.live.empty()) return;
    for (const auto& [name, token] : found.former) {
        out << "- " << plain(token.kind.word) << " of application " << plain(name) << ", a former name: live until "
            << rfc3339(token.expires_at) << ", reference " << reference_of(token.delivery_id) << "\n";
    }
    if (!found.last_token) {
        if (!found.former.empty()) return;
        out << "- there never was one\n";
        return;
    }
    const auto& token = *found.last_token;
    out << "- none is live; the last one: " << plain(token.kind.word) << ", " << plain(token.state.word) << " "
        << rfc3339(token.used_at.value_or(token.voided_at.value_or(token.expires_at))) << ", reference "
        << reference_of(token.delivery_id) << "\n";
}

void share_deliveries(std::ostream& out, const Inspection& found) {
    if (found.deliveries.empty()) return;
    out << "\n## Deliveries\n\n| reference | kind | state | queued | ended | relay | why | ticket |\n"
           "|---|---|---|---|---|---|---|---|\n";
    for (const auto& delivery : found.deliveries) {
        out << "| " << reference_of(delivery.id) << " | " << plain(delivery.kind.word) << " | "
            << plain(delivery.state.word) << " | " << rfc3339(delivery.queued_at) << " | "
            << (delivery.finished_at ? rfc3339(*delivery.finished_at) : "") << " | "
            << codes_of(delivery.answer.value_or("")) << " | " << plain(delivery.reason.value_or("")) << " | "
            << ticket_of(delivery.ticket) << " |\n";
    }
}

void share_limits(std::ostream& out, const Inspection& found) {
    out << "\n## Limits\n\n";
    for (const auto& limit : found.limits) {
        if (limit.left == limit.most) continue;
        out << "- " << plain(limit.name) << (limit.kind ? " " + plain(std::string(word_of(*limit.kind))) : "") << ": "
            << limit.left << " of " << limit.most << " left" << (limit.until ? " until " + rfc3339(*limit.until) : "")
            << "\n";
    }
    if (std::all_of(found.limits.begin(), found.limits.end(), [](const auto& one) { return one.left == one.most; }))
        out << "- none was used up in part\n";
}

void share_history(std::ostream& out, const Inspection& found) {
    if (found.history.empty()) return;
    out << "\n## History\n\n| when | what | result | ticket |\n|---|---|---|---|\n";
    for (const auto& row : found.history) {
        out << "| " << rfc3339(row.at) << " | " << plain(row.action) << " | " << plain(row.result) << " | "
            << ticket_of(row.ticket) << " |\n";
    }
}

/// The advice without the account's key, which a ticket has its own way to name.
std::string advice_to_share(const Inspection& found, const Stage& stage) {
    std::string text = for_operator(advice(found, rfc3339), stage);
    const std::string key = "id:" + found.account;
    for (auto at = text.find(key); at != text.npos; at = text.find(key, at)) text.replace(at, key.size(), "IDENTITY");
    return text;
}

}  // namespace

void share(Stage& stage, const Inspection& found) {
    auto& out = stage.env.out;
    out << "# Account recovery" << (found.asked ? ", reference " + reference_of(*found.asked) : "") << "\n\n"
        << "- looked at: " << rfc3339(found.now) << "\n";
    share_account(out, found);
    if (found.link || found.application) share_link(out, found);
    share_tokens(out, found);
    share_deliveries(out, found);
    share_limits(out, found);
    share_history(out, found);
    out << "\n## Next\n\n" << plain(advice_to_share(found, stage)) << "\n";
    check_output(stage.env);
}

}  // namespace pwreset
