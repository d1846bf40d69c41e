#include "src/apps/profile_reader.h"

#include <algorithm>

#include "src/toml/forms.h"

namespace pwreset {

namespace {

const std::string secret_hint = "write [secrets] and NAME = { file = \"shop.secret\" }";

/// Where a secret comes from: a file, a credential, or a row of the application's.
ProfileSecret read_secret(const Section& section, const std::string& name, const SecretSource* source) {
    section.refuse_others(
        {"file", "credential", "other_file", "other_credential", "table", "column", "where", "decode"});
    ProfileSecret secret;
    secret.name = name;
    secret.decode =
        section.choice("decode", std::string("raw"),
                       {{"raw", "raw"}, {"hex", "hex"}, {"base64", "base64"}, {"base64-prefixed", "base64-prefixed"}});
    if (section.given("table")) {
        section.refuse({"file", "credential", "other_file", "other_credential"}, "'table'");
        secret.table = section.text("table", table_name);
        section.required("column", "name the column that holds it");
        secret.column = section.text("column", identifier);
        secret.where = read_profile_constants(section.below("where"));
        if (secret.where.empty()) section.fail("where", "no 'where' for a secret in a table", "say which row it is");
        return secret;
    }
    secret.file = read_named_secret(section, source, "");
    secret.other = read_named_secret(section, source, "other");
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

namespace {

AccountRows read_account_rows(const Section& section, const std::string& hint) {
    AccountRows rows;
    section.required("table", hint);
    section.required("user", hint);
    section.required("column", hint);
    rows.table = section.text("table", table_name);
    rows.user = section.text("user", identifier);
    rows.column = section.text("column", identifier);
    rows.where = read_profile_constants(section.below("where"));
    return rows;
}

/// A claim is read by whoever has the link.
NamedExpression read_claim(const Section& one, const std::vector<ScopeName>& scope) {
    const auto names = one.keys();
    const std::string hint = "write claims = [{ email = \"email\" }, { exp = \"unix(expires)\" }]";
    if (names.size() != 1) one.fail("", "expected one claim in each table of 'reset.jwt.claims'", hint);
    NamedExpression claim{names.front(), read_expression(one, names.front(), scope)};
    const bool plain = claim.value.type() == ValueType::text || claim.value.type() == ValueType::number;
    if (!plain || claim.value.is_null()) one.fail(claim.name, "a claim that is neither text nor a number", hint);
    if (claim.value.credential())
        one.fail(claim.name, "a secret or a password hash would be mailed",
                 "a claim holds it only through a digest: java_hash(password)");
    return claim;
}

}  // namespace

SchemeKeys read_scheme_keys(const ConfigText& text, Scheme scheme, const std::vector<ScopeName>& scope) {
    SchemeKeys keys;
    if (scheme == Scheme::none) return keys;
    const bool jwt = scheme == Scheme::jwt_hs256;
    const Section section(text, jwt ? "reset.jwt" : "reset.django");
    const auto secret = [&](const std::string& key, const std::string& name) {
        const auto is = [&](const ScopeName& one) { return one.name == name && one.name.starts_with("secret."); };
        if (std::none_of(scope.begin(), scope.end(), is))
            section.fail(key, "'" + name + "' is no secret of [secrets]", "write it as expressions do: secret.NAME");
        return name;
    };
    keys.key = secret("key", section.required("key", "write key = \"secret.NAME\", with NAME of [secrets]"));
    if (!jwt) {
        for (const auto& name : section.texts("fallbacks")) keys.fallbacks.push_back(secret("fallbacks", name));
    }
    if (scheme == Scheme::django_allauth) {
        keys.addresses = read_account_rows(section.below("addresses"),
                                           "write addresses = { table = \"account_emailaddress\", user = \"user_id\", "
                                           "column = \"email\" }");
    }
    if (jwt) {
        for (const auto& one : section.tables("claims")) keys.claims.push_back(read_claim(one, scope));
        if (keys.claims.empty()) section.fail("claims", "missing 'reset.jwt.claims'", "say what the token claims");
    }
    return keys;
}

ResetStore read_store(const ConfigText& text, std::vector<ScopeName> scope) {
    const Section section(text, "reset.store");
    ResetStore store;
    store.of_codes = section.choice("kind", false, {{"token", false}, {"code", true}});
    if (store.of_codes) scope.push_back({"code", ValueType::text, false, true});
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

PasswordStore read_password_store(const ConfigText& text, const SideColumns& side) {
    using namespace std::chrono_literals;
    const auto literal = [](const std::optional<std::string>& text_of_none) {
        return Expression::parse(text_of_none ? "'" + *text_of_none + "'" : "null", {}, false);
    };
    const Section section(text, "temporary_password");
    PasswordStore store;
    if (!side.hash.empty()) {
        store.set.push_back({side.hash, side.hashed});
        store.empty.push_back({side.hash, literal(side.empty_hash)});
    }
    for (std::size_t i = 0; i < side.set.size(); ++i) {
        store.set.push_back({side.set[i].column, side.set[i].value});
        store.empty.push_back({side.set[i].column, literal(side.empty[i])});
    }
    if (section.given("application_lifetime"))
        store.lifetime = section.span("application_lifetime", 24h, 1min, 24h * 3650);
    store.void_by = section.texts("void_by");
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
