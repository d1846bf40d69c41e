#include "db/sqlite_functions.h"

#include <sqlite3.h>

#include <chrono>
#include <string>
#include <string_view>

#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/time.h"

namespace pwreset::db {

namespace {

Time host_clock() { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }

// SQLite has one host, so its clock is the host's: there is no other, unless a test has one.
void utc_timestamp(sqlite3_context* context, int, sqlite3_value**) {
    const auto& clock = *static_cast<const std::function<Time()>*>(sqlite3_user_data(context));
    const std::string text = db_text(clock ? clock() : host_clock());
    sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

void unhex_function(sqlite3_context* context, int, sqlite3_value** values) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
    const auto bytes = text ? unhex(text) : std::nullopt;
    if (!bytes) return sqlite3_result_null(context);
    sqlite3_result_blob(context, bytes->data(), static_cast<int>(bytes->size()), SQLITE_TRANSIENT);
}

// SQLite has one of its own, which answers an empty text to NULL.
void hex_function(sqlite3_context* context, int, sqlite3_value** values) {
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return sqlite3_result_null(context);
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(values[0]));
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
    const std::string text = ascii_upper(hex(size == 0 ? std::string_view() : std::string_view(bytes, size)));
    sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

}  // namespace

void add_sqlite_functions(sqlite3* connection, const std::function<Time()>& clock) {
    // SQLite hands the pointer back as it came, and asks for one that is not const.
    auto* asked = const_cast<std::function<Time()>*>(&clock);
    sqlite3_create_function(connection, "utc_timestamp", 1, SQLITE_UTF8, asked, utc_timestamp, nullptr, nullptr);
    sqlite3_create_function(connection, "hex", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, hex_function, nullptr,
                            nullptr);
    sqlite3_create_function(connection, "unhex", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, unhex_function,
                            nullptr, nullptr);
}

}  // namespace pwreset::db
