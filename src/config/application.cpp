#include "src/config/application.h"

#include "src/toml/reader.h"
#include "src/toml/values.h"

namespace pwreset {
namespace {

constexpr Form application_name = {is_application_name, "a name",
                                   "write lower-case letters, digits, '_' and '-', at most 64"};

}  // namespace

std::span<const std::string_view> application_keys() {
    static constexpr std::string_view keys[] = {"application"};
    return keys;
}

std::string read_application(const ConfigText& text) {
    const Section top(text, "");
    top.required("application", "write application = \"shop\" at the top of the file");
    return top.text("application", application_name);
}

}  // namespace pwreset
