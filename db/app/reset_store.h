// Where an application keeps what it compares a reset token with: columns of its users row, or rows of a table, by the
// names that its profile gives. Writes, within a transaction of the caller's, what the application's own reset would
// write; reads it back; takes it away.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/app/key_form.h"
#include "db/app/users_table.h"
#include "db/session.h"

namespace pwreset::db {

/// A value on its way into a column.
struct ResetCell {
    enum class Form {
        null,
        text,    ///< also a number, as text
        bytes,   ///< for a binary column
        moment,  ///< a time: `text` as a DATETIME holds it, `instant` as a TIMESTAMP is told in a session of UTC
        key,     ///< the account's key, as its text
    };
    Form form = Form::null;
    std::string text{};
    std::string instant{};
};

/// Names in the application's schema, validated as identifiers.
struct ResetNames {
    enum class Mode { columns, insert, delete_insert, upsert };
    Mode mode = Mode::columns;
    std::string table;                                        ///< empty for the columns of the users row
    std::vector<std::string> find;                            ///< the columns that say whose row it is
    std::vector<std::pair<std::string, std::string>> where;   ///< columns with the constant that says what it is for
    std::vector<std::pair<std::string, std::string>> prefix;  ///< columns whose text begins so, likewise
    std::vector<std::string> set;
    std::vector<std::pair<std::string, ResetCell>> empty;  ///< what stands for no token; not in `set`: beside one, too
};

/// What is kept of one token.
struct ResetRow {
    std::string account;          ///< the key of the users row
    std::vector<ResetCell> find;  ///< in the order of the names
    std::vector<ResetCell> set;
};

class ResetStore {
public:
    ResetStore(Session& session, ResetNames names, UsersTable users);

    /// Writes these, each of another account. What the application's tables refuse is an Error CONFIG or UNDELIVERABLE
    /// in words of ours; a row that must be the only one and is not, a Conflict.
    void put(const std::vector<ResetRow>& rows);
    /// What stands there for an account, the columns of `set` in each; at most `most`, locked where there are row locks
    /// and `lock`. Bytes are hexadecimal.
    std::vector<std::vector<std::optional<std::string>>> held(const ResetRow& of, int most, bool lock,
                                                              bool any_prefix = false);
    /// Takes away the one whose column (of `set`) holds this value byte for byte: deletes its row, or writes what
    /// stands for none. How many there were.
    std::int64_t remove(const ResetRow& of, const std::string& column, const std::string& value, bool delete_row);
    /// Accounts (their keys) and the columns of `set` of the rows in which a column holds this value.
    struct Found {
        std::vector<std::optional<std::string>> find;  ///< the account's key for columns of the users row
        std::vector<std::optional<std::string>> set;
    };
    /// `any_prefix`: whatever `prefix` says, since the application may write them in another form.
    std::vector<Found> with(const std::string& column, const std::string& value, int most, bool any_prefix = false);
    /// Deletes up to `most` rows in which a column tells a time (or a number that is one) before this; the number. Rows
    /// without one, or with zero for it, stay.
    std::int64_t purge(const std::string& column, const ResetCell& before, int most);
    std::int64_t count_before(const std::string& column, const ResetCell& before);

    const ResetNames& names() const { return names_; }
    /// Whether a column is a TIMESTAMP, DATETIME … or whatever holds text.
    const ColumnType& type_of(const std::string& column);

private:
    void prepare();
    std::string table() const;
    std::string expression(const ResetCell& cell, const std::string& column, const std::string& name,
                           Params& params) const;
    std::string whose(const ResetRow& row, Params& params, bool any_prefix = false) const;
    std::string purpose(Params& params, bool any_prefix = false) const;
    std::string over(const std::string& column, const ResetCell& before, Params& params) const;
    bool is_set(const std::string& column) const;
    void insert(const ResetRow& row);
    std::int64_t update(const ResetRow& row);
    std::string as_read(const std::string& column) const;
    std::string selected(const std::vector<std::string>& columns) const;

    Session& session_;
    ResetNames names_;
    UsersTable users_;
    bool prepared_ = false;
    std::vector<std::pair<std::string, ColumnType>> types_;  ///< of every column that is named
    KeyForm key_;                                            ///< of the users table
};

/// Moves a time of the users row by so many seconds: a token that depends on it is void.
std::int64_t bump_time(Session& session, const UsersTable& users, const KeyForm& key, const std::string& column,
                       Seconds by, const std::string& account);
/// Deletes the rows of a cache.
std::int64_t drop_cached(Session& session, const std::string& table,
                         const std::vector<std::pair<std::string, std::string>>& find);

}  // namespace pwreset::db
