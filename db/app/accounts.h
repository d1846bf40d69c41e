// The application's users table, read through the names its configuration gives. Never written here.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "db/app/account_row.h"
#include "db/app/key_form.h"
#include "db/app/roles.h"
#include "db/app/rows_of_accounts.h"
#include "db/app/selection.h"
#include "db/app/users_table.h"
#include "db/session.h"

namespace pwreset::db {

/// Which column an identity is looked up in.
enum class AccountKey { id, email, phone, login };

class Accounts {
public:
    Accounts(Session& session, UsersTable names);
    /// Every row the database's collation takes for equal to one of the spellings, by the index, at most 200. They are
    /// candidates only: the caller compares in code. Where identities are rows of another table, one of an account that
    /// has several is there for each. What is in other tables otherwise is not in them; complete() adds it.
    std::vector<AccountRow> candidates(AccountKey key, const std::vector<std::string>& spellings);
    /// The same by looking at each row, for 2 s of the server's time at most: letters in any case, or (of a phone
    /// number) these digits at its end, whatever stands between them. Throws TooSlow.
    std::vector<AccountRow> search(AccountKey key, const std::vector<std::string>& spellings);
    /// Whether the column tells capitals from small letters, so that its index finds one spelling alone.
    bool compares_exactly(AccountKey key);
    /// The rows with these keys (byte for byte), in any order, complete.
    std::vector<AccountRow> by_ids(const std::vector<std::string>& ids);
    /// The same with no roles in them, nor what other tables say of who may be reset: where many are looked at.
    std::vector<AccountRow> without_roles(const std::vector<std::string>& ids);
    /// The next accounts in the order of their keys, with what `walk` asks for beside them, and without what other
    /// tables have of them.
    WalkedPage walk(const Walk& walk, int most);
    /// The key of the last account that has one of 1 to `longest` bytes; empty where there is none.
    std::string last_key(std::size_t longest);
    /// How many accounts there are, within so many seconds of the server's time.
    AccountCount count(int seconds);
    /// Fills in what other tables have of a page of accounts, by one query a source.
    void complete(std::span<AccountRow> accounts);
    /// Throws Error CONFIG when the table allows two accounts with the same key, or its type is none of a key's.
    void require_key();
    /// The same, and Error AMBIGUOUS_USER when a view has two accounts with this key, FORBIDDEN for one that reads as
    /// none (empty).
    void require_single(const std::string& id);
    /// The key that is meant by a spelling of which there is no row (any more).
    std::string canonical(const std::string& id);
    bool has(AccountKey key) const { return !column(key).empty(); }
    /// Whether there is an account, in the scope where there is one.
    bool has_any();
    /// The values that each source of roles, or a column of the users table, really holds; at most 200, for 2 s at
    /// most, and where there are more, as many with each of these words in them.
    std::vector<Values> role_values(const std::vector<std::string>& words = {});
    Values values_of(UsersColumn column, const std::vector<std::string>& words = {});
    /// What `key` has to be compared with in statements on the users table.
    const KeyForm& key_form();
    const UsersTable& names() const { return names_; }

private:
    struct Selected {
        std::string name;
        ColumnType type;
    };
    /// Another table, with the types of its reference to the account and of the column that is read.
    struct Source {
        OtherTable in;
        std::string column;
        RoleTypes types;
    };

    /// What the schema says of two accounts with the same key.
    enum class Proof { not_looked, given, none, refuted };

    void prepare();
    ColumnType type_beside(UsersColumn column);
    std::string select_with(const Walk& walk);
    std::vector<Row> rows_from(const Walk& walk, const std::optional<std::string>& after, int most);
    void add_equals(const Walk& walk, std::vector<Row>& rows);
    const std::string& column(AccountKey key) const;
    const OtherTable* other_table(AccountKey key) const;
    std::vector<AccountRow> select(const std::string& condition, const Params& params);
    AccountRow account_of(const Row& row) const;
    void judge_state(const Row& row, AccountRow& account) const;
    void judge_conditions(const Row& row, AccountRow& account) const;
    void read_roles(const Row& row, AccountRow& account) const;
    std::optional<std::string> cell(const Row& row, UsersColumn column) const;
    std::optional<std::string> cell(const Row& row, const std::string& name) const;
    ColumnType type_of(const std::string& name) const;
    std::string is_one_of(const std::vector<std::string>& ids, Params& params) const;
    /// The rows of another table that the condition is met by, each as the account that it names.
    std::vector<AccountRow> owners(AccountKey key, const std::string& condition, Params& params, int seconds);
    Source source(const OtherTable& in, const std::string& column);
    void load_elsewhere(std::span<AccountRow> accounts);
    void load_roles(std::span<AccountRow> accounts);
    void load_conditions(std::span<AccountRow> accounts);
    Values values_of(const RoleSource& source, const std::vector<std::string>& words);

    Session& session_;
    UsersTable names_;
    std::vector<Selected> selected_;  ///< in the order of the SELECT, the key first; filled when first asked
    std::vector<Source> sources_;     ///< those that were asked for
    std::map<UsersColumn, ColumnType> types_beside_;  ///< of columns that a walk asks for
    KeyForm key_;
    std::string select_;  ///< SELECT … FROM users WHERE, put together once
    std::string from_;    ///< its end, from FROM on
    Proof proof_ = Proof::not_looked;
};

}  // namespace pwreset::db
