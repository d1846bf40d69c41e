#include "src/base/printable.h"
#include "tests/catch.h"
#include "tests/core/expression/expression_fixture.h"

using namespace pwreset;

namespace {

/// "12: unknown name 'x' (hint)"; "none" where there is none.
std::string fault_of(std::string_view text, bool may_draw = true) try {
    Expression::parse(text, everything, may_draw);
    return "none";
} catch (const ExpressionFault& fault) {
    return std::to_string(fault.at) + ": " + fault.fault + (fault.hint.empty() ? "" : " (" + fault.hint + ")");
}

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace

TEST_CASE("an absent expression is told from a given one") {
    CHECK_FALSE(Expression().given());
    CHECK(parsed("token").given());
}

TEST_CASE("an expression has a type") {
    CHECK(parsed("token + ':' + count").type() == ValueType::text);
    CHECK(parsed("sha256(token)").type() == ValueType::bytes);
    CHECK(parsed("secret.bytes + sha1('a')").type() == ValueType::bytes);
    CHECK(parsed("unix(issued)").type() == ValueType::number);
    CHECK(parsed("0").type() == ValueType::number);
    CHECK(parsed("issued").bare_time());
    CHECK_FALSE(parsed("iso(issued)").bare_time());
    CHECK(parsed("null").is_null());
    CHECK_FALSE(parsed("'null'").is_null());
}

TEST_CASE("what tells a credential or what was drawn is known, and a digest tells neither") {
    CHECK(parsed("password").credential());
    CHECK(parsed("'a' + base64(secret.bytes)").credential());
    CHECK(parsed("json(lower(password), key)").credential());
    CHECK(parsed("unhex(secret.text)").credential());
    CHECK_FALSE(parsed("hex(sha256(password + secret.text))").credential());
    CHECK_FALSE(parsed("hmac_sha256(secret.bytes, token)").credential());
    CHECK_FALSE(parsed("java_hash(password)").credential());
    CHECK(parsed("key + '_' + token").drawn());
    CHECK(parsed("random(hex, 32)").drawn());
    CHECK(parsed("base64url(verifier)").drawn());
    CHECK_FALSE(parsed("bcrypt(token, 4)").drawn());
    CHECK_FALSE(parsed("base64url(blake2b('key', token, 30))").drawn());
    CHECK_FALSE(parsed("key + email").drawn());
}

TEST_CASE("names, salted hashes, lengths and randomness of an expression are known") {
    const Expression expression = parsed("unix(issued) + ':' + phpass(token, 13)");
    CHECK(expression.names("token"));
    CHECK(expression.names("issued"));
    CHECK_FALSE(expression.names("email"));
    CHECK(expression.salted());
    CHECK_FALSE(parsed("sha256(token)").salted());
    CHECK_FALSE(expression.length());
    CHECK(parsed("selector + verifier").length() == 40);
    CHECK(parsed("bcrypt(token, 12)").length() == 60);
    CHECK(parsed("'$generic$' + base64url(blake2b('k', token, 30))").length() == 49);
    CHECK(parsed("pbkdf2_mediawiki(token, 30000)").length() == 137);
    CHECK(parsed("base64(sha512(token))").length() == 88);
    CHECK_FALSE(parsed("token").length());
    CHECK(parsed("random(hex, 64)").bits() == Approx(256));
    CHECK(parsed("random(alnum, 20) + '-' + random(lower36, 1)").bits() == Approx(21 * 5.169925));
    CHECK(parsed("lower(random(base64url, 10))").bits() == Approx(10 * 5.247928));
    CHECK(parsed("random('aA', 10)").bits() == Approx(0));
    CHECK(parsed("token").bits() == Approx(0));
}

TEST_CASE("an expression is told in words") {
    CHECK(parsed("bcrypt(token, 4)").in_words() == "the bcrypt hash of the token");
    CHECK(parsed("unix(issued) + ':' + phpass(token, 13)").in_words() ==
          "the time of issue in seconds since 1970, ':' and the phpass hash of the token");
    CHECK(
        parsed("base64(hmac_sha256(secret.text, json(verifier, key, unix(expires))))").in_words() ==
        "the base64 of the HMAC-SHA-256 under the secret 'text' of the JSON list of ('verifier', the account's key and "
        "the time of expiry in seconds since 1970)");
    CHECK(parsed("hex(sha256(token + secret.text))").in_words() ==
          "the hexadecimal digits of the SHA-256 of (the token and the secret 'text')");
    CHECK(parsed("random(hex, 64)").in_words() == "64 random hexadecimal digits");
    CHECK(parsed("lower(random('abc', 9))").in_words() == "9 random letters of 'abc' in small letters");
    CHECK(parsed("null").in_words() == "nothing (NULL)");
    CHECK(parsed("0").in_words() == "0");
    CHECK(parsed("pbkdf2_mediawiki(token, 30000)").in_words() == "MediaWiki's PBKDF2 hash of the token");
}

TEST_CASE("a text stands in quotes, and a quote in it is doubled") {
    CHECK(worked_out("'it''s'") == "it's");
    CHECK(worked_out("''") == "");
    CHECK(worked_out(" 'a'\n\t+ 'b' ") == "ab");
}

TEST_CASE("what is no expression is told at its byte") {
    CHECK(fault_of("") == "0: empty expression (a 'text', a number, a name or a function is due here)");
    CHECK(fault_of("token +") == "7: unexpected end (a 'text', a number, a name or a function is due here)");
    CHECK(fault_of("token key") == "6: unexpected 'k' (parts are joined by '+')");
    CHECK(fault_of("'abc") == "0: text without its closing quote");
    CHECK(fault_of("'a\x01'") == "2: character in a text that is not printable ASCII");
    CHECK(fault_of("'a' \xc3") == "4: unexpected character (parts are joined by '+')");
    CHECK(fault_of("tokn") == "0: unknown name 'tokn' (did you mean 'token'?)");
    CHECK(fault_of("sha265(token)") == "0: unknown function 'sha265' (did you mean 'sha256'?)");
    CHECK(fault_of("'a' + sha256") == "6: 'sha256' without '(…)' (it is a function)");
    CHECK(fault_of("sha256(token") == "12: unexpected end (here ')' is due)");
    CHECK(fault_of("sha256(token, key)") == "12: unexpected ',' (here ')' is due)");
    CHECK(fault_of("hmac_sha256(token)") == "17: unexpected ')' (here ',' is due)");
    CHECK(fault_of("(token)") == "0: unexpected '(' (a 'text', a number, a name or a function is due here)");
    CHECK(fault_of("007") == "0: number with a zero in front (write it as a text)");
    CHECK(fault_of("1234567890123456789") == "0: number of more than 18 digits (write it as a text)");
    CHECK(fault_of("12ab") == "2: unexpected 'a'");
    CHECK(fault_of("random(octal, 3)") ==
          "7: unknown alphabet 'octal' (there are hex, alnum, base64url, lower36 and letters of your own in single "
          "quotes)");
    CHECK(fault_of("random('aba', 3)") == "7: a letter is in it twice");
    CHECK(fault_of("random('a', 3)") == "7: an alphabet of fewer than two letters");
    CHECK(fault_of("random(hex, 0)") == "12: number out of bounds (a number from 1 to 512 is due here)");
    CHECK(fault_of("bcrypt(token, count)") == "14: unexpected 'c' (a number from 4 to 15 is due here)");
    CHECK(fault_of("bcrypt(token, 31)") == "14: number out of bounds (a number from 4 to 15 is due here)");
    CHECK(fault_of(repeated("a", 65)) == "0: name of more than 64 characters");
}

TEST_CASE("types that do not go together are told") {
    CHECK(fault_of("token + sha256(key)") ==
          "8: bytes joined to text (hex(), base64() and base64url() make text of bytes)");
    CHECK(fault_of("secret.bytes + key") ==
          "15: text joined to bytes (hex(), base64() and base64url() make text of bytes)");
    CHECK(fault_of("token + issued") ==
          "8: a time is joined (unix(), unix_ms(), iso() and ts14() make text of a time)");
    CHECK(fault_of("unix(issued) + 3600") == "0: only numbers are joined ('+' joins texts and adds nothing)");
    CHECK(fault_of("token + null") == "8: 'null' is joined (it stands alone)");
    CHECK(fault_of("sha256(null)") == "7: 'sha256' of 'null' (it takes text or bytes)");
    CHECK(fault_of("lower(sha256(key))") ==
          "6: 'lower' of bytes (it takes text; hex(), base64() and base64url() make text of bytes)");
    CHECK(fault_of("sha256(unix(issued))") ==
          "7: 'sha256' of a number (it takes text or bytes; '' + makes text of a number)");
    CHECK(fault_of("unix(token)") == "5: 'unix' of text (it takes the name of a time)");
    CHECK(fault_of("json(sha1(key))") ==
          "5: 'json' of bytes (it takes text or a number; hex(), base64() and base64url() make text of bytes)");
}

TEST_CASE("what could never be compared or read again is refused") {
    CHECK(fault_of("sha256(random(hex, 64))") ==
          "7: 'sha256' of what is drawn (draw it as a part, by a name, and use that)");
    CHECK(fault_of("lower('A' + random(hex, 64))") ==
          "6: 'lower' of what is drawn (draw it as a part, by a name, and use that)");
    CHECK(fault_of("sha256(bcrypt(token, 4))") ==
          "7: 'sha256' of a salted hash (it has another value each time and could not be compared)");
    CHECK(fault_of("bcrypt(selector + verifier + selector + verifier, 4)") ==
          "7: bcrypt of more than 72 bytes (it would not see the end)");
    CHECK(fault_of("bcrypt(token, 4) + phpass(key, 13)") == "19: a second salted hash (a value holds one at most)");
    CHECK(fault_of("random(hex, 64)", false) ==
          "0: 'random' has no place here (draw in 'token' or 'parts', and use it by name)");
}

TEST_CASE("an expression is bounded in length, depth, arguments and value") {
    CHECK(fault_of("'" + std::string(4094, 'a') + "'") == "none");
    CHECK(fault_of("'" + std::string(4095, 'a') + "'") == "0: expression of more than 4096 bytes");
    CHECK(fault_of(repeated("sha256(", 32) + "key" + repeated(")", 32)) == "none");
    CHECK(fault_of(repeated("sha256(", 33) + "key" + repeated(")", 33)) ==
          "224: functions within functions deeper than 32");
    CHECK(fault_of(repeated("sha256(", 10'000) + "key" + repeated(")", 10'000)) ==
          "0: expression of more than 4096 bytes");
    CHECK(fault_of(repeated("hex(", 1'000)) == "128: functions within functions deeper than 32");
    CHECK(fault_of("json(1" + repeated(",1", 15) + ")") == "none");
    CHECK(fault_of("json(1" + repeated(",1", 16) + ")") == "36: unexpected ',' (here ')' is due)");
    CHECK(fault_of(repeated("hex(", 20) + "'a'" + repeated(")", 20)) == "12: value of more than 65536 bytes");
    CHECK(fault_of("key" + repeated("+key", 1023)) == "none");
}

TEST_CASE("a fault can be printed, whatever the text") {
    for (int byte = 0; byte < 256; ++byte) {
        for (const char* before : {"", "'", "token + ", "random(", "bcrypt(token, "}) {
            const std::string fault = fault_of(std::string(before) + static_cast<char>(byte));
            CHECK(printable(fault) == fault);
        }
    }
}
