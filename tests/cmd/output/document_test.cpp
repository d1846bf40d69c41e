#include "cmd/output/document.h"

#include "tests/catch.h"
#include "tests/cmd/output/console.h"

namespace pwreset {
namespace {

void write(Console& console, Format format) {
    Document document(console.env, format, "t");
    document.list("tokens");
    document.item({{"id", 1}, {"text", "\u202Ex"}});
    document.item({{"id", 2}});
    document.list("jobs");
    document.finish();
}

TEST_CASE("lists are members of the envelope's data, empty ones too") {
    for (const auto format : {Format::json, Format::table}) {
        Console console;
        write(console, format);
        CHECK(console.out.str() ==
              R"({"success":true,"data":{"tokens":[{"id":1,"text":"\u202ex"},{"id":2}],"jobs":[]},"trace_id":"t"})"
              "\n");
    }
}

TEST_CASE("in NDJSON each item is a line that tells its list") {
    Console console;
    write(console, Format::ndjson);
    CHECK(console.out.str() ==
          "{\"table\":\"tokens\",\"id\":1,\"text\":\"\\u202ex\"}\n{\"table\":\"tokens\",\"id\":2}\n");
}

TEST_CASE("a document that does not fit on the disk is an error") {
    Console console;
    SmallDisk disk(20);
    std::ostream full(&disk);
    Env env = console.outside(full);
    Document document(env, Format::json, "t");
    CHECK_THROWS_AS(
        [&] {
            document.list("tokens");
            document.item({{"id", 1}});
            document.finish();
        }(),
        Error);
}

}  // namespace
}  // namespace pwreset
