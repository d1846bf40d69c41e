// Languages by name, as accounts, applications, environments and browsers write them: "fa", "fa_IR.UTF-8", "de-AT".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// "de_AT.UTF-8" or "de_AT@euro" as a language tag in lower case: "de-at".
std::string language_tag(std::string_view locale);
/// What somebody asks for by a language tag, however it is spelled ("de_AT.UTF-8", "zh_TW_#Hant"), or as browsers do
/// (Accept-Language, RFC 9110, section 12.5.4: "de-AT,de;q=0.9"): the tag he likes best, "de-AT". Empty where any will
/// do ("*"); nothing where the text is none of these.
std::optional<std::string> preferred_language(std::string_view asked);
/// The one of `there` that suits the wish best: the tag itself, or what is left of it as its end is shortened (RFC
/// 4647, section 3.4, Lookup). Nothing where none does.
std::optional<std::string> best_locale(std::string_view wish, const std::vector<std::string>& there);

}  // namespace pwreset
