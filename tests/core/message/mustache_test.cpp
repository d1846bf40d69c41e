// The engine against what the specification of Mustache demands (https://github.com/mustache/spec: comments,
// delimiters, interpolation, sections, inverted; without partials and lambdas): a row for each of its cases, with data
// of our own.
#include "src/message/mustache.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

/// Values are written as JSON; a number is its digits.
MustacheValue value_of(const nlohmann::json& json) {
    if (json.is_null()) return {false};
    if (json.is_boolean()) return {json.get<bool>()};
    if (json.is_string()) return {json.get<std::string>()};
    if (json.is_number()) return {json.dump()};
    if (json.is_array()) {
        MustacheValue::List list;
        for (const auto& element : json) list.push_back(value_of(element));
        return {list};
    }
    MustacheValue::Table table;
    for (const auto& [name, value] : json.items()) table.push_back({name, value_of(value)});
    return {table};
}

std::string shown(const std::string& text, const std::string& values = "{}") {
    return Mustache(text).render(value_of(nlohmann::json::parse(values)), MustacheEscape::html);
}

struct Row {
    const char* fact;
    const char* text;
    const char* values;
    const char* shown;
};

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        INFO(row.fact);
        INFO(row.text);
        CHECK(shown(row.text, row.values) == row.shown);
    }
}

/// "unclosed_section name@3", for each fault.
std::string faults_of(const std::string& text) {
    const Mustache parsed(text);
    std::string all;
    for (const MustacheFault& fault : parsed.faults()) {
        const char* words[] = {"unclosed tag", "change", "unclosed section", "unopened section", "depth"};
        all += (all.empty() ? "" : ", ") + std::string(words[static_cast<int>(fault.kind)]) + " " + fault.name + "@" +
               std::to_string(fault.position);
    }
    return all;
}

}  // namespace

TEST_CASE("Mustache: comments are not shown, and take a line of their own with them") {
    check({
        {"inline", "ab{{! note }}cd", "{}", "abcd"},
        {"over several lines", "ab{{!\n  one\n  two\n}}cd\n", "{}", "abcd\n"},
        {"alone on its line", "one\n{{! note }}\ntwo\n", "{}", "one\ntwo\n"},
        {"alone and indented", "one\n \t{{! note }}\ntwo\n", "{}", "one\ntwo\n"},
        {"alone, with blanks behind it", "one\n{{! note }} \t\ntwo\n", "{}", "one\ntwo\n"},
        {"alone, with CR LF", "<\r\n{{! note }}\r\n>", "{}", "<\r\n>"},
        {"alone on the first line", "  {{! note }}\n.", "{}", "."},
        {"alone on the last line, which has no end", ".\n  {{! note }}", "{}", ".\n"},
        {"alone on several lines", "one\n{{!\n one\n}}\ntwo\n", "{}", "one\ntwo\n"},
        {"alone on several lines, indented", "one\n  {{!\n   one\n  }}\ntwo\n", "{}", "one\ntwo\n"},
        {"behind something on its line", "  7 {{! 8 }}\n", "{}", "  7 \n"},
        {"between blanks", "7 {{! note }} 8", "{}", "7  8"},
        {"named like a value", "({{! name }})", R"({"! name": 1, "!name": 2, "! name ": 3, "name": 4})", "()"},
        {"the only thing there is", "{{! note }}", "{}", ""},
        {"two on one line are not alone", "{{! a }}{{! b }}\n", "{}", "\n"},
    });
}

