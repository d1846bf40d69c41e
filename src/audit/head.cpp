#include "src/audit/head.h"

#include <charconv>
#include <istream>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "src/base/encoding.h"
#include "src/base/error.h"

namespace pwreset {

namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 30;
constexpr std::size_t block_size = 65536;
/// Longer than any head line, and the soft line breaks in it.
constexpr std::size_t overlap = 512;
constexpr std::size_t most_heads = 100000;
constexpr std::size_t mac_digits = 64;

std::string prefix_of(const std::string& app) { return "audit head: " + app + " "; }

/// Breaks that a mailer put into a long line (RFC 2045, section 6.7).
void remove_soft_breaks(std::string& text) {
    for (const std::string_view end : {"=\r\n", "=\n"}) {
        for (auto at = text.find(end); at != text.npos; at = text.find(end, at)) text.erase(at, end.size());
    }
}

/// "1042 9f86…" at the start of the text; nothing when it is another text, or is not complete yet.
std::optional<Link> parse_head(std::string_view text, bool at_end) {
    Link head;
    const auto number = std::from_chars(text.data(), text.data() + text.size(), head.seq);
    if (number.ec != std::errc() || head.seq < 0) return {};
    text.remove_prefix(static_cast<std::size_t>(number.ptr - text.data()));
    if (text.empty() || text.front() != ' ') return {};
    text.remove_prefix(1);
    const auto end = std::min(text.find_first_not_of(hex_digits), text.size());
    if (end != mac_digits || (end == text.size() && !at_end)) return {};
    head.mac = unhex(text.substr(0, end)).value_or("");
    return head;
}

}  // namespace

std::string head_line(const std::string& app, const Link& head) {
    return prefix_of(app) + std::to_string(head.seq) + " " + hex(head.mac);
}

Heads read_heads(std::istream& in, const std::string& app) {
    const std::string prefix = prefix_of(app);
    std::set<std::pair<std::int64_t, std::string>> found;
    std::string block(block_size, '\0');
    std::string text;
    for (std::size_t total = 0; in && total < most_bytes;) {
        in.read(block.data(), static_cast<std::streamsize>(block.size()));
        const auto got = static_cast<std::size_t>(in.gcount());
        total += got;
        text.append(block, 0, got);
        remove_soft_breaks(text);
        for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix, at + 1)) {
            const auto head = parse_head(std::string_view(text).substr(at + prefix.size()), !in);
            if (head) found.emplace(head->seq, head->mac);
        }
        if (found.size() > most_heads) throw invalid_input("standard input has more heads than can be compared");
        if (text.size() > overlap) text.erase(0, text.size() - overlap);
    }
    Heads heads;
    for (const auto& [seq, mac] : found) heads.push_back({seq, mac});
    return heads;
}

}  // namespace pwreset
