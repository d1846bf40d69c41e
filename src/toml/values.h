// The forms that single values of the configuration take: pure, and strict, for they end up in SQL, in a connection
// string, in a mail header or in a link.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/rate.h"

namespace pwreset {

/// Why a value is refused, and what to write instead.
struct ValueFault {
    std::string fault;
    std::string hint;
};

/// [A-Za-z0-9_$]{1,64}: a table or column that MySQL takes without surprise.
bool is_identifier(std::string_view text);
/// An identifier, or "schema.table".
bool is_table_name(std::string_view text);
/// [A-Za-z0-9_$-]{1,64}: schemas are often named like the application.
bool is_schema_name(std::string_view text);
/// [a-z0-9][a-z0-9_-]{0,63}: the name of an application.
bool is_application_name(std::string_view text);
/// [A-Za-z0-9._:-]+: a host name or address. It goes into a connection string, so nothing that could end a field.
bool is_host(std::string_view text);
/// A value that may stand in a connection string: no ';', '=', space, quote or backslash.
bool is_connection_value(std::string_view text);
/// A language tag such as "en" or "pt-BR"; also the name of a folder, so nothing else.
bool is_locale(std::string_view text);
/// Two capital letters: a country of ISO 3166.
bool is_region(std::string_view text);
/// What is wrong with the name of a Unix group, or "user:NAME"; nothing for whatever a directory may hold: blanks, '@',
/// backslashes, capitals, letters of any script.
std::optional<ValueFault> operator_name_fault(std::string_view text);
/// local@domain in ASCII: a dot-atom of RFC 5322 and a host name, at most 254 bytes. A domain beyond ASCII is to be
/// written in punycode.
bool is_sender_address(std::string_view text);

/// An address with the name shown beside it.
struct Mailbox {
    std::string name;  ///< may be empty
    std::string address;
};

/// Reads "Shop <no-reply@shop.example>", "\"Shop, Inc.\" <no-reply@shop.example>" or a bare address.
std::optional<Mailbox> parse_mailbox(std::string_view text);
/// Reads "10/h", "100/d" or "5/30m"; at least one in at least a second.
std::optional<Rate> parse_rate(std::string_view text);
/// What is wrong with the link of a reset mail; nothing when it may be sent. `places` are the names that a profile adds
/// to those that there are. Never repeats the link: it may hold a password before an '@'.
std::optional<ValueFault> link_fault(std::string_view link, const std::vector<std::string>& places = {});
/// The same of a page that users are sent to: no {token}, no other name.
std::optional<ValueFault> page_fault(std::string_view url);

/// The URL of a web service, taken apart.
struct ServiceUrl {
    bool encrypted = true;
    std::string host;
    int port = 443;
    std::string target;  ///< path and query
};
/// What is wrong with a service's URL; nothing when it was read. Plain http is for this host only. Never repeats the
/// URL: it may hold a key.
std::optional<ValueFault> service_url_fault(std::string_view url, ServiceUrl& read);
/// What is wrong with "http://HOST:PORT", the URL of a proxy; nothing when it was read. Never repeats the URL: it may
/// hold a password before an '@'.
std::optional<ValueFault> proxy_url_fault(std::string_view url, std::string& host, int& port);

}  // namespace pwreset
