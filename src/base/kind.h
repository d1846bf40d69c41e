// The kinds of token there are, and of messages that carry none.
#pragma once

#include "src/base/words.h"

namespace pwreset {

/// What a token can do. The words are stored and documented: pwreset-tokens(5).
enum class Kind {
    link,                ///< opens the application's "new password" page
    reset_otp,           ///< six digits that do the same
    verify_caller,       ///< six digits that prove to an agent who is calling; resets nothing
    temporary_password,  ///< a password that was made here; the account has it once its mail was accepted
    password_changed,    ///< no token: the message that tells of a change, which nobody asks for
    link_printed,        ///< no token: the message that tells of a link which support is shown, and whose kind is link
};

constexpr WordTable<Kind, 6> kind_words{{
    {Kind::link, "link"},
    {Kind::reset_otp, "reset_otp"},
    {Kind::verify_caller, "verify_caller"},
    {Kind::temporary_password, "temporary_password"},
    {Kind::password_changed, "password_changed"},
    {Kind::link_printed, "link_printed"},
}};

constexpr std::string_view word_of(Kind kind) { return word_in(kind_words, kind); }
constexpr std::optional<Kind> kind_of(std::string_view text) { return value_in(kind_words, text); }

/// Whether a delivery of this kind mints a token, and has limits of its own.
constexpr bool mints(Kind kind) { return kind != Kind::password_changed && kind != Kind::link_printed; }
/// Whether the token lets its holder choose a new password.
constexpr bool lets_choose(Kind kind) { return kind == Kind::link || kind == Kind::reset_otp; }

/// Six digits.
constexpr bool is_code(Kind kind) { return kind == Kind::reset_otp || kind == Kind::verify_caller; }

}  // namespace pwreset
