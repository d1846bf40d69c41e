#include "src/recovery/target.h"

#include "src/base/reference.h"

namespace pwreset {

namespace {

constexpr std::string_view prefix = "ref:";

}  // namespace

bool names_delivery(const std::string& target) { return target.starts_with(prefix); }

db::DeliveryRow find_delivery(Context& context, const std::string& target) {
    const auto id = parse_reference(std::string_view(target).substr(prefix.size()));
    if (!id) {
        throw Error(Exit::bad_data, "INVALID_IDENTITY", "'" + target + "' is not a reference",
                    "a reference looks like 7K3Q-M2; its last character is a check");
    }
    auto found = db::delivery(context.session, context.config.application, *id);
    if (!found) {
        throw Error(Exit::failed, "NOT_FOUND", "there is no delivery '" + target + "'", "check it with the caller");
    }
    return *found;
}

}  // namespace pwreset
