#include "cmd/request_public.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <utility>

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

/// What the user does next, and on which page.
std::pair<const char*, std::string> next_step(const Config& config, Kind kind) {
    if (kind == Kind::temporary_password) return {"sign-in", ""};
    if (kind == Kind::link) return {"verify-link", config.reset.verify_link_url};
    return {"verify-otp", config.reset.verify_otp_url};
}

/// Made of the call, its syntax and the configuration; a value that only an account could give is null, always.
Json answer_of(const Config& config, const PublicCall& call, const Route& route) {
    const auto [next, url] = next_step(config, route.kind);
    return {{"success", true},
            {"message", public_text(route, call.locale.value_or(""), config.text.locale)},
            {"reference", nullptr},
            {"delivery", "queued"},
            {"purpose", "reset_password"},
            {"channel", word_of(route.channel)},
            {"next", next},
            {"next_url", url.empty() ? Json(nullptr) : Json(url)},
            {"recipient", nullptr},
            {"token_id", nullptr},
            {"expires_at", nullptr},
            {"resend_in_seconds", config.web.cooldown.count()}};
}

void print_rows(Stage& stage, const Json& answer) {
    Listing listing(stage.env, stage.common.format, "results",
                    {{"delivery", "DELIVERY"}, {"channel", "CHANNEL"}, {"next", "NEXT"}, {"message", "MESSAGE"}},
                    stage.trace_id);
    listing.row({answer["delivery"].get<std::string>(), answer["channel"].get<std::string>(),
                 answer["next"].get<std::string>(), answer["message"].get<std::string>()});
    listing.finish();
}

void print(Stage& stage, const Json& answer) {
    switch (stage.common.format) {
        case Format::json:
            return print_success(stage.env, {{"results", Json::array({answer})}}, stage.trace_id);
        case Format::ndjson:
            return print_line(stage.env, answer);
        case Format::csv:
            return print_rows(stage, answer);
        case Format::table:
            stage.env.out << answer["message"].get<std::string>() << "\n";
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
