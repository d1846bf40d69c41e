#include "src/toml/values.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "src/base/address.h"
#include "src/base/ascii.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

constexpr std::string_view digits = "0123456789";
/// What a link may hold in place of a value; the first is required.
constexpr std::array<std::string_view, 6> link_names = {"token", "email", "id", "key", "login", "reference"};

/// 1 to `limit` characters, each alphanumeric or among `others`.
bool consists_of(std::string_view text, std::string_view others, std::size_t limit) {
    return !text.empty() && text.size() <= limit && std::all_of(text.begin(), text.end(), [&](char c) {
        return is_alphanumeric(c) || others.find(c) != others.npos;
    });
}

/// Every part between separators satisfies the test; an empty part is a part.
template <class Test>
bool each_part(std::string_view text, char separator, Test test) {
    while (true) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (!test(text.substr(0, end))) return false;
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
    }
}

bool is_label(std::string_view label) {
    return consists_of(label, "-", 63) && label.front() != '-' && label.back() != '-';
}

bool is_domain(std::string_view text) { return text.size() <= 253 && each_part(text, '.', is_label); }

bool is_loopback(std::string_view host) { return host == "localhost" || host == "127.0.0.1" || host == "[::1]"; }

/// A name that stands before an address without quotes: no special character of RFC 5322, section 3.2.3, but the dot,
/// which composing encodes.
bool is_plain_name(std::string_view name) { return name.find_first_of("()<>[]:;@\\,\"") == name.npos; }

std::optional<std::string> display_name(std::string_view text) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    const bool in_quotes = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    if (!in_quotes) return is_plain_name(text) ? std::optional(std::string(text)) : std::nullopt;
    text = text.substr(1, text.size() - 2);
    if (text.find_first_of("\"\\") != text.npos) return std::nullopt;
    return std::string(text);
}

/// The first character that a link must not hold: whatever RFC 3986 leaves out, quotes included.
std::optional<ValueFault> forbidden_character(std::string_view link) {
    constexpr std::string_view others = "-._~:/?#[]@!$&()*+,;=%{}";
    for (std::size_t at = 0; at < link.size();) {
        const std::size_t start = at;
        const char32_t c = next_code_point(link, at);
        if (at - start == 1 && consists_of(link.substr(start, 1), others, 1)) continue;
        return ValueFault{"character " + name_character(c), "write it percent-encoded, a domain in punycode"};
    }
    return std::nullopt;
}

/// The names in braces: {token} once, the others as often as wanted, no brace besides.
std::optional<ValueFault> names_fault(std::string_view link, const std::vector<std::string>& places) {
    int tokens = 0;
    const std::string known = "write {token} once and, where wanted, {email}, {id} or {reference}";
    for (std::size_t at = link.find_first_of("{}"); at != link.npos; at = link.find_first_of("{}", at)) {
        const std::size_t end = link.find_first_of("{}", at + 1);
        if (link[at] == '}' || end == link.npos || link[end] == '{')
            return ValueFault{"brace without its partner", known};
        const std::string_view name = link.substr(at + 1, end - at - 1);
        const bool is_known = std::find(link_names.begin(), link_names.end(), name) != link_names.end() ||
                              std::find(places.begin(), places.end(), name) != places.end();
        if (!is_known) {
            return ValueFault{"unknown name '{" + std::string(name.substr(0, 32)) + "}'", known};
        }
        tokens += name == link_names[0] ? 1 : 0;
        at = end + 1;
    }
    if (tokens == 0) return ValueFault{"no '{token}'", known};
    if (tokens > 1) return ValueFault{"'{token}' more than once", known};
    return std::nullopt;
}

bool is_port(std::string_view text) {
    int port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

/// "host" or "host:port", where the host is a name, an IPv4 address or an IPv6 address in brackets.
std::optional<ValueFault> authority_fault(std::string_view authority, bool encrypted, const std::string& form) {
    if (authority.find('@') != authority.npos) return ValueFault{"user name before the host", form};
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
    const std::string_view host = authority.substr(0, colon);
    const bool is_v6 = host.size() > 3 && host.front() == '[' && host.back() == ']' &&
                       host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
    if (!is_v6 && !is_domain(host)) return ValueFault{"no valid host", form};
    if (colon != authority.npos && !is_port(authority.substr(colon + 1))) return ValueFault{"no valid port", form};
    if (encrypted || is_loopback(host)) return std::nullopt;
    return ValueFault{"plain http", "write https: http is for localhost, 127.0.0.1 and [::1] only"};
}

/// Takes a faultless authority apart; without a port, `port` stays as it is.
void read_authority(std::string_view authority, std::string& host, int& port) {
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
    host = bracket == authority.npos ? authority.substr(0, colon) : authority.substr(1, bracket - 1);
    if (colon != authority.npos)
        std::from_chars(authority.data() + colon + 1, authority.data() + authority.size(), port);
}

/// What is wrong with it up to its path; `form` is what to write instead.
std::optional<ValueFault> url_fault(std::string_view url, const std::string& form) {
    constexpr std::string_view secure = "https://";
    constexpr std::string_view plain = "http://";
    if (auto fault = forbidden_character(url)) return fault;
    const bool encrypted = url.substr(0, secure.size()) == secure;
    if (!encrypted && url.substr(0, plain.size()) != plain) return ValueFault{"no 'https://' at the beginning", form};
    const std::string_view rest = url.substr(encrypted ? secure.size() : plain.size());
    return authority_fault(rest.substr(0, rest.find_first_of("/?#")), encrypted, form);
}

}  // namespace

bool is_identifier(std::string_view text) { return consists_of(text, "_$", 64); }

bool is_table_name(std::string_view text) {
    return std::count(text.begin(), text.end(), '.') <= 1 && each_part(text, '.', is_identifier);
}

