#include "src/config_reader.h"

#include <algorithm>
#include <array>
#include <optional>

#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/suggestion.h"

namespace pwreset {
/// Thrown where toml++ finds broken what it took for granted.
struct BrokenAssumption {};
[[noreturn]] static void break_off() { throw BrokenAssumption(); }
}  // namespace pwreset

// Up to its release 3.4 toml++ only asserts what a slip of the pen can break ("[=", "[1, }"; its pull request 301), and
// with NDEBUG lets the compiler rely on it: so here its assertions hold in every build, and throw.
#undef NDEBUG
#define TOML_ASSERT(condition) ((condition) ? void() : pwreset::break_off())
// What nobody needs in a configuration bounds how deep the parser can be driven.
#define TOML_MAX_NESTED_VALUES 16
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace pwreset {
namespace {

constexpr std::size_t max_size = 1U << 20U;
/// A key of many dots nests as deep as it is long, and trees are walked recursively: so lines are bounded.
constexpr std::size_t max_line = 1024;
/// Of values within values, no key takes more than users.role does; what is deeper counts as of no type.
constexpr int max_depth = 4;

Place place_of(const toml::source_region& region) {
    return {std::max<std::size_t>(region.begin.line, 1), std::max<std::size_t>(region.begin.column, 1)};
}

ConfigValue convert(const toml::node& node, int depth);

ConfigValue::List convert_list(const toml::array& array, int depth) {
    ConfigValue::List list;
    for (const toml::node& element : array) list.push_back(convert(element, depth));
    return list;
}

ConfigValue::Table convert_table(const toml::table& table, int depth) {
    ConfigValue::Table entries;
    for (const auto& [key, node] : table) {
        entries.push_back({std::string(key.str()), place_of(key.source()), convert(node, depth)});
    }
    // toml++ sorts by name; people read from the top.
    std::stable_sort(entries.begin(), entries.end(), [](const ConfigEntry& a, const ConfigEntry& b) {
        return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
    return entries;
}

ConfigValue convert(const toml::node& node, int depth) {
    ConfigValue value{place_of(node.source()), std::monostate{}};
    if (depth > max_depth) return value;
    if (const auto* table = node.as_table()) {
        value.content = convert_table(*table, depth + 1);
    } else if (const auto* array = node.as_array()) {
        value.content = convert_list(*array, depth + 1);
    } else if (const auto* text = node.as_string()) {
        value.content = text->get();
    } else if (const auto* number = node.as_integer()) {
        value.content = number->get();
    } else if (const auto* truth = node.as_boolean()) {
        value.content = truth->get();
    }
    return value;
}

/// What the parser met, in our words: its own quote the file, where a password may stand in the wrong place.
std::string syntax_fault(std::string_view description) {
    if (description.find("cannot redefine") != description.npos) return "key or section written twice";
    if (description.find("end-of-file") != description.npos) return "unexpected end of the file";
    constexpr std::array<std::string_view, 6> scopes = {"string", "key",          "table header",
                                                        "array",  "inline table", "key-value pair"};
    for (const std::string_view scope : scopes) {
        const std::string phrase = "parsing " + std::string(scope) + ":";
        if (description.find(phrase) != description.npos) return "not valid TOML: error in a " + std::string(scope);
    }
    return "not valid TOML: error in a value";
}

/// A tab or line break may stand in a text file, other control characters may not.
bool is_binary(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

/// Why the bytes are not the text of a configuration, and where: looked at before the parser sees them.
struct TextFault {
    Place place;
    std::string fault;
    std::string hint;
};

std::optional<TextFault> text_fault(std::string_view text) {
    if (text.size() > max_size) return TextFault{{}, "file larger than 1 MiB", "name a configuration file"};
    std::size_t line = 1;
    for (std::size_t start = 0; start <= text.size(); ++line) {
        const std::string_view row = text.substr(start, text.find('\n', start) - start);
        if (!is_utf8(row)) return TextFault{{line, 1}, "line that is not UTF-8", "save the file as UTF-8 text"};
        const auto binary = std::find_if(row.begin(), row.end(), is_binary);
        if (binary != row.end()) {
            const auto column = static_cast<std::size_t>(binary - row.begin()) + 1;
            return TextFault{{line, column}, "control character", "name a configuration file, written as text"};
        }
        if (row.size() > max_line) return TextFault{{line, 1}, "line longer than 1024 bytes", "write it shorter"};
        start += row.size() + 1;
    }
    return std::nullopt;
}

std::string in_quotes(std::string_view text) { return "'" + printable(text) + "'"; }

bool breaks_assumption(std::string_view text) {
    try {
        static_cast<void>(toml::parse(text));
    } catch (const toml::parse_error&) {
    } catch (const BrokenAssumption&) {
        return true;
    }
    return false;
}

/// The line at which an assumption breaks. The parser reads on from line to line, so it is the first that, as the last
/// of a shorter file, has the same effect.
std::size_t line_of_broken_assumption(std::string_view text) {
    std::vector<std::size_t> ends;
    for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n', end + 1)) ends.push_back(end + 1);
    const auto unbroken = [&](std::size_t end) { return !breaks_assumption(text.substr(0, end)); };
    return static_cast<std::size_t>(std::partition_point(ends.begin(), ends.end(), unbroken) - ends.begin()) + 1;
}

}  // namespace

ConfigText::ConfigText(std::string_view text, std::filesystem::path file, std::span<const std::string_view> known)
    : file_(std::move(file)), known_(known) {
    if (const auto fault = text_fault(text)) fail(fault->place, fault->fault, fault->hint);
    const std::string form = "see pwreset.toml(5) for the form of the file";
    try {
        root_ = convert(toml::parse(text), 0);
    } catch (const toml::parse_error& error) {
        fail(place_of(error.source()), syntax_fault(error.description()), form);
    } catch (const BrokenAssumption&) {
        fail({line_of_broken_assumption(text), 1}, "not valid TOML", form);
    }
}

void ConfigText::fail(Place place, const std::string& fault, std::string hint) const {
    throw config_error(printable(file_.native()) + ":" + std::to_string(place.line) + ":" +
                           std::to_string(place.column) + ": " + fault,
                       std::move(hint));
}

void ConfigText::expect_known(const std::string& key) const {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) return;
    const std::string any = key.substr(0, key.find('.') + 1) + std::string(any_name);
    if (std::find(known_.begin(), known_.end(), any) != known_.end()) return;
    throw internal_error("configuration key '" + printable(key) + "' is missing in the list of keys");
}

void ConfigText::refuse_unknown() const { refuse_unknown(root(), ""); }

void ConfigText::refuse_unknown(const ConfigValue::Table& table, const std::string& section) const {
    for (const ConfigEntry& entry : table) {
        const std::string name = section + entry.key;
        // A dot within a key was quoted: "database.host" at the top is not host in [database].
        const bool dotted = entry.key.find('.') != std::string::npos;
        const auto is = [&](std::string_view key) {
            return (key == name && !dotted) || key == section + std::string(any_name);
        };
        const auto below = [&](std::string_view key) { return key.substr(0, name.size() + 1) == name + "."; };
        const bool leaf = std::any_of(known_.begin(), known_.end(), is);
        const bool parent = !dotted && std::any_of(known_.begin(), known_.end(), below);
        const auto* inner = std::get_if<ConfigValue::Table>(&entry.value.content);
        if (!leaf && !parent) unknown(entry, section);
        if (inner != nullptr && parent) refuse_unknown(*inner, name + ".");
        if (inner == nullptr && !leaf) {
            fail(entry.place, "expected a section for '" + name + "'", "write [" + name + "] on a line of its own");
        }
    }
}

void ConfigText::unknown(const ConfigEntry& entry, const std::string& section) const {
    std::vector<std::string> here;
    std::string elsewhere;
    for (const std::string_view key : known_) {
        if (key.substr(0, section.size()) == section) {
            const std::string_view rest = key.substr(section.size());
            here.emplace_back(rest.substr(0, rest.find('.')));
        }
        const std::size_t dot = key.rfind('.');
        if (dot != key.npos && key.substr(dot + 1) == entry.key) elsewhere = key.substr(0, dot);
    }
    std::string hint = "see pwreset.toml(5) for the keys there are";
    if (!elsewhere.empty()) hint = "it belongs into the section [" + elsewhere + "]";
    const std::string near = nearest(entry.key, here);
    if (!near.empty()) hint = "did you mean '" + near + "'?";
    const bool is_section = section.empty() && std::holds_alternative<ConfigValue::Table>(entry.value.content);
    fail(entry.place, (is_section ? "unknown section " : "unknown key ") + in_quotes(section + entry.key), hint);
}

}  // namespace pwreset
