#include "src/apps/profile_reader.h"

#include "src/config/forms.h"

namespace pwreset {

namespace {

const std::string secret_hint = "write [secrets] and NAME = { file = \"shop.secret\" }";

/// Where a secret comes from: a file, a credential, or a row of the application's.
ProfileSecret read_secret(const Section& section, const std::string& name, const SecretSource* source) {
    section.refuse_others({"file", "credential", "table", "column", "where", "decode"});
    ProfileSecret secret;
    secret.name = name;
    secret.decode =
        section.choice("decode", std::string("raw"),
                       {{"raw", "raw"}, {"hex", "hex"}, {"base64", "base64"}, {"base64-prefixed", "base64-prefixed"}});
    if (section.given("table")) {
        section.refuse({"file", "credential"}, "'table'");
        secret.table = section.text("table", table_name);
        section.required("column", "name the column that holds it");
        secret.column = section.text("column", identifier);
        secret.where = read_profile_constants(section.below("where"));
        if (secret.where.empty()) section.fail("where", "no 'where' for a secret in a table", "say which row it is");
        return secret;
    }
    secret.file = read_named_secret(section, source, "");
    return secret;
}

}  // namespace

Expression read_expression(const Section& section, std::string_view key, const std::vector<ScopeName>& scope,
                           bool may_draw) {
    if (!section.given(key)) return {};
    const std::string text = section.text(key);
    try {
        return Expression::parse(text, scope, may_draw);
    } catch (const ExpressionFault& fault) {
        section.fail_within(key, fault.at, fault.fault + " in '" + section.full(key) + "'", fault.hint);
    }
}

std::vector<NamedExpression> read_expressions(const Section& table, const std::vector<ScopeName>& scope,
                                              bool may_draw) {
    std::vector<NamedExpression> all;
    for (const auto& name : table.keys()) {
        if (!identifier.valid(name))
            table.fail(name, "expected a column name in '" + table.full("") + "'", identifier.hint);
        all.push_back({name, read_expression(table, name, scope, may_draw)});
    }
    return all;
}

Constants read_profile_constants(const Section& table) {
    Constants all;
    for (const auto& name : table.keys()) {
        if (!identifier.valid(name)) table.fail(name, "expected a column name", identifier.hint);
        all.emplace_back(name, table.scalar(name));
        if (all.back().second.empty()) table.fail(name, "empty constant", "write what the column holds");
    }
    return all;
}

std::vector<ProfileSecret> read_profile_secrets(const ConfigText& text, const SecretSource* source) {
    std::vector<ProfileSecret> secrets;
    const Section section(text, "secrets");
    for (const auto& name : section.keys()) {
        if (!identifier.valid(name)) section.fail(name, "expected a name in 'secrets'", secret_hint);
        if (!section.is_table(name)) section.fail(name, "no table for a secret", secret_hint);
        secrets.push_back(read_secret(Section(text, "secrets." + name), name, source));
    }
    return secrets;
}

std::vector<ReadColumn> read_read_columns(const ConfigText& text) {
    std::vector<ReadColumn> columns;
    const Section reads(text, "reset.reads");
    for (const auto& name : reads.keys()) {
        const std::string hint = "write last_login = { column = \"last_login\", form = \"datetime\", zone = \"utc\" }";
        if (!identifier.valid(name)) reads.fail(name, "expected a name in 'reset.reads'", hint);
        const Section one(text, "reset.reads." + name);
        one.refuse_others({"column", "form", "zone"});
        one.required("column", hint);
        ReadColumn column{.name = name, .column = one.text("column", identifier), .form = {}, .zone = {}};
        column.form = one.choice("form", ReadForm::text,
                                 {{"text", ReadForm::text},
                                  {"number", ReadForm::number},
                                  {"datetime", ReadForm::datetime},
                                  {"unix", ReadForm::unix_seconds}});
        column.zone = one.text("zone", "utc");
        columns.push_back(std::move(column));
    }
    return columns;
}

ResetStore read_store(const ConfigText& text, const std::vector<ScopeName>& scope) {
    const Section section(text, "reset.store");
    ResetStore store;
    store.mode = section.choice("mode", StoreMode::none,
                                {{"ledger", StoreMode::ledger},
                                 {"none", StoreMode::none},
                                 {"columns", StoreMode::columns},
                                 {"insert", StoreMode::insert},
                                 {"delete-insert", StoreMode::delete_insert},
                                 {"upsert", StoreMode::upsert}});
    store.table = section.text("table", table_name);
    store.find = read_expressions(Section(text, "reset.store.find"), scope);
    store.where = read_profile_constants(Section(text, "reset.store.where"));
    store.prefix = read_profile_constants(Section(text, "reset.store.prefix"));
    store.set = read_expressions(Section(text, "reset.store.set"), scope, true);
    for (const auto& other : section.tables("also")) store.also.push_back(read_expressions(other, scope));
    store.empty = read_expressions(Section(text, "reset.store.empty"), scope);
    store.revocation = section.choice("revoke", Revocation::impossible,
                                      {{"impossible", Revocation::impossible},
                                       {"delete", Revocation::remove},
                                       {"empty", Revocation::empty},
                                       {"bump", Revocation::bump}});
    const Section bump(text, "reset.store.bump");
    store.bump_column = bump.text("column", identifier);
    store.bump_by = bump.span("by", Seconds(1), Seconds(1), Seconds(3600));
    for (const auto& one : section.tables("caches")) {
        one.required("table", "write caches = [{ table = \"cache_entity\", find = { cid = \"…\" } }]");
        store.caches.push_back({one.text("table", table_name), read_expressions(one.below("find"), scope)});
    }
    store.purge = section.flag("purge", false);
    store.hint = section.text("hint");
    return store;
}

namespace {

std::vector<std::pair<std::string, std::string>> texts_of(const Section& table) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& key : table.keys()) all.emplace_back(key, table.scalar(key));
    return all;
}

}  // namespace

std::vector<Vector> read_vectors(const ConfigText& text) {
    std::vector<Vector> vectors;
    // A configuration has none: so they are the profile's.
    if (text.base() == nullptr) return vectors;
    for (const auto& one : Section(*text.base(), "").tables("vector")) {
        Vector vector;
        vector.given = texts_of(one.below("given"));
        vector.stored = texts_of(one.below("stored"));
        vector.places = texts_of(one.below("places"));
        vector.mailed = one.text("mailed");
        vector.line = one.place().line;
        vectors.push_back(std::move(vector));
    }
    return vectors;
}

}  // namespace pwreset
