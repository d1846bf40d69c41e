// What the server says of itself, of our login and of the tables it holds: read for `doctor`, never changed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

/// The server at the other end, and the session as it came to be. On SQLite only the version is known.
struct ServerFacts {
    std::string version;      ///< "10.11.6-MariaDB", "8.4.0"
    std::string connection;   ///< "db1.example via TCP/IP": Connector/C's words
    std::string tls_version;  ///< "TLSv1.3"; empty without TLS
    std::string tls_cipher;
    std::string time_zone;  ///< this and the next two: of the session
    std::string sql_mode;
    std::string isolation;
    bool read_only = false;
    bool binlog = false;                           ///< it writes one
    std::string binlog_format;                     ///< of the session: "ROW", "MIXED", "STATEMENT"
    std::chrono::milliseconds statement_limit{0};  ///< how long a statement may take; 0 = as long as it takes
    std::int64_t packet = 0;                       ///< the longest statement, in bytes
};
ServerFacts server_facts(Session& session);

/// Who the server takes us for, and what we may do there.
struct LoginFacts {
    std::string login;                ///< user@host, the account that matched
    std::vector<std::string> grants;  ///< SHOW GRANTS; MariaDB's hold password hashes: never print one
};
/// MySQL and MariaDB only.
LoginFacts login_facts(Session& session);

struct TableFacts {
    std::string engine;  ///< "InnoDB"; empty for a view and on SQLite
    bool view = false;
    std::int64_t rows = 0;     ///< about so many; 0 on SQLite, where nobody keeps count
    std::int64_t next_id = 0;  ///< what the next row gets; 0 without AUTO_INCREMENT, and on SQLite
};
/// Nothing when there is no such table, or none that our login can see.
std::optional<TableFacts> table_facts(Session& session, const std::string& schema, const std::string& table);
/// The names of the tables of a schema that our login can see.
std::vector<std::string> table_names(Session& session, const std::string& schema);

struct ColumnFacts {
    std::string name;
    std::string type;        ///< "bigint", "varchar"
    std::int64_t bytes = 0;  ///< the longest text it holds; 0 for anything else
    std::string charset;     ///< empty where it holds no text, and on SQLite
    std::string collation;
    bool nullable = true;    ///< this and the next are not known on SQLite
    std::string declared{};  ///< the type as it is written: "enum('no','yes')", "varchar(190)"
};
/// The columns that our login can see, in their order.
std::vector<ColumnFacts> columns(Session& session, const std::string& schema, const std::string& table);

/// An index that finds rows by this column.
struct IndexFacts {
    std::vector<std::string> columns;  ///< in their order
    bool unique = false;               ///< it allows no two rows with the same values there
};
std::vector<IndexFacts> indexes(Session& session, const std::string& schema, const std::string& table);

/// What others have added to tables whose names begin with `prefix`, as far as our login can see it. MySQL and MariaDB
/// only.
struct ForeignKeyFacts {
    std::string table;  ///< "shop.tickets", whose rows refer to ours
    std::string name;
    std::string referred;  ///< the table of ours
    std::string on_delete;
};
std::vector<ForeignKeyFacts> foreign_keys_to(Session& session, const std::string& schema, const std::string& prefix);
struct TriggerFacts {
    std::string name;
    std::string table;
    std::string when;      ///< "BEFORE DELETE"
    bool signals = false;  ///< it can refuse by words of its own
};
std::vector<TriggerFacts> triggers_on(Session& session, const std::string& schema, const std::string& prefix);

}  // namespace pwreset::db
