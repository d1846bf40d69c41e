// The users of a file: CSV whose header says which column names them, or one identity a line. Read once, row by row,
// and judged whole: what is wrong with a row is told of the row, and the others are read.
#pragma once

#include <cstdint>
#include <fstream>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/account/identity.h"
#include "src/base/env.h"
#include "src/base/error.h"
#include "src/jobs/csv_reader.h"
#include "src/jobs/seen.h"

namespace pwreset {

/// The stream that `--from-file` or `--exclude` names: a file, or "-" for standard input. Run for somebody else, it is
/// standard input alone.
class InputFile {
public:
    /// Throws Error FORBIDDEN for a file that is not read for somebody else, IO_ERROR for one that cannot be opened.
    /// `option` is for messages. `env` must outlive this.
    InputFile(Env& env, const std::string& option, const std::string& name);
    std::istream& stream() { return file_.is_open() ? file_ : in_; }

private:
    std::istream& in_;
    std::ifstream file_;
};

/// A row that is not to be skipped.
struct InputRow {
    std::int64_t line = 0;  ///< on which it begins, from 1
    /// The identity as parse_identity() takes it: what stands in a column of keys or logins has its prefix. Of a row
    /// with a fault what could be read, 254 bytes at most.
    std::string typed;
    /// Why nothing is done for it, without text of the file: "field 2: not an e-mail address", "duplicate of line 3".
    std::optional<std::string> fault;
    std::int64_t duplicate_of = 0;  ///< the line that named the same identity before; 0 = none did
};

/// What an input was found to hold, up to where it was read.
struct InputSummary {
    std::int64_t rows = 0;            ///< each another identity
    std::int64_t skipped = 0;         ///< by their column `skip`
    std::int64_t duplicates = 0;      ///< of an identity further above
    std::int64_t faulty = 0;          ///< that name nobody
    std::vector<std::string> faults;  ///< of the first 20 of those: "line 7, field 2: not an e-mail address"
    std::string column;               ///< by which users are named; empty: one identity a line
};

/// Rows are told apart by 16 bytes each; nothing else is kept of them.
class Input {
public:
    /// Reads the header. `in` must outlive this; `phone_region` as for parse_identity(). Throws Error INVALID_INPUT for
    /// a header that names no column of identities, and as CsvReader.
    Input(std::istream& in, std::string phone_region);

    /// Puts the next row in the place of `row`; false at the end. Throws Error INVALID_INPUT for what leaves the rest
    /// of the file in doubt, and at its end when it had no rows; IO_ERROR when the stream breaks.
    bool next(InputRow& row);
    const InputSummary& summary() const { return summary_; }

private:
    /// What a column says of the identities in it.
    enum class Names { anybody, address, number, key, login };

    void read_header();
    void choose_columns(const std::vector<std::string>& names);
    bool take_row(InputRow& row);
    void read_identity(InputRow& row);
    void note_again(InputRow& row, const Identity& identity);
    void add_fault(InputRow& row, std::size_t field, const std::string& fault);

    CsvReader reader_;
    std::string phone_region_;
    std::vector<std::string> fields_;
    bool by_line_ = false;
    std::size_t least_ = 1;  ///< columns with a name
    std::size_t most_ = 1;   ///< fields of the header
    std::size_t identity_ = 0;
    Names names_ = Names::anybody;
    std::optional<std::size_t> skip_;
    Seen seen_;
    InputSummary summary_;
};

/// That some rows name nobody, with the first of them: INVALID_INPUT.
Error faulty_rows(const InputSummary& summary);

}  // namespace pwreset
