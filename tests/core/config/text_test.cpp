#include "src/config/text.h"

#include <string>
#include <vector>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

TEST_CASE("texts and their folder") {
    const TextConfig text =
        parse(least + "[text]\nproduct = \"فروشگاه\"\nlocale = \"fa\"\ntemplates = \"../t\"\n").text;
    CHECK(text.product == "فروشگاه");
    CHECK(text.locale == "fa");
    CHECK(text.templates == "/etc/t");
    for (const std::string& locale : std::vector<std::string>{"../en", "e/n", "en-", "1", "en\\\\"}) {
        INFO(locale);
        CHECK(fault_of(least + "[text]\nlocale = \"" + locale + "\"\n") ==
              "14:10: expected a language for 'text.locale' | write a tag such as en, de, fa or pt-BR");
    }
}
