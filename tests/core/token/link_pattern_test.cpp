// Links of an application, whatever its tokens are made of, in what was pasted.
#include "src/token/link_pattern.h"

#include <string>

#include "tests/catch.h"

using namespace pwreset;

namespace {

const std::string laravel = "https://shop.example/reset/{token}?email={email}";
const std::string django = "https://shop.example/accounts/reset/{uid}/{token}/";

/// "aB-3 email=ada@example.com [line_break 2/4]" of each link.
std::vector<std::string> links_in(const std::string& text, const std::string& pattern = laravel) {
    std::vector<std::string> out;
    for (const auto& link : read_links(Secret(std::string_view(text)), pattern)) {
        std::string line(link.token.reveal());
        for (const auto& [name, value] : link.places) line += " " + name + "=" + value;
        for (const auto& injury : link.injuries) {
            line += " [" + std::string(word_of(injury.what)) + " " + std::to_string(injury.digits_before) + "/" +
                    std::to_string(injury.of) + " @" + std::to_string(injury.character) + "]";
        }
        out.push_back(line);
    }
    return out;
}

using Found = std::vector<std::string>;

}  // namespace

TEST_CASE("a link is taken apart by its pattern, its places decoded") {
    CHECK(links_in("https://shop.example/reset/aB_3-x?email=ada%2Bb%40example.com") ==
          Found{"aB_3-x email=ada+b@example.com"});
    CHECK(links_in("Open HTTPS://Shop.example/reset/aB_3-x?email=a%40b.c please") == Found{"aB_3-x email=a@b.c"});
    CHECK(links_in("https://shop.example/accounts/reset/NDI/cxyz12-0123abc/", django) ==
          Found{"cxyz12-0123abc uid=NDI"});
    CHECK(links_in("https://a.example/k/1a-c1-ff/", "https://a.example/k/{uid}-{token}/") == Found{"c1-ff uid=1a"});
}

TEST_CASE("the fields of a query stand in any order, and others between them") {
    const std::string wordpress = "https://shop.example/wp-login.php?login={login}&key={token}&action=rp";
    CHECK(links_in("https://shop.example/wp-login.php?login=ada&key=aB3&action=rp", wordpress) ==
          Found{"aB3 login=ada"});
    CHECK(links_in("<https://shop.example/wp-login.php?action=rp&key=aB3&login=a%26da>", wordpress).front() ==
          "aB3 login=a&da");
    CHECK(links_in("https://shop.example/wp-login.php?key=aB3&amp;wp_lang=de_DE&amp;action=rp&amp;login=ada&x=1",
                   wordpress)
              .front()
              .starts_with("aB3 login=ada"));
    CHECK(links_in("https://shop.example/wp-login.php?key=aB3&action=rp", wordpress).empty());
    CHECK(links_in("https://shop.example/other.php?action=rp&key=aB3&login=ada", wordpress).empty());
    CHECK(links_in("https://shop.example/wp-login.php?" + std::string(4000, '&'), wordpress).empty());
}

TEST_CASE("the end of a link may be lost") {
    CHECK(links_in("https://shop.example/accounts/reset/NDI/cxyz12-0123abc", django) ==
          Found{"cxyz12-0123abc uid=NDI"});
    CHECK(links_in("https://a.example/t/abc.html", "https://a.example/t/{token}.html") == Found{"abc"});
}

TEST_CASE("parameters of a query stand in any order, with others among them") {
    const std::string wordpress = "https://blog.example/wp-login.php?login={login}&key={token}&action=rp";
    const std::string site = "https://blog.example/wp-login.php?";
    for (const char* query : {"login=ada&key=aB3&action=rp", "login=ada&key=aB3&action=rp&wp_lang=de_DE",
                              "action=rp&key=aB3&login=ada", "wp_lang=de&key=aB3&action=rp&login=ada#top"}) {
        INFO(query);
        CHECK(links_in(site + query, wordpress) == Found{"aB3 login=ada"});
    }
    CHECK(links_in(site + "action=rp&key=aB3&login=ada.lovelace.", wordpress) ==
          Found{"aB3 login=ada.lovelace [punctuation 3/3 @71]"});
    CHECK(links_in(site + "action=rp&key=aB3", wordpress).empty());
    CHECK(links_in(site + "action=rp&Xkey=aB3&login=ada", wordpress).empty());
    CHECK(links_in("https://blog.example/wp-login.phpx?action=rp&key=aB3&login=ada", wordpress).empty());
    const std::string joomla = "https://a.example/i.php?option=com_users&view=reset&token={token}";
    CHECK(links_in("https://a.example/i.php?view=reset&token=ab&option=com_users", joomla) == Found{"ab"});
    CHECK(links_in("https://a.example/i.php?view=login&token=ab&option=com_users", joomla).empty());
    CHECK(links_in("https://a.example/r/ab?x=1&email=a%40b.c", "https://a.example/r/{token}?email={email}") ==
          Found{"ab email=a@b.c"});
    CHECK(links_in("https://a.example/r?x=1&t=7-ab", "https://a.example/r?t={uid}-{token}") == Found{"ab uid=7"});
}

TEST_CASE("what mails put into a link is left out") {
    CHECK(links_in("https://shop.example/reset/aB=\r\nCd?email=3Da").back() ==
          "aBCd email=a [soft_line_break 2/4 @30] [quoted_printable 4/4 @41]");
    CHECK(links_in("https://shop.example/accounts/reset/NDI/ab=\r\ncd/", django) ==
          Found{"abcd uid=NDI [soft_line_break 2/4 @43]"});
    CHECK(links_in("https://shop.example/reset/abcd?email=a%40b.c.") ==
          Found{"abcd email=a@b.c [punctuation 4/4 @46]"});
    const std::string by_query = "https://shop.example/p?t={token}&e={email}";
    CHECK(links_in("https://shop.example/p?t=abcd&amp;e=a%40b.c", by_query) ==
          Found{"abcd email=a@b.c [html_entity 4/4 @30]"});
    CHECK(links_in("<a href=\"https://shop.example/p?t=abcd&amp;e=a%40b.c\">", by_query).front() == "abcd email=a@b.c");
}

TEST_CASE("a link that a line break went into is also joined, behind what stands there as it is") {
    CHECK(links_in("https://shop.example/accounts/reset/NDI/ab\ncd/\nBye", django) ==
          Found{"ab uid=NDI", "abcd uid=NDI [line_break 2/4 @43]"});
}

TEST_CASE("a link that a scanner wrapped is found inside") {
    CHECK(links_in("https://safe.example/?url=https%3A%2F%2Fshop.example%2Freset%2Fabcd%3Femail%3Da%2540b.c&data=1") ==
          Found{"abcd email=a@b.c [wrapped 0/4 @27]"});
}

TEST_CASE("one word alone may be a token, other links and prose are none") {
    CHECK(links_in("  aB_3-x\n") == Found{"aB_3-x"});
    CHECK(links_in("hello there").empty());
    CHECK(links_in("https://other.example/reset/abcd?email=a").empty());
    CHECK(links_in("https://shop.example/reset/").empty());
    CHECK(links_in("").empty());
}

TEST_CASE("a pattern of many places takes no more time than it may") {
    const std::string text = "https://shop.example/" + std::string(4000, '-');
    CHECK(links_in(text, "https://shop.example/{a}-{b}-{c}-{d}-{e}-{token}x{f}y").empty());
    std::string many;
    for (int i = 0; i < 3000; ++i) many += "https://shop.example/reset/" + std::to_string(i) + "?email=x ";
    CHECK(links_in(many).size() == most_candidates);
}
