#include "db/names.h"

#include "db/session.h"

namespace pwreset::db {

std::string backquoted(std::string_view name) {
    std::string out = "`";
    for (char c : name) out += c == '`' ? std::string("``") : std::string(1, c);
    return out + "`";
}

std::string qualified(const Session& session, std::string_view table) {
    if (table.find('.') == table.npos) return session.application_schema() + backquoted(table);
    const auto [schema, name] = schema_and_table({}, table);
    return backquoted(schema) + "." + backquoted(name);
}

std::pair<std::string, std::string> schema_and_table(std::string_view usual, std::string_view table) {
    const auto dot = table.find('.');
    if (dot == table.npos) return {std::string(usual), std::string(table)};
    return {std::string(table.substr(0, dot)), std::string(table.substr(dot + 1))};
}

}  // namespace pwreset::db
