#include "src/token/pasted_layer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "src/base/ascii.h"
#include "src/token/pasted_html.h"

namespace pwreset {

namespace {

/// How an older filter of Proofpoint's writes "://" in a link that it wraps.
constexpr std::string_view proofpoint_scheme = "-3A__";

/// What an escape stands for, and its length.
struct Escape {
    char character = 0;
    std::size_t length = 0;  ///< 0: there is none
};

/// "=3D", "%2F": a sign and two digits. Nothing above ASCII is part of a link.
Escape by_sign(std::string_view text, char sign) {
    if (text.size() < 3 || text[0] != sign || hex_value(text[1]) < 0 || hex_value(text[2]) < 0) return {};
    const int value = hex_value(text[1]) * 16 + hex_value(text[2]);
    if (value == 0 || value > 0x7E) return {};
    return {static_cast<char>(value), 3};
}

Escape quoted_printable(std::string_view text) { return by_sign(text, '='); }
Escape percent(std::string_view text) { return by_sign(text, '%'); }
Escape proofpoint(std::string_view text) {
    if (text.starts_with('_')) return {'/', 1};
    return by_sign(text, '-');
}

Escape entity(std::string_view text) {
    const Entity found = entity_at(text);
    if (found.character > 0x7E) return {};
    return {static_cast<char>(found.character), found.length};
}

/// The layer with one sort of escape undone; nothing when it has none.
std::optional<PastedText> undone(const PastedText& layer, Escape (*escape)(std::string_view)) {
    const auto text = layer.view();
    PastedWriter out(text.size());
    bool any = false;
    for (std::size_t at = 0; at < text.size();) {
        const Escape found = escape(text.substr(at));
        any = any || found.length > 0;
        out.put(found.length > 0 ? found.character : text[at], layer.from[at]);
        at += std::max<std::size_t>(found.length, 1);
    }
    if (!any) return {};
    return std::move(out).finish(layer.from[text.size()]);
}

/// How long a character is that stands here, percent-encoded or not; 0 when another does.
std::size_t length_of(char c, std::string_view text) {
    if (text.starts_with(c)) return 1;
    if (!text.starts_with('%')) return 0;
    std::size_t digits = 1;
    while (text.substr(digits, 2) == "25") digits += 2;  // encoded once more
    return by_sign(text.substr(digits - 1), text[digits - 1]).character == c ? digits + 2 : 0;
}

bool begins_link(std::string_view text) {
    if (text.starts_with(proofpoint_scheme)) return true;
    for (const char c : std::string_view("://")) {
        const std::size_t length = length_of(c, text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace

std::vector<PastedText> layers_of(std::string_view text) {
    std::vector<PastedText> layers;
    layers.push_back(as_it_is(text));
    std::vector<Escape (*)(std::string_view)> escapes{quoted_printable, entity, percent, percent};
    if (text.find(proofpoint_scheme) != text.npos) escapes.push_back(proofpoint);
    for (const auto escape : escapes) {
        for (std::size_t i = 0, count = layers.size(); i < count; ++i) {
            if (auto layer = undone(layers[i], escape)) layers.push_back(std::move(*layer));
        }
    }
    return layers;
}

std::size_t second_link(std::string_view word) {
    int links = 0;
    for (std::size_t at = 0; at < word.size(); ++at) {
        if (begins_link(word.substr(at)) && ++links == 2) return at;
    }
    return word.npos;
}

std::size_t first_entity(std::string_view text) {
    for (auto at = text.find('&'); at != text.npos; at = text.find('&', at + 1)) {
        if (entity(text.substr(at)).length > 0) return at;
    }
    return text.npos;
}

}  // namespace pwreset
