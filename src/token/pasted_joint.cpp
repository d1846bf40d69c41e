#include "src/token/pasted_joint.h"

#include <algorithm>

namespace pwreset {

namespace {

/// The length of a line's end, with a reply's quote marks behind it; 0 where there is none.
std::size_t line_end(std::string_view text) {
    for (const std::string_view sign : {"\r\n", "\n", "<br>", "<br/>", "<br />"}) {
        if (!text.starts_with(sign)) continue;
        const auto behind = text.find_first_not_of(" \t>", sign.size());
        return behind == text.npos ? text.size() : behind;
    }
    return 0;
}

}  // namespace

std::pair<Damage, std::size_t> joint_at(std::string_view text) {
    if (text.starts_with('=')) {
        const auto blanks = std::min(text.find_first_not_of(" \t", 1), text.size());
        const auto end = line_end(text.substr(blanks));
        if (end > 0 && text[blanks] != '<') return {Damage::soft_line_break, blanks + end};
    }
    if (const auto end = line_end(text); end > 0) return {Damage::line_break, end};
    if (text[0] == ' ' || text[0] == '\t') return {Damage::space, 1};
    if (text.starts_with("\u00A0")) return {Damage::space, 2};
    for (const std::string_view sign :
         {"\u200B", "\u200C", "\u200D", "\u200E", "\u200F", "\u2060", "\uFEFF", "\u00AD", "<wbr>"}) {
        if (text.starts_with(sign)) return {Damage::invisible, sign.size()};
    }
    return {Damage::space, 0};
}

}  // namespace pwreset
