#include "cmd/output/sections.h"

#include <algorithm>
#include <ostream>
#include <vector>

#include "src/base/printable.h"

namespace pwreset {

namespace {

constexpr std::size_t label_width = 10;
/// On a terminal that is narrower than this, lines run over: there is no room to wrap in.
constexpr std::size_t least_room = 20;

/// The text in lines of at most `room` columns, broken at spaces; a longer word has a line of its own.
std::vector<std::string> wrapped(const std::string& text, std::size_t room) {
    std::vector<std::string> lines(1);
    for (std::size_t at = 0; at < text.size();) {
        // The spaces before a word belong to it, unless it begins a line.
        const std::size_t word = std::min(text.find_first_not_of(' ', at), text.size());
        const std::size_t end = std::min(text.find(' ', word), text.size());
        const std::string piece = text.substr(at, end - at);
        if (!lines.back().empty() && display_width(lines.back()) + display_width(piece) > room) {
            lines.push_back("  " + text.substr(word, end - word));
        } else {
            lines.back() += piece;
        }
        at = end;
    }
    return lines;
}

}  // namespace

void Sections::line(const std::string& label, const std::string& text) {
    const auto& terminal = env_.terminal;
    const bool wraps = terminal.out && terminal.width >= label_width + least_room;
    const std::string safe = printable(text);
    const auto lines = wraps ? wrapped(safe, terminal.width - label_width) : std::vector{safe};
    std::string shown = label == label_ ? std::string() : label;
    label_ = label;
    for (const auto& part : lines) {
        const std::string padding(label_width - std::min(shown.size(), label_width), ' ');
        if (terminal.out_color && !shown.empty()) shown = "\x1b[1m" + shown + "\x1b[0m";
        env_.out << shown << padding << part << "\n";
        shown.clear();
    }
}

std::string Sections::when(Time time) const {
    if (!env_.terminal.out) return rfc3339(time);
    return local_text(time) + " (" + relative(time, now_) + ")";
}

}  // namespace pwreset
