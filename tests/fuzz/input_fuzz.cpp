// A file of users, whatever is in it.
#include "src/jobs/input.h"

#include <algorithm>
#include <sstream>

#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

/// All that a reader of a file is told of it.
struct Told {
    std::vector<std::string> rows;
    std::string end;
    bool operator==(const Told&) const = default;
};

/// A file that comes in pieces of so many bytes, as from a pipe.
class Pieces : public std::streambuf {
public:
    Pieces(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}

private:
    int_type underflow() override {
        if (at_ == text_.size()) return traits_type::eof();
        const std::size_t size = std::min(piece_, text_.size() - at_);
        setg(text_.data() + at_, text_.data() + at_, text_.data() + at_ + size);
        at_ += size;
        return traits_type::to_int_type(*gptr());
    }

    std::string text_;
    std::size_t piece_;
    std::size_t at_ = 0;
};

/// What a fault may say: words of ours, numbers, and the code points of invisible characters.
void require_own_words(const std::string& fault) {
    require(std::all_of(fault.begin(), fault.end(), [](char c) { return c >= 0x20 && c < 0x7F; }),
            "a fault is in words of ours");
    require(fault.starts_with("field ") || fault.starts_with("duplicate of line "), "a fault says where");
}

void check_row(const InputRow& row, std::int64_t line) {
    require(row.line > line, "each row stands behind the one before");
    require(is_utf8(row.typed), "what was typed is text");
    if (!row.fault) {
        require(row.duplicate_of == 0, "a row that is named again has a fault");
        parse_identity(row.typed, "");
        return;
    }
    require_own_words(*row.fault);
    require(row.duplicate_of >= 0 && row.duplicate_of < row.line, "a row repeats one before it");
    require(row.duplicate_of > 0 || row.typed.size() <= 254, "of a faulty row little is kept");
}

void check_summary(const InputSummary& summary, std::int64_t told) {
    require(summary.rows + summary.duplicates + summary.faulty == told, "each row is counted once");
    require(summary.faults.size() == static_cast<std::size_t>(std::min<std::int64_t>(summary.faulty, 20)),
            "the list of faults has a bound");
    if (summary.faulty == 0) return;
    const Error error = faulty_rows(summary);
    require(error.code == "INVALID_INPUT" && error.message.size() < 1000, "faulty rows are one error");
    require_printable(error);
}

Told read(std::string_view text, std::size_t piece) {
    Pieces pieces{std::string(text), piece};
    std::istream file(&pieces);
    Told told;
    try {
        Input input(file, "");
        std::int64_t line = 0;
        for (InputRow row; input.next(row);) {
            check_row(row, line);
            line = row.line;
            told.rows.push_back(std::to_string(row.line) + " " + row.typed + " " + row.fault.value_or(""));
        }
        check_summary(input.summary(), static_cast<std::int64_t>(told.rows.size()));
    } catch (const Error& error) {
        require(error.code == "INVALID_INPUT", "a faulty file is INVALID_INPUT");
        require_printable(error);
        told.end = error.message;
    }
    return told;
}

}  // namespace
}  // namespace pwreset::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset::fuzz;
    const std::string_view text = text_of(data, size);
    const Told whole = read(text, size + 1);
    require(read(text, 3) == whole, "it does not matter in which pieces a file comes");
    return 0;
}
