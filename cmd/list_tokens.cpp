#include <CLI/CLI.hpp>

#include "cmd/command.h"
#include "cmd/paging.h"
#include "cmd/since.h"
#include "db/own/token_records.h"
#include "src/account/matching.h"
#include "src/base/reference.h"

namespace pwreset {

namespace {

struct ListTokensOptions {
    std::vector<std::string> identities;
    std::optional<std::string> state, kind, channel, operator_name, since, until;
    PageOptions pages;
};

db::TokenFilter filter_of(const ListTokensOptions& options, Stage& stage) {
    db::TokenFilter filter;
    for (const auto& identity : options.identities) {
        filter.accounts.push_back(
            find_account_key(stage.context->accounts, parse_identity(identity, stage.config->users.phone_region)));
    }
    if (options.state) filter.state = token_state_of(*options.state);
    if (options.kind) filter.kind = kind_of(*options.kind);
    if (options.channel) filter.channel = channel_of(*options.channel);
    filter.operator_name = options.operator_name;
    filter.ticket = stage.common.grounds.ticket;
    const Time now = stage.context->session.now();
    filter.since = parse_moment("--since", options.since, now);
    filter.until = parse_moment("--until", options.until, now);
    return filter;
}

Cell text_or_null(const std::optional<std::string>& text) { return text ? Cell(*text) : Cell(); }
Cell time_or_null(const std::optional<Time>& time) { return time ? Cell(*time) : Cell(); }

const std::vector<Column> columns{{"id", "ID"},
                                  {"account", "ACCOUNT"},
                                  {"kind", "KIND"},
                                  {"channel", "CHANNEL", true, true},
                                  {"state", "STATE"},
                                  {"reference", "REF"},
                                  {"issued_at", "ISSUED", true, true},
                                  {"expires_at", "EXPIRES"},
                                  {"used_at", ""},
                                  {"voided_at", ""},
                                  {"void_reason", "WHY"},
                                  {"attempts", ""},
                                  {"delivery", "DELIVERY", true, true},
                                  {"operator", "BY"},
                                  {"ticket", "TICKET"},
                                  {"reason", ""}};

void print_row(Listing& listing, const db::TokenRow& token) {
    listing.row({token.id, token.account, token.kind.word, token.channel.word, token.state.word,
                 reference_of(token.delivery_id), token.issued_at, token.expires_at, time_or_null(token.used_at),
                 time_or_null(token.voided_at), text_or_null(token.void_reason),
                 static_cast<std::int64_t>(token.attempts), text_or_null(token.delivery_state),
                 text_or_null(token.operator_name), text_or_null(token.ticket), text_or_null(token.reason)});
}

void run_list_tokens(const ListTokensOptions& options, Stage& stage) {
    auto& context = *stage.context;
    const auto filter = filter_of(options, stage);
    Listing listing(stage.env, stage.common.format, "tokens", columns, stage.trace_id);
    const auto fetch = [&](std::int64_t before, int most) {
        return db::list_tokens(context.session, context.config.application, filter, before, most);
    };
    print_pages(stage, listing, options.pages, "no tokens", fetch,
                [&](const auto& token) { print_row(listing, token); });
}

}  // namespace

Command list_tokens_command(CLI::App& parent) {
    auto options = std::make_shared<ListTokensOptions>();
    auto* app = parent.add_subcommand("list-tokens", "list tokens, newest first, with what became of them");
    app->add_option("IDENTITY", options->identities, "only these accounts");
    app->add_option("--state", options->state, "live, used, void or expired")
        ->check(CLI::IsMember({"live", "used", "void", "expired"}).description(""))
        ->type_name("STATE");
    app->add_option("--kind", options->kind, "link, reset_otp, verify_caller or temporary_password")
        ->check(CLI::IsMember({"link", "reset_otp", "verify_caller", "temporary_password"}).description(""))
        ->type_name("KIND");
    app->add_option("--channel", options->channel, "email")
        ->check(CLI::IsMember({"email"}).description(""))
        ->type_name("CHANNEL");
    app->add_option("--operator", options->operator_name, "issued by this operator")->type_name("NAME");
    app->add_option("--since", options->since, "issued at or after: a time with offset, a date, or an age such as 2h")
        ->type_name("WHEN");
    app->add_option("--until", options->until, "issued before")->type_name("WHEN");
    bind_page_options(*app, options->pages);
    return {app, Needs::database, {Capability::support}, [options](Stage& stage) { run_list_tokens(*options, stage); }};
}

}  // namespace pwreset
