// A Mustache template: the engine, as https://github.com/mustache/spec has it, but for partials and lambdas. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pwreset {

struct MustacheEntry;

/// What a name stands for. A section does not show false, the empty text and the empty list; it shows a list once for
/// each of its elements, and anything else once.
struct MustacheValue {
    using List = std::vector<MustacheValue>;
    using Table = std::vector<MustacheEntry>;

    std::variant<bool, std::string, List, Table> content;  ///< false, until it is something else
};

/// A name and what it stands for.
struct MustacheEntry {
    std::string name;
    MustacheValue value;
};

/// What a template is made of, in the order of its text.
struct MustachePiece {
    enum class Kind {
        text,
        value,      ///< {{name}}
        unescaped,  ///< {{{name}}} or {{&name}}
        section,    ///< {{#name}}
        inverted,   ///< {{^name}}
        end,        ///< {{/name}}
        comment,    ///< {{! … }}
        change,     ///< of the delimiters: {{=<% %>=}}
        partial,    ///< {{>name}}
    };
    Kind kind;
    std::string text;          ///< what is shown, or the name
    std::size_t position = 0;  ///< of a tag, in the text of the template
    std::size_t end = 0;       ///< of a section: which piece ends it
};

/// Why a text is no template.
struct MustacheFault {
    enum class Kind {
        unclosed_tag,      ///< the name is what should end it
        change,            ///< that does not name two delimiters
        unclosed_section,  ///< its name
        unopened_section,  ///< the name it ends
        depth,             ///< sections within sections, more than the engine takes
    };
    Kind kind;
    std::string name;
    std::size_t position = 0;
};

enum class MustacheEscape { none, html };

class Mustache {
public:
    static constexpr std::size_t most_depth = 64;

    /// Takes the text apart. A tag that shows nothing itself and stands alone on its line takes the line with it.
    explicit Mustache(std::string_view text);

    const std::vector<MustachePiece>& pieces() const { return pieces_; }
    /// In the order they were met; a template with any cannot be rendered.
    const std::vector<MustacheFault>& faults() const { return faults_; }

    /// The text with the values of `root`. Names are looked up from the innermost section outwards; a name with dots is
    /// looked up by its first part, and the others in what that found. What is not found shows nothing, nor do
    /// partials. Throws Error INTERNAL_ERROR for a template with faults.
    std::string render(const MustacheValue& root, MustacheEscape escape) const;

private:
    std::vector<MustachePiece> pieces_;
    std::vector<MustacheFault> faults_;
};

}  // namespace pwreset