TEST_CASE("Mustache: delimiters can be changed, and the change takes a line of its own with it") {
    check({
        {"they hold from there on", "{{=<% %>=}}[<% name %>]", R"({"name": "Ana"})", "[Ana]"},
        {"signs of regular expressions", "({{=[ ]=}}[name])", R"({"name": "Ana"})", "(Ana)"},
        {"in sections, and back to what was text",
         "<\n{{#on}}\n {{x}}\n |x|\n{{/on}}\n\n{{= | | =}}\n|#on|\n {{x}}\n |x|\n|/on|\n>\n",
         R"({"on": true, "x": "Ana"})", "<\n Ana\n |x|\n\n {{x}}\n Ana\n>\n"},
        {"in inverted sections", "<\n{{^on}}\n {{x}}\n |x|\n{{/on}}\n\n{{= | | =}}\n|^on|\n {{x}}\n |x|\n|/on|\n>\n",
         R"({"on": false, "x": "Ana"})", "<\n Ana\n |x|\n\n {{x}}\n Ana\n>\n"},
        {"between blanks", "< {{=@ @=}} >", "{}", "<  >"},
        {"behind something on its line", " < {{=@ @=}}\n", "{}", " < \n"},
        {"alone on its line", "one\n{{=@ @=}}\ntwo\n", "{}", "one\ntwo\n"},
        {"alone and indented", "one\n  {{=@ @=}}\ntwo\n", "{}", "one\ntwo\n"},
        {"alone, with CR LF", "<\r\n{{= @ @ =}}\r\n>", "{}", "<\r\n>"},
        {"alone on the first line", "  {{=@ @=}}\n.", "{}", "."},
        {"alone on the last line, which has no end", ".\n  {{=@ @=}}", "{}", ".\n"},
        {"padded", "<{{=   @    @   =}}>", "{}", "<>"},
        {"changed back", "{{=@ @=}}@={{ }}=@{{x}}@x@", R"({"x": 1})", "1@x@"},
    });
}

TEST_CASE("Mustache: names are shown, escaped unless the template says otherwise") {
    check({
        {"nothing to show", "{Mustache} }} {\n", "{}", "{Mustache} }} {\n"},
        {"a name", "Hello {{name}}!", R"({"name": "Ana"})", "Hello Ana!"},
        {"a value is no template", "{{text}}: {{name}}", R"({"text": "{{name}}", "name": "Ana"})", "{{name}}: Ana"},
        {"escaped", "({{x}})", R"({"x": "<&\">"})", "(&lt;&amp;&quot;&gt;)"},
        {"three braces: not escaped", "({{{x}}})", R"({"x": "<&\">"})", "(<&\">)"},
        {"an ampersand: not escaped", "({{&x}})", R"({"x": "<&\">"})", "(<&\">)"},
        {"a whole number", "{{x}} {{{x}}} {{&x}}", R"({"x": 42})", "42 42 42"},
        {"a fraction", "{{x}} {{{x}}} {{&x}}", R"({"x": 2.75})", "2.75 2.75 2.75"},
        {"null", "({{x}}{{{x}}}{{&x}})", R"({"x": null})", "()"},
        {"a name that is not there", "({{x}}{{{x}}}{{&x}})", "{}", "()"},
        {"a dot reaches into a table", "{{who.name}} {{#who}}{{name}}{{/who}}", R"({"who": {"name": "Ana"}})",
         "Ana Ana"},
        {"the same, not escaped", "{{{who.name}}} {{&who.name}}", R"({"who": {"name": "<A>"}})", "<A> <A>"},
        {"as deep as one likes", "{{a.b.c.d.e}}", R"({"a": {"b": {"c": {"d": {"e": "Ana"}}}}})", "Ana"},
        {"a chain that breaks shows nothing", "({{a.b.c}})", R"({"a": {}})", "()"},
        {"and is not taken up elsewhere", "({{a.b.name}})", R"({"a": {"b": {}}, "b": {"name": "Ana"}, "name": "Bob"})",
         "()"},
        {"its first part is looked up outwards", "{{#a}}{{b.name}}{{/a}}",
         R"({"a": {"b": {"name": "Ana"}}, "b": {"name": "Bob"}})", "Ana"},
        {"its other parts are not", "({{#a}}{{b.name}}{{/a}})", R"({"a": {"b": {}}, "b": {"name": "Bob"}})", "()"},
        {"a name with a dot is never one key", "({{a.b}})", R"({"a.b": "Ana"})", "()"},
        {"nor does such a key hide the table", "({{a.b}})", R"({"a.b": "Ana", "a": {"b": "Bob"}})", "(Bob)"},
        {"a dot is the value itself", "Hello {{.}}!", R"("Ana")", "Hello Ana!"},
        {"escaped", "({{.}})", R"("<&\">")", "(&lt;&amp;&quot;&gt;)"},
        {"and not", "({{{.}}} {{&.}})", R"("<&\">")", "(<&\"> <&\">)"},
        {"a dot for a number", "({{.}})", "42", "(42)"},
        {"blanks around a tag stay", "| {{x}} | {{{x}}} | {{&x}} |", R"({"x": "-"})", "| - | - | - |"},
        {"a name alone on its line leaves the line", "  {{x}}\n", R"({"x": "-"})", "  -\n"},
        {"the same, not escaped", "  {{{x}}}\n\t{{&x}}\n", R"({"x": "-"})", "  -\n\t-\n"},
        {"blanks inside of a tag do not count", "|{{ x }}|{{{ x }}}|{{& x }}|{{ &x }}|", R"({"x": "-"})", "|-|-|-|-|"},
    });
}

