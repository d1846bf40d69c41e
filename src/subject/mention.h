// Does a free text name a person? Asked of what operators typed and of what relays answered, when the person is
// exported or erased.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// What a person is called.
struct Names {
    std::vector<std::string> addresses;
    std::vector<std::string> phones;
    std::vector<std::string> logins;
    std::vector<std::string> accounts;  ///< keys of the application's rows
};

/// A person's names, ready to be looked for. Letters are compared without their case. A name counts where it stands
/// alone: 'ana@example.com' is not in 'diana@example.com', nor the login 'ana' in 'ana@other.example'. A phone number
/// counts by its last eight digits, however it is grouped and whichever digits it is written in. Masked addresses do
/// not count: other people's look the same.
class Mention {
public:
    explicit Mention(const Names& names);
    /// In a text that a person typed: any of the names, an account also as "id:42".
    bool in_typed(const std::optional<std::string>& text) const;
    /// In a text of the program or of a relay, which know neither logins nor keys (a login may be a word such as
    /// 'link'): the addresses and phone numbers.
    bool in_machine(const std::optional<std::string>& text) const;

private:
    std::vector<std::u32string> addresses_;
    std::vector<std::u32string> names_;
    std::vector<std::string> numbers_;
};

}  // namespace pwreset
