#include "src/config/text.h"

#include "src/toml/reader.h"
#include "src/toml/values.h"

namespace pwreset {
namespace {

constexpr Form locale_name = {is_locale, "a language", "write a tag such as en, de, fa or pt-BR"};

}  // namespace

std::span<const std::string_view> text_keys() {
    static constexpr std::string_view keys[] = {"text.product", "text.support", "text.locale", "text.templates"};
    return keys;
}

TextConfig read_text(const ConfigText& text, const std::string& application) {
    const Section section(text, "text");
    TextConfig texts;
    texts.product = section.text("product", application);
    if (texts.product.empty()) texts.product = application;
    texts.support = section.text("support");
    texts.locale = section.text("locale", locale_name, "en");
    if (texts.locale.empty()) section.fail("locale", "empty 'text.locale'", locale_name.hint);
    texts.templates = section.path("templates");
    return texts;
}

}  // namespace pwreset
