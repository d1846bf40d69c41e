// Nothing unproved is minted (SPEC §8.4). What proves a profile on a site is bound to what it and the configuration
// say, and to the application's secrets: where either changes, it has to be shown again.
#pragma once

#include <optional>
#include <string>

#include "db/own/proofs.h"
#include "src/base/error.h"
#include "src/base/kind.h"
#include "src/context.h"

namespace pwreset {

/// What shows that the application takes what the profile makes.
enum class ProofWay {
    token,  ///< one that the application itself had made is what the profile makes of it
    link,   ///< the application took one that pwreset had made
};
constexpr std::string_view word_of(ProofWay way) { return way == ProofWay::token ? "token" : "link"; }

/// Writes down that it was shown. Within a transaction of the caller's, who records it.
void put_proof(Context& context, ProofWay way, Time now);

/// What keeps tokens from being minted: read once, for many deliveries.
class Suspension {
public:
    /// Asks the database only where the profile asks for proof. Throws Error CONFIG where a secret cannot be read.
    explicit Suspension(Context& context);
    Suspension(const Config& config, const Keyring& own, db::Session& session, db::Accounts& accounts,
               Application& application);

    /// Whether anything is missing.
    bool any() const { return token_missing_ || link_missing_; }
    /// Why no token of that kind is minted for the account; for whoever it is, where none is given. Nothing where it
    /// may be: codes are pwreset's own, and a link for the test account may be what is to be shown.
    std::optional<Error> of(Kind kind, const std::optional<std::string>& account) const;
    /// The same for accounts that no proof is asked of: why nobody gets a link.
    std::optional<Error> of_everybody() const { return any() ? std::optional(error()) : std::nullopt; }
    /// "a token of the application agreed, 2026-03-01 by tom", of all that was shown and holds; empty where nothing is.
    const std::string& shown() const { return shown_; }

private:
    void judge(const db::ProofRow& row, const std::string& app, const Keyring& own, Application& application);
    Error error() const;

    bool token_missing_ = false, link_missing_ = false;
    std::string lapsed_;  ///< why what was shown holds no more
    std::string shown_;
    std::string test_account_;           ///< as the configuration has it
    std::optional<std::string> exempt_;  ///< its key, where links for it may be minted
};

/// The same where there is no context yet.
Suspension suspension_of(const Env& env, const Config& config, const Profile& profile, db::Session& session);

}  // namespace pwreset
