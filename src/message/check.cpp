#include "src/message/check.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "src/base/printable.h"
#include "src/message/compose.h"
#include "src/message/rendering.h"

namespace pwreset {

namespace {

/// The faults of one template, in the order they were found.
class Findings {
public:
    explicit Findings(const TemplateSource& source) : source_(source) {}

    void add(std::string fault, std::string hint = {}) {
        faults_.push_back(config_error("template '" + source_.name() + "': " + std::move(fault), std::move(hint)));
    }
    void add_at(std::size_t position, std::string fault, std::string hint = {}) {
        const auto end = source_.text.begin() + static_cast<std::ptrdiff_t>(std::min(position, source_.text.size()));
        const auto lines = std::count(source_.text.begin(), end, '\n');
        faults_.push_back(config_error(
            "template '" + source_.name() + "', line " + std::to_string(lines + 1) + ": " + std::move(fault),
            std::move(hint)));
    }
    const std::vector<Error>& faults() const { return faults_; }

private:
    const TemplateSource& source_;
    std::vector<Error> faults_;
};

void check_characters(const TemplateSource& source, Findings& findings) {
    if (!is_utf8(source.text)) return findings.add("text that is not UTF-8");
    for (std::size_t at = 0; at < source.text.size();) {
        const std::size_t start = at;
        const char32_t c = next_code_point(source.text, at);
        if ((c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c <= 0x9F)) {
            findings.add_at(start, "control character " + name_character(c));
        }
    }
}

// --- tags ------------------------------------------------------------------------------------------------------------

/// A tag as messages repeat it: no name is longer.
std::string in_quotes(std::string_view tag) { return "'" + cut_bytes(printable(tag), 64) + "'"; }

void check_name(const TemplateSource& source, std::size_t position, const std::string& name, Findings& findings) {
    const auto known = variables_of(source.message, source.part);
    if (std::ranges::count(known, name) != 0) return;
    if (source.part == "subject" && !name.empty() && name == secret_variable(source.message)) {
        return findings.add_at(position, "'" + name + "' in the subject",
                               "lock screens show subjects: use it in the body only");
    }
    std::string hint = "known here:";
    for (const std::string_view other : known) hint.append(" {{").append(other).append("}}");
    findings.add_at(position, "unknown variable " + in_quotes(name), std::move(hint));
}

void check_piece(const TemplateSource& source, const MustachePiece& piece, Findings& findings) {
    using Kind = MustachePiece::Kind;
    switch (piece.kind) {
        case Kind::text:
        case Kind::comment:
        case Kind::change:
            return;
        case Kind::partial:
            return findings.add_at(piece.position, "partial " + in_quotes(">" + piece.text), "a template is one file");
        case Kind::unescaped:
            if (source.part == "html") return findings.add_at(piece.position, "unescaped output", "write {{name}}");
            return check_name(source, piece.position, piece.text, findings);
        case Kind::value:
        case Kind::section:
        case Kind::inverted:
        case Kind::end:
            return check_name(source, piece.position, piece.text, findings);
    }
}

std::string words_for(const MustacheFault& fault) {
    const std::string name = in_quotes(fault.name);
    switch (fault.kind) {
        case MustacheFault::Kind::unclosed_tag:
            return "tag without " + name;
        case MustacheFault::Kind::change:
            return "change of delimiters that does not name two: " + name;
        case MustacheFault::Kind::unclosed_section:
            return "section " + name + " without its end";
        case MustacheFault::Kind::unopened_section:
            return "end of a section " + name + " that did not begin";
        case MustacheFault::Kind::depth:
            break;
    }
    return "more than " + std::to_string(Mustache::most_depth) + " sections within each other";
}

/// Mustache shows a name it does not know as nothing, silently, and sections hide the names inside them; so the tags
/// are looked at one by one.
void check_tags(const TemplateSource& source, const Mustache& parsed, Findings& findings) {
    for (const MustachePiece& piece : parsed.pieces()) check_piece(source, piece, findings);
    for (const MustacheFault& fault : parsed.faults()) findings.add_at(fault.position, words_for(fault));
}

// --- what is shown ---------------------------------------------------------------------------------------------------

bool has_line(std::string_view text, std::string_view line) {
    const std::string lines = "\n" + std::string(text) + "\n";
    return lines.find("\n" + std::string(line) + "\n") != std::string::npos;
}

/// The text between the tags of HTML; enough to tell whether something is shown.
std::string visible(std::string_view html) {
    std::string text;
    bool in_tag = false;
    for (const char c : html) {
        if (c == '<') in_tag = true;
        if (!in_tag) text += c;
        if (c == '>') in_tag = false;
    }
    return text;
}

bool in_href(std::string_view html, const std::string& link) {
    return html.find("href=\"" + link + "\"") != std::string_view::npos ||
           html.find("href='" + link + "'") != std::string_view::npos;
}

std::string secret_tag(const TemplateSource& source) {
    return "{{" + std::string(secret_variable(source.message)) + "}}";
}

void check_subject(std::string_view shown, Findings& findings) {
    if (shown.empty() || shown.find('\n') != std::string_view::npos) findings.add("subject that is not one line");
}

/// A link that shares its line is broken by mail programs, and a password that does is copied with what stands beside
/// it.
void check_text(const TemplateSource& source, std::string_view shown, const std::string& secret, Findings& findings) {
    if (shown.find(secret) == std::string_view::npos) return findings.add("no " + secret_tag(source));
    const bool link = source.message == Message::reset_link;
    if (!link && source.message != Message::temporary_password) return;
    if (has_line(shown, secret)) return;
    findings.add(
        "no line that is exactly " + secret_tag(source),
        link ? "mail programs break links that share a line" : "readers copy what shares its line with a password");
}

void check_html(const TemplateSource& source, std::string_view shown, const std::string& secret, Findings& findings) {
    if (visible(shown).find(secret) == std::string::npos) return findings.add("no visible " + secret_tag(source));
    if (source.message == Message::reset_link && !in_href(shown, secret)) {
        findings.add("no href=\"" + secret_tag(source) + "\"");
    }
}

/// Renders with and without support, the one fact that may be absent, and looks for the secret where readers need it.
void check_use(const TemplateSource& source, const Mustache& parsed, Findings& findings) {
    const std::string secret = placeholder(64);
    for (const std::string support : {"x", ""}) {
        const MessageFacts facts{"x", support, secret, secret, "x", "x", "x", secret, "x"};
        const std::string shown = render(parsed, source.message, source.part, facts);
        if (source.part == "subject") {
            check_subject(shown, findings);
        } else if (!secret_variable(source.message).empty()) {
            source.part == "txt" ? check_text(source, shown, secret, findings)
                                 : check_html(source, shown, secret, findings);
        } else if (shown.empty()) {
            findings.add("empty body");
        }
        if (!findings.faults().empty()) return;
    }
}

}  // namespace

std::vector<Error> faults_of(const TemplateSource& source) {
    Findings findings(source);
    const Mustache parsed(source.text);
    check_characters(source, findings);
    check_tags(source, parsed, findings);
    if (!findings.faults().empty()) return findings.faults();
    check_use(source, parsed, findings);
    return findings.faults();
}

std::vector<Error> faults_of(const TemplateSources& sources) {
    std::vector<Error> faults;
    for (const auto& [key, source] : sources) std::ranges::copy(faults_of(source), std::back_inserter(faults));
    return faults;
}

}  // namespace pwreset
