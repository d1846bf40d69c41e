// The JSON that a web service answers with, looked into by pointers (RFC 6901). It comes from outside, so size and
// depth are bounded before anything is built of it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/secret.h"

namespace pwreset {

constexpr std::size_t longest_json = 65536;
constexpr int deepest_json = 32;

/// One parsed answer; may be none.
class JsonAnswer {
public:
    /// Parses at most longest_json bytes, nested no deeper than deepest_json.
    explicit JsonAnswer(std::string_view text);
    ~JsonAnswer();
    JsonAnswer(const JsonAnswer&) = delete;
    JsonAnswer& operator=(const JsonAnswer&) = delete;

    /// Whether the text was JSON, and an object or a list.
    bool valid() const { return tree_ != nullptr; }
    /// The word at a pointer: text as it is, a whole number in digits, "true", "false" or "null". Nothing where there
    /// is no such place, or another sort of value.
    std::optional<std::string> word(std::string_view pointer) const;
    /// The words of the list at a pointer; empty when there is none.
    std::vector<std::string> words(std::string_view pointer) const;
    /// Every text and number in it, names of objects among them, however deep.
    std::vector<std::string> texts() const;

private:
    struct Tree;
    std::unique_ptr<Tree> tree_;
};

/// "" or "/name/0/other", with "~" only in "~0" and "~1".
bool is_json_pointer(std::string_view text);
/// The text as it stands between the quotes of a JSON string.
Secret json_escaped(std::string_view text);

}  // namespace pwreset
