#include "src/fit/profile_tables.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "db/app/read_columns.h"
#include "db/names.h"
#include "src/apps/clocks.h"
#include "src/base/ascii.h"
#include "src/base/suggestion.h"
#include "src/fit/collations.h"

namespace pwreset {

namespace {

constexpr const char* tables_area = "tables";
constexpr const char* secrets_area = "secrets";

std::string named_table(const TableDescription& table) {
    return (table.schema.empty() ? "" : db::backquoted(table.schema) + ".") + db::backquoted(table.name);
}

/// How many characters fit into a column, as it is declared; nothing where that is not so few that it matters.
std::optional<std::size_t> room_in(const db::ColumnFacts& column) {
    const auto open = column.declared.find('(');
    const std::string type = ascii_lower(column.declared.substr(0, open));
    const bool counted = type == "char" || type == "varchar" || type == "binary" || type == "varbinary";
    if (counted && open != std::string::npos) {
        std::size_t room = 0;
        const char* first = column.declared.data() + open + 1;
        if (std::from_chars(first, column.declared.data() + column.declared.size(), room).ec == std::errc())
            return room;
    }
    if (column.bytes > 0) return static_cast<std::size_t>(column.bytes);
    return {};
}

bool is_of_type(const std::string& type, std::initializer_list<std::string_view> types) {
    return std::find(types.begin(), types.end(), type) != types.end();
}
bool holds_times(const db::ColumnFacts& column) { return is_of_type(column.type, {"datetime", "timestamp"}); }
bool holds_bytes(const db::ColumnFacts& column) {
    return is_of_type(column.type, {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"});
}

/// One table, and what is wrong with it for a profile. On SQLite, whose columns hold anything, only presence counts.
class TableJudge {
public:
    explicit TableJudge(const TableDescription& table) : table_(table), typed_(!table.schema.empty()) {}

    /// Whether the table is there at all.
    bool is_there(const std::string& key) {
        if (table_.facts) return true;
        const std::string near = nearest(ascii_lower(table_.name), table_.neighbours);
        wrong("table " + named_table(table_) + " ('" + key + "') is not there, or closed to this login",
              near.empty() ? "correct '" + key + "', or give the login what 'pwreset profile grants' prints"
                           : "did you mean '" + near + "'? write it as '" + key + "'");
        return false;
    }

    /// The column; null, and a problem told, when it is not there.
    const db::ColumnFacts* column(const std::string& name, const std::string& key) {
        const auto found = std::find_if(table_.columns.begin(), table_.columns.end(),
                                        [&](const auto& one) { return ascii_lower(one.name) == ascii_lower(name); });
        if (found != table_.columns.end()) return &*found;
        wrong("column '" + name + "' ('" + key + "') is not in " + named_table(table_) + ", or closed to this login",
              "correct '" + key + "', or give the login what 'pwreset profile grants' prints");
        return nullptr;
    }

    void written(const NamedExpression& one, const std::string& key) {
        const auto* facts = column(one.name, key);
        if (facts == nullptr || !typed_) return;
        const std::string subject = "column '" + one.name + "' of " + named_table(table_);
        if (one.value.is_null()) {
            if (!facts->nullable)
                wrong(subject + " takes no NULL, which '" + key + "' writes",
                      "write what stands for none there: " + one.name + " = \"''\"");
            return;
        }
        if (one.value.bare_time()) {
            if (!holds_times(*facts))
                wrong(subject + " is " + facts->type + ", and a time would be written into it",
                      "write the form that it has: unix(issued), iso(issued) …");
            return;
        }
        if (one.value.type() == ValueType::bytes && !holds_bytes(*facts))
            wrong(subject + " is " + facts->type + ", and bytes would be written into it",
                  "write their digits: hex(…), base64(…)");
        const auto length = one.value.length();
        const auto room = room_in(*facts);
        if (length && room && *length > *room)
            wrong(subject + " holds " + std::to_string(*room) + " characters, and what is written has " +
                      std::to_string(*length),
                  "is it the right column? the application's own tokens would not fit either");
    }

    void read_as(const ReadColumn& one) {
        const auto* facts = column(one.column, "reset.reads." + one.name);
        if (facts == nullptr || !typed_) return;
        if (one.form == ReadForm::datetime && !holds_times(*facts) && facts->type != "date")
            wrong(
                "column '" + one.column + "' of " + named_table(table_) + " is " + facts->type + ", and read as a time",
                "write the form that it has: form = \"unix\", \"number\" or \"text\"");
    }

    void engine() {
        if (table_.facts && !table_.facts->engine.empty() && table_.facts->engine != "InnoDB")
            found_.push_back(warning(tables_area,
                                     "table " + named_table(table_) + " is " + table_.facts->engine +
                                         ", which knows no transactions: a token may stay whose mail was not sent",
                                     "ALTER TABLE " + named_table(table_) + " ENGINE=InnoDB"));
    }

    void look_up(const std::string& name) {
        const auto leads = [&](const db::IndexFacts& index) {
            return !index.columns.empty() && ascii_lower(index.columns.front()) == ascii_lower(name);
        };
        if (!table_.facts || table_.facts->view || std::any_of(table_.indexes.begin(), table_.indexes.end(), leads))
            return;
        found_.push_back(warning(
            tables_area,
            "column '" + name + "' of " + named_table(table_) + " begins no index: each look-up reads the whole table",
            "CREATE INDEX " + db::backquoted("pwreset_" + name) + " ON " + named_table(table_) + " (" +
                db::backquoted(name) + ")"));
    }

    Checks finish(const std::string& what) {
        if (found_.empty()) found_.push_back(fine(tables_area, "table " + named_table(table_) + " takes " + what));
        return std::move(found_);
    }
    Checks finish() { return std::move(found_); }

private:
    void wrong(const std::string& finding, const std::string& remedy) {
        found_.push_back(problem(tables_area, finding, remedy));
    }

    const TableDescription& table_;
    bool typed_;
    Checks found_;
};

void add_all(Checks& all, Checks more) {
    for (auto& one : more) all.push_back(std::move(one));
}

/// A table that is only read, or whose rows are only deleted.
Checks judge_columns(const TableDescription& table, const std::string& key, const std::vector<std::string>& columns) {
    TableJudge judge(table);
    if (judge.is_there(key)) {
        for (const auto& column : columns) judge.column(column, key);
    }
    return judge.finish("what '" + key + "' names");
}

Checks judge_secret(db::Session& session, const DatabaseConfig& database, const ProfileSecret& secret) {
    const std::string key = "secrets." + secret.name;
    if (secret.table.empty()) {
        if (!secret.file.empty()) return {fine(secrets_area, "'" + key + "' is there")};
        return {problem(secrets_area, "'" + key + "' is not there, or holds nothing",
                        "write " + secret.name + " = { file = \"…\" } into [secrets]")};
    }
    std::vector<std::string> columns{secret.column};
    for (const auto& [column, constant] : secret.where) columns.push_back(column);
    Checks checks = judge_columns(describe_table(session, database, secret.table), key, columns);
    if (checks.front().level != Level::ok) return checks;
    const auto held = db::setting(session, secret.table, secret.column, secret.where);
    if (!held || held->empty())
        return {problem(secrets_area, "'" + key + "' is in no row of table '" + secret.table + "', or in several",
                        "check its column and 'where'")};
    return {fine(secrets_area, "'" + key + "' is in table '" + secret.table + "'")};
}

}  // namespace

Checks judge_reset_store(const ResetStore& store, const TableDescription& table) {
    TableJudge judge(table);
    const bool columns = store.mode == StoreMode::columns;
    if (!judge.is_there(columns ? "users.table" : "reset.store.table")) return judge.finish();
    for (const auto& one : store.find) judge.written(one, "reset.store.find." + one.name);
    for (const auto& [column, constant] : store.where) judge.column(column, "reset.store.where." + column);
    for (const auto& [column, constant] : store.prefix) judge.column(column, "reset.store.prefix." + column);
    for (const auto& one : store.set) judge.written(one, "reset.store.set." + one.name);
    for (const auto& one : store.empty) judge.written(one, "reset.store.empty." + one.name);
    judge.engine();
    if (!columns && !store.find.empty()) judge.look_up(store.find.front().name);
    return judge.finish("what [reset.store] writes");
}

Checks judge_users_columns(const Profile& profile, const TableDescription& users) {
    TableJudge judge(users);
    if (!judge.is_there("users.table")) return judge.finish();
    for (const auto& one : profile.reads) judge.read_as(one);
    if (!profile.store.bump_column.empty()) judge.column(profile.store.bump_column, "reset.store.bump.column");
    for (const auto& one : profile.password_store.set) judge.written(one, "temporary_password.store.set." + one.name);
    for (const auto& one : profile.password_store.empty)
        judge.written(one, "temporary_password.store.empty." + one.name);
    return judge.finish();
}

Checks check_profile_tables(db::Session& session, const Config& config, const Profile& profile) {
    Checks checks;
    const auto described = [&](const std::string& table) { return describe_table(session, config.database, table); };
    const TableDescription users = described(config.users.table);
    add_all(checks, judge_users_columns(profile, users));
    const auto& store = profile.store;
    const auto judge_store = [&](const TableDescription& table) {
        add_all(checks, judge_reset_store(store, table));
        add_all(checks, judge_collations(config.users, store, table, users));
    };
    if (store.mode == StoreMode::columns) judge_store(users);
    if (!store.table.empty()) judge_store(described(store.table));
    for (const auto& cache : store.caches) {
        std::vector<std::string> columns;
        for (const auto& column : cache.find) columns.push_back(column.name);
        add_all(checks, judge_columns(described(cache.table), "reset.store.caches", columns));
    }
    if (profile.must_change) {
        const auto demand = table_of_demand(config.temporary_password);
        std::vector<std::string> columns{config.temporary_password.must_change};
        for (const auto& column : demand ? demand->columns : std::vector<ColumnByKey>()) columns.push_back(column.name);
        add_all(checks, judge_columns(described(demand ? demand->table : table_of_passwords(config.users)),
                                      "temporary_password.must_change", columns));
    }
    const auto& addresses = profile.scheme_keys.addresses;
    if (!addresses.table.empty()) {
        add_all(checks, judge_columns(described(addresses.table), "reset.django.addresses",
                                      {addresses.user, addresses.column}));
    }
    for (const auto& secret : profile.secrets) add_all(checks, judge_secret(session, config.database, secret));
    return checks;
}

}  // namespace pwreset
