#include "src/jobs/input.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "src/account/identity.h"
#include "src/base/ascii.h"
#include "src/base/caller.h"
#include "src/base/fold.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

constexpr std::size_t most_faults = 20;
constexpr std::size_t most_faults_told = 5;
constexpr std::size_t longest_identity = 254;

/// Columns that hold identities, by what the columns before them in this list leave out: a file with several is read by
/// the first of them.
constexpr std::array<std::string_view, 1> columns_of_anybody{"identity"};
constexpr std::array<std::string_view, 6> columns_of_addresses{"email",         "e_mail",     "mail",
                                                               "email_address", "user_email", "emailaddress"};
constexpr std::array<std::string_view, 5> columns_of_numbers{"phone", "phone_number", "mobile", "user_phone", "tel"};
constexpr std::array<std::string_view, 4> columns_of_logins{"login", "username", "user_name", "user_login"};
constexpr std::array<std::string_view, 4> columns_of_keys{"id", "user_id", "uid", "account"};

/// As spreadsheets write a yes and a no in the languages that pwreset writes mails in, and people by hand.
constexpr std::array<std::string_view, 18> words_for_yes{"1", "true", "t",  "yes", "y",         "on",
                                                         "x", "skip", "ja", "j",   "wahr",      "oui",
                                                         "o", "vrai", "si", "sí",  "verdadero", "بله"};
constexpr std::array<std::string_view, 13> words_for_no{"",     "0",   "false",  "f",    "no",    "n",  "off",
                                                        "nein", "non", "falsch", "faux", "falso", "خیر"};

template <typename Words>
bool lists(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// "E-Mail Address" as "e_mail_address".
std::string plain_name(std::string_view name) {
    std::string plain = fold_case(trimmed(name));
    for (char& c : plain) {
        if (c == ' ' || c == '-') c = '_';
    }
    return plain;
}

/// The fields of a header on one line, roughly: to see what stands between them.
std::vector<std::string> split(std::string_view line, char delimiter) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == delimiter && !quoted)
            fields.emplace_back();
        else if (c != '"')
            fields.back() += c;
    }
    return fields;
}

bool is_column_of_identities(std::string_view name) {
    const std::string plain = plain_name(name);
    return lists(columns_of_anybody, plain) || lists(columns_of_addresses, plain) || lists(columns_of_numbers, plain) ||
           lists(columns_of_logins, plain) || lists(columns_of_keys, plain);
}

/// What stands between the fields of this header: that with which it names a column of identities, else what occurs
/// most.
char delimiter_of(std::string_view header) {
    char chosen = ',';
    std::size_t most = 0;
    for (const char delimiter : {',', ';', '\t'}) {
        const auto names = split(header, delimiter);
        if (std::any_of(names.begin(), names.end(), is_column_of_identities)) return delimiter;
        if (names.size() > most) {
            most = names.size();
            chosen = delimiter;
        }
    }
    return chosen;
}

/// Whether it reads as the name of a column, and so may be told.
bool reads_as_name(std::string_view text) {
    constexpr std::size_t longest = 40;
    return text.size() <= longest && std::any_of(text.begin(), text.end(), is_letter) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_alphanumeric(c) || c == '_' || c == '-' || c == ' '; });
}

/// "'name', 'city' and 3 more", of what reads as names of columns.
std::string told_names(const std::vector<std::string>& names) {
    constexpr std::size_t most = 8;
    std::string told;
    std::size_t count = 0;
    for (const auto& name : names) {
        if (count == most || !reads_as_name(trimmed(name))) continue;
        told += (count++ > 0 ? ", '" : "'") + printable(trimmed(name)) + "'";
    }
    if (count > 0 && count < names.size()) told += " and " + std::to_string(names.size() - count) + " more";
    return told;
}

