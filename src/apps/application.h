// The application at work: its profile on its database. Makes what a link carries and what its tables are to hold,
// writes that, reads it back, takes it away. The native contract, too: there nothing is written here, for its table of
// tokens is our own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/app/accounts.h"
#include "db/app/read_columns.h"
#include "db/app/reset_store.h"
#include "src/apps/clocks.h"
#include "src/apps/profile.h"
#include "src/apps/taking.h"
#include "src/base/env.h"
#include "src/base/secret.h"
#include "src/base/time.h"

namespace pwreset {

/// A link's token, made for an account.
struct MintedLink {
    Secret mailed;                                            ///< what stands at {token}
    std::vector<std::pair<std::string, std::string>> places;  ///< of the link, besides it
    std::optional<db::ResetRow> row;                          ///< what the application's tables are to hold
    std::optional<std::string> app_ref;                       ///< SHA-256 of what they hold of it, raw
    Time expires;                                             ///< when the application will refuse it, or we end it
    bool swept = false;                                       ///< it would go on for longer there
};

class Application {
public:
    /// Everything must outlive it.
    Application(const Env& env, const Config& config, const Profile& profile, db::Session& session,
                db::Accounts& accounts);

    const Profile& profile() const { return profile_; }
    /// A digest of the secrets that it works with, under a key of ours; raw. Throws Error CONFIG where one is not
    /// there.
    std::string digest_of_secrets(const Secret& key);

    /// Draws a token for an account, of which `cells` are the columns that the profile reads, and proves that the
    /// profile takes it now and not a day later. Throws Error FORBIDDEN when the application could not read it (SPEC:
    /// refused, with the reason).
    MintedLink mint(const db::AccountRow& account, const db::ReadCells& cells, Time now, Seconds lifetime);
    /// The same of a code that was drawn, where the application keeps codes in its own tables.
    MintedLink mint_code(const db::AccountRow& account, const db::ReadCells& cells, const Secret& code, Time now,
                         Seconds lifetime);
    /// The columns that the profile reads, of a page of accounts; of each an empty list where it reads none. Behind
    /// them what django-allauth's tokens are made of besides: the account's addresses, one a line.
    std::map<std::string, db::ReadCells> read(const std::vector<std::string>& accounts);
    /// Writes what the application's tables are to hold. Within a transaction of the caller's.
    void write(const std::vector<MintedLink>& minted);

    /// Takes the account's tokens away whose digests these are, within a transaction of the caller's; how many. Nothing
    /// is touched that holds another value.
    std::int64_t revoke(const db::AccountRow& account, const std::vector<std::string>& app_refs);
    /// Whether it knows a way to.
    bool can_revoke() const;

    /// Whether its rows of tokens tell when they are over and may go then: not where its table holds other things, or
    /// knows no end, or tells it in a form that does not sort.
    bool purges();
    /// Deletes up to `most` rows of tokens that were over at `before`, whoever issued them, but none that a clock in
    /// another zone could take for good; how many.
    std::int64_t purge(Time before, int most);
    std::int64_t count_over(Time before);

    /// The accounts that a link may be about, by its places, what is mailed, or a look-up of what is stored of it;
    /// empty where nothing tells. Never of the native contract, whose links our own ledger knows.
    std::vector<db::AccountRow> meant_by(const PresentedLink& link);
    /// Whether the application would take a link of that account now, whoever issued it.
    Taken take(const PresentedLink& link, const db::AccountRow& account, Time now);
    /// Which digest a token of Django's was made with, where that shows and our key is of the other: "SHA-1".
    std::string other_digest(std::string_view token);
    /// What its tables hold for the account, at most most_held; nothing where nothing is stored.
    std::vector<HeldToken> held(const db::AccountRow& account);

private:
    struct Moments {
        Time issued, expires;
    };

    Moments moments(Time now, Seconds lifetime, const Values& known) const;
    Secret secret_of(const ProfileSecret& secret);
    std::int64_t bump(const db::AccountRow& account);
    void drop_caches(const db::AccountRow& account);
    void store_minted(const db::AccountRow& account, const Values& names, Time ends_at, MintedLink& minted);
    std::string digest_of_times(const std::string& account, const Values& known) const;
    std::string digest_of_row(const db::AccountRow& account, const db::ReadCells& row, std::size_t column);
    Values values_of(const db::AccountRow& account, const db::ReadCells& cells);
    void read_secrets();
    db::ResetCell cell_of(const Expression& value, const Values& names, const db::AccountRow& account) const;
    db::ResetRow row_of(const Values& names, const db::AccountRow& account) const;
    db::ResetRow whose(const db::AccountRow& account);
    std::optional<std::size_t> proof_column() const;
    Values told_by(const PresentedLink& link);
    std::vector<db::AccountRow> accounts_named(const Values& names);
    bool depends_on_token(const Expression& value) const;
    bool depends_on_known(const Expression& value, const Values& known) const;
    std::string cell_text(const std::string& column, const std::string& held);
    void learn_shown(const db::ReadCells& cells, Values& known);
    void learn_clock(const db::ReadCells& cells, Values& known);
    std::optional<std::size_t> end_column();
    db::ResetCell end_cell(std::size_t column, Time before) const;
    std::optional<Values> matched(const db::ReadCells& cells, const Values& names, std::string_view token);
    Taken take_of_scheme(const PresentedLink& link, const Values& names, Time now, Taken taken) const;
    void judge_clock(const Values& known, Time now, Taken& taken) const;
    void prove(const MintedLink& minted, const Values& names) const;
    void prove_scheme(const MintedLink& minted, const Values& names, Time now) const;

    static constexpr int most_held = 100;  ///< rows of one account that are looked at

    const Env& env_;
    const Config& config_;
    const Profile& profile_;
    db::Session& session_;
    db::Accounts& accounts_;
    Clocks clocks_;
    std::optional<db::ResetStore> store_;
    Values secrets_;
    bool secrets_read_ = false;
};

}  // namespace pwreset
