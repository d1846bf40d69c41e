// The section [text] of the configuration: the words that messages are made of.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace pwreset {

class ConfigText;

struct TextConfig {
    std::string product;              ///< the name users know, in subjects and texts
    std::string support;              ///< how to reach help; may be empty
    std::string locale = "en";        ///< when the account has none
    std::filesystem::path templates;  ///< the site's overrides; empty = none
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> text_keys();
/// `application` is the product's name unless another is written. Throws Error CONFIG.
TextConfig read_text(const ConfigText& text, const std::string& application);

}  // namespace pwreset
