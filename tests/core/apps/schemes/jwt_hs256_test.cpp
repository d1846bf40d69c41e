#include "src/apps/schemes/jwt_hs256.h"

#include <string>
#include <vector>

#include "src/base/encoding.h"
#include "src/expression/encode.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

const Secret& directus_key() {
    static const Secret key("test-secret-key-0123456789");
    return key;
}

/// Directus 12's claims, of an Argon2id hash whose Java-style hash is 5e62de12.
const std::vector<JwtClaim>& directus_claims() {
    static const std::vector<JwtClaim> claims{
        {"email", "User@Example.com"},     {"scope", "password-reset"},       {"hash", "5e62de12"},
        {"iat", std::int64_t{1893369600}}, {"exp", std::int64_t{1893456000}}, {"iss", "directus"}};
    return claims;
}

std::string as_part(std::string_view bytes) { return std::string(encode(Function::base64url, bytes).reveal()); }

const std::string directus_token =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJlbWFpbCI6IlVzZXJARXhhbXBsZS5jb20iLCJzY29wZSI6InBhc3N3b3JkLXJlc2V0IiwiaGFzaCI6IjVlNjJkZTEyIiwiaWF0IjoxODkzMzY5Nj"
    "AwLC"
    "JleHAiOjE4OTM0NTYwMDAsImlzcyI6ImRpcmVjdHVzIn0."
    "vyaKy0T2Ys3BNlDNeFkvhUKvWJEgZUIneE0qLU6MNIM";

}  // namespace

TEST_CASE("a JSON Web Token is what Directus makes") {
    const Secret made = make_jwt(directus_key(), directus_claims());
    CHECK(std::string(made.reveal()) == directus_token);
}

TEST_CASE("a JSON Web Token is taken apart") {
    const auto jwt = Jwt::read(directus_token);
    REQUIRE(jwt);
    CHECK(jwt->claim("email") == "User@Example.com");
    CHECK(jwt->claim("scope") == "password-reset");
    CHECK(jwt->claim("hash") == "5e62de12");
    CHECK(jwt->claim("iat") == "1893369600");
    CHECK(jwt->claim("exp") == "1893456000");
    CHECK(jwt->claim("iss") == "directus");
    CHECK_FALSE(jwt->claim("aud"));
    CHECK_FALSE(jwt->claim("a/b"));
    CHECK(jwt->agrees(directus_key()));
    CHECK_FALSE(jwt->agrees(Secret("test-secret-key-012345678")));
}

TEST_CASE("a JSON Web Token with one byte changed agrees no more") {
    for (std::size_t at = 0; at < directus_token.size(); ++at) {
        std::string changed = directus_token;
        changed[at] = changed[at] == 'a' ? 'b' : 'a';
        INFO(at);
        const auto jwt = Jwt::read(changed);
        CHECK_FALSE((jwt && jwt->agrees(directus_key())));
    }
}

TEST_CASE("what is no JSON Web Token with HMAC-SHA-256 is none") {
    const std::string payload = as_part(R"({"email":"a@example.com"})");
    const auto with_header = [&](std::string_view header) { return as_part(header) + "." + payload + ".AAAA"; };
    CHECK(Jwt::read(with_header(R"({"alg":"HS256"})")));
    for (const std::string& text :
         {std::string(), std::string("."), std::string(".."), std::string("..."), "." + payload + ".",
          with_header(R"({"alg":"none"})"), with_header(R"({"alg":"HS512"})"), with_header("{}"), with_header("[]"),
          with_header(R"("HS256")"), with_header(R"({"alg":"HS256"})") + ".AAAA",
          as_part(R"({"alg":"HS256"})") + "." + as_part("[1]") + ".AAAA",
          as_part(R"({"alg":"HS256"})") + "." + as_part("{") + ".AAAA",
          base64(R"({"alg":"HS256"} )") + "." + payload + ".AAAA"}) {
        INFO(text);
        CHECK_FALSE(Jwt::read(text));
    }
}

TEST_CASE("what a claim holds cannot become a claim") {
    const Secret made = make_jwt(directus_key(), {{"email", "a\",\"scope\":\"x@example.com"}, {"scope", "reset"}});
    const auto jwt = Jwt::read(made.reveal());
    REQUIRE(jwt);
    CHECK(jwt->claim("email") == "a\",\"scope\":\"x@example.com");
    CHECK(jwt->claim("scope") == "reset");
}
