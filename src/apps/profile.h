// An application as data: how a token is drawn, what of it is mailed, what its own tables hold of it, what its clocks
// mean and what ends it. Read from the profile that a configuration stands on, checked once, then const. Pure but for
// secret files; src/apps/minting.h works with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/time.h"
#include "src/config/config.h"
#include "src/expression/expression.h"
#include "src/secrets/named_secret.h"
#include "src/secrets/secrets.h"

namespace pwreset {

/// What nobody can guess of a link, in bits, letters of different case being one.
inline constexpr int least_link_bits = 112;

/// Where the application keeps what it compares a token with.
enum class StoreMode {
    ledger,         ///< in pwreset's own table of tokens: the native contract
    none,           ///< nowhere: the token proves itself
    columns,        ///< in columns of the users row
    insert,         ///< in a row of a table, beside older ones
    delete_insert,  ///< in a row that takes the place of the account's older ones
    upsert,         ///< in the one row that an account has
};
std::string_view word_of(StoreMode mode);

/// Formats that the language does not say, in code: src/apps/schemes.
enum class Scheme { none, django, django_allauth, jwt_hs256 };

/// A column, or a place of a link, and what goes into it.
struct NamedExpression {
    std::string name;
    Expression value;
};
using Constants = std::vector<std::pair<std::string, std::string>>;

/// Rows of a cache that hold what the application read before.
struct CacheRows {
    std::string table;
    std::vector<NamedExpression> find;
};

/// How one token of an account is made void in the application's tables.
enum class Revocation {
    impossible,  ///< the application knows no way
    remove,      ///< its row is deleted
    empty,       ///< its columns hold what stands for none
    bump,        ///< a time that the token depends on is moved
};

struct ResetStore {
    bool of_codes = false;  ///< what is stored is the code that somebody types: `code` in expressions
    StoreMode mode = StoreMode::ledger;
    std::string table;                  ///< empty for columns of the users row
    std::vector<NamedExpression> find;  ///< the columns that say whose row it is
    Constants where;                    ///< columns that must hold a constant: the purpose, in a shared table
    Constants prefix;                   ///< columns whose text begins so, likewise
    std::vector<NamedExpression> set;
    std::vector<std::vector<NamedExpression>> also;  ///< other forms in which the application itself writes them
    std::vector<NamedExpression> empty;              ///< null, '' or 0, by column
    Revocation revocation = Revocation::impossible;
    std::string bump_column;
    Seconds bump_by{1};
    std::vector<CacheRows> caches;
    bool purge = false;  ///< all its rows, within where and prefix, are tokens: purge-expired may delete them
    std::string hint;    ///< a cache that no statement reaches, in words
};

/// Rows of another table that name accounts by their key.
struct AccountRows {
    std::string table, user, column;
    Constants where;
};

/// What a scheme asks of a profile besides.
struct SchemeKeys {
    std::string key;                      ///< the secret that tokens are made with, as expressions name it
    std::vector<std::string> fallbacks;   ///< of those that were made with it before
    AccountRows addresses;                ///< django-allauth: all of an account
    std::vector<NamedExpression> claims;  ///< jwt-hs256, in this order
};

/// Columns of the users row that hold a temporary password beside the password itself, which goes on working.
struct PasswordStore {
    std::vector<NamedExpression> set;    ///< "token" stands for the temporary password
    std::vector<NamedExpression> empty;  ///< null, '' or 0, by column
    std::optional<Seconds> lifetime;     ///< what the application gives it from `issued` on
    std::vector<std::string> void_by;
    std::string hint;  ///< a cache that no statement reaches, in words
};

/// How a column that an expression may name is read.
enum class ReadForm { text, number, datetime, unix_seconds };
struct ReadColumn {
    std::string name, column;
    ReadForm form = ReadForm::text;
    std::string zone;  ///< of a datetime: "utc", "application" or an IANA name
};

/// A secret of the application.
struct ProfileSecret {
    std::string name;
    NamedSecret file;           ///< where it comes from a file or a credential
    NamedSecret other;          ///< what it may be instead: a check says which of the two is right
    std::string table, column;  ///< or from a row of the application's own settings
    Constants where;
    std::string decode = "raw";  ///< raw, hex, base64, base64-prefixed
};

/// What a profile proves itself with.
struct Vector {
    std::vector<std::pair<std::string, std::string>> given;
    std::vector<std::pair<std::string, std::string>> stored;
    std::vector<std::pair<std::string, std::string>> places;
    std::string mailed;
    std::size_t line = 0;
};

struct Profile {
    std::string name, title, release;
    std::string proved;  ///< by what: "real code" or "vectors"
    bool own = false;    ///< the site's: a file of its own, or a configuration that says itself what a token is
    std::string digest;  ///< by digest_of_profile(): of what it and the configuration say

    Scheme scheme = Scheme::none;
    SchemeKeys scheme_keys;
    std::vector<NamedExpression> parts;
    Expression token;                     ///< absent: it has no links
    Expression mailed;                    ///< what stands at {token}
    std::vector<NamedExpression> places;  ///< of the link, besides the token

    std::optional<Seconds> application_lifetime;  ///< nothing: it knows no end
    bool future_refused = false;
    std::string not_before;             ///< a name of `reads`: what was issued before it is refused
    std::string zone = "utc";           ///< of bare times in its columns
    bool repeated_hour_second = false;  ///< of two equal local times the application takes the later, as PHP does
    std::string application_zone;       ///< what "application" stands for
    std::string session_zone;           ///< of its connections; empty = the same as the zone of the column
    std::vector<ReadColumn> reads;
    std::vector<std::string> void_by;
    bool burnt_by_get = false;
    bool signs_in = false;
    bool must_change = false;  ///< with each link a new password is demanded, as [temporary_password] says
    bool accept_burn = false, accept_sign_in = false;
    std::string test_account;    ///< an identity: whose tokens and links may show that all is right
    std::string typed;           ///< what the user has to type besides: "login"
    std::string blocks_form;     ///< what the application's own form does meanwhile, in words
    bool ascii_address = false;  ///< the application cannot read a token of an address beyond ASCII

    ResetStore store;
    PasswordStore password_store;
    std::vector<ProfileSecret> secrets;
    std::vector<Vector> vectors;

    bool native() const { return store.mode == StoreMode::ledger; }
    bool has_links() const { return token.given() || mailed.given() || scheme != Scheme::none; }
    /// Whether only the running application can show that its tokens are what is made of the account and of secrets: a
    /// token of its own is to be compared first.
    bool asks_for_token() const {
        return !native() && has_links() && (store.mode == StoreMode::none || !secrets.empty());
    }
    /// Whether nobody saw the application take a link yet: one on this site is to be taken first.
    bool asks_for_link() const { return !native() && has_links() && (own || proved != "real code"); }
    /// Whether what is drawn, mailed or stored depends on a name of the language.
    bool uses(std::string_view name_of_value) const;
    /// Whether its tokens work until they are taken away, since it has no clock for them.
    bool knows_no_end() const {
        const bool stored = store.mode != StoreMode::ledger && store.mode != StoreMode::none;
        return stored && !application_lifetime && !uses("expires");
    }
    /// Whether a newer token makes an older one void.
    bool only_latest_lives() const { return store.mode != StoreMode::none && store.mode != StoreMode::insert; }
};

/// Reads the profile that the configuration stands on, with what the configuration says in its place. Secrets stay
/// empty without a `source`. Throws Error CONFIG with file, line and column.
Profile read_profile(const Config& config, const SecretSource* source);

/// The native contract, as the preset has it.
Profile native_profile();

}  // namespace pwreset
