#include "src/transport/smtp_verdict.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <string_view>

#include "src/base/ascii.h"

namespace pwreset {
namespace {

/// Subject and detail of an enhanced code: {1, 1} of "5.1.1". Nothing told: {0, 0}, as "5.0.0" says it.
struct Detail {
    int subject = 0;
    int detail = 0;
};

Detail detail_of(const SmtpReply& reply) {
    Detail found;
    const std::string& code = reply.enhanced;
    const auto first = code.find('.');
    const auto second = code.find('.', first == code.npos ? first : first + 1);
    if (second == code.npos) return found;
    std::from_chars(code.data() + first + 1, code.data() + second, found.subject);
    std::from_chars(code.data() + second + 1, code.data() + code.size(), found.detail);
    return found;
}

constexpr int any_detail = -1;

/// What an enhanced code is about, whatever the reply code and, but for the rows of the address, the step.
struct Row {
    int subject;
    int from;  ///< the first detail, or any_detail
    int to;
    Concern concern;
    bool for_all = false;   ///< each mail would be told the same
    bool condemns = false;  ///< with a 5xx: the recipient will never do
};

constexpr std::array rows{
    Row{.subject = 1, .from = 7, .to = 8, .concern = Concern::sender, .for_all = true},
    Row{.subject = 1, .from = 1, .to = 6, .concern = Concern::recipient, .condemns = true},
    Row{.subject = 1, .from = 10, .to = 10, .concern = Concern::recipient, .condemns = true},
    Row{.subject = 1, .from = any_detail, .to = 0, .concern = Concern::routing},
    Row{.subject = 2, .from = 1, .to = 2, .concern = Concern::recipient, .condemns = true},
    Row{.subject = 2, .from = any_detail, .to = 0, .concern = Concern::recipient},
    Row{.subject = 3, .from = 4, .to = 4, .concern = Concern::size},
    Row{.subject = 3, .from = any_detail, .to = 0, .concern = Concern::relay},
    Row{.subject = 4, .from = 5, .to = 5, .concern = Concern::quota, .for_all = true},
    Row{.subject = 4, .from = any_detail, .to = 0, .concern = Concern::routing},
    Row{.subject = 5, .from = any_detail, .to = 0, .concern = Concern::relay},
    Row{.subject = 6, .from = 7, .to = 10, .concern = Concern::smtputf8},
    Row{.subject = 6, .from = any_detail, .to = 0, .concern = Concern::policy},
    // RFC 4954 and 5248, and what large hosts add to them (54 and 57 to 60, 64, over 200: Exchange Online; 28: Gmail).
    Row{.subject = 7, .from = 8, .to = 9, .concern = Concern::login, .for_all = true},
    Row{.subject = 7, .from = 11, .to = 14, .concern = Concern::login, .for_all = true},
    Row{.subject = 7, .from = 20, .to = 24, .concern = Concern::sender, .for_all = true},
    Row{.subject = 7, .from = 26, .to = 27, .concern = Concern::sender, .for_all = true},
    Row{.subject = 7, .from = 28, .to = 28, .concern = Concern::quota, .for_all = true},
    Row{.subject = 7, .from = 54, .to = 54, .concern = Concern::routing, .for_all = true},
    Row{.subject = 7, .from = 57, .to = 57, .concern = Concern::login, .for_all = true},
    Row{.subject = 7, .from = 60, .to = 60, .concern = Concern::sender, .for_all = true},
    Row{.subject = 7, .from = 64, .to = 64, .concern = Concern::routing, .for_all = true},
    Row{.subject = 7, .from = 232, .to = 233, .concern = Concern::quota, .for_all = true},
    Row{.subject = 7, .from = 501, .to = 503, .concern = Concern::sender, .for_all = true},
    Row{.subject = 7, .from = 509, .to = 509, .concern = Concern::sender, .for_all = true},
    Row{.subject = 7, .from = 705, .to = 705, .concern = Concern::quota, .for_all = true},
    Row{.subject = 7, .from = 750, .to = 750, .concern = Concern::sender, .for_all = true},
    Row{.subject = 7, .from = any_detail, .to = 0, .concern = Concern::policy},
};

const Row* row_of(const Detail& code) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
        return row.subject == code.subject &&
               (row.from == any_detail || (code.detail >= row.from && code.detail <= row.to));
    });
    return found == rows.end() ? nullptr : &*found;
}

/// The words of a reply in small letters, without addresses: "spam" in one of them says nothing.
std::string words_of(const SmtpReply& reply) {
    std::string words = " ";
    for (const std::string& line : reply.lines) {
        std::string_view rest = line;
        while (!rest.empty()) {
            const auto space = rest.find(' ');
            const auto word = rest.substr(0, space);
            if (word.find('@') == word.npos) words += ascii_lower(std::string(word)) + " ";
            rest.remove_prefix(space == rest.npos ? rest.size() : space + 1);
        }
    }
    return words;
}