bool is_schema_name(std::string_view text) { return consists_of(text, "_$-", 64); }

bool is_application_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && text.front() != '_' && text.front() != '-' &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; });
}

bool is_host(std::string_view text) { return consists_of(text, "._:-", 253); }

bool is_connection_value(std::string_view text) { return text.find_first_of(";= '\"\\`") == text.npos; }

bool is_locale(std::string_view text) {
    return text.size() <= 35 && !text.empty() && !is_digit(text.front()) &&
           each_part(text, text.find('_') == text.npos ? '-' : '_', [](auto part) { return consists_of(part, "", 8); });
}

bool is_region(std::string_view text) { return text.size() == 2 && is_upper(text[0]) && is_upper(text[1]); }

std::optional<ValueFault> operator_name_fault(std::string_view text) {
    constexpr std::string_view user = "user:";
    constexpr std::size_t longest = 512;  // twice what Linux lets a login name have, for two bytes a letter
    const char* form = "write a Unix group, or \"user:NAME\" in double quotes";
    if (text.starts_with(user)) text.remove_prefix(user.size());
    if (text.empty()) return ValueFault{"no name", form};
    if (text.size() > longest) return ValueFault{"more than 512 bytes", form};
    if (text.front() == ' ' || text.back() == ' ') return ValueFault{"a blank at its beginning or end", "remove it"};
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_code_point(text, at);
        // No directory has it: "\tier" between double quotes is a tab.
        if (c < 0x20)
            return ValueFault{"control character " + name_character(c),
                              "a name with a backslash stands in single quotes: 'CORP\\helpdesk'"};
        if (c == U':') return ValueFault{"a colon", form};
    }
    if (printable(text) != text) return ValueFault{"a character that cannot be seen", "write the name by hand"};
    return std::nullopt;
}

bool is_sender_address(std::string_view text) {
    return is_address(text, false) && address_on_the_wire(text) == text && text.front() != '"';
}

std::optional<Mailbox> parse_mailbox(std::string_view text) {
    Mailbox mailbox;
    const std::size_t open = text.rfind('<');
    if (open != text.npos) {
        if (text.back() != '>') return std::nullopt;
        const auto name = display_name(text.substr(0, open));
        if (!name) return std::nullopt;
        mailbox.name = *name;
        text = text.substr(open + 1, text.size() - open - 2);
    }
    if (!is_sender_address(text)) return std::nullopt;
    mailbox.address = text;
    return mailbox;
}

std::optional<Rate> parse_rate(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == text.npos || slash == 0 || slash > 9 || text.find_first_not_of(digits) != slash) return std::nullopt;
    Rate rate;
    std::from_chars(text.data(), text.data() + slash, rate.count);
    std::string window(text.substr(slash + 1));
    if (window.find_first_of("smhd") == 0) window.insert(0, 1, '1');
    const auto span = parse_duration(window);
    if (!span || span->count() < 1 || rate.count < 1) return std::nullopt;
    rate.window = *span;
    return rate;
}

std::optional<ValueFault> link_fault(std::string_view link, const std::vector<std::string>& places) {
    if (auto fault = url_fault(link, "write a link such as https://shop.example/reset/{token}")) return fault;
    return names_fault(link, places);
}

std::optional<ValueFault> page_fault(std::string_view url) {
    const std::string form = "write a page such as https://shop.example/verify-otp/";
    if (url.find_first_of("{}") != url.npos) return ValueFault{"brace", form};
    return url_fault(url, form);
}

std::optional<ValueFault> service_url_fault(std::string_view url, ServiceUrl& read) {
    constexpr std::string_view secure = "https://";
    constexpr std::string_view plain = "http://";
    const std::string form = "write a URL such as https://api.example/send";
    if (auto fault = forbidden_character(url)) return fault;
    read.encrypted = url.substr(0, secure.size()) == secure;
    if (!read.encrypted && url.substr(0, plain.size()) != plain)
        return ValueFault{"no 'https://' at the beginning", form};
    url.remove_prefix(read.encrypted ? secure.size() : plain.size());
    const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
    const std::string_view authority = url.substr(0, end);
    if (auto fault = authority_fault(authority, read.encrypted, form)) return fault;
    if (url.find('#') != url.npos) return ValueFault{"a part behind '#'", "leave it out: it is never sent"};
    read.port = read.encrypted ? 443 : 80;
    read_authority(authority, read.host, read.port);
    read.target = url.substr(end);
    if (!read.target.starts_with('/')) read.target.insert(0, 1, '/');
    return std::nullopt;
}

std::optional<ValueFault> proxy_url_fault(std::string_view url, std::string& host, int& port) {
    constexpr std::string_view scheme = "http://";
    const std::string form = "write it as http://HOST:PORT, such as http://proxy.example:3128";
    if (auto fault = forbidden_character(url)) return fault;
    if (url.starts_with("https://"))
        return ValueFault{"https", form + ": what goes through it is encrypted all the way, to the service itself"};
    if (!url.starts_with(scheme)) return ValueFault{"no 'http://' at the beginning", form};
    url.remove_prefix(scheme.size());
    if (url.ends_with('/')) url.remove_suffix(1);
    if (url.find('@') != url.npos)
        return ValueFault{"user name before the host",
                          "write proxy_user = \"NAME\", and the password into the file of "
                          "proxy_password_file; change it if others could read this one"};
    if (url.find_first_of("/?#") != url.npos) return ValueFault{"a path", form};
    if (auto fault = authority_fault(url, true, form)) return fault;
    port = 0;
    read_authority(url, host, port);
    // Some say that 80 goes without saying, some 1080.
    if (port == 0) return ValueFault{"no port", form};
    return std::nullopt;
}

}  // namespace pwreset