Error no_column(const std::vector<std::string>& names) {
    const std::string told = told_names(names);
    return invalid_input(
        "line 1: no column of identities" + (told.empty() ? std::string() : " among " + told),
        "call it identity, email, phone, login or id on the first line; without such a line write one identity a line");
}

}  // namespace

InputFile::InputFile(Env& env, const std::string& option, const std::string& name) : in_(env.in) {
    if (name == "-") return;
    if (acts_for_another(env)) {
        throw forbidden("a file of one's own is not read for somebody else",
                        "give it on standard input: '" + option + " - < FILE'");
    }
    std::error_code fault;
    if (std::filesystem::is_directory(name, fault)) fault = std::make_error_code(std::errc::is_a_directory);
    if (!fault) {
        file_.open(name, std::ios::binary);
        if (!file_.is_open()) fault = std::error_code(errno, std::generic_category());
    }
    if (fault) throw io_error("cannot read '" + printable(name) + "': " + fault.message());
}

Input::Input(std::istream& in, std::string phone_region) : reader_(in), phone_region_(std::move(phone_region)) {
    read_header();
}

void Input::read_header() {
    const std::string first(reader_.first_line());
    if (first.find_first_of(",;\t\"") == first.npos && !is_column_of_identities(first)) {
        bool is_identity = first.find('@') != first.npos;
        try {
            parse_identity(trimmed(first), phone_region_);
            is_identity = true;
        } catch (const InvalidIdentity&) {
        }
        // What neither names somebody nor looks as if it should is a column of something else.
        if (!is_identity && reads_as_name(trimmed(first))) throw no_column({first});
        by_line_ = true;
        reader_.separate_by('\0');
        return;
    }
    reader_.separate_by(delimiter_of(first));
    std::vector<std::string> names;
    reader_.next(names);
    if (!reader_.fault().empty()) {
        throw invalid_input("line " + std::to_string(reader_.line_of(names.size())) + ", field " +
                                std::to_string(names.size()) + ": " + reader_.fault(),
                            "write the names of the columns on the first line");
    }
    choose_columns(names);
}

void Input::choose_columns(const std::vector<std::string>& names) {
    std::vector<std::string> plain;
    for (const auto& name : names) plain.push_back(plain_name(name));
    const auto find = [&](const auto& words, Names meaning) {
        const auto is = [&](const std::string& name) { return lists(words, name); };
        const auto found = std::find_if(plain.begin(), plain.end(), is);
        if (found == plain.end() || !summary_.column.empty()) return;
        identity_ = static_cast<std::size_t>(found - plain.begin());
        names_ = meaning;
        summary_.column = trimmed(names[identity_]);
        if (std::find_if(found + 1, plain.end(), is) != plain.end()) {
            throw invalid_input("line 1: two columns of identities of the same sort",
                                "call the one that is meant 'identity'");
        }
    };
    find(columns_of_anybody, Names::anybody);
    find(columns_of_addresses, Names::address);
    find(columns_of_numbers, Names::number);
    find(columns_of_logins, Names::login);
    find(columns_of_keys, Names::key);
    if (summary_.column.empty()) throw no_column(names);
    const auto skip = std::find(plain.begin(), plain.end(), "skip");
    if (skip != plain.end()) skip_ = static_cast<std::size_t>(skip - plain.begin());
    most_ = names.size();
    least_ = most_;
    while (least_ > 1 && plain[least_ - 1].empty()) --least_;
}

bool Input::next(InputRow& row) {
    while (reader_.next(fields_)) {
        row = InputRow();
        row.line = reader_.line();
        if (take_row(row)) return true;
    }
    if (summary_.rows + summary_.skipped + summary_.duplicates + summary_.faulty > 0) return false;
    throw invalid_input("the file has no rows", "write the users below the names of the columns, or one a line");
}

