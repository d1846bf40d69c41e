#include "src/init/statements.h"

#include <algorithm>

#include "db/names.h"
#include "src/base/env.h"
#include "src/base/error.h"
#include "src/doctor/profile_rights.h"
#include "src/init/configuration.h"

namespace pwreset {
namespace {

std::string account(const NewLogin& login) { return db::backquoted(login.user) + "@" + db::backquoted(login.host); }

/// The schema in a GRANT, where '_' and '%' stand for any character unless a backslash is before them.
std::string schema_pattern(const std::string& schema) {
    std::string out;
    for (const char c : schema) {
        if (c == '_' || c == '%') out += '\\';
        out += c;
    }
    return db::backquoted(out) + ".*";
}

constexpr const char* of_migrations = "CREATE, ALTER, INDEX";

}  // namespace

NewLogin new_login(const std::string& user, const std::string& own_schema, const DatabasePlace& place) {
    // By an address the server may know its client as that address alone (skip_name_resolve).
    const bool by_address = place.host.starts_with("127.") || place.host == "::1";
    return {user, !is_local(place) ? "%" : by_address ? place.host : "localhost", own_schema};
}

std::vector<std::string> statements_of(const NewLogin& login, const RightsNeeded& needed) {
    std::vector<std::string> statements{
        "CREATE DATABASE IF NOT EXISTS " + db::backquoted(login.own_schema),
        "CREATE USER " + account(login) + " IDENTIFIED BY '" + std::string(password_place) + "'",
        std::string("GRANT SELECT, INSERT, UPDATE, DELETE, ") + of_migrations + " ON " +
            schema_pattern(login.own_schema) + " TO " + account(login)};
    for (auto& grant : grant_statements(needed, account(login))) statements.push_back(std::move(grant.statement));
    return statements;
}

std::string statement_after_migration(const NewLogin& login) {
    return std::string("REVOKE ") + of_migrations + " ON " + schema_pattern(login.own_schema) + " FROM " +
           account(login);
}

Secret statements_file(const std::vector<std::string>& statements, const Secret& password) {
    std::string before =
        "-- Made by \"pwreset init\": run it once, as an administrator of the database, and delete it.\n";
    std::string after;
    bool passed = false;
    for (const auto& statement : statements) {
        const std::size_t at = passed ? std::string::npos : statement.find(password_place);
        if (at == std::string::npos) {
            (passed ? after : before) += statement + ";\n";
            continue;
        }
        passed = true;
        before += statement.substr(0, at);
        after = statement.substr(at + password_place.size()) + ";\n";
    }
    Secret text(before.size() + password.size() + after.size());
    before.copy(text.data(), before.size());
    password.reveal().copy(text.data() + before.size(), password.size());
    after.copy(text.data() + before.size() + password.size(), after.size());
    return text;
}

Secret drawn_password(const Env& env) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    Secret password(32);
    for (std::size_t done = 0; done < password.size();) {
        char drawn = 0;
        env.random(&drawn, 1);
        // Of 256 values, as many as there are whole alphabets in them: so each character is as likely as any other.
        const std::size_t value = static_cast<unsigned char>(drawn);
        if (value < 256 - 256 % alphabet.size()) password.data()[done++] = alphabet[value % alphabet.size()];
    }
    return password;
}

bool is_plain_password(std::string_view password) {
    return std::all_of(password.begin(), password.end(),
                       [](char c) { return c >= 0x20 && c < 0x7F && c != '\'' && c != '"' && c != '`' && c != '\\'; });
}

}  // namespace pwreset