TEST_CASE("Mustache: sections show what is between, as often as their value says") {
    check({
        {"true", "<{{#on}}x{{/on}}>", R"({"on": true})", "<x>"},
        {"false", "<{{#on}}x{{/on}}>", R"({"on": false})", "<>"},
        {"null", "<{{#on}}x{{/on}}>", R"({"on": null})", "<>"},
        {"a name that is not there", "<{{#on}}x{{/on}}>", "{}", "<>"},
        {"a table is looked into", "{{#who}}Hi {{name}}.{{/who}}", R"({"who": {"name": "Ana"}})", "Hi Ana."},
        {"and what is around it after it", "{{#in}}{{a}} {{b}} {{c.d}}{{/in}}",
         R"({"a": "1", "b": "no", "in": {"b": "2"}, "c": {"d": "3"}})", "1 2 3"},
        {"a text is shown once, and is the dot", "{{#x}}{{.}} is {{x}}{{/x}}", R"({"x": "Ana"})", "Ana is Ana"},
        {"lists in lists, with what is around them",
         "{{#houses}}{{#rooms}}{{at.town}}{{no}}:{{#beds}}{{at.street}}{{no}}{{bed}} {{/beds}}{{/rooms}}{{/houses}}",
         R"({"houses": [{"at": {"town": "B", "street": "s"}, "rooms": [{"no": "1", "beds": [{"bed": "l"}, {"bed": "r"}]}]}]})",
         "B1:s1l s1r "},
        {"deep tables, with all that is around them",
         "{{#a}}\n{{p}}\n{{#b}}\n{{p}}{{q}}\n{{#c}}\n{{p}}{{q}}{{r}}\n{{#d}}\n{{p}}{{q}}{{r}}{{s}}\n{{#t}}\n{{s}}{{t}}{"
         "{.}}\n"
         "{{/t}}\n{{s}}\n{{/d}}\n{{r}}\n{{/c}}\n{{q}}\n{{/b}}\n{{p}}\n{{/a}}\n",
         R"({"a": {"p": 1}, "b": {"q": 2}, "c": {"r": 3, "d": {"s": 4, "t": 5}}})",
         "1\n12\n123\n1234\n455\n4\n3\n2\n1\n"},
        {"a list", "<{{#list}}{{x}}{{/list}}>", R"({"list": [{"x": 7}, {"x": 8}, {"x": 9}]})", "<789>"},
        {"an empty list", "<{{#list}}x{{/list}}>", R"({"list": []})", "<>"},
        {"the same name twice", "{{#on}}\n1\n{{/on}}\n{{x}}\n{{#on}}\n3\n{{/on}}\n", R"({"on": true, "x": "2"})",
         "1\n2\n3\n"},
        {"within itself, shown", "<{{#on}}a {{#on}}b{{/on}} c{{/on}}>", R"({"on": true})", "<a b c>"},
        {"within itself, hidden", "<{{#on}}a {{#on}}b{{/on}} c{{/on}}>", R"({"on": false})", "<>"},
        {"texts of a list", "{{#list}}({{.}}){{/list}}", R"({"list": ["a", "b"]})", "(a)(b)"},
        {"numbers of a list", "{{#list}}({{.}}){{/list}}", R"({"list": [1, 2, 2.5]})", "(1)(2)(2.5)"},
        {"lists of a list", "{{#list}}({{#.}}{{.}}{{/.}}){{/list}}", R"({"list": [[1, 2], ["a", "b"]]})", "(12)(ab)"},
        {"escaped", "{{#list}}({{.}}){{/list}}", R"({"list": ["&", "\"", "<", ">"]})", "(&amp;)(&quot;)(&lt;)(&gt;)"},
        {"and not", "{{#list}}{{{.}}}{{&.}}{{/list}}", R"({"list": ["&", "<"]})", "&&<<"},
        {"a list that is all there is", "{{#.}}({{x}}){{/.}}", R"([{"x": 1}, {"x": 2}])", "(1)(2)"},
        {"a dotted name, true", "<{{#a.b}}x{{/a.b}}>", R"({"a": {"b": true}})", "<x>"},
        {"a dotted name, false", "<{{#a.b}}x{{/a.b}}>", R"({"a": {"b": false}})", "<>"},
        {"a dotted name that breaks", "<{{#a.b.c}}x{{/a.b.c}}>", R"({"a": {}})", "<>"},
        {"blanks around and inside stay", " < {{#on}}\t|\t{{/on}} > \n", R"({"on": true})", " < \t|\t > \n"},
        {"also with a comment", " < {{#on}} {{! note }}\n {{/on}} > \n", R"({"on": true})", " <  \n  > \n"},
        {"on one line, begun and ended", " {{#on}}a{{/on}}\n {{#on}}b{{/on}}\n", R"({"on": true})", " a\n b\n"},
        {"alone on their lines", "<\n{{#on}}\n|\n{{/on}}\n>\n", R"({"on": true})", "<\n|\n>\n"},
        {"alone and indented", "<\n  {{#on}}\n|\n\t{{/on}}\n>\n", R"({"on": true})", "<\n|\n>\n"},
        {"alone, with CR LF", "<\r\n{{#on}}\r\n{{/on}}\r\n>", R"({"on": true})", "<\r\n>"},
        {"alone on the first line", "  {{#on}}\n.{{/on}}\n>", R"({"on": true})", ".\n>"},
        {"alone on the last line, which has no end", "<{{#on}}\n>\n  {{/on}}", R"({"on": true})", "<\n>\n"},
        {"padded", "<{{# on }}={{/ on }}>", R"({"on": true})", "<=>"},
        {"hidden, alone on their lines", "a\n{{#on}}\nb\n{{/on}}\nc", R"({"on": false})", "a\nc"},
        {"empty, on one line", "<{{#on}}{{/on}}\n>", R"({"on": true})", "<\n>"},
    });
}

