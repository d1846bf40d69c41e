// What Rails keeps in YAML and in initializers, as texts.
#include "src/literals/ruby_text.h"
#include "src/literals/yaml_text.h"
#include "tests/catch.h"
#include "tests/core/literals/shown.h"

using namespace pwreset;

namespace {

std::string yaml(const std::string& text, const std::vector<std::string_view>& path) {
    return shown(YamlText(text).value(path));
}
std::string ruby(const std::string& text) { return shown(ruby_setting(text, "pepper")); }

}  // namespace

TEST_CASE("a value of YAML is found by its keys") {
    const std::string text =
        "# ours\ndefault: &default\n  adapter: mysql2\n  host: 'db one'\n\nproduction:\n  <<: *default\n"
        "  database: \"shop\"   # the shop's\n  password: <%= ENV['X'] %>\n  url:\ntest:\n  database: no\n";
    CHECK(yaml(text, {"production", "database"}) == "|shop|");
    CHECK(yaml(text, {"production", "adapter"}) == "|mysql2|");
    CHECK(yaml(text, {"production", "host"}) == "|db one|");
    CHECK(yaml(text, {"production", "password"}) == "computed");
    CHECK(yaml(text, {"production", "url"}) == "||");
    CHECK(yaml(text, {"production", "port"}) == "absent");
    CHECK(yaml(text, {"staging", "database"}) == "absent");
    CHECK(yaml(text, {"production"}) == "computed");
}

TEST_CASE("YAML that ERB or another notation decides is not known") {
    CHECK(yaml("a:\n<% if x %>\n  b: c\n<% end %>\n", {"a", "b"}) == "computed");
    CHECK(yaml("a:\n  b: c-<%= x %>\n", {"a", "b"}) == "computed");
    for (const auto* value : {"|", ">-", "[c]", "{ d: c }", "*c", "!c", "'it''s'", "\"\\x41\"", "'never"}) {
        CAPTURE(value);
        CHECK(yaml(std::string("a:\n  b: ") + value + "\n", {"a", "b"}) == "computed");
    }
    CHECK(yaml("a:\n\tb: c\n", {"a", "b"}) != "|c|");
    CHECK(yaml("a: &a\n  <<: *a\n", {"a", "b"}) == "absent");
    CHECK(yaml("a: &a\n  <<: *b\nb: &b\n  <<: *a\n", {"a", "c"}) == "absent");
}

TEST_CASE("a setting of Ruby is what one line of an initializer writes out") {
    CHECK(ruby("Devise.setup do |config|\n  config.pepper = 'salt'\nend\n") == "|salt|");
    CHECK(ruby("  config.pepper = \"salt\" # ours\n") == "|salt|");
    CHECK(ruby("  config.pepper = 6.hours\n") == "|6.hours|");
    CHECK(ruby("  # config.pepper = 'salt'\n") == "absent");
    CHECK(ruby("=begin\n  config.pepper = 'salt'\n=end\n") == "absent");
    CHECK(ruby("  x = <<~TEXT\n  config.pepper = 'salt'\n  TEXT\n") == "absent");
    CHECK(ruby("  config.pepper_2 = 'salt'\n") == "absent");
    CHECK(ruby("__END__\n  config.pepper = 'salt'\n") == "absent");
    for (const auto* line : {"config.pepper = ENV['X']", "config.pepper = \"#{x}\"", "config.pepper = 'a' + 'b'",
                             "config.pepper = 'a\\'", "config.pepper = 'never ends", "config.pepper = 'a' if x",
                             "    config.pepper = 'deeper'", "config.pepper = 'a'\nconfig.pepper = 'b'"}) {
        CAPTURE(line);
        CHECK(ruby(line) == "computed");
    }
}
