#include "cmd/command.h"
#include "cmd/paging.h"
#include "cmd/since.h"
#include "db/own/token_records.h"
#include "src/account/matching.h"
#include "src/base/reference.h"
#include "src/recovery/application_tokens.h"

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
                                  {"reason", ""},
                                  {"issuer", ""}};

void print_row(Listing& listing, const db::TokenRow& token) {
    listing.row({token.id, token.account, token.kind.word, token.channel.word, token.state.word,
                 reference_of(token.delivery_id), token.issued_at, token.expires_at, time_or_null(token.used_at),
                 time_or_null(token.voided_at), text_or_null(token.void_reason),
                 static_cast<std::int64_t>(token.attempts), text_or_null(token.delivery_state),
                 text_or_null(token.operator_name), text_or_null(token.ticket), text_or_null(token.reason), "pwreset"});
}

/// What the application itself issued, of the accounts that are named, on the first page: it has no number of ours to
/// go on from, and nobody of ours asked for it.
void print_application_tokens(const ListTokensOptions& options, const db::TokenFilter& filter, Stage& stage,
                              Listing& listing) {
    const bool ours_alone = options.operator_name || filter.ticket || options.channel || options.since || options.until;
    if (ours_alone || options.pages.before > 0 || options.pages.limit > 0) return;
    if (filter.kind.value_or(Kind::link) != Kind::link) return;
    const Time now = stage.context->session.now();
    for (const auto& token : application_tokens(*stage.context, filter.accounts)) {
        const bool live = !token.expires || *token.expires > now;
        if (filter.state && *filter.state != (live ? TokenState::live : TokenState::expired)) continue;
        listing.row({Cell(), token.account, std::string(word_of(Kind::link)), Cell(), live ? "live" : "expired", Cell(),
                     time_or_null(token.issued), time_or_null(token.expires), Cell(), Cell(), Cell(), Cell(), Cell(),
                     Cell(), Cell(), Cell(), "application"});
    }
}

/// A table shows who issued a token where that may be another.
std::vector<Column> columns_for(const Context& context) {
    auto shown = columns;
    if (!context.application().profile().native()) shown.back().title = "ISSUER";
    return shown;
}

void run_list_tokens(const ListTokensOptions& options, Stage& stage) {
    auto& context = *stage.context;
    const auto filter = filter_of(options, stage);
    Listing listing(stage.env, stage.common.format, "tokens", columns_for(context), stage.trace_id);
    print_application_tokens(options, filter, stage, listing);
    const auto fetch = [&](std::int64_t before, int most) {
        return db::list_tokens(context.session, context.config.application, filter, before, most);
    };
    print_pages(stage, listing, options.pages, "no tokens", fetch,
                [&](const auto& token) { print_row(listing, token); });
}

}  // namespace

Command list_tokens_command(CommandLine& parent) {
    auto options = std::make_shared<ListTokensOptions>();
    auto& line = parent.command("list-tokens", "list tokens, newest first, with what became of them");
    line.arguments("IDENTITY", options->identities, Presence::optional, "only these accounts");
    line.choice("--state", options->state, "STATE", {"live", "used", "void", "expired"}, "live, used, void or expired");
    line.choice("--kind", options->kind, "KIND", {"link", "reset_otp", "verify_caller", "temporary_password"},
                "link, reset_otp, verify_caller or temporary_password");
    line.choice("--channel", options->channel, "CHANNEL", all_words(channel_words),
                "email or sms: by which it was sent");
    line.text("--operator", options->operator_name, "NAME", "issued by this operator");
    line.text("--since", options->since, "WHEN",
              "issued at or after: a time with offset, a date, or an age such as 2h");
    line.text("--until", options->until, "WHEN", "issued before");
    bind_page_options(line, options->pages);
    Command command{
        &line, Needs::database, {Capability::support}, [options](Stage& stage) { run_list_tokens(*options, stage); }};
    command.further = [options] {
        return options->identities.size() > 1 ? std::vector{Capability::bulk} : std::vector<Capability>{};
    };
    return command;
}

}  // namespace pwreset
