#include "src/net/request_template.h"

#include <algorithm>

#include "src/base/printable.h"
#include "src/net/http.h"

namespace pwreset {
namespace {

RequestValue value_named(std::string_view name) {
    const auto found = std::find(request_value_names.begin(), request_value_names.end(), name);
    if (found == request_value_names.end())
        throw RequestTemplate::BadTemplate{"unknown name '{{" + cut_bytes(printable(name), 32) + "}}'"};
    return static_cast<RequestValue>(found - request_value_names.begin());
}

}  // namespace

RequestTemplate::RequestTemplate(std::string_view text) {
    while (!text.empty()) {
        const std::size_t open = text.find("{{");
        Part part{std::string(text.substr(0, open)), {}};
        if (open == text.npos) {
            parts_.push_back(std::move(part));
            return;
        }
        const std::size_t close = text.find("}}", open);
        if (close == text.npos) throw BadTemplate{"'{{' without '}}'"};
        part.value = value_named(text.substr(open + 2, close - open - 2));
        parts_.push_back(std::move(part));
        text.remove_prefix(close + 2);
    }
}

bool RequestTemplate::uses(RequestValue value) const {
    return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) { return part.value == value; });
}

Secret RequestTemplate::filled(const RequestValues& values, Secret (*encode)(std::string_view)) const {
    std::vector<Secret> encoded;
    for (const Part& part : parts_) {
        const std::string_view value = part.value ? values.at(static_cast<std::size_t>(*part.value)) : "";
        encoded.push_back(encode == nullptr ? Secret(value) : encode(value));
    }
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        pieces.push_back(parts_[i].literal);
        pieces.push_back(encoded[i].reveal());
    }
    return joined(pieces);
}

}  // namespace pwreset
