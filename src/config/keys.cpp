#include "src/config/keys.h"

#include "src/toml/reader.h"

namespace pwreset {

std::span<const std::string_view> keys_keys() {
    static constexpr std::string_view keys[] = {"keys.folder"};
    return keys;
}

std::filesystem::path read_keys_folder(const ConfigText& text, const std::string& application) {
    const Section section(text, "keys");
    const std::filesystem::path folder = section.path("folder");
    return folder.empty() ? section.absolute(application + ".keys") : folder;
}

}  // namespace pwreset
