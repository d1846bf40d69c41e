// What is known of tokens: to list, to explain, to export, to erase.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"
#include "src/base/channel.h"
#include "src/base/kind.h"
#include "src/base/state.h"

namespace pwreset::db {

/// A row of `list-tokens`.
struct TokenRow {
    std::int64_t id = 0;
    std::string account;
    StoredWord<Kind> kind;
    StoredWord<Channel> channel;
    StoredWord<TokenState> state;
    Time issued_at;
    Time expires_at;
    std::optional<Time> used_at;
    std::optional<Time> voided_at;
    std::optional<std::string> void_reason;
    int attempts = 0;
    std::int64_t delivery_id = 0;
    std::optional<std::string> delivery_state;  ///< as stored
    std::optional<std::string> operator_name;
    std::optional<std::string> ticket;
    std::optional<std::string> reason;
};
struct TokenFilter {
    std::vector<std::string> accounts;  ///< empty = all
    std::optional<TokenState> state;
    std::optional<Kind> kind;
    std::optional<Channel> channel;
    std::optional<std::string> ticket, operator_name;
    std::optional<Time> since, until;  ///< issued in [since, until)
};
/// At most `most` tokens with ids below `before` (0 = from the newest), newest first.
std::vector<TokenRow> list_tokens(Session& session, const std::string& app, const TokenFilter& filter,
                                  std::int64_t before, int most);

/// A link that was found by its digest.
struct FoundLink {
    std::string verifier;  ///< raw
    TokenRow token;
};
/// The links with these digests, raw, in any order.
std::vector<FoundLink> links_with(Session& session, const std::string& app, const std::vector<std::string>& verifiers);
/// The next token of the same account and kind that was made after it.
std::optional<TokenRow> successor_of(Session& session, const std::string& app, const TokenRow& token);

/// A token as the person it was made for may see it: every fact, and of the digests only that they exist.
struct TokenFacts {
    std::int64_t id = 0;
    std::string kind;     ///< as stored
    std::string channel;  ///< as stored
    std::string state;    ///< a word of TokenState
    std::int64_t delivery_id = 0;
    int attempt = 0;
    int attempts = 0;
    Time issued_at;
    Time expires_at;
    std::optional<Time> used_at;
    std::optional<Time> voided_at;
    std::optional<std::string> void_reason;
    std::optional<std::string> key_id;
    std::optional<std::string> password_form;
    bool verifier = false, code_mac = false, password_mark = false, application_reference = false, recipient = false;
};
/// At most `most` tokens of an account with ids above `after`, oldest first.
std::vector<TokenFacts> token_facts(Session& session, const std::string& app, const std::string& account,
                                    std::int64_t after, int most);
/// How many tokens of any state an account has.
std::int64_t count_tokens(Session& session, const std::string& app, const std::string& account);
/// Deletes the first `most` tokens of an account, whatever their state; the number.
std::int64_t delete_tokens(Session& session, const std::string& app, const std::string& account, int most);

}  // namespace pwreset::db
