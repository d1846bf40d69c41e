// What the readers of applications share: files that note that they were looked into, and values that note what they
// could not say.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "src/init/facts.h"
#include "src/literals/literal.h"

namespace pwreset {

/// A value of the application's files that may be shown and written: one line of printable text, at most 255 bytes.
/// What is not so counts as not written out.
std::string shown_value(const Literal& literal);
/// The same, and where it is computed, a note of what is missing ("APP_URL of .env", "write base in [reset]").
std::string wanted_value(Facts& facts, const Literal& literal, const std::string& what, const std::string& remedy);
/// Throws Error CONFIG for an application whose database is neither MySQL nor MariaDB.
void require_mysql(const std::string& application, const std::string& kind);
/// A text as TOML writes it, in quotes.
std::string toml_text(std::string_view text);
/// A key as TOML writes it: bare, or in quotes.
std::string toml_key(std::string_view key);
/// Notes that a file was looked into, where it is there.
std::optional<Secret> noted(const Files& files, const std::string& path, Facts& facts);
/// "https://shop.example/path" without what no link begins with; empty for what is no such URL.
std::string base_of_url(std::string_view url);
/// Host and port of a relay out of "smtp://user:password@host:port". Nothing of what else may stand in it is kept.
void read_relay_url(std::string_view url, Facts& facts);

/// Variables of several files, of which a later one counts for more.
class Variables {
public:
    Variables(const Files& files, std::initializer_list<std::string> paths, Facts& facts);
    /// What the last file that has it says.
    Literal value(std::string_view name) const;
    std::string shown(std::string_view name) const { return shown_value(value(name)); }
    bool any() const { return !texts_.empty(); }
    /// "NAME of .env", for messages.
    std::string told(std::string_view name) const;

private:
    std::vector<std::pair<std::string, Secret>> texts_;
};

}  // namespace pwreset
