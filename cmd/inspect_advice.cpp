#include "cmd/inspect_advice.h"

#include <algorithm>
#include <chrono>

#include "db/own/delivery_records.h"
#include "src/base/concern.h"
#include "src/base/reference.h"
#include "src/queue/marking.h"

namespace pwreset {

namespace {

std::string look_for(std::int64_t delivery, bool texted = false) {
    if (texted) return "ask the user to look for the text message with reference " + reference_of(delivery);
    return "ask the user to look for the mail with reference " + reference_of(delivery) + ", in the spam folder too";
}

/// Of a text message that may have been sent: it never goes twice, so it is asked for.
std::string of_doubt(const db::DeliveryRecord& delivery, const Inspection& found) {
    return "ask the user whether the text message came: nobody knows whether the gateway took it, and it is not sent "
           "again; if none came, send another: pwreset send-otp id:" +
           found.account + " --channel sms" + (delivery.kind == Kind::verify_caller ? " --for caller" : "");
}

/// Why nothing that resets can be sent, whatever was sent before.
std::optional<std::string> of_account(const Inspection& found) {
    if (!found.row) return "the application has no such account any more: nothing can be sent to it";
    const Refusal* link = refusal_of(found, Kind::link);
    if (!link || (!found.may.empty() && !refusal_of(found, Kind::reset_otp))) return {};
    return link->error.hint;
}

/// Of a link that is none of ours, likewise.
std::optional<std::string> of_application_link(const Inspection& found, const TimeText& when) {
    if (!found.application || found.application->taken.verdict != Taken::Verdict::valid) return {};
    const auto& expires = found.application->taken.expires;
    return "the link of the application itself works" + (expires ? " until " + when(*expires) : std::string()) +
           ": the user opens it";
}

/// Of the link that was pasted, where that alone tells what to do.
std::optional<std::string> of_link(const Inspection& found, const TimeText& when) {
    using enum PastedLink::Verdict;
    if (!found.link) return of_application_link(found, when);
    const PastedLink& link = *found.link;
    // What the application makes of it is nearer to the user than our ledger.
    const bool refused = found.application && found.application->taken.verdict != Taken::Verdict::valid;
    if (link.verdict == valid && refused && found.application->taken.verdict == Taken::Verdict::superseded) {
        return "the application's own form was used since, and only the newest link works: ask the user to look for "
               "the application's own mail; or send another: pwreset request id:" +
               found.account;
    }
    if (link.verdict == valid && refused) {
        return "the application does not take the link any more: ask the user whether a password was set by it, or a "
               "page of it was opened before, as mail scanners do; else send another: pwreset request id:" +
               found.account;
    }
    if (link.verdict == valid) {
        const std::string works = "the link works until " + when(link.token.expires_at);
        const bool rewritten = std::all_of(link.injuries.begin(), link.injuries.end(),
                                           [](const auto& injury) { return injury.what == Damage::wrapped; });
        if (link.injuries.empty()) return works + ": the user opens it";
        if (rewritten)
            return works + ", by way of a mail scanner: the user opens it or, if that leads astray, is sent a code";
        return works + ", but not as it was pasted: the user opens it from the mail itself, or is sent a code";
    }
    const bool newer = link.verdict == superseded && link.successor && found.last_token &&
                       found.last_token->id == link.successor->id && found.last_token->state == TokenState::live;
    if (newer) {
        return "only the newest link works: " + look_for(link.successor->delivery_id) + ", valid until " +
               when(link.successor->expires_at);
    }
    return {};
}

constexpr const char* by_worker = "by the next worker; 'pwreset deliver' is one";

/// Of a delivery that is not ended.
std::optional<std::string> of_open_delivery(const db::DeliveryRecord& delivery, const Inspection& found,
                                            const TimeText& when) {
    const Time now = found.now;
    if (delivery.state == DeliveryState::held || delivery.state == DeliveryState::claimed)
        return "it is being sent: look again in a minute";
    if (delivery.state == DeliveryState::uncertain && delivery.channel == Channel::sms)
        return of_doubt(delivery, found);
    if (delivery.state == DeliveryState::uncertain) {
        return look_for(delivery.id) + "; it may have arrived, and a new one is sent " +
               (delivery.next_at > now ? "at " + when(delivery.next_at) : by_worker);
    }
    if (delivery.state != DeliveryState::queued) return {};
    if (const auto concern = concern_of(delivery.reason.value_or(""))) {
        return "nothing is wrong with the user's address: " +
               refusal_words(*concern, delivery.relay.value_or("unknown"), found.sender) +
               "; tell whoever runs the mail; it is tried again " +
               (delivery.next_at > now ? "at " + when(delivery.next_at) : by_worker);
    }
    if (delivery.reason == not_storable) {
        return "nothing was sent: set right what the answer above says; it is tried again " +
               (delivery.next_at > now ? "at " + when(delivery.next_at) : "by the next 'pwreset deliver'");
    }
    if (delivery.next_at > now) return "wait: it is tried again at " + when(delivery.next_at);
    return "it waits for a worker since " + when(delivery.next_at) +
           ": tell whoever runs that; is 'pwreset deliver' running?";
}

/// Of a token that the user could use now; one that resets before one that only verifies.
std::optional<std::string> of_live_token(const Inspection& found, const TimeText& when) {
    const db::TokenRow* best = nullptr;
    for (const auto& token : found.live) {
        if (!best || (best->kind == Kind::verify_caller && token.kind.word != best->kind.word)) best = &token;
    }
    if (!best) return {};
    const bool printed = std::any_of(found.deliveries.begin(), found.deliveries.end(), [&](const auto& delivery) {
        return delivery.id == best->delivery_id && delivery.kind == Kind::link_printed;
    });
    if (printed) {
        return "a link was printed, valid until " + when(best->expires_at) + ": the operator who has it reads it out";
    }
    std::string text =
        look_for(best->delivery_id, best->channel == Channel::sms) + ", valid until " + when(best->expires_at);
    if (best->kind == Kind::verify_caller) text += "; 'pwreset verify-otp' takes the code from it";
    return text;
}

std::optional<std::string> of_failure(const db::DeliveryRecord& delivery) {
    if (delivery.state != DeliveryState::failed) return {};
    if (delivery.reason == not_stored)
        return "the password in the mail does not work, the old one still does: set right what the answer above says, "
               "then request again, or send a link";
    const bool texted = delivery.channel == Channel::sms;
    if (!delivery.relay) return "nothing was sent: the answer above says why; set that right, then request again";
    if (delivery.reason == "undeliverable" && texted)
        return "the gateway refused the message: its answer above says why; correct the number in the application "
               "where "
               "that is at fault, or send a link";
    if (texted) return "the gateway did not take the message in time: look at its answer above, then send another code";
    if (delivery.reason == "undeliverable")
        return "the relay refused the address: correct it in the application, then request again";
    return "the relay did not take the mail in time: look at its answer above, then request again";
}

/// The wait until all limits of a link allow one; nothing when they do.
std::optional<std::string> of_limits(const Inspection& found) {
    std::optional<Time> until;
    for (const auto& limit : found.limits) {
        const bool of_agents = limit.name != "wrong_codes" && !limit.name.starts_with("web");
        const bool concerns = of_agents && limit.kind.value_or(Kind::link) == Kind::link;
        if (concerns && limit.left == 0 && limit.until) until = std::max(until.value_or(*limit.until), *limit.until);
    }
    if (!until) return {};
    return "wait " + duration_text(std::chrono::ceil<Seconds>(*until - found.now)) + ", then request again";
}

std::optional<std::string> of_last_token(const Inspection& found, const TimeText& when) {
    if (!found.last_token || found.last_token->state != TokenState::used) return {};
    const auto& token = *found.last_token;
    if (token.kind == Kind::verify_caller) return {};
    if (token.kind == Kind::temporary_password) {
        return "the temporary password was used: the user signs in with the one set then, or asks for a link";
    }
    return "the " + std::string(token.kind == Kind::link ? "link" : "code") + " was used at " +
           when(token.used_at.value_or(token.expires_at)) +
           ": the user signs in with the password set then, or asks for another link";
}

}  // namespace

std::string advice(const Inspection& found, const TimeText& when) {
    if (const auto text = of_account(found)) return *text;
    if (const auto text = of_link(found, when)) return *text;
    // That a password was changed is news, not what the user waits for.
    const auto newest = std::find_if(found.deliveries.begin(), found.deliveries.end(),
                                     [](const auto& delivery) { return delivery.kind != Kind::password_changed; });
    const bool any = newest != found.deliveries.end();
    if (any) {
        if (const auto text = of_open_delivery(*newest, found, when)) return *text;
    }
    if (const auto text = of_live_token(found, when)) return *text;
    if (!found.former.empty() && !any) {
        return "a " + found.former.front().second.kind.word + " lies under the former name '" +
               found.former.front().first + "': have 'pwreset migrate --adopt " + found.former.front().first +
               "' run, or send another";
    }
    if (any) {
        if (const auto text = of_failure(*newest)) return *text;
    }
    if (const auto text = of_last_token(found, when)) return *text;
    if (const auto text = of_limits(found)) return *text;
    const char* what = refusal_of(found, Kind::link) ? "send a code: " : "send a reset: ";
    return what + ("pwreset request id:" + found.account);
}

}  // namespace pwreset
