#include "src/base/secret.h"

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "tests/catch.h"

using namespace pwreset;

namespace {

template <typename T>
concept CanBePrinted = requires(std::ostream& out, const T& value) {
    out << value;
};

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret> && std::is_nothrow_move_assignable_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string_view> && !std::is_convertible_v<std::string_view, Secret>);
static_assert(!CanBePrinted<Secret>);

}  // namespace

TEST_CASE("a secret reveals the bytes it was given") {
    const Secret secret(std::string_view("a\0b", 3));
    CHECK(secret.reveal() == std::string_view("a\0b", 3));
    CHECK(secret.size() == 3);
    CHECK_FALSE(secret.empty());
}

TEST_CASE("a secret of a size is zeros to be filled in") {
    Secret secret(std::size_t{3});
    CHECK(secret.reveal() == std::string_view("\0\0\0", 3));
    secret.data()[1] = 'x';
    CHECK(secret.reveal() == std::string_view("\0x\0", 3));
}

TEST_CASE("a secret that was moved from is empty") {
    Secret from("password");
    const Secret to(std::move(from));
    CHECK(to.reveal() == "password");
    CHECK(from.empty());
}

TEST_CASE("a secret that is moved into is wiped first") {
    Secret to("old password");
    const char* const old_bytes = to.data();
    Secret from("new");
    to = std::move(from);
    CHECK(to.reveal() == "new");
    CHECK(from.empty());
    REQUIRE(from.data() == old_bytes);  // the buffer is still there, empty
    CHECK(std::string_view(old_bytes, 12) == std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0", 12));
}

TEST_CASE("a secret that shrinks wipes what is cut off") {
    Secret secret("password");
    const char* const bytes = secret.data();
    secret.shrink(4);
    CHECK(secret.reveal() == "pass");
    CHECK(std::string_view(bytes, 8) == std::string_view("pass\0\0\0\0", 8));
}

TEST_CASE("a secret does not grow") {
    Secret secret("pass");
    secret.shrink(4);
    secret.shrink(100);
    CHECK(secret.reveal() == "pass");
}

TEST_CASE("a duplicate of a secret has bytes of its own") {
    Secret original("pass");
    const Secret copy = original.duplicate();
    original.data()[0] = 'P';
    CHECK(copy.reveal() == "pass");
    CHECK(original.reveal() == "Pass");
}

TEST_CASE("an empty secret can be moved and shrunk") {
    Secret secret;
    CHECK(secret.empty());
    secret.shrink(0);
    secret = Secret();
    CHECK(secret.reveal().empty());
}
