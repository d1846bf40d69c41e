// The files of an application, whatever is in them: nothing computed is taken for a value, and what comes out of them
// is a configuration that says what they say and nothing else.
#include <map>

#include "src/init/applications.h"
#include "src/init/configuration.h"
#include "src/init/reading.h"
#include "src/literals/env_file.h"
#include "src/literals/php_text.h"
#include "src/literals/python_text.h"
#include "src/literals/ruby_text.h"
#include "src/literals/yaml_text.h"
#include "src/toml/reader.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

constexpr std::string_view anything[] = {"GROUP", "GROUP.GROUP"};

/// What is written out stands in the text: nothing is made up. Words such as "true" are written anew.
void check_literal(const Literal& literal, std::string_view text) {
    require(literal.is_written() || literal.text.empty(), "what is not written out has no text");
    require(literal.text.size() <= text.size() || literal.text.size() <= 5, "a value is no longer than its file");
}

void check_readers(std::string_view text) {
    const std::string_view path[] = {"default", "NAME"};
    check_literal(env_value(text, "NAME"), text);
    check_literal(ruby_setting(text, "NAME"), text);
    check_literal(YamlText(text).value(path), text);
    const PhpText php(text);
    check_literal(php.constant("NAME"), text);
    check_literal(php.assigned("$NAME"), text);
    check_literal(php.returned(path, [&](std::string_view name) { return env_value(text, name); }), text);
    const PythonText python(text);
    check_literal(python.assigned("NAME"), text);
    check_literal(python.entry("DATABASES", path), text);
    check_literal(python.behind("NAME"), text);
}

/// The text of one file, or the parts of several: "PATH", then what is in it.
std::map<std::string, std::string> folder_of(std::string_view text) {
    std::map<std::string, std::string> folder;
    const auto parts = parts_of(text);
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
        std::string path = parts[i];
        while (!path.empty() && (path.front() == '\n' || path.front() == ' ')) path.erase(0, 1);
        folder[path] = parts[i + 1];
    }
    return folder;
}

/// The text that a key of a section holds; "" without.
std::string value_in(const ConfigText& text, std::string_view section, std::string_view key) {
    for (const auto& entry : text.root()) {
        const auto* table = std::get_if<ConfigValue::Table>(&entry.value.content);
        if (entry.key != section || !table) continue;
        for (const auto& below : *table) {
            const auto* value = std::get_if<std::string>(&below.value.content);
            if (below.key == key && value) return *value;
        }
    }
    return {};
}

void check_facts(const Facts& facts) {
    for (const auto* shown : {&facts.name, &facts.base, &facts.prefix, &facts.mail_from, &facts.mail_host,
                              &facts.database.host, &facts.database.name, &facts.database.socket})
        require(printable(*shown) == *shown, "what was read can be shown");
    for (const auto& fault : facts.unknown) require(fault.size() < 2000, "what is not known is said in short");
    const FirstConfiguration first{
        "/etc/pwreset/shop.toml", "shop", "https://shop.example", "own", "user", "", "files"};
    const std::string written = configuration_text(first, facts);
    try {
        const ConfigText text(written, "shop.toml", anything);
        require(value_in(text, "database", "name") == facts.database.name, "a value is read back as it was found");
        require(value_in(text, "database", "user") == "user", "no value makes a line of its own");
        require(value_in(text, "text", "product") == facts.name, "a name is read back as it was found");
    } catch (const Error& error) {
        require(error.message.empty(), "what is written parses");
    }
}

}  // namespace
}  // namespace pwreset::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset;
    using namespace pwreset::fuzz;
    const std::string_view text = text_of(data, size);
    check_readers(text);
    const auto folder = folder_of(text);
    try {
        check_facts(read_application_files([&](const std::string& path) -> std::optional<Secret> {
            const auto found = folder.find(path);
            if (found == folder.end()) return {};
            return Secret(found->second);
        }));
    } catch (const Error& error) {
        require(error.exit == Exit::config || error.exit == Exit::bad_data, "a folder is refused as data");
        require_printable(error);
    }
    return 0;
}
