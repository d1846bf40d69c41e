// What a person pasted: whatever it is, the candidates are few, whole and made of its own digits, and what is said of
// them holds no token; and what of a mail is decoded is bounded, and knows where it stood.
#include "src/token/pasted.h"

#include <algorithm>

#include "src/token/pasted_html.h"
#include "src/token/pasted_mail.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

bool is_small_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

void check_candidate(const Candidate& candidate, std::size_t size) {
    const auto token = candidate.token.reveal();
    require(token.size() == 64, "a candidate has 64 digits");
    require(std::all_of(token.begin(), token.end(), is_small_digit), "they are small hexadecimal digits");
    for (const auto& injury : candidate.injuries) {
        require(injury.digits_before >= 0 && injury.digits_before <= 64, "a damage is before, in or after the digits");
        require(injury.character >= 1 && injury.character <= size + 1, "a damage is in the text");
        require(!word_of(injury.what).empty() && word_of(injury.what).size() < 20, "a damage has a word");
    }
}

void check_text(const PastedText& text, std::size_t size) {
    require(text.from.size() == text.view().size() + 1, "each byte has its place, and so has the end");
    require(std::is_sorted(text.from.begin(), text.from.end()), "what stands behind stood behind");
    require(text.from.back() <= size, "it stood in what was pasted");
}

}  // namespace
}  // namespace pwreset::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset;
    using namespace pwreset::fuzz;
    const std::string_view text = text_of(data, size);
    const Pasted pasted = read_pasted(Secret(text));
    require(pasted.candidates.size() <= most_candidates, "candidates are few");
    require(pasted.digits == 0 || (pasted.digits >= 16 && pasted.digits < 64), "a piece is shorter than a token");
    require(!pasted.code || pasted.candidates.empty(), "a code is no link");
    for (const auto& candidate : pasted.candidates) check_candidate(candidate, text.size());
    const PastedText whole = pasted_text(text);
    const PastedMail mail = read_mail(whole);
    require(mail.texts.size() <= 3 * most_mail_parts + 2, "a mail's parts are few");
    std::size_t bytes = 0;
    for (const auto& part : mail.texts) {
        check_text(part, whole.view().size());
        bytes += part.view().size();
    }
    require(bytes <= 3 * most_mail_bytes + 2 * text.size(), "a mail's parts are bounded");
    check_text(html_text(whole), whole.view().size());
    check_text(html_links(whole), whole.view().size());
    const auto plain = [&](const Candidate& one) {
        const auto has = [&](const PastedText& part) { return part.view().find(one.token.reveal()) != text.npos; };
        return has(whole) || std::any_of(mail.texts.begin(), mail.texts.end(), has);
    };
    for (const auto& candidate : pasted.candidates) {
        require(plain(candidate) || !candidate.injuries.empty(), "a token that does not stand there was damaged");
    }
    return 0;
}
