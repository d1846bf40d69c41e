// The states of deliveries and of tokens. The words are stored and documented: pwreset(1), pwreset-tokens(5).
#pragma once

#include "src/base/words.h"

namespace pwreset {

enum class DeliveryState {
    held,        ///< by the process that will send it itself
    queued,      ///< for any worker
    claimed,     ///< by a worker that is sending it
    sent,        ///< the other end took it
    uncertain,   ///< it may have been sent: the connection broke after the message, or the worker died
    failed,      ///< for good
    superseded,  ///< a later one was minted in its place
    cancelled,   ///< revoked
    refused,     ///< policy said no when it was to be minted
};

constexpr WordTable<DeliveryState, 9> delivery_state_words{{
    {DeliveryState::held, "held"},
    {DeliveryState::queued, "queued"},
    {DeliveryState::claimed, "claimed"},
    {DeliveryState::sent, "sent"},
    {DeliveryState::uncertain, "uncertain"},
    {DeliveryState::failed, "failed"},
    {DeliveryState::superseded, "superseded"},
    {DeliveryState::cancelled, "cancelled"},
    {DeliveryState::refused, "refused"},
}};

constexpr std::string_view word_of(DeliveryState state) { return word_in(delivery_state_words, state); }

enum class TokenState {
    live,
    used,
    ended,    ///< void: superseded, revoked, guessed …
    expired,  ///< never stored: live, but its time is past, or void because it was
};

constexpr WordTable<TokenState, 4> token_state_words{{
    {TokenState::live, "live"},
    {TokenState::used, "used"},
    {TokenState::ended, "void"},
    {TokenState::expired, "expired"},
}};

constexpr std::string_view word_of(TokenState state) { return word_in(token_state_words, state); }
constexpr std::optional<TokenState> token_state_of(std::string_view text) { return value_in(token_state_words, text); }

}  // namespace pwreset