TEST_CASE("Mustache: inverted sections show what is between where a section would not") {
    check({
        {"false", "<{{^on}}x{{/on}}>", R"({"on": false})", "<x>"},
        {"true", "<{{^on}}x{{/on}}>", R"({"on": true})", "<>"},
        {"null", "<{{^on}}x{{/on}}>", R"({"on": null})", "<x>"},
        {"a name that is not there", "<{{^on}}x{{/on}}>", "{}", "<x>"},
        {"a table", "<{{^who}}Hi {{name}}.{{/who}}>", R"({"who": {"name": "Ana"}})", "<>"},
        {"a list", "<{{^list}}{{x}}{{/list}}>", R"({"list": [{"x": 7}, {"x": 8}]})", "<>"},
        {"an empty list", "<{{^list}}x{{/list}}>", R"({"list": []})", "<x>"},
        {"an empty text", "<{{^text}}x{{/text}}{{#text}}y{{/text}}>", R"({"text": ""})", "<x>"},
        {"the same name twice", "{{^on}}\n1\n{{/on}}\n{{x}}\n{{^on}}\n3\n{{/on}}\n", R"({"on": false, "x": "2"})",
         "1\n2\n3\n"},
        {"within itself, shown", "<{{^on}}a {{^on}}b{{/on}} c{{/on}}>", R"({"on": false})", "<a b c>"},
        {"within itself, hidden", "<{{^on}}a {{^on}}b{{/on}} c{{/on}}>", R"({"on": true})", "<>"},
        {"a dotted name, true", "<{{^a.b}}x{{/a.b}}>", R"({"a": {"b": true}})", "<>"},
        {"a dotted name, false", "<{{^a.b}}x{{/a.b}}>", R"({"a": {"b": false}})", "<x>"},
        {"a dotted name that breaks", "<{{^a.b.c}}x{{/a.b.c}}>", R"({"a": {}})", "<x>"},
        {"blanks around and inside stay", " < {{^on}}\t|\t{{/on}} > \n", R"({"on": false})", " < \t|\t > \n"},
        {"also with a comment", " < {{^on}} {{! note }}\n {{/on}} > \n", R"({"on": false})", " <  \n  > \n"},
        {"on one line, begun and ended", " {{^on}}a{{/on}}\n {{^on}}b{{/on}}\n", R"({"on": false})", " a\n b\n"},
        {"alone on their lines", "<\n{{^on}}\n|\n{{/on}}\n>\n", R"({"on": false})", "<\n|\n>\n"},
        {"alone and indented", "<\n  {{^on}}\n|\n\t{{/on}}\n>\n", R"({"on": false})", "<\n|\n>\n"},
        {"alone, with CR LF", "<\r\n{{^on}}\r\n{{/on}}\r\n>", R"({"on": false})", "<\r\n>"},
        {"alone on the first line", "  {{^on}}\n.{{/on}}\n>", R"({"on": false})", ".\n>"},
        {"alone on the last line, which has no end", "<{{^on}}\n>\n  {{/on}}", R"({"on": false})", "<\n>\n"},
        {"padded", "<{{^ on }}={{/ on }}>", R"({"on": false})", "<=>"},
        {"hidden, alone on their lines", "a\n{{^on}}\nb\n{{/on}}\nc", R"({"on": true})", "a\nc"},
    });
}

