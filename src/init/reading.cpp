#include "src/init/reading.h"

#include <algorithm>
#include <ranges>

#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/literals/env_file.h"
#include "src/toml/values.h"

namespace pwreset {
namespace {

/// A line of the configuration, whatever has to be escaped in it, has 1024 bytes at most.
constexpr std::size_t longest_value = 255;

}  // namespace

std::string shown_value(const Literal& literal) {
    std::string text = literal.plain();
    const bool fits = text.size() <= longest_value && is_utf8(text) && printable(text) == text;
    return fits ? text : std::string();
}

std::string wanted_value(Facts& facts, const Literal& literal, const std::string& what, const std::string& remedy) {
    std::string text = shown_value(literal);
    if (!text.empty()) return text;
    const bool there = literal.kind != Literal::Kind::absent;
    facts.unknown.push_back(what + (there ? " is not written out there: " : " is not there: ") + remedy);
    return {};
}

void require_mysql(const std::string& application, const std::string& kind) {
    if (kind.empty() || is_mysql_driver(kind)) return;
    throw config_error(
        application + " keeps its users in '" + printable(kind) + "', which is neither MySQL nor MariaDB",
        "pwreset works on these two only");
}

std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        // A control character has no place in any value; where one came in nevertheless, it ends no line.
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) {
            out += "\\u00";
            out += "0123456789ABCDEF"[byte >> 4U];
            out += "0123456789ABCDEF"[byte & 15U];
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string toml_key(std::string_view key) {
    const bool bare = !key.empty() && std::all_of(key.begin(), key.end(),
                                                  [](char c) { return is_alphanumeric(c) || c == '_' || c == '-'; });
    return bare ? std::string(key) : toml_text(key);
}

std::optional<Secret> noted(const Files& files, const std::string& path, Facts& facts) {
    auto content = files(path);
    if (content && std::find(facts.read.begin(), facts.read.end(), path) == facts.read.end())
        facts.read.push_back(path);
    return content;
}

std::string base_of_url(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    while (url.ends_with('/')) url.remove_suffix(1);
    std::string base(url);
    // What a link may begin with is what a link may be.
    return link_fault(base + "/{token}") ? std::string() : base;
}

void read_relay_url(std::string_view url, Facts& facts) {
    const std::size_t scheme = url.find("://");
    if (scheme == url.npos || (url.substr(0, scheme) != "smtp" && url.substr(0, scheme) != "smtps")) return;
    std::string_view authority = url.substr(scheme + 3);
    const std::size_t end = authority.find_first_of("/?#");
    // A password with such a sign, which URLs do not allow: what follows could be a part of it.
    if (end != authority.npos && authority.find('@', end) != authority.npos) return;
    authority = authority.substr(0, end);
    const std::size_t at = authority.rfind('@');
    if (at != authority.npos) authority.remove_prefix(at + 1);
    DatabasePlace place;
    read_host(authority, place);
    if (!is_host(place.host)) return;
    facts.mail_host = place.host;
    facts.mail_port = place.port;
}

Variables::Variables(const Files& files, std::initializer_list<std::string> paths, Facts& facts) {
    for (const auto& path : paths) {
        if (auto text = noted(files, path, facts)) texts_.emplace_back(path, std::move(*text));
    }
}

Literal Variables::value(std::string_view name) const {
    for (const auto& text : std::ranges::reverse_view(texts_)) {
        Literal value = env_value(text.second.reveal(), name);
        if (value.kind != Literal::Kind::absent) return value;
    }
    return {};
}

std::string Variables::told(std::string_view name) const {
    for (const auto& text : std::ranges::reverse_view(texts_)) {
        if (env_value(text.second.reveal(), name).kind != Literal::Kind::absent)
            return std::string(name) + " of " + text.first;
    }
    return std::string(name);
}

}  // namespace pwreset