/// Words acquit a recipient; none condemns one.
std::optional<Concern> concern_in_words(const SmtpReply& reply) {
    const std::string words = words_of(reply);
    const auto says = [&](std::initializer_list<std::string_view> any) {
        return std::any_of(any.begin(), any.end(), [&](auto word) { return words.find(word) != words.npos; });
    };
    if (says({"smtputf8", "utf8", "utf-8", "non-ascii", "internationali"})) return Concern::smtputf8;
    if (says({"authenti", "login", "log in", "credential", "starttls", " auth "})) return Concern::login;
    if (says(
            {"sending", "daily", "hourly", "per day", "per hour", "rate limit", "throttl", "too many m", "too much m"}))
        return Concern::quota;
    if (says({"sender", "mail from", "from address", "send as", " from:", " spf", "dkim", "dmarc", "absender",
              "expéditeur", "remitente", "mittente", "afzender"}))
        return Concern::sender;
    if (says({"relay"})) return Concern::routing;
    if (says({"message size", "size exceed", "too large", "too big"})) return Concern::size;
    // "Limit" in many languages; a mailbox has limits too.
    const bool of_mailbox = says({"mailbox", "mail box", "inbox", "storage", "over quota", "recipient", "user"});
    if (!of_mailbox && says({"limit", "límite", "quota", "exceeded", "too many"})) return Concern::quota;
    if (says({"spam",        "blocked",       "blacklist",     "blocklist",     "block list",   "dnsbl",
              "rbl",         "policy",        "reputation",    "denied",        "prohibit",     "forbidden",
              "not allowed", "not permitted", "not authori",   "unauthori",     "permission",   "client host",
              "helo",        "ehlo",          "ptr",           "reverse dns",   "content",      "virus",
              " your ip",    " your mail",    " your message", " your account", " your server", " your domain"}))
        return Concern::policy;
    return {};
}

bool concerns_everybody(Concern concern) {
    return concern == Concern::sender || concern == Concern::login || concern == Concern::quota;
}

SendResult kept(Concern concern, bool for_all) {
    SendResult result;
    result.concern = concern;
    result.concerns_all = for_all;
    return result;
}

SendResult about_recipient(bool for_good) {
    SendResult result;
    result.verdict = for_good ? Verdict::permanent : Verdict::temporary;
    result.counts = !for_good;
    result.concern = Concern::recipient;
    return result;
}

/// A 4xx without an enhanced code: it names nothing, so it counts unless it came before the recipient was named.
SendResult bare_temporary(Step step, const SmtpReply& reply) {
    if (const auto concern = concern_in_words(reply)) return kept(*concern, concerns_everybody(*concern));
    SendResult result = kept(step == Step::rcpt ? Concern::recipient : Concern::relay, false);
    result.counts = step != Step::mail && reply.code != 421;
    if (reply.code == 421) result.concern = Concern::relay;
    return result;
}

/// A 5xx without an enhanced code. The recipient is condemned by 550 to 553 at RCPT alone, and only if nothing else is
/// named.
SendResult bare_permanent(Step step, const SmtpReply& reply, bool utf8) {
    if (utf8 && (reply.code == 555 || reply.code == 504)) return kept(Concern::smtputf8, false);
    if (const auto concern = concern_in_words(reply)) return kept(*concern, concerns_everybody(*concern));
    if (step == Step::mail) return kept(reply.code == 552 ? Concern::size : Concern::sender, reply.code != 552);
    if (step == Step::rcpt && reply.code >= 550 && reply.code <= 553) {
        SendResult result = about_recipient(true);
        result.needs_proof = true;
        return result;
    }
    if (step == Step::message && reply.code == 552) return kept(Concern::size, false);
    if (reply.code == 521 || reply.code == 556) return kept(Concern::routing, false);
    const bool filter = reply.code == 571 || reply.code == 554 || (step == Step::message && reply.code >= 550);
    return kept(filter ? Concern::policy : Concern::relay, false);
}

SendResult judged(Step step, const SmtpReply& reply, bool utf8) {
    // RFC 4954: 530, 534, 535 and 538 are about the login, whatever else they say.
    for (const int login : {530, 534, 535, 538})
        if (reply.code == login) return kept(Concern::login, true);
    if (reply.code == 421) return kept(Concern::relay, false);
    const Detail code = detail_of(reply);
    const bool of_sender = step == Step::mail && (code.subject == 1 || code.subject == 2);
    if (of_sender) return kept(Concern::sender, true);
    // "Other address status": of either address, and Postfix says it of the sender's too.
    if (code.subject == 1 && code.detail == 0) {
        if (const auto concern = concern_in_words(reply)) return kept(*concern, concerns_everybody(*concern));
        return about_recipient(reply.code >= 500);
    }
    if (utf8 && code.subject == 5 && code.detail == 4) return kept(Concern::smtputf8, false);
    if (const Row* row = row_of(code)) {
        if (row->concern != Concern::recipient) return kept(row->concern, row->for_all);
        return about_recipient(row->condemns && reply.code >= 500);
    }
    return reply.code >= 500 ? bare_permanent(step, reply, utf8) : bare_temporary(step, reply);
}

}  // namespace

SendResult refusal_at(Step step, const SmtpReply& reply, bool utf8) {
    SendResult result = judged(step, reply, utf8);
    result.answer = reply.summary();
    result.took_recipient = step == Step::data || step == Step::message;
    return result;
}

SendResult not_offered(Concern concern, const std::string& words) {
    SendResult result = kept(concern, false);
    result.answer = words;
    result.asked = false;
    return result;
}

}  // namespace pwreset