TEST_CASE("Mustache: where nothing is escaped, an apostrophe is not either") {
    const MustacheValue value{MustacheValue::Table{{"x", {"<'\"&>"}}}};
    CHECK(Mustache("{{x}}").render(value, MustacheEscape::none) == "<'\"&>");
    CHECK(Mustache("{{x}}").render(value, MustacheEscape::html) == "&lt;&#39;&quot;&amp;&gt;");
}

TEST_CASE("Mustache: what is no template is told with its place") {
    CHECK(faults_of("a{{b}} }} { }") == "");
    CHECK(faults_of("a {{b") == "unclosed tag }}@2");
    CHECK(faults_of("{{{b}}") == "unclosed tag }}}@0");
    CHECK(faults_of("{{=<% %>=}}<% b }}") == "unclosed tag %>@11");
    CHECK(faults_of("{{=<% %>}}") == "unclosed tag =}}@0");
    CHECK(faults_of("{{=<%=}}") == "change <%@0");
    CHECK(faults_of("{{==}}{{=a b c=}}") == "change @0, change a b c@6");
    CHECK(faults_of("a{{#b}}c") == "unclosed section b@1");
    CHECK(faults_of("a{{/b}}c") == "unopened section b@1");
    CHECK(faults_of("{{#a}}{{^b}}{{/a}}{{/b}}") == "unclosed section b@6, unopened section b@18");
    std::string deep;
    for (std::size_t i = 0; i <= Mustache::most_depth; ++i) deep += "{{#a}}";
    CHECK(faults_of(deep + "{{b") == "depth a@" + std::to_string(deep.size() - 6));
    CHECK_THROWS_AS(Mustache("{{#a}}").render({}, MustacheEscape::none), Error);
}

TEST_CASE("Mustache: partials show nothing") { CHECK(shown("a{{>b}}c\n{{> b }}\n") == "ac\n"); }
