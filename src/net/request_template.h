// A text of the configuration with places for values: "{{to}}", "{{text}}". What goes into a place is encoded for where
// the text stands, so that no value ever becomes syntax.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/secret.h"

namespace pwreset {

/// What may stand in a place, in the order of `request_value_names`.
enum class RequestValue { to, to_digits, to_national, text, reference, sender, key };
constexpr std::array<std::string_view, 7> request_value_names = {"to",        "to_digits", "to_national", "text",
                                                                 "reference", "sender",    "key"};

/// The values of one request.
using RequestValues = std::array<std::string_view, request_value_names.size()>;

class RequestTemplate {
public:
    RequestTemplate() = default;
    /// Takes the text apart. Throws BadTemplate.
    explicit RequestTemplate(std::string_view text);
    struct BadTemplate {
        std::string fault;
    };

    bool empty() const { return parts_.empty(); }
    bool uses(RequestValue value) const;
    /// The text with its values, each passed through `encode`; nothing means as they are.
    Secret filled(const RequestValues& values, Secret (*encode)(std::string_view)) const;

private:
    struct Part {
        std::string literal;
        std::optional<RequestValue> value;  ///< follows the literal
    };
    std::vector<Part> parts_;
};

}  // namespace pwreset
