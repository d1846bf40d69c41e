#include "cmd/request_public.h"

#include <algorithm>
#include <array>
#include <ostream>

#include "cmd/next_step.h"
#include "cmd/public_call.h"
#include "src/message/public_text.h"
#include "src/transport/captcha.h"

namespace pwreset {

namespace {

CaptchaCheck captcha_of(const Stage& stage) {
    if (!stage.config->captcha) return {};
    return [&env = stage.env, &captcha = *stage.config->captcha](const std::string& token) {
        check_captcha(env, captcha, token);
    };
}

/// Made of the call, its syntax and the configuration.
struct Answer {
    std::string message;
    std::string channel;
    std::string next;  ///< what the user does next
    Json url;          ///< on which page; null where none is configured
};

Answer answer_of(const Config& config, const PublicCall& call, const Route& route) {
    return {public_text(route, call.locale.value_or(""), config.text.locale), std::string(word_of(route.channel)),
            next_step(route.kind), next_url(config.reset, route.kind)};
}

/// A value that only an account could give is null, always.
Json json_of(const Answer& answer, const Config& config) {
    return {{"success", true},      {"message", answer.message},   {"reference", nullptr},
            {"delivery", "queued"}, {"purpose", "reset_password"}, {"channel", answer.channel},
            {"next", answer.next},  {"next_url", answer.url},      {"recipient", nullptr},
            {"token_id", nullptr},  {"expires_at", nullptr},       {"resend_in_seconds", config.web.cooldown.count()}};
}

void print_rows(Stage& stage, const Answer& answer) {
    Listing listing(stage.env, stage.common.format, "results",
                    {{"delivery", "DELIVERY"}, {"channel", "CHANNEL"}, {"next", "NEXT"}, {"message", "MESSAGE"}},
                    stage.trace_id);
    listing.row({"queued", answer.channel, answer.next, answer.message});
    listing.finish();
}

void print(Stage& stage, const Answer& answer) {
    const Json json = json_of(answer, *stage.config);
    switch (stage.common.format) {
        case Format::json:
            return print_success(stage.env, {{"results", Json::array({json})}}, stage.trace_id);
        case Format::ndjson:
            return print_line(stage.env, json);
        case Format::csv:
            return print_rows(stage, answer);
        case Format::table:
            stage.env.out << answer.message << "\n";
    }
}

}  // namespace

void refuse_beside_public(const CommandLine& request) {
    constexpr std::array<std::string_view, 4> together{"--public", "--config", "--output", "--json"};
    for (const CommandLine* line : {&request, request.parent()}) {
        for (const auto& name : line->given()) {
            if (std::find(together.begin(), together.end(), name) != together.end()) continue;
            throw usage_error((name.starts_with("-") ? "'" + name + "'" : "an identity on the command line") +
                                  " does not go with --public",
                              "what is asked for stands in the JSON object on standard input");
        }
    }
}

void run_request_public(Stage& stage) {
    auto& context = *stage.context;
    PublicCall call;
    Route route;
    try {
        call = read_public_call(stage.env.in);
        route = take_in(context, call, captcha_of(stage));
    } catch (const Error& error) {
        record_refused(context, call, error);
        throw;
    }
    print(stage, answer_of(*stage.config, call, route));
}

}  // namespace pwreset
