#include "tests/catch.h"
#include "tests/core/expression/expression_fixture.h"

using namespace pwreset;
using namespace std::chrono_literals;

namespace {

/// What is read out of a text with those values known.
std::string apart(std::string_view expression, std::string_view text, const Given& given = {}) {
    return listed(parsed(expression).take_apart(text, given.values()));
}

}  // namespace

TEST_CASE("what is known must stand there, to the byte") {
    const Given given = Given().text("key", "42").text("email", "ana@example.com");
    CHECK(apart("key + '/' + email", "42/ana@example.com", given) == "");
    CHECK(apart("key + '/' + email", "43/ana@example.com", given) == "no");
    CHECK(apart("key + '/' + email", "42/Ana@example.com", given) == "no");
    CHECK(apart("key + '/' + email", "42/ana@example.com ", given) == "no");
    CHECK(apart("'a'", "a") == "");
    CHECK(apart("5", "5") == "");
    CHECK(apart("5", "6") == "no");
    CHECK(apart("''", "") == "");
}

TEST_CASE("names that stand open are read out") {
    CHECK(apart("token", "abc") == "token=abc");
    CHECK(apart("key + '___' + verifier", "42___abcdefghijklmnopqrst") == "key=42 verifier=abcdefghijklmnopqrst");
    CHECK(apart("'reset-password:' + token", "reset-password:abc") == "token=abc");
    CHECK(apart("'reset-password:' + token", "reset-passwort:abc") == "no");
    CHECK(apart("key + ':' + email + ':' + login", "42:ana@example.com:ana:b") ==
          "email=ana@example.com key=42 login=ana:b");
    CHECK(apart("key + ':' + key", "42:42") == "key=42");
    CHECK(apart("key + ':' + key", "42:43") == "no");
    CHECK(apart("count + '-' + key", "-7-42") == "count=-7 key=42");
    CHECK(apart("count", "07") == "no");
    CHECK(apart("base64url(key + '|' + email)", "NDJ8YW5h") == "email=ana key=42");
    CHECK(apart("hex(key)", "3432") == "key=42");
    CHECK(apart("base36(key)", "16") == "key=42");
    CHECK(apart("undashed(key)", "0190f5e67b1a7c3d8e4f0123456789ab") == "key=0190f5e6-7b1a-7c3d-8e4f-0123456789ab");
    CHECK(apart("selector", "abc") == "no");
}

TEST_CASE("an encoding has one spelling") {
    CHECK(apart("base64url(key)", "NDI=") == "no");
    CHECK(apart("base64url(key)", "NDJ") == "no");
    CHECK(apart("base64url(key)", "+DI") == "no");
    CHECK(apart("hex(key)", "4A") == "no");
    CHECK(apart("hex(key)", "4a") == "key=J");
    CHECK(apart("hex(key)", "4a4") == "no");
    CHECK(apart("base36(key)", "016") == "no");
    CHECK(apart("base36(key)", "1G") == "no");
    CHECK(apart("base36(key)", "3w5e11264sgsg") == "no");
    CHECK(apart("undashed(key)", "0190F5E67b1a7c3d8e4f0123456789ab") == "no");
}

TEST_CASE("times are read out of what applications write, and of nothing else") {
    CHECK(apart("unix(issued)", "1749283750") == "issued=1749283750000000");
    CHECK(apart("unix_ms(expires)", "1749283750123") == "expires=1749283750123000");
    CHECK(apart("iso(expires)", "2026-11-28T19:21:47.891Z") == "expires=1795893707891000");
    CHECK(apart("ts14(issued)", "20261128192147") == "issued=1795893707000000");
    CHECK(apart("unix(issued) + '_' + unix(expires)", "-1_0") == "expires=0 issued=-1000000");
    for (const char* text :
         {"", "-", "01", "1.5", "1749283750x", " 1", "+1", "-0", "99999999999999999999", "253402300800"}) {
        INFO(text);
        CHECK(apart("unix(issued)", text) == "no");
    }
    for (const char* text : {"2026-11-28 19:21:47.891", "2026-11-28T19:21:47Z", "2026-11-28T19:21:47.8911Z",
                             "2026-11-28T20:21:47.891+01:00", "2026-02-30T19:21:47.891Z", "1795893707", "2026-11-28"}) {
        INFO(text);
        CHECK(apart("iso(issued)", text) == "no");
    }
    for (const char* text : {"20260230000000", "20261128242147", "2026112819214", "2026112819214x", "99991231235960"}) {
        INFO(text);
        CHECK(apart("ts14(issued)", text) == "no");
    }
}

TEST_CASE("a time that is known must be the one that stands there, as far as it is written") {
    const Given given = Given().time("issued", 1749283750123456us);
    CHECK(apart("unix(issued)", "1749283750", given) == "");
    CHECK(apart("unix(issued)", "1749283751", given) == "no");
    CHECK(apart("unix_ms(issued)", "1749283750123", given) == "");
}

