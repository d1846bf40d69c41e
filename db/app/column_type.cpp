#include "db/app/column_type.h"

#include <mysql.h>

#include <memory>
#include <string_view>

#include "db/faults.h"
#include "db/names.h"

namespace pwreset::db {

namespace {

constexpr unsigned binary_charset = 63;
constexpr int type_vector = 242;  // MySQL 9, unknown to Connector/C

/// What MariaDB says besides of a column: "uuid", "inet6", "json".
std::string_view attribute(const MYSQL_FIELD& field, mariadb_field_attr_t which) {
    MARIADB_CONST_STRING found{nullptr, 0};
    if (mariadb_field_attr(&found, &field, which) != 0 || found.str == nullptr) return {};
    return {found.str, found.length};
}

Holds held_by_text(const MYSQL_FIELD& field) {
    const auto type = attribute(field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME);
    if (type == "uuid") return Holds::uuid;
    if (!type.empty()) return Holds::other;  // inet4, inet6, xmltype, the kinds of geometry
    if (attribute(field, MARIADB_FIELD_ATTR_FORMAT_NAME) == "json") return Holds::json;
    if (field.flags & ENUM_FLAG) return Holds::word;
    if (field.flags & SET_FLAG) return Holds::set;
    return field.charsetnr == binary_charset ? Holds::bytes : Holds::text;
}

Holds held_by(const MYSQL_FIELD& field) {
    switch (static_cast<int>(field.type)) {
        case MYSQL_TYPE_TINY:
        case MYSQL_TYPE_SHORT:
        case MYSQL_TYPE_INT24:
        case MYSQL_TYPE_LONG:
        case MYSQL_TYPE_LONGLONG:
            return Holds::integer;
        case MYSQL_TYPE_DECIMAL:
        case MYSQL_TYPE_NEWDECIMAL:
            return Holds::decimal;
        case MYSQL_TYPE_FLOAT:
        case MYSQL_TYPE_DOUBLE:
            return Holds::real;
        case MYSQL_TYPE_BIT:
            return Holds::bit;
        case MYSQL_TYPE_DATE:
        case MYSQL_TYPE_NEWDATE:
        case MYSQL_TYPE_DATETIME:
        case MYSQL_TYPE_DATETIME2:
        case MYSQL_TYPE_TIMESTAMP:
        case MYSQL_TYPE_TIMESTAMP2:
            return Holds::time;
        case MYSQL_TYPE_JSON:
            return Holds::json;
        case MYSQL_TYPE_ENUM:
            return Holds::word;
        case MYSQL_TYPE_SET:
            return Holds::set;
        case MYSQL_TYPE_STRING:
        case MYSQL_TYPE_VAR_STRING:
        case MYSQL_TYPE_VARCHAR:
        case MYSQL_TYPE_TINY_BLOB:
        case MYSQL_TYPE_MEDIUM_BLOB:
        case MYSQL_TYPE_LONG_BLOB:
        case MYSQL_TYPE_BLOB:
            return held_by_text(field);
        case type_vector:
        default:
            return Holds::other;
    }
}

}  // namespace

std::vector<ColumnType> column_types(Session& session, const std::string& table,
                                     const std::vector<std::string>& columns) {
    std::vector<ColumnType> types(columns.size());
    if (session.is_sqlite()) return types;
    std::string list;
    for (const auto& column : columns) list += (list.empty() ? "" : ", ") + backquoted(column);
    const std::string sql = "SELECT " + list + " FROM " + table + " LIMIT 0";
    st_mysql* const handle = session.handle();
    if (mysql_real_query(handle, sql.data(), sql.size()) != 0)
        throw_server_fault(mysql_errno(handle), mysql_error(handle));
    const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(handle),
                                                                          &mysql_free_result);
    if (!result) throw_server_fault(mysql_errno(handle), mysql_error(handle));
    const MYSQL_FIELD* const fields = mysql_fetch_fields(result.get());
    for (std::size_t i = 0; i < types.size() && i < mysql_num_fields(result.get()); ++i) {
        types[i].holds = held_by(fields[i]);
        types[i].width = fields[i].length;
        types[i].fixed = fields[i].type == MYSQL_TYPE_STRING;
        types[i].zero_filled = (fields[i].flags & ZEROFILL_FLAG) != 0;
        types[i].timestamp = fields[i].type == MYSQL_TYPE_TIMESTAMP || fields[i].type == MYSQL_TYPE_TIMESTAMP2;
    }
    return types;
}

std::string readable(const ColumnType& type, const std::string& column, const std::string& table) {
    const std::string name = table + backquoted(column);
    if (type.holds == Holds::bit) return "CAST(" + name + " AS UNSIGNED)";
    return type.zero_filled ? name + " + 0" : name;
}

const char* name_of(Holds holds) {
    switch (holds) {
        case Holds::text:
            return "text";
        case Holds::word:
            return "an ENUM";
        case Holds::set:
            return "a SET";
        case Holds::json:
            return "JSON";
        case Holds::bytes:
            return "bytes";
        case Holds::uuid:
            return "a UUID";
        case Holds::integer:
            return "a whole number";
        case Holds::decimal:
            return "a decimal number";
        case Holds::real:
            return "a floating number";
        case Holds::bit:
            return "bits";
        case Holds::time:
            return "a time";
        case Holds::other:
            break;
    }
    return "of a type that is not read here";
}

}  // namespace pwreset::db
