#include "src/token/pasted_text.h"

#include <algorithm>
#include <utility>

namespace pwreset {

namespace {

constexpr char32_t not_a_character = 0xFFFD;

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

enum class ByteOrder { little, big };

/// Text that is read by people has no zero bytes, but for UTF-16, where every ASCII character has one: always on the
/// same side.
std::optional<ByteOrder> order_of(std::string_view text) {
    if (text.starts_with("\xFF\xFE")) return ByteOrder::little;
    if (text.starts_with("\xFE\xFF")) return ByteOrder::big;
    std::size_t zeros[2] = {0, 0};
    for (std::size_t at = 0; at < text.size(); ++at) zeros[at % 2] += text[at] == 0 ? 1 : 0;
    const std::size_t few = std::min(zeros[0], zeros[1]);
    const std::size_t many = std::max(zeros[0], zeros[1]);
    if (many * 16 < text.size() || few * 8 > many) return {};
    return zeros[0] < zeros[1] ? ByteOrder::little : ByteOrder::big;
}

/// The code units of UTF-16, one after the other.
class Units {
public:
    Units(std::string_view text, ByteOrder order) : text_(text), little_(order == ByteOrder::little) {}

    bool more() const { return at_ + 1 < text_.size(); }
    std::size_t at() const { return at_; }
    char32_t peek() const {
        const unsigned first = byte_at(text_, at_);
        const unsigned second = byte_at(text_, at_ + 1);
        return little_ ? second << 8U | first : first << 8U | second;
    }
    /// The next character, of one unit or two.
    char32_t next() {
        const char32_t unit = peek();
        at_ += 2;
        if (unit < 0xD800 || unit > 0xDFFF) return unit;
        if (unit > 0xDBFF || !more() || peek() < 0xDC00 || peek() > 0xDFFF) return not_a_character;
        const char32_t low = peek();
        at_ += 2;
        return 0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00);
    }

private:
    std::string_view text_;
    bool little_;
    std::size_t at_ = 0;
};

}  // namespace

PastedWriter::PastedWriter(std::size_t most) : out_{Secret(most), {}} { out_.from.reserve(most + 1); }

void PastedWriter::put(char c, std::size_t from) {
    out_.text.data()[size_++] = c;
    out_.from.push_back(static_cast<std::uint32_t>(from));
}

void PastedWriter::put_character(char32_t c, std::size_t from) {
    const auto tail = [&](unsigned shift) { put(static_cast<char>(0x80U | (c >> shift & 0x3FU)), from); };
    if (c < 0x80) return put(static_cast<char>(c), from);
    if (c < 0x800) {
        put(static_cast<char>(0xC0U | c >> 6U), from);
        return tail(0);
    }
    if (c < 0x10000) {
        put(static_cast<char>(0xE0U | c >> 12U), from);
    } else {
        put(static_cast<char>(0xF0U | c >> 18U), from);
        tail(12);
    }
    tail(6);
    tail(0);
}

PastedText PastedWriter::finish(std::size_t end) && {
    out_.from.push_back(static_cast<std::uint32_t>(end));
    out_.text.shrink(size_);
    return std::move(out_);
}

PastedText as_it_is(std::string_view text) {
    PastedText out{Secret(text), {}};
    out.from.reserve(text.size() + 1);
    for (std::size_t at = 0; at <= text.size(); ++at) out.from.push_back(static_cast<std::uint32_t>(at));
    return out;
}

PastedText pasted_text(std::string_view pasted) {
    PastedText text = as_it_is(pasted);
    if (const auto converted = from_utf16(text)) return as_it_is(converted->view());
    return text;
}

PastedText piece_of(const PastedText& text, std::size_t start, std::size_t end) {
    PastedWriter out(end - start);
    for (std::size_t at = start; at < end; ++at) out.put(text.view()[at], text.from[at]);
    return std::move(out).finish(text.from[end]);
}

std::optional<PastedText> from_utf16(const PastedText& text) {
    const auto order = order_of(text.view());
    if (!order) return {};
    PastedWriter out(text.view().size() / 2 * 3);
    for (Units units(text.view(), *order); units.more();) {
        const std::size_t at = units.at();
        const char32_t c = units.next();
        if (at > 0 || c != 0xFEFF) out.put_character(c, text.from[at]);
    }
    return std::move(out).finish(text.from.back());
}

std::optional<PastedText> unquoted(const PastedText& text) {
    const auto view = text.view();
    PastedWriter out(view.size());
    bool begins = true;
    bool changed = false;
    for (std::size_t at = 0; at < view.size(); ++at) {
        const char c = view[at];
        const bool mark = begins && (c == '>' || c == ' ' || c == '\t' || c == '|');
        changed = changed || mark;
        begins = mark || c == '\n';
        if (!mark) out.put(c, text.from[at]);
    }
    if (!changed) return {};
    return std::move(out).finish(text.from.back());
}

}  // namespace pwreset
