#include "src/base/uuid.h"

#include "src/base/fold.h"
#include "tests/catch.h"

using namespace pwreset;

TEST_CASE("a UUID is the same however it is spelled") {
    const std::string text = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    for (const char* spelled : {"6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
                                "6ba7b8109dad11d180b400c04fd430c8", "{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}",
                                "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8"}) {
        INFO(spelled);
        REQUIRE(uuid_bytes(spelled));
        CHECK(uuid_text(*uuid_bytes(spelled)) == text);
    }
    for (const char* other :
         {"", "6ba7b810", "6ba7b810-9dad-11d1-80b4-00c04fd430cg", "6ba7b8109-dad-11d1-80b4-00c04fd430c8"})
        CHECK_FALSE(uuid_bytes(other));
}

TEST_CASE("the time of a UUID goes first and back again, as UUID_TO_BIN(uuid, 1) has it") {
    const auto bytes = *uuid_bytes("6ccd780c-baba-1026-9564-5b8c656024db");
    CHECK(uuid_text(with_time_first(bytes)) == "1026baba-6ccd-780c-9564-5b8c656024db");
    CHECK(with_time_restored(with_time_first(bytes)) == bytes);
}

TEST_CASE("blanks of all kinds are trimmed, and letters of all scripts made small") {
    CHECK(trimmed("\u00a0 a b\u200b\n") == "a b");
    CHECK(trimmed("\u3000\ufeff").empty());
    CHECK(fold_case("ÄPFEL ЁЖ") == "äpfel ёж");
    CHECK(fold_case("\xff"
                    "A") ==
          "\xff"
          "a");
}
