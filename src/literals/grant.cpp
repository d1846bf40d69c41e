#include "src/literals/grant.h"

#include <algorithm>

#include "db/names.h"
#include "db/session.h"
#include "src/base/ascii.h"

namespace pwreset {

namespace {

bool is_quote(char c) { return c == '`' || c == '\'' || c == '"'; }

bool in_word(char c) {
    return is_alphanumeric(c) || c == '_' || c == '$' || c == '*' || c == '%' || static_cast<unsigned char>(c) >= 0x80;
}

/// The line, word by word.
class Reader {
public:
    explicit Reader(std::string_view line) : rest_(line) { skip_spaces(); }

    bool at_end() const { return rest_.empty(); }
    bool at_quote() const { return !rest_.empty() && is_quote(rest_.front()); }
    /// Takes the sign when it is next.
    bool take(char sign) {
        if (rest_.empty() || rest_.front() != sign) return false;
        rest_.remove_prefix(1);
        skip_spaces();
        return true;
    }
    /// The next bare word in capitals; empty when something else follows.
    std::string peek_word() const {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), in_word);
        return ascii_upper(std::string(rest_.begin(), end));
    }
    bool take_word(std::string_view word) {
        if (peek_word() != word) return false;
        rest_.remove_prefix(word.size());
        skip_spaces();
        return true;
    }
    /// A name, quoted or bare. Nothing when neither follows, or a quote is not closed.
    std::optional<std::string> name() {
        if (at_quote()) return quoted_name();
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), in_word);
        std::string word(rest_.begin(), end);
        if (word.empty()) return {};
        rest_.remove_prefix(word.size());
        skip_spaces();
        return word;
    }
    /// Moves over one word, name or sign.
    void skip() {
        if (!name() && !rest_.empty()) rest_.remove_prefix(1);
        skip_spaces();
    }

private:
    void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }

    std::optional<std::string> quoted_name() {
        const char quote = rest_.front();
        std::string name;
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            const char c = rest_[at];
            const bool doubled = c == quote && at + 1 < rest_.size() && rest_[at + 1] == quote;
            // Between backquotes a backslash is itself: `shop\_x` is a pattern.
            const bool escaped = c == '\\' && quote != '`' && at + 1 < rest_.size();
            if (c == quote && !doubled) {
                rest_.remove_prefix(at + 1);
                skip_spaces();
                return name;
            }
            if (doubled || escaped) ++at;
            name += rest_[at];
        }
        return {};
    }

    std::string_view rest_;
};

/// "`user`@`host`", "`role`" or PUBLIC.
std::optional<std::string> read_account(Reader& reader) {
    const bool bare = !reader.at_quote();
    const auto user = reader.name();
    if (!user) return {};
    if (!reader.take('@')) return bare && ascii_upper(*user) == "PUBLIC" ? "PUBLIC" : db::backquoted(*user);
    const auto host = reader.name();
    if (!host) return {};
    return db::backquoted(*user) + "@" + db::backquoted(*host);
}

bool read_columns(Reader& reader, Privilege& privilege) {
    if (!reader.take('(')) return true;
    do {
        auto column = reader.name();
        if (!column) return false;
        privilege.columns.push_back(std::move(*column));
    } while (reader.take(','));
    return reader.take(')');
}

/// "SELECT (`id`), UPDATE, CREATE TEMPORARY TABLES", up to ON or TO.
bool read_privileges(Reader& reader, Grant& grant) {
    do {
        Privilege privilege;
        for (std::string word = reader.peek_word(); !word.empty() && word != "ON" && word != "TO";
             word = reader.peek_word()) {
            privilege.name += (privilege.name.empty() ? "" : " ") + word;
            reader.take_word(word);
        }
        if (privilege.name.empty() || !read_columns(reader, privilege)) return false;
        grant.privileges.push_back(std::move(privilege));
    } while (reader.take(','));
    return true;
}

bool read_routine(Reader& reader, Grant& grant, std::string kind) {
    if (kind == "PACKAGE" && reader.take_word("BODY")) kind += " BODY";
    grant.on = Grant::On::other;
    const auto schema = reader.name();
    if (!schema || !reader.take('.')) return false;
    const auto routine = reader.name();
    if (!routine) return false;
    grant.target = kind + " " + db::backquoted(*schema) + "." + db::backquoted(*routine);
    return true;
}

bool read_tables(Reader& reader, Grant& grant) {
    const bool everything = reader.peek_word() == "*";
    const auto schema = reader.name();
    if (!schema || !reader.take('.')) return false;
    const bool all_tables = reader.peek_word() == "*";
    const auto table = reader.name();
    if (!table) return false;
    grant.on = everything ? Grant::On::everything : all_tables ? Grant::On::schema : Grant::On::table;
    grant.schema = *schema;
    grant.table = *table;
    grant.target =
        (everything ? "*" : db::backquoted(*schema)) + "." + (all_tables ? std::string("*") : db::backquoted(*table));
    return true;
}

bool read_target(Reader& reader, Grant& grant) {
    if (grant.privileges.front().name == "PROXY") {
        const auto account = read_account(reader);
        grant.on = Grant::On::other;
        grant.target = account.value_or("");
        return account.has_value();
    }
    for (const char* kind : {"PROCEDURE", "FUNCTION", "PACKAGE"}) {
        if (reader.take_word(kind)) return read_routine(reader, grant, kind);
    }
    reader.take_word("TABLE");
    return read_tables(reader, grant);
}

/// Looks for WITH GRANT OPTION; what is quoted, a hash among it, is read over.
bool passes_on(Reader& reader) {
    while (!reader.at_end()) {
        if (reader.take_word("GRANT") && reader.peek_word() == "OPTION") return true;
        reader.skip();
    }
    return false;
}

/// "`role`@`%`, … TO account": a name where a privilege would stand.
std::optional<Grant> read_role(Reader& reader) {
    Grant grant;
    grant.on = Grant::On::role;
    do {
        auto role = read_account(reader);
        if (!role) return {};
        grant.privileges.push_back({std::move(*role), {}});
    } while (reader.take(','));
    return grant;
}

}  // namespace

std::optional<Grant> parse_grant(std::string_view line) {
    Reader reader(line);
    if (!reader.take_word("GRANT")) return {};
    if (reader.at_quote()) return read_role(reader);
    Grant grant;
    if (!read_privileges(reader, grant)) return {};
    if (reader.peek_word() == "TO") grant.on = Grant::On::role;  // an unquoted role, as older servers write it
    if (grant.on == Grant::On::role) return grant;
    if (!reader.take_word("ON") || !read_target(reader, grant) || !reader.take_word("TO")) return {};
    auto grantee = read_account(reader);
    if (!grantee) return {};
    grant.grantee = std::move(*grantee);
    grant.may_pass_on = passes_on(reader);
    return grant;
}

bool schema_matches(std::string_view pattern, std::string_view name) {
    std::size_t p = 0, n = 0;
    std::size_t after_percent = pattern.npos, resume = 0;  // where to go on when the last '%' has to take one more
    while (n < name.size()) {
        const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
        if (!escaped && p < pattern.size() && pattern[p] == '%') {
            after_percent = ++p;
            resume = n;
            continue;
        }
        const std::size_t sign = p + (escaped ? 1 : 0);
        const bool any = !escaped && p < pattern.size() && pattern[p] == '_';
        if (sign < pattern.size() && (any || ascii_lower(pattern[sign]) == ascii_lower(name[n]))) {
            p = sign + 1;
            ++n;
        } else if (after_percent != pattern.npos) {
            p = after_percent;
            n = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('%', p) == pattern.npos;
}

}  // namespace pwreset
