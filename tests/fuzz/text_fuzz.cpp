// The vocabulary of src/base over any text: what may be printed, how wide it is, times, spans, references, encodings.
#include <algorithm>

#include "src/base/encoding.h"
#include "src/base/masking.h"
#include "src/base/reference.h"
#include "src/base/suggestion.h"
#include "src/base/time.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

bool has_control(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_code_point(text, at);
        if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || c == 0x200B) return true;
    }
    return false;
}

void check_printable(std::string_view text) {
    const std::string shown = printable(text);
    require(is_utf8(shown), "printable text is UTF-8");
    require(!has_control(shown), "printable text holds no control character");
    require(printable(shown) == shown, "printable text is printed as it is");
    require(display_width(shown) <= shown.size(), "text is no wider than it has bytes");
    for (const std::size_t width : {0, 1, 2, 7, 40}) {
        const std::string kept = cut(shown, width);
        require(display_width(kept) <= width, "text cut to a width has that width at most");
        require(is_utf8(kept) && printable(kept) == kept, "printable text that is cut stays printable");
        require(kept == shown || display_width(shown) > width, "text that fits is not cut");
        const std::string begun = cut_bytes(shown, width);
        require(begun.size() <= width && shown.starts_with(begun), "text cut to bytes is the beginning of it");
        require(printable(begun) == begun, "printable text that is cut to bytes stays printable");
    }
}

void check_masks(std::string_view text) {
    const std::string shown = printable(text);
    require(printable(mask_email(shown)) == mask_email(shown), "a masked address is printable");
    require(printable(mask_phone(shown)) == mask_phone(shown), "a masked number is printable");
}

void check_times(std::string_view text) {
    if (const auto time = parse_rfc3339(text)) {
        const auto whole = std::chrono::floor<Seconds>(*time);
        require(parse_rfc3339(rfc3339(*time)) == Time(whole), "a time that was read is written as what it is");
        require(parse_db_time(db_text(*time)) == *time, "a time that was read can be stored");
        require(rfc5322(*time).size() == 31, "a time that was read has a date in a mail");
    }
    try {
        const Time time = parse_db_time(text);
        require(parse_db_time(db_text(time)) == time, "a stored time is written as it was");
    } catch (const Error& error) {
        require(error.code == "INTERNAL_ERROR", "a column that holds no time is an internal error");
        require_printable(error);
    }
    if (const auto span = parse_duration(text)) {
        require(span->count() >= 0 && *span <= std::chrono::hours(365'000 * 24), "a span has bounds");
        require(parse_duration(std::to_string(span->count()) + "s") == span, "a span is so many seconds");
        require(printable(duration_text(*span)) == duration_text(*span), "a span can be printed");
    }
}

void check_references(std::string_view text) {
    const auto id = parse_reference(text);
    if (!id) return;
    require(*id > 0, "a reference names a delivery");
    require(parse_reference(reference_of(*id)) == id, "a delivery has one reference");
}

void check_encodings(std::string_view text) {
    require(unhex(hex(text)) == std::string(text), "hexadecimal is read back");
    require(unbase64(base64(text)) == std::string(text), "base64 is read back");
    if (const auto bytes = unbase64(text)) require(base64(*bytes) == text, "bytes have one base64");
}

}  // namespace
}  // namespace pwreset::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset;
    using namespace pwreset::fuzz;
    const std::string_view text = text_of(data, size);
    check_printable(text);
    check_masks(text);
    check_times(text);
    check_references(text);
    check_encodings(text);
    const std::vector<std::string> words{"request", "revoke", "list-tokens", "گذرواژه"};
    const std::string near = nearest(text.substr(0, 200), words);
    require(near.empty() || std::find(words.begin(), words.end(), near) != words.end(), "a suggestion is a candidate");
    return 0;
}