/// False for a row that holds nothing, or is to be skipped.
bool Input::take_row(InputRow& row) {
    if (!reader_.fault().empty()) {
        add_fault(row, fields_.size(), reader_.fault());
        return true;
    }
    const auto is_blank = [](const std::string& field) { return trimmed(field).empty(); };
    if (std::all_of(fields_.begin(), fields_.end(), is_blank)) return false;
    while (fields_.size() > most_ && fields_.back().empty()) fields_.pop_back();
    if (!by_line_ && (fields_.size() > most_ || fields_.size() < least_)) {
        add_fault(row, fields_.size(),
                  fields_.size() > most_ ? "more fields than the first line has names" : "fewer fields than columns");
        return true;
    }
    if (skip_) {
        const std::string word = fold_case(trimmed(fields_[*skip_]));
        if (lists(words_for_yes, word)) {
            ++summary_.skipped;
            return false;
        }
        if (!lists(words_for_no, word)) {
            add_fault(row, *skip_ + 1, "neither yes nor no in the column 'skip'");
            return true;
        }
    }
    read_identity(row);
    return true;
}

void Input::read_identity(InputRow& row) {
    const std::string_view cell = trimmed(fields_[identity_]);
    const auto with_prefix = [&](std::string_view prefix) {
        return cell.starts_with(prefix) ? std::string(cell) : std::string(prefix) + std::string(cell);
    };
    row.typed = cell;
    if (cell.empty()) return add_fault(row, identity_ + 1, "no identity");
    if (names_ == Names::key) row.typed = with_prefix("id:");
    if (names_ == Names::login) row.typed = with_prefix("login:");
    try {
        const Identity identity = parse_identity(row.typed, phone_region_);
        if (names_ == Names::address && identity.key != db::AccountKey::email)
            return add_fault(row, identity_ + 1, "not an e-mail address");
        if (names_ == Names::number && identity.key != db::AccountKey::phone)
            return add_fault(row, identity_ + 1, "not a phone number");
        note_again(row, identity);
    } catch (const InvalidIdentity& fault) {
        add_fault(row, identity_ + 1, fault.plain);
    }
}

/// Letters count as they are: 'Ana@' and 'ana@' may be two accounts.
void Input::note_again(InputRow& row, const Identity& identity) {
    const std::string text = std::to_string(static_cast<int>(identity.key)) + identity.text;
    row.duplicate_of = seen_.add(text, row.line);
    if (row.duplicate_of == 0) {
        ++summary_.rows;
        return;
    }
    ++summary_.duplicates;
    row.fault = "duplicate of line " + std::to_string(row.duplicate_of);
}

void Input::add_fault(InputRow& row, std::size_t field, const std::string& fault) {
    if (row.typed.empty() && identity_ < fields_.size() && is_utf8(fields_[identity_])) row.typed = fields_[identity_];
    row.typed = cut_bytes(row.typed, longest_identity);
    row.fault = "field " + std::to_string(field) + ": " + fault;
    ++summary_.faulty;
    if (summary_.faults.size() == most_faults) return;
    summary_.faults.push_back("line " + std::to_string(reader_.line_of(field)) + ", " + *row.fault);
}

Error faulty_rows(const InputSummary& summary) {
    const std::int64_t all = summary.rows + summary.skipped + summary.duplicates + summary.faulty;
    std::string message = std::to_string(summary.faulty) + " of " + std::to_string(all) + " rows name nobody: ";
    for (std::size_t i = 0; i < summary.faults.size() && i < most_faults_told; ++i)
        message += (i > 0 ? "; " : "") + summary.faults[i];
    const auto more = summary.faulty - static_cast<std::int64_t>(std::min(summary.faults.size(), most_faults_told));
    if (more > 0) message += "; and " + std::to_string(more) + " more";
    Error error = invalid_input(message, "correct them, or mark them in a column 'skip'");
    error.errors["rows"] = summary.faults;
    const auto unlisted = summary.faulty - static_cast<std::int64_t>(summary.faults.size());
    if (unlisted > 0) error.errors["rows"].push_back("and " + std::to_string(unlisted) + " more");
    return error;
}

}  // namespace pwreset
