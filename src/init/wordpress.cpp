#include "src/init/applications.h"
#include "src/init/reading.h"
#include "src/literals/php_text.h"

namespace pwreset {
namespace {

void read_wordpress_base(const PhpText& program, Facts& facts) {
    // wp-login.php stands where WordPress is, which need not be where its pages are.
    for (const auto* name : {"WP_SITEURL", "WP_HOME"}) {
        if (facts.base.empty()) facts.base = base_of_url(shown_value(program.constant(name)));
    }
}

}  // namespace

std::optional<Facts> read_wordpress(const Files& files) {
    Facts facts{"WordPress", "wordpress"};
    const auto text = noted(files, "wp-config.php", facts);
    if (!text) return {};
    const PhpText program(text->reveal());
    const auto constant = [&](const char* name, const char* remedy) {
        return wanted_value(facts, program.constant(name), std::string(name) + " of wp-config.php", remedy);
    };
    facts.database.kind = "mysql";
    facts.database.name = constant("DB_NAME", "write name in [database]");
    read_host(constant("DB_HOST", "write host or socket in [database]"), facts.database);
    facts.prefix = wanted_value(facts, program.assigned("$table_prefix"), "$table_prefix of wp-config.php",
                                "the names of the tables are taken to begin with wp_");
    read_wordpress_base(program, facts);
    if (shown_value(program.constant("MULTISITE")) == "true")
        facts.unknown.emplace_back("this is a network of sites: links lead to the one that base in [reset] names");
    return facts;
}

}  // namespace pwreset
