// JSON on its way out: a value that an answer is built of, and how it is written. What has to be read is read by a
// library, where it is read.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// Null, a truth value, a whole number, a text, a list, or an object whose members keep their order. Pairs in braces
/// are an object, at any depth: {{"id", 1}, {"head", {{"seq", 2}}}}; a list is array() and push_back().
class Json {
public:
    struct Member;

    Json();
    Json(std::nullptr_t);
    Json(const char* text);
    Json(std::string_view text);
    Json(std::string text);
    Json(const std::vector<std::string>& texts);
    Json(std::initializer_list<Member> members);
    template <std::integral T>
    Json(T number) : Json(std::same_as<T, bool> ? Kind::boolean : Kind::number, static_cast<std::int64_t>(number)) {}
    Json(const Json& other);
    Json(Json&& other) noexcept;
    Json& operator=(const Json& other);
    Json& operator=(Json&& other) noexcept;
    ~Json();

    static Json array(std::initializer_list<Json> items = {});
    static Json object();

    bool is_null() const { return kind_ == Kind::null; }
    /// The member of an object, made (null) when there is none of that name. A null becomes an object.
    Json& operator[](std::string_view key);
    /// Appends to a list.
    void push_back(Json item);

private:
    enum class Kind { null, boolean, number, text, list, object };
    Json(Kind kind, std::int64_t number);
    friend void append_json(std::string& out, const Json& value);

    Kind kind_ = Kind::null;
    std::int64_t number_ = 0;
    std::string text_;
    std::vector<Member> members_;  ///< of an object; of a list, without keys
};

/// One pair in the braces of an object.
struct Json::Member {
    Member(std::string_view name, Json content);

    std::string key;
    mutable Json value;  ///< moved out of the braces, whose elements are const
};

/// Appends the value as JSON, its texts as by append_json_string().
void append_json(std::string& out, const Json& value);
/// Appends the text as a JSON string, quotes included. Characters that drive a terminal or cannot be seen (controls,
/// bidirectional and zero-width ones) become escapes, which a parser undoes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace pwreset
