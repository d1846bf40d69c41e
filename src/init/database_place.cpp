#include "src/init/database_place.h"

#include <algorithm>
#include <array>

#include "src/base/ascii.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

/// Percent-encoding undone; what is no such encoding stays as it is. Empty for what could not be shown.
std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool encoded =
            text[at] == '%' && at + 2 < text.size() && is_hex_digit(text[at + 1]) && is_hex_digit(text[at + 2]);
        if (!encoded) {
            out += text[at];
            continue;
        }
        out += static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
        at += 2;
    }
    return printable(out) == out ? out : std::string();
}

/// The value of a name in "a=1&b=2"; empty where it is not there.
std::string in_query(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
            return percent_decoded(pair.substr(name.size() + 1));
    }
    return {};
}

}  // namespace

bool is_mysql_driver(std::string_view word) {
    static constexpr std::array words{"mysql", "mysql2", "mariadb", "trilogy", "pdo-mysql", "mysqli"};
    const std::string known = ascii_lower(word);
    return std::find(words.begin(), words.end(), known) != words.end();
}

int port_of(std::string_view text) {
    if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit)) return 0;
    const int port = std::stoi(std::string(text));
    return port <= 65535 ? port : 0;
}

void read_host(std::string_view text, DatabasePlace& place) {
    const std::size_t colon = text.find(':');
    if (text.starts_with('[')) {  // an address of IPv6, with a port or without
        const std::size_t end = text.find(']');
        place.host = text.substr(1, end == text.npos ? end : end - 1);
        if (end != text.npos && text.substr(end + 1).starts_with(':')) place.port = port_of(text.substr(end + 2));
        return;
    }
    place.host = text.substr(0, colon);
    if (colon == text.npos) return;
    const std::string_view rest = text.substr(colon + 1);
    if (rest.find(':') != rest.npos) {  // an address of IPv6 without brackets
        place.host = text;
    } else if (rest.starts_with('/')) {
        place.socket = rest;
        place.host.clear();
    } else {
        place.port = port_of(rest);
    }
}

std::optional<DatabasePlace> place_of_url(std::string_view url) {
    const std::size_t scheme_end = url.find("://");
    if (scheme_end == url.npos || scheme_end == 0) return {};
    DatabasePlace place;
    const std::string_view scheme = url.substr(0, scheme_end);
    place.kind = is_mysql_driver(scheme) ? "mysql" : std::string(scheme);
    url.remove_prefix(scheme_end + 3);
    // A password with a '/' or '?' of its own, which URLs do not allow: what follows could be a part of it.
    const std::size_t authority_end = url.find_first_of("/?#");
    if (authority_end != url.npos && url.find('@', authority_end) != url.npos) return {};
    const std::size_t question = url.find('?');
    const std::string_view query = question == url.npos ? "" : url.substr(question + 1);
    url = url.substr(0, question);
    const std::size_t slash = url.find('/');
    std::string_view authority = url.substr(0, slash);
    // A password may hold an '@' of its own: what counts is the last.
    const std::size_t at = authority.rfind('@');
    if (at != authority.npos) authority.remove_prefix(at + 1);
    read_host(authority, place);
    place.host = percent_decoded(place.host);
    if (slash != url.npos) place.name = percent_decoded(url.substr(slash + 1));
    for (const auto* name : {"unix_socket", "socket", "socketPath"}) {
        const std::string socket = in_query(query, name);
        if (socket.empty()) continue;
        place.socket = socket;
        place.host.clear();
    }
    return place;
}

}  // namespace pwreset
