#include "src/recovery/inspect.h"
#include <chrono>

#include "cmd/command.h"
#include "cmd/hints.h"
#include "cmd/inspect_advice.h"
#include "cmd/inspect_link.h"
#include "cmd/inspect_share.h"
#include "cmd/output/nullable.h"
#include "cmd/output/sections.h"
#include "db/own/delivery_records.h"
#include "src/account/recipient.h"
#include "src/account/role_words.h"
#include "src/base/reference.h"

namespace pwreset {

namespace {

/// "by tom (SUP-4702)"
std::string by(const std::optional<std::string>& name, const std::optional<std::string>& ticket) {
    if (!name) return {};
    return "  by " + *name + (ticket ? " (" + *ticket + ")" : "");
}

/// A text message is held then, whatever the gateway answered; a mail goes once more.
const char* uncertain_means(const db::DeliveryRecord& delivery) {
    return delivery.channel == Channel::sms
               ? "uncertain: nobody knows whether the gateway took it, and it is not sent again"
               : "uncertain: the connection broke after the message was handed over, so it may have arrived";
}

/// "no address", or the masked address and number.
std::string recipients_of(const db::AccountRow& row, const UsersConfig& users) {
    std::string text = masked_recipient(row, Channel::email, users);
    if (row.phone.empty()) return text.empty() ? "no address" : text;
    const std::string number = masked_recipient(row, Channel::sms, users);
    return text + (text.empty() ? "" : "  ") + (number.empty() ? "a phone number that cannot be read" : number);
}

void show_account(Sections& out, const Inspection& found, const UsersConfig& users) {
    std::string text = "id:" + found.account + "  ";
    if (!found.row) return out.line("account", text + "not in the application any more");
    text += recipients_of(*found.row, users);
    text += found.row->enabled ? "  enabled" : "  disabled";
    const auto roles = roles_of(*found.row).shown;
    for (std::size_t i = 0; i < roles.size(); ++i) text += (i ? ", " : "  role ") + roles[i];
    out.line("account", text);
    if (found.had_by_another)
        out.line("account", "it belonged to another account before: what that was sent is not here");
}

/// May it be reset? One answer where all kinds have the same.
void show_may(Sections& out, const Inspection& found, const Stage& stage) {
    if (found.may.empty()) return;
    const Refusal* link = refusal_of(found, Kind::link);
    const Refusal* caller = refusal_of(found, Kind::verify_caller);
    if (!link) return out.line("reset", "allowed, by mail and by code");
    if (!refusal_of(found, Kind::reset_otp)) return out.line("reset", "allowed, by code in a text message");
    out.line("reset", "refused: " + link->error.message);
    if (const auto hint = for_operator(link->error.hint, stage); !hint.empty()) out.line("reset", "hint: " + hint);
    if (!caller) out.line("reset", "a code that verifies the caller may be sent");
}

void show_second_factor(Sections& out, const Inspection& found) {
    if (!found.row) return;
    const auto& factor = found.second_factor;
    if (!factor) return out.line("factor", "unknown: no column for a second factor can be seen");
    const std::string where = " (column " + factor->column + ")";
    if (!factor->set) return out.line("factor", "unknown: the column may not be read" + where);
    out.line("factor", std::string("second factor: ") + (*factor->set ? "set" : "not set") + where);
}

/// Why its owner cannot sign in, which a reset does not change.
void show_blocked(Sections& out, const Inspection& found) {
    if (!found.row) return;
    for (const auto& words : found.row->blocked) out.line("blocked", words);
}

void show_tokens(Sections& out, const Inspection& found) {
    for (const auto& token : found.live) {
        out.line("token", token.kind.word + "  live until " + out.when(token.expires_at) + "  ref " +
                              reference_of(token.delivery_id) + by(token.operator_name, token.ticket));
    }
    if (!found.live.empty()) return;
    for (const auto& [name, token] : found.former) {
        out.line("token", "of application '" + name + "', a name that no configuration has: " + token.kind.word +
                              "  live until " + out.when(token.expires_at) + "  ref " +
                              reference_of(token.delivery_id));
    }
    if (!found.last_token && !found.former.empty()) return;
    if (!found.last_token) return out.line("token", "there never was one");
    const auto& token = *found.last_token;
    const Time ended = token.used_at.value_or(token.voided_at.value_or(token.expires_at));
    const bool told = token.state == TokenState::ended && token.void_reason;
    out.line("token", "none is live; the last one: " + token.kind.word + "  " + token.state.word +
                          (told ? " (" + *token.void_reason + ")" : "") + " " + out.when(ended) + "  ref " +
                          reference_of(token.delivery_id));
}

void show_delivery(Sections& out, const Inspection& found, const db::DeliveryRecord& delivery) {
    const bool ended = delivery.finished_at.has_value();
    const bool asked = found.asked == delivery.id && found.deliveries.size() > 1;
    out.line("delivery", reference_of(delivery.id) + "  " + delivery.kind.word + "  " + delivery.state.word + " " +
                             out.when(ended ? *delivery.finished_at : delivery.queued_at) +
                             by(delivery.operator_name, delivery.ticket) + (asked ? "  <- this one" : ""));
    if (delivery.answer) out.line("delivery", "  " + delivery.relay.value_or("relay") + ": " + *delivery.answer);
    if (delivery.reason) out.line("delivery", "  why: " + *delivery.reason);
    if (delivery.superseded_by) out.line("delivery", "  carried by: ref " + reference_of(*delivery.superseded_by));
    if (delivery.state == DeliveryState::uncertain) out.line("delivery", std::string("  ") + uncertain_means(delivery));
    if (!ended && (delivery.state == DeliveryState::queued || delivery.state == DeliveryState::uncertain))
        out.line("delivery", "  next try: " + out.when(delivery.next_at));
}

std::string name_of(const LimitLeft& limit) {
    if (limit.kind) return std::string(word_of(*limit.kind));
    if (limit.name.starts_with("web")) return limit.channel == Channel::sms ? "web page, number" : "web page, address";
    if (limit.channel == Channel::sms) return limit.name + " of text messages";
    return limit.name == "wrong_codes" ? "wrong codes" : limit.name;
}

void show_limits(Sections& out, const Inspection& found) {
    for (const auto& limit : found.limits) {
        const bool cooldown = limit.name == "cooldown" || limit.name == "web_cooldown";
        // One line less to read where nothing was used up.
        const bool seldom = cooldown || limit.name == "web" || limit.name == "wrong_codes";
        if (seldom && limit.left == limit.most) continue;
        const std::string left =
            cooldown ? "cools down" : std::to_string(limit.left) + " of " + std::to_string(limit.most) + " left";
        out.line("limits", name_of(limit) + ": " + left + (limit.until ? " until " + out.when(*limit.until) : ""));
    }
}

void show_history(Sections& out, const Inspection& found) {
    for (const auto& row : found.history) {
        out.line("history", out.when(row.at) + "  " + row.operator_name + "  " + row.action + "  " + row.result +
                                (row.ticket ? "  " + *row.ticket : ""));
    }
    if (found.history.empty()) out.line("history", "none");
}

void show(Stage& stage, const Inspection& found) {
    Sections out(stage.env, found.now);
    show_account(out, found, stage.config->users);
    show_may(out, found, stage);
    show_blocked(out, found);
    show_second_factor(out, found);
    show_link(out, found);
    show_tokens(out, found);
    for (const auto& delivery : found.deliveries) show_delivery(out, found, delivery);
    if (found.deliveries.empty()) out.line("delivery", "none");
    show_limits(out, found);
    show_history(out, found);
    out.line("next", for_operator(advice(found, [&](Time time) { return out.when(time); }), stage));
}

Json account_json(const Inspection& found, const Stage& stage) {
    const UsersConfig& users = stage.config->users;
    Json json{{"account", found.account}, {"exists", found.row.has_value()}};
    for (const auto& [key, channel] : {std::pair("recipient", Channel::email), std::pair("phone", Channel::sms)}) {
        const std::string masked = found.row ? masked_recipient(*found.row, channel, users) : std::string();
        json[key] = masked.empty() ? Json(nullptr) : Json(masked);
    }
    json["enabled"] = found.row ? Json(found.row->enabled) : Json(nullptr);
    json["roles"] = found.row ? Json(roles_of(*found.row).shown) : Json::array();
    json["blocked_by"] = found.row ? Json(found.row->blocked) : Json::array();
    json["may"] = Json::array();
    const auto& factor = found.second_factor;
    json["second_factor"] = nullptr;
    if (factor) {
        json["second_factor"] =
            Json{{"column", factor->column}, {"set", factor->set ? Json(*factor->set) : Json(nullptr)}};
    }
    if (found.had_by_another) json["had_by_another"] = true;
    for (const auto& [kind, refused] : found.may) {
        Json item{{"kind", word_of(kind)}, {"allowed", !refused}};
        item["code"] = refused ? Json(refused->error.code) : Json(nullptr);
        item["message"] = refused ? Json(refused->error.message) : Json(nullptr);
        item["hint"] = refused ? Json(for_operator(refused->error.hint, stage)) : Json(nullptr);
        json["may"].push_back(std::move(item));
    }
    return json;
}

Json token_json(const db::TokenRow& token) {
    return {{"id", token.id},
            {"kind", token.kind.word},
            {"state", token.state.word},
            {"reference", reference_of(token.delivery_id)},
            {"issued_at", rfc3339(token.issued_at)},
            {"expires_at", rfc3339(token.expires_at)},
            {"used_at", time_or_null(token.used_at)},
            {"voided_at", time_or_null(token.voided_at)},
            {"void_reason", text_or_null(token.void_reason)},
            {"operator", text_or_null(token.operator_name)},
            {"ticket", text_or_null(token.ticket)}};
}

Json delivery_json(const db::DeliveryRecord& delivery) {
    const bool open = !delivery.finished_at;
    return {{"reference", reference_of(delivery.id)},
            {"kind", delivery.kind.word},
            {"state", delivery.state.word},
            {"queued_at", rfc3339(delivery.queued_at)},
            {"finished_at", time_or_null(delivery.finished_at)},
            {"next_try_at", open ? Json(rfc3339(delivery.next_at)) : Json(nullptr)},
            {"relay", text_or_null(delivery.relay)},
            {"answer", text_or_null(delivery.answer)},
            {"why", text_or_null(delivery.reason)},
            {"superseded_by", reference_or_null(delivery.superseded_by)},
            {"operator", delivery.operator_name},
            {"ticket", text_or_null(delivery.ticket)}};
}

Json limit_json(const LimitLeft& limit, Time now) {
    Json json{{"limit", limit.name},
              {"kind", limit.kind ? Json(word_of(*limit.kind)) : Json(nullptr)},
              {"channel", limit.channel ? Json(word_of(*limit.channel)) : Json(nullptr)},
              {"left", limit.left},
              {"most", limit.most}};
    json["seconds"] = limit.until ? Json(std::chrono::ceil<Seconds>(*limit.until - now).count()) : Json(nullptr);
    return json;
}

Json history_json(const db::AuditRow& row) {
    return {{"at", rfc3339(row.at)},
            {"operator", row.operator_name},
            {"action", row.action},
            {"result", row.result},
            {"reference", reference_or_null(row.delivery_id)},
            {"ticket", text_or_null(row.ticket)}};
}

Json data_of(const Inspection& found, const Stage& stage) {
    Json data{{"account", account_json(found, stage)},
              {"reference", reference_or_null(found.asked)},
              {"link", link_json(found)},
              {"tokens", Json::array()},
              {"last_token", found.last_token ? token_json(*found.last_token) : Json(nullptr)},
              {"deliveries", Json::array()},
              {"limits", Json::array()},
              {"history", Json::array()}};
    for (const auto& [name, token] : found.former) {
        Json former = token_json(token);
        former["application"] = name;
        data["former"].push_back(std::move(former));
    }
    for (const auto& token : found.live) data["tokens"].push_back(token_json(token));
    for (const auto& delivery : found.deliveries) data["deliveries"].push_back(delivery_json(delivery));
    for (const auto& limit : found.limits) data["limits"].push_back(limit_json(limit, found.now));
    for (const auto& row : found.history) data["history"].push_back(history_json(row));
    data["next"] = for_operator(advice(found, rfc3339), stage);
    return data;
}

struct InspectOptions {
    std::string target;
    bool share = false;
};

Inspection inspected(const InspectOptions& options, Stage& stage) {
    if (options.target != "-") {
        refuse_secret(options.target);
        return inspect(*stage.context, options.target, stage.common.grounds);
    }
    return inspect_link(*stage.context, read_link(stage.env), stage.common.grounds);
}

void run_inspect(const InspectOptions& options, Stage& stage) {
    if (stage.common.format == Format::csv) {
        throw usage_error("an inspection has no form in CSV", "'list-tokens' has one; 'audit' has one, too");
    }
    if (options.share && !stage.for_people()) {
        throw usage_error("--share goes with no other format", "it writes Markdown");
    }
    const auto found = inspected(options, stage);
    if (options.share) return share(stage, found);
    if (stage.for_people()) return show(stage, found);
    const Json data = data_of(found, stage);
    if (stage.common.format == Format::ndjson) return print_line(stage.env, data);
    print_success(stage.env, data, stage.trace_id);
}

}  // namespace

Command inspect_command(CommandLine& parent) {
    auto options = std::make_shared<InspectOptions>();
    auto& line = parent.command("inspect", "show why a user is stuck, and what to do next");
    line.argument("TARGET", options->target, Presence::required,
                  "an identity, ref:REFERENCE of one delivery, or - for a link from standard input");
    line.flag("--share", options->share, "write it as Markdown without personal data, for a ticket");
    return {&line, Needs::database, {Capability::support}, [options](Stage& stage) { run_inspect(*options, stage); }};
}

}  // namespace pwreset
