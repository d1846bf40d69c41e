// Languages by name, as accounts, applications and environments write them: "fa", "fa_IR.UTF-8", "de-AT".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// "de_AT.UTF-8" or "de_AT@euro" as a language tag in lower case: "de-at".
std::string language_tag(std::string_view locale);
/// The one of `there` that suits the wish best: the tag itself, or what is left of it as its end is shortened (RFC
/// 4647, section 3.4, Lookup). Nothing where none does.
std::optional<std::string> best_locale(std::string_view wish, const std::vector<std::string>& there);

}  // namespace pwreset
