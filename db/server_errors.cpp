#include "db/server_errors.h"

#include <algorithm>
#include <array>

namespace pwreset::db {

// A namespace of its own, where the words of the table are short and hide nobody's names.
namespace server_error_table {

using enum Meaning;

constexpr std::string_view grants = "give the login the least grants from packaging/grants";
constexpr std::string_view login = "check [database] user and password_file";
constexpr std::string_view columns = "check the column names in [users]";
constexpr std::string_view primary =
    "name every server that may be the primary in [database] hosts, and try again when one of them takes writes";
constexpr std::string_view limit =
    "its limit is max_statement_time (MariaDB) or max_execution_time (MySQL): raise it for this login; or somebody "
    "ended the statement: try again";
constexpr std::string_view lock =
    "'SHOW ENGINE INNODB STATUS' and 'SHOW PROCESSLIST' tell who holds it; try again when that has ended";
constexpr std::string_view engine = "the server's log tells more";
constexpr std::string_view method =
    "give the login a method that both know, such as caching_sha2_password (MySQL) or mysql_native_password or ed25519 "
    "(MariaDB)";
constexpr std::string_view tables = "make the tables again, or ask who looks after the database";
constexpr std::string_view size = "the cluster's limits are wsrep_max_ws_size and wsrep_max_ws_rows";
constexpr std::string_view cache = "raise max_binlog_cache_size at the server";

// From MariaDB's "Error Codes", MySQL's "Server Error Message Reference" and the client library's errmsg.h (2xxx,
// 5xxx); 9xxx are a proxy's. A text of our own where the server's may quote a value, or would not help.
constexpr std::array table{
    ServerError{1005, settings, "", "the server's log tells why"},
    ServerError{1016, full, "the database server cannot open the file of a table", engine},
    ServerError{1020, again, "others changed the same rows meanwhile", "try again in a moment"},
    ServerError{1021, full, "the database server is out of space", "free space on it and try again"},
    ServerError{1026, full, "the database server cannot write to a file", engine},
    ServerError{1028, stopped, "the database server ended a sort", limit},
    ServerError{1030, full, "the storage engine of the database failed", engine},
    ServerError{1034, full, "the file of a table is damaged", tables},
    ServerError{1035, full, "the file of a table is too old", tables},
    ServerError{1036, read_only, "a table is read-only",
                "the owner of its file, or a setting of the server, makes it so"},
    ServerError{1037, away, "the database server is out of memory", "try again when it has less to do"},
    ServerError{1038, away, "the database server is out of memory for sorting", "raise sort_buffer_size at the server"},
    ServerError{1040, away, "the database server has too many connections",
                "raise max_connections at the server, or try again"},
    ServerError{1041, away, "the database server is out of memory", "try again when it has less to do"},
    ServerError{1043, away, "", "is this a server of MySQL or MariaDB, or something between?"},
    ServerError{1044, settings, "", grants},
    ServerError{1045, settings, "", login},
    ServerError{1047, again, "this node of the cluster is not ready: it is no part of the primary component",
                "look at wsrep_cluster_status there, or name further nodes in [database] hosts"},
    ServerError{1048, ours, "", ""},
    ServerError{1049, settings, "", "check [database] name"},
    ServerError{1053, lost, "", ""},
    ServerError{1054, settings, "", columns},
    ServerError{1062, duplicate, "", ""},
    ServerError{1064, ours, "", ""},
    ServerError{1065, ours, "", ""},
    ServerError{1071, settings, "", "set innodb_default_row_format to DYNAMIC at the server"},
    ServerError{1104, settings, "the database server examines too few rows for a join",
                "turn on sql_big_selects there"},
    ServerError{1105, too_large, "the transaction is too large for this cluster", size},
    ServerError{1114, full, "the database server is out of space for a table",
                "free space on it, or raise the limits of its tablespaces, tmp_table_size and max_heap_table_size"},
    ServerError{1115, settings, "", "the server lacks a character set that pwreset needs: utf8mb4"},
    ServerError{1129, away, "", "unblock this host there with 'FLUSH HOSTS', and raise max_connect_errors"},
    ServerError{1130, settings, "", "the login is for other hosts: make it for this one"},
    ServerError{1135, away, "the database server cannot start a thread", "its memory or its limits are at their end"},
    ServerError{1136, ours, "", ""},
    ServerError{1142, settings, "", grants},
    ServerError{1143, settings, "", grants},
    ServerError{1146, settings, "",
                "pwreset's own tables are made by 'pwreset migrate'; the users table is named in [users]"},
    ServerError{1149, ours, "", ""},
    ServerError{1152, lost, "", ""},
    ServerError{1153, settings, "a statement is larger than the database server takes",
                "raise max_allowed_packet there, 4 MiB at least"},
    ServerError{1158, lost, "", ""},
    ServerError{1159, lost, "", ""},
    ServerError{1160, lost, "", ""},
    ServerError{1161, lost, "", ""},
    ServerError{1173, settings, "the database server takes no table without a primary key",
                "name a table with one, or turn off innodb_force_primary_key"},
    ServerError{1175, settings, "the database server takes no change without a key",
                "turn off sql_safe_updates for this login"},
    ServerError{1180, too_large, "the cluster could not commit: the transaction is too large, or it lost its nodes",
                size},
    ServerError{1184, lost, "", ""},
    ServerError{1193, settings, "", "is this server too old or too new? 'pwreset doctor' tells"},
    ServerError{1194, full, "a table is marked as crashed", "repair it with 'REPAIR TABLE'"},
    ServerError{1195, full, "a table is marked as crashed, and could not be repaired", tables},
    ServerError{1197, too_large, "the transaction is too large for the binary log's cache", cache},
    ServerError{1203, away, "", "raise max_user_connections for this login, or try again"},
    ServerError{1205, again, "somebody holds a lock on rows or tables of the database", lock},
    ServerError{1206, too_large, "the transaction has more locks than the database server can keep",
                "raise innodb_buffer_pool_size there"},
    ServerError{1207, read_only, "the session may not lock rows", "the server's transaction_isolation makes it so"},
    ServerError{1210, ours, "", ""},
    ServerError{1213, again, "others were quicker with the same rows, again and again", "try again in a moment"},
    ServerError{1222, ours, "", ""},
    ServerError{1226, away, "", "raise the limit of this login, or wait until its hour is over"},
    ServerError{1227, settings, "", grants},
    ServerError{1231, settings, "", "is this server too old or too new? 'pwreset doctor' tells"},
    ServerError{1241, ours, "", ""},
    ServerError{1242, ours, "", ""},
    ServerError{1251, settings, "the client library does not know the way in which this login signs in", method},
    ServerError{1264, ours, "", ""},
    ServerError{1267, foreign_text, "", ""},
    ServerError{1270, foreign_text, "", ""},
    ServerError{1271, foreign_text, "", ""},
    ServerError{1273, settings, "", "the server lacks a collation that pwreset needs: utf8mb4_general_ci"},
    ServerError{1286, settings, "", "pwreset needs InnoDB"},
    ServerError{1289, settings, "", "turn that feature on at the server"},
    ServerError{1290, settings, "", "an option of the server forbids it"},
    ServerError{1292, ours, "", ""},
    ServerError{1297, again, "the storage engine of the database is busy", "try again in a moment"},
    ServerError{1298, settings, "",
                "load the server's tables of time zones: mariadb-tzinfo-to-sql, mysql_tzinfo_to_sql"},
    ServerError{1300, foreign_text, "", ""},
    ServerError{1305, settings, "", ""},
    ServerError{1317, stopped, "the database server ended a statement", limit},
    ServerError{1356, settings, "", "the view, or who defined it, lacks rights or columns"},
    ServerError{1366, ours, "", ""},
    ServerError{1370, settings, "", grants},
    ServerError{1406, ours, "", ""},
    ServerError{1412, again, "a table was changed meanwhile", "try again in a moment"},
    ServerError{1467, no_id, "", ""},
    ServerError{1478, settings, "", "innodb_strict_mode or the row format of the server forbids it"},
    ServerError{1524, settings, "the way in which this login signs in is gone from the database server", method},
    ServerError{1586, duplicate, "", ""},
    ServerError{1615, again, "a table was changed meanwhile", "try again in a moment"},
    ServerError{1637, away, "the database server has too many transactions open", "try again in a moment"},
    ServerError{1665, settings, "the binary log is written as statements, which does not go with READ COMMITTED",
                "set binlog_format to ROW or MIXED at the server"},
    ServerError{1689, again, "somebody waits for a table of the database alone", lock},
    ServerError{1698, settings, "", login},
    ServerError{1705, too_large, "a statement is too large for the binary log's cache",
                "raise max_binlog_stmt_cache_size at the server"},
    ServerError{1709, settings, "", "set innodb_default_row_format to DYNAMIC at the server"},
    ServerError{1785, settings, "a transaction changes tables with and without transactions",
                "turn pwreset's tables and those of the configuration into InnoDB, with what triggers write, or "
                "enforce_gtid_consistency off"},
    ServerError{1792, read_only, "the session is read-only", "the server's transaction_read_only makes it so"},
    ServerError{1812, full, "the file of a table is missing", tables},
    ServerError{1814, full, "the file of a table was taken away", tables},
    ServerError{1820, settings, "the login has to change its password first",
                "change it, and write the new one into password_file"},
    ServerError{1836, read_only, "the database server is read-only", primary},
    ServerError{1859, duplicate, "", ""},
    ServerError{1862, settings, "the password of this login has expired",
                "change it, and write the new one into password_file; let it not expire"},
    ServerError{1874, read_only, "the database server is read-only (innodb_read_only)", primary},
    ServerError{1881, read_only, "the database server is read-only (innodb_force_recovery)", engine},
    ServerError{1927, lost, "", ""},
    ServerError{1932, full, "the storage engine of the database does not know a table", tables},
    ServerError{1969, stopped, "the database server ended a statement that took longer than it allows", limit},
    ServerError{2001, away, "", "is the server up, and is [database] right?"},
    ServerError{2002, away, "", "is the server up, and is [database] right?"},
    ServerError{2003, away, "", "is the server up, and is [database] right?"},
    ServerError{2005, away, "", "is the name in [database] host right?"},
    ServerError{2006, lost, "", ""},
    ServerError{2012, away, "", "is this a server of MySQL or MariaDB, or something between?"},
    ServerError{2013, lost, "", ""},
    ServerError{2020, settings, "a statement or an answer is larger than max_allowed_packet",
                "raise it at the server, 4 MiB at least"},
    ServerError{
        2026, away, "",
        "check [database] tls_ca, and that the certificate carries this host name (an address as an IP address)"},
    ServerError{2027, away, "", "is this a server of MySQL or MariaDB, or something between?"},
    ServerError{2049, settings, "the client library does not know the way in which this login signs in", method},
    ServerError{2055, lost, "", ""},
    ServerError{2059, settings, "the client library lacks the plugin with which this login signs in", method},
    ServerError{2061, settings, "the client library's plugin could not sign this login in", method},
    ServerError{3024, stopped, "the database server ended a statement that took longer than it allows", limit},
    ServerError{3032, away, "the database server is offline (offline_mode)", "try again when it is back"},
    ServerError{3098, settings, "a table does not comply with group replication",
                "give it a primary key, and InnoDB as its engine"},
    ServerError{3100, away, "the replication group did not take the transaction, which was rolled back",
                "has it lost its quorum, or is the limit group_replication_transaction_size_limit?"},
    ServerError{3101, again, "others of the replication group were quicker with the same rows",
                "try again in a moment"},
    ServerError{3118, settings, "the login is locked", "unlock it: ALTER USER … ACCOUNT UNLOCK"},
    ServerError{3159, settings, "the database server demands TLS (require_secure_transport)",
                "write tls = \"verify\" in [database]"},
    ServerError{3161, settings, "the database server forbids a storage engine (disabled_storage_engines)",
                "pwreset needs InnoDB"},
    ServerError{3168, lost, "", ""},
    ServerError{3169, lost, "", ""},
    ServerError{3572, again, "somebody holds a lock on rows or tables of the database", lock},
    ServerError{3750, settings, "the database server takes no table without a primary key (sql_require_primary_key)",
                "the tables of pwreset have one: which statement was it?"},
    ServerError{3854, foreign_text, "", ""},
    ServerError{3955, settings, "the login is blocked after too many wrong passwords",
                "unblock it: ALTER USER … ACCOUNT UNLOCK"},
    ServerError{3989, read_only, "the schema is read-only", "ALTER SCHEMA … READ ONLY = 0"},
    ServerError{4031, lost, "", ""},
    ServerError{4056, settings, "the database server needs another format of its binary log for this",
                "set binlog_format to ROW or MIXED there"},
    ServerError{4151, settings, "the login is locked", "unlock it: ALTER USER … ACCOUNT UNLOCK"},
    ServerError{5010, settings, "the client library may not use the plugin with which this login signs in", method},
    ServerError{5013, lost, "", ""},
    ServerError{5014, lost, "", ""},
    ServerError{9001, away, "the proxy before the database found no server in time", "try again in a moment"},
    ServerError{9002, away, "the proxy before the database found no server", "try again in a moment"},
    ServerError{9006, settings, "the proxy before the database divides a session between servers",
                "connect to the server itself"},
};

constexpr bool by_number(const ServerError& a, const ServerError& b) { return a.number < b.number; }
static_assert(std::is_sorted(table.begin(), table.end(), by_number));

constexpr ServerError unknown{
    0, settings, "the database server refused a statement",
    "its manual tells what that number means; where no setting of the server explains it, please report it"};

/// The number under which a fault stands in the table.
unsigned number_of(unsigned number, std::string_view message) {
    const auto says = [&](std::string_view words) { return message.find(words) != message.npos; };
    // The name of the option stands in the text, in whatever language that is.
    constexpr unsigned by_option = 1290;
    constexpr unsigned read_only_server = 1836;
    if (number == by_option && (says("read-only") || says("read_only"))) return read_only_server;
    // The client library says so of a plugin that it lacks.
    constexpr unsigned denied = 1045;
    constexpr unsigned no_plugin = 2059;
    return number == denied && says("could not be loaded") ? no_plugin : number;
}

}  // namespace server_error_table

const ServerError& server_error(unsigned number, std::string_view message) {
    using namespace server_error_table;
    const ServerError wanted{number_of(number, message), ours, "", ""};
    const auto found = std::lower_bound(table.begin(), table.end(), wanted, by_number);
    return found != table.end() && found->number == wanted.number ? *found : unknown;
}

std::span<const ServerError> server_errors() { return server_error_table::table; }

}  // namespace pwreset::db
