// Which tokens wait for the news that the account's password was changed: found by an index of their own, so that
// nobody reads a million tokens to find the one that was used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"
#include "src/base/state.h"

namespace pwreset::db {

/// A token after which a change of the password is told, and was not yet.
struct OpenNotice {
    std::int64_t id = 0;
    std::int64_t delivery_id = 0;  ///< the one that minted it
    std::string account;
    TokenState state = TokenState::live;  ///< as stored, so never expired
    Time issued_at;
    Time expires_at;
    std::optional<Time> used_at;
    std::optional<std::string> pw_mark;  ///< raw
    std::optional<std::string> pw_form;
};
/// At most `most` of those in a state with ids above `after`, oldest first.
std::vector<OpenNotice> open_notices(Session& session, const std::string& app, TokenState state, std::int64_t after,
                                     std::size_t most);
/// All of an account, oldest first.
std::vector<OpenNotice> open_notices_of(Session& session, const std::string& app, const std::string& account);
/// What is compared with from now on, where the application hashed the same password anew: instead of `seen` the digest
/// of the new hash, and what that is.
void follow_password(Session& session, const OpenNotice& seen, const std::string& pw_mark, const std::string& pw_form);
/// Marks those of them that are still open as told by this delivery; the number.
std::int64_t tell_notices(Session& session, const std::vector<std::int64_t>& tokens, std::int64_t delivery);
/// Ends those of them that are still open without a word; the number.
std::int64_t end_notices(Session& session, const std::vector<std::int64_t>& tokens);
/// Ends those of an account whose tokens were not used: the password is changed by ourselves, and told otherwise.
void end_unused_notices(Session& session, const std::string& app, const std::string& account);
/// When the token was used that a delivery tells of; nothing when the change was found by the password alone.
std::optional<Time> change_told_by(Session& session, const std::string& app, std::int64_t delivery);
/// The largest id of a token that waits in that state; 0 without any.
std::int64_t last_open_notice(Session& session, const std::string& app, TokenState state);

}  // namespace pwreset::db
