#include "src/message/wording.h"

#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "src/message/locale.h"
#include "src/message/persian_calendar.h"

namespace pwreset {

namespace {

using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::sys_days;

enum class Language { english, german, persian };

std::optional<Language> language_of(std::string_view locale) {
    static const std::vector<std::string> known{"en", "de", "fa"};
    const auto best = best_locale(locale, known);
    if (!best) return std::nullopt;
    if (*best == "de") return Language::german;
    return *best == "fa" ? Language::persian : Language::english;
}

// --- spans -----------------------------------------------------------------------------------------------------------

struct Unit {
    const char* one;
    const char* many;
};

/// Hours, minutes, seconds, and what stands between two of them.
struct SpanWords {
    std::array<Unit, 3> units;
    const char* joint;
};

constexpr SpanWords english_span{{{{"hour", "hours"}, {"minute", "minutes"}, {"second", "seconds"}}}, " "};
constexpr SpanWords german_span{{{{"Stunde", "Stunden"}, {"Minute", "Minuten"}, {"Sekunde", "Sekunden"}}}, " "};
constexpr SpanWords persian_span{{{{"ساعت", "ساعت"}, {"دقیقه", "دقیقه"}, {"ثانیه", "ثانیه"}}}, " و "};
constexpr SpanWords symbols{{{{"h", "h"}, {"min", "min"}, {"s", "s"}}}, " "};

const SpanWords& span_words(std::optional<Language> language) {
    if (!language) return symbols;
    if (*language == Language::german) return german_span;
    return *language == Language::persian ? persian_span : english_span;
}

// --- moments ---------------------------------------------------------------------------------------------------------

std::string two_digits(long number) { return (number < 10 ? "0" : "") + std::to_string(number); }

/// "14:34" of a moment that was moved into its zone.
std::string clock_of(Time local) {
    const auto of_day = floor<minutes>(local - floor<std::chrono::days>(local)).count();
    return two_digits(of_day / 60) + ":" + two_digits(of_day % 60);
}

/// Whether Germany, Austria and Switzerland have summer time: from the last Sunday of March, 01:00 UTC, to that of
/// October (Directive 2000/84/EC).
bool is_european_summer(Time time) {
    const std::chrono::year_month_day date{floor<std::chrono::days>(time)};
    using namespace std::chrono;
    const Time from = sys_days(date.year() / March / Sunday[last]) + hours(1);
    const Time to = sys_days(date.year() / October / Sunday[last]) + hours(1);
    return from <= time && time < to;
}

std::string german_moment(Time time) {
    constexpr std::array months{"Januar", "Februar", "März",      "April",   "Mai",      "Juni",
                                "Juli",   "August",  "September", "Oktober", "November", "Dezember"};
    const bool summer = is_european_summer(time);
    const Time local = time + hours(summer ? 2 : 1);
    const std::chrono::year_month_day date{floor<std::chrono::days>(local)};
    return std::to_string(static_cast<unsigned>(date.day())) + ". " + months[static_cast<unsigned>(date.month()) - 1] +
           " " + std::to_string(static_cast<int>(date.year())) + " um " + clock_of(local) + " Uhr (" +
           (summer ? "MESZ" : "MEZ") + ")";
}

/// Iran has been 3 h 30 min ahead of UTC, without summer time, since September 2022.
std::string persian_moment(Time time) {
    const Time local = time + hours(3) + minutes(30);
    const PersianDate date = persian_date(floor<std::chrono::days>(local));
    return persian_digits(std::to_string(date.day) + " " + std::string(persian_month(date.month)) + " " +
                          std::to_string(date.year) + "، ساعت " + clock_of(local)) +
           " به وقت تهران";
}

// --- answers ---------------------------------------------------------------------------------------------------------

struct OutcomeWords {
    Outcome outcome;
    std::string_view english, german, persian;
};

constexpr std::array<OutcomeWords, 8> outcomes{{
    {Outcome::link_sent, "reset link sent", "Der Link zum Zurücksetzen des Passworts wurde gesendet.",
     "لینک بازیابی رمز عبور ارسال شد."},
    {Outcome::link_queued, "reset link queued", "Der Link zum Zurücksetzen des Passworts wird gleich gesendet.",
     "لینک بازیابی رمز عبور به‌زودی ارسال می‌شود."},
    {Outcome::code_sent, "code sent", "Der Code wurde gesendet.", "کد ارسال شد."},
    {Outcome::code_queued, "code queued", "Der Code wird gleich gesendet.",
     "کد به‌زودی ارسال می‌شود."},
    {Outcome::code_in_doubt, "it is not known whether the code was sent",
     "Es ist nicht bekannt, ob der Code gesendet wurde.", "معلوم نیست که کد ارسال شده باشد."},
    {Outcome::password_sent, "temporary password sent", "Das vorläufige Passwort wurde gesendet.",
     "رمز عبور موقت ارسال شد."},
    {Outcome::password_queued, "temporary password queued", "Das vorläufige Passwort wird gleich gesendet.",
     "رمز عبور موقت به‌زودی ارسال می‌شود."},
    {Outcome::rehearsed, "would be sent", "Würde gesendet.", "ارسال می‌شد."},
}};

}  // namespace

std::string localised_span(long seconds, std::string_view locale) {
    const SpanWords& words = span_words(language_of(locale));
    const std::array<long, 3> counts{seconds / 3600, seconds / 60 % 60, seconds >= 3600 ? 0 : seconds % 60};
    std::string text;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const bool nothing_else = i + 1 == counts.size() && text.empty();
        if (counts[i] == 0 && !nothing_else) continue;
        const char* unit = counts[i] == 1 ? words.units[i].one : words.units[i].many;
        text += (text.empty() ? "" : words.joint) + std::to_string(counts[i]) + " " + unit;
    }
    return &words == &persian_span ? persian_digits(text) : text;
}

std::string localised_moment(Time time, std::string_view locale) {
    const auto language = language_of(locale);
    if (language == Language::german) return german_moment(time);
    if (language == Language::persian) return persian_moment(time);
    return db_text(time).substr(0, 16) + " UTC";
}

std::string_view localised_outcome(Outcome outcome, std::string_view locale, std::string_view fallback) {
    auto language = language_of(locale);
    if (!language) language = language_of(fallback);
    const OutcomeWords& words = outcomes[static_cast<std::size_t>(outcome)];
    if (language == Language::german) return words.german;
    return language == Language::persian ? words.persian : words.english;
}

}  // namespace pwreset
