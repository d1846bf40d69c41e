// Tokens, as digests: minted, verified, voided, listed, purged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/id_range.h"
#include "db/session.h"
#include "src/base/channel.h"
#include "src/base/kind.h"
#include "src/base/state.h"

namespace pwreset::db {

/// A token to be stored. Digests are raw bytes; the secret itself never comes here.
struct NewToken {
    std::string account;
    Kind kind = Kind::link;
    Channel channel = Channel::email;
    std::int64_t delivery_id = 0;
    int attempt = 0;
    std::optional<std::string> verifier;
    std::optional<std::string> code_mac;
    std::optional<std::string> key_id;
    std::optional<std::string> pw_mark;
    std::optional<std::string> pw_form{};  ///< of the hash that the mark is of: "bcrypt $2y$ of cost 12"
    std::optional<std::string> app_ref{};  ///< SHA-256 of what the application's tables hold of it
    bool swept = false;  ///< the application knows no end of it, or a later one: it is taken away there at ours
    Time issued_at;
    Time expires_at;
    bool notice = false;                         ///< a change of the password after it is told, see notices.h
    std::optional<std::string> recipient{};      ///< keyed digest, raw, where the trail has no entry that tells it
    std::optional<std::string> recipient_key{};  ///< id of the own key that made it
};

void insert_tokens(Session& session, const std::string& app, const std::vector<NewToken>& tokens);

/// Ends the live token of an account and kind, if any, so that the next can be the only one; how many there were.
std::int64_t supersede_live(Session& session, const std::string& app, const std::string& account, Kind kind);
/// The same for many accounts.
std::int64_t supersede_live(Session& session, const std::string& app, const std::vector<std::string>& accounts,
                            Kind kind);
/// Ends the live token that one attempt of a delivery minted. True when there was one.
bool void_token_of(Session& session, std::int64_t delivery_id, int attempt, const std::string& reason);
/// One of the deliveries that has a token of the attempt that it is at now, or a later one: its row is older than that
/// token. Nothing when none has, as it should be for who has just claimed them.
std::optional<std::int64_t> minted_before(Session& session, const std::vector<std::int64_t>& deliveries);
/// How many attempts of a delivery were put back before anybody was offered the message: their tokens say so.
int attempts_put_back(Session& session, std::int64_t delivery_id);
/// Ends the live, unexpired tokens of an account, of one delivery, or of the whole application; the number. Without
/// links where the application knows no way to end one: its row must not say that it was.
std::int64_t void_live(Session& session, const std::string& app, const std::optional<std::string>& account,
                       const std::optional<std::int64_t>& delivery_id, const std::string& reason, bool links = true);
/// The live, unexpired links among those: whose they are, and until when.
struct LiveLink {
    std::string account;
    Time expires_at;
};
std::vector<LiveLink> live_links(Session& session, const std::string& app, const std::optional<std::string>& account,
                                 const std::optional<std::int64_t>& delivery_id);
/// A live, unexpired token, and what tells whether it still should be.
struct LiveToken {
    std::int64_t id = 0;
    std::string account;
    Kind kind = Kind::link;
    Channel channel = Channel::email;
    std::int64_t delivery_id = 0;
    int attempt = 0;
    bool override_protected = false;       ///< it was asked for in spite of the account's protection
    std::optional<std::string> recipient;  ///< the keyed digest, raw, of where it was mailed to, as the trail has it
    std::string key_id;                    ///< of the key that the trail had then
};
/// At most `most` of an account or of the whole application with ids above `after`, in their order.
std::vector<LiveToken> live_tokens(Session& session, const std::string& app, const std::optional<std::string>& account,
                                   std::int64_t after, int most);
/// The same for the tokens of a stretch of deliveries, with or without links.
std::int64_t void_live_between(Session& session, const std::string& app, const IdRange& deliveries,
                               const std::string& reason, bool links);
/// How many those are.
std::int64_t count_live(Session& session, const std::string& app, const std::optional<std::string>& account,
                        const std::optional<std::int64_t>& delivery_id);

/// A live code, as verifying needs it.
struct LiveCode {
    std::int64_t id = 0;
    std::int64_t delivery_id = 0;
    int attempt = 0;
    std::string code_mac;  ///< raw
    std::string key_id;
    int attempts = 0;
    Time expires_at;
};
/// The live, unexpired code of an account and kind.
std::optional<LiveCode> live_code(Session& session, const std::string& app, const std::string& account, Kind kind);
/// Counts one try before anything is compared; false when the code ended or has had its tries.
bool count_try(Session& session, std::int64_t id, int most);
/// Marks a token used; false when somebody else did, or it ended.
bool consume(Session& session, std::int64_t id);
/// Ends a code that has had its tries.
void void_exhausted(Session& session, std::int64_t id, int most);

/// What an earlier attempt of a delivery left behind.
struct Minted {
    std::int64_t id = 0;
    TokenState state = TokenState::live;
    std::optional<std::string> pw_mark;  ///< raw
    std::optional<std::string> pw_form;
    Time expires_at;
};
std::optional<Minted> last_token_of(Session& session, std::int64_t delivery_id);

// A temporary password's row outlives its token: as long as `erase_at` stands there, the users table may hold the hash
// that was stored for it, and the password works.

/// Writes down that the password of this attempt was stored; `pw_mark` is now the digest of its own hash, `pw_form`
/// what that is. False when the token is not live any more.
bool password_stored(Session& session, std::int64_t delivery_id, int attempt, const std::string& pw_mark,
                     const std::optional<std::string>& pw_form = {});
/// Takes that back, for a password that could not be stored after all: the token of the attempt is void.
void abandon_password(Session& session, std::int64_t delivery_id, int attempt, const std::string& reason);
struct StoredPassword {
    std::int64_t id = 0;  ///< of the token
    std::int64_t delivery_id = 0;
    std::string account;
    std::string pw_mark;  ///< raw
    std::optional<std::string> pw_form;
};
/// Those of an account, of one delivery, or of the whole application.
std::vector<StoredPassword> stored_passwords(Session& session, const std::string& app,
                                             const std::optional<std::string>& account,
                                             const std::optional<std::int64_t>& delivery_id);
/// Those of a stretch of deliveries.
std::vector<StoredPassword> stored_passwords_between(Session& session, const std::string& app,
                                                     const IdRange& deliveries);
/// At most `most` whose time is past.
std::vector<StoredPassword> expired_passwords(Session& session, const std::string& app, int most);
/// Whether nobody else has ended it yet; if so, nobody does before this transaction ends.
bool claim_stored_password(Session& session, std::int64_t id);
/// Ends it as void, or as used; a token that was not live any more keeps the state it has.
void end_stored_password(Session& session, std::int64_t id, const std::string& void_reason);
void use_stored_password(Session& session, std::int64_t id);

// So does that of a link which the application's own tables hold: as long as `erase_at` stands there, its value has to
// be taken away there, from then on.

struct OwedRemoval {
    std::int64_t id = 0;  ///< of the token
    std::string account;
    std::string app_ref;  ///< raw
};
/// At most `most` that are due, of an account or of the whole application.
std::vector<OwedRemoval> owed_removals(Session& session, const std::string& app,
                                       const std::optional<std::string>& account, int most);
/// The digests, raw, of all that an account's links ever had in the application's tables.
std::vector<std::string> app_refs_of(Session& session, const std::string& app, const std::string& account);
/// It is taken away, or was not there any more; a link that was live has expired.
void end_removal(Session& session, std::int64_t id);

/// Erases up to `most` code MACs that have no more use; the number.
std::int64_t erase_codes(Session& session, const std::string& app, int most);

}  // namespace pwreset::db
