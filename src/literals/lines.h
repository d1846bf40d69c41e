// A text line by line, and the blanks around what stands in one.
#pragma once

#include <string_view>

namespace pwreset {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Without the blanks at both ends.
constexpr std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// The lines of a text, without what ends them.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_(text) {}
    /// The next one; false behind the last.
    bool next(std::string_view& line) {
        if (done_) return false;
        const std::size_t end = rest_.find('\n');
        line = rest_.substr(0, end);
        done_ = end == rest_.npos;
        if (!done_) rest_.remove_prefix(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        return true;
    }

private:
    std::string_view rest_;
    bool done_ = false;
};

}  // namespace pwreset