TEST_CASE("Yii2's token ends in its time, whatever else it holds") {
    CHECK(apart("random(base64url, 32) + '_' + unix(issued)", "AbCdEfGhIjKlMnOpQrStUvWx_z_-0123_1749283750") ==
          "issued=1749283750000000");
    CHECK(apart("random(base64url, 32) + '_' + unix(issued)", "AbCdEfGhIjKlMnOpQrStUvWx.z_-0123_1749283750") == "no");
    CHECK(apart("random(base64url, 32) + '_' + unix(issued)", "AbCdEfGhIjKlMnOpQrStUvWx_z_-012_1749283750") == "no");
    CHECK(apart("token + '_' + unix(issued)", "a_b_1749283750") == "issued=1749283750000000 token=a_b");
}

TEST_CASE("where one part ends and the next begins must be plain") {
    CHECK(apart("token + unix(issued)", "abc1749283750") == "no");
    CHECK(apart("unix(issued) + token", "1749283750abc") == "no");
    CHECK(apart("unix(issued) + '5' + token", "17492837505abc") == "no");
    CHECK(apart("token + key", "abc42") == "no");
    CHECK(apart("token + key", "abc42", Given().text("key", "42")) == "token=abc");
    CHECK(apart("unix(issued) + selector", "1749283750abcdefghijklmnopqrst") ==
          "issued=1749283750000000 selector=abcdefghijklmnopqrst");
}

TEST_CASE("WordPress's column gives the time, and is proved by the key") {
    const std::string stored = "1749283750:$P$BabcdefghCLuICGkISMiZyvanCcgKU0";
    const Given key = Given().text("token", "AbCdEfGhIjKlMnOpQrSt");
    CHECK(apart("unix(issued) + ':' + phpass(token, 13)", stored, key) == "issued=1749283750000000");
    CHECK(apart("unix(issued) + ':' + phpass(token, 13)", stored) == "no");
    CHECK(listed(parsed("unix(issued) + ':' + phpass(token, 13)").read(stored, {})) == "issued=1749283750000000");
    // The work is the stored hash's own.
    CHECK(apart("unix(issued) + ':' + phpass(token, 8)", stored, key) == "issued=1749283750000000");
}

TEST_CASE("a salted hash is found between other parts") {
    const Given given = Given().text("token", "Temp-Pass-42").text("key", "42");
    for (const char* hash : {"bcrypt(token, 4)", "phpass(token, 7)", "pbkdf2_mediawiki(token, 1000)"}) {
        for (const std::string& expression :
             {std::string(hash), "key + ':' + " + std::string(hash), std::string(hash) + " + ':' + key",
              "base64url(" + std::string(hash) + " + '|' + key)", "hex(" + std::string(hash) + ") + key"}) {
            INFO(expression);
            const std::string text = worked_out(expression, given);
            CHECK(apart(expression, text, given) == "");
            CHECK(apart(expression, text, Given(given).text("token", "Temp-Pass-43")) == "no");
        }
        const std::string ended =
            worked_out(std::string(hash) + " + ':' + unix(issued)", Given(given).time("issued", 5s));
        CHECK(apart(std::string(hash) + " + ':' + unix(issued)", ended, given) == "issued=5000000");
    }
}

TEST_CASE("a digest is compared once all its names are read, wherever they stand") {
    const std::string text =
        worked_out("hex(sha256(key + secret.text)) + '.' + key", Given().text("key", "42").text("secret.text", "s"));
    const Given secret = Given().text("secret.text", "s");
    CHECK(apart("hex(sha256(key + secret.text)) + '.' + key", text, secret) == "key=42");
    CHECK(apart("hex(sha256(key + secret.text)) + '.' + key", text.substr(0, 65) + "43", secret) == "no");
    CHECK(apart("hex(sha256(key + secret.text)) + '.' + key", text) == "no");
    CHECK(apart("lower(email) + '.' + count", "a@b.7", Given().text("email", "A@B")) == "count=7");
}

TEST_CASE("a credential is never read out of a text, and a bare time is the column's matter") {
    CHECK(apart("password", "abc") == "no");
    CHECK(listed(parsed("key + ':' + password").read("42:abc", {})) == "no");
    CHECK(apart("issued", "2026-11-28 19:21:47") == "no");
    CHECK(apart("null", "") == "no");
}

TEST_CASE("a name that stands there in small letters is read, and proves nothing") {
    const Expression expression = parsed("lower(email)");
    CHECK(listed(expression.read("ada@example.com", {})) == "email=ada@example.com");
    CHECK(listed(expression.read("Ada@example.com", {})) == "no");
    CHECK(listed(expression.take_apart("ada@example.com", {})) == "no");
    Given ada;
    ada.text("email", "Ada@Example.com");
    CHECK(listed(expression.read("ada@example.com", ada.values())) == "");
    CHECK(listed(expression.read("eve@example.com", ada.values())) == "no");
    CHECK(listed(parsed("lower(password)").read("hunter2", {})) == "no");
}

TEST_CASE("a text from which a value cannot be worked out is refused without an error") {
    CHECK(apart("key + '.' + hex(sha256(lower(key)))", "\xc3\xa4." + std::string(64, 'a')) == "no");
    CHECK(apart("lower(email)", "a", Given().text("email", "\xc3\xa4")) == "no");
    CHECK(apart("token", std::string(65536, 'a')) != "no");
    CHECK(apart("token", std::string(65537, 'a')) == "no");
}
