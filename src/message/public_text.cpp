#include "src/message/public_text.h"

#include <algorithm>
#include <array>

#include "src/message/locale.h"

namespace pwreset {

namespace {

struct Sentences {
    const char* language;
    const char* link;
    const char* mailed_code;
    const char* password;
    const char* texted_code;
};

constexpr std::array<Sentences, 3> languages{{
    {"en", "If there is an account with this address, we are sending it an e-mail with a link to a new password.",
     "If there is an account with this address, we are sending it an e-mail with a code.",
     "If there is an account with this address, we are sending it an e-mail with a temporary password.",
     "If there is an account with this number, we are sending it a text message with a code."},
    {"de",
     "Wenn es ein Konto mit dieser Adresse gibt, schicken wir ihm eine E-Mail mit einem Link zu einem neuen Passwort.",
     "Wenn es ein Konto mit dieser Adresse gibt, schicken wir ihm eine E-Mail mit einem Code.",
     "Wenn es ein Konto mit dieser Adresse gibt, schicken wir ihm eine E-Mail mit einem vorläufigen Passwort.",
     "Wenn es ein Konto mit dieser Nummer gibt, schicken wir ihm eine SMS mit einem Code."},
    {"fa",
     "اگر حسابی با این نشانی وجود داشته باشد، ایمیلی با لینک بازیابی رمز عبور برایش "
     "می‌فرستیم.",
     "اگر حسابی با این نشانی وجود داشته باشد، ایمیلی با یک کد برایش "
     "می‌فرستیم.",
     "اگر حسابی با این نشانی وجود داشته باشد، ایمیلی با یک رمز عبور موقت برایش "
     "می‌فرستیم.",
     "اگر حسابی با این شماره وجود داشته باشد، پیامکی با یک کد برایش "
     "می‌فرستیم."},
}};

const Sentences* sentences_in(const std::string& locale) {
    const std::string tag = language_tag(locale);
    const std::string language = tag.substr(0, tag.find('-'));
    const auto* found = std::find_if(languages.begin(), languages.end(),
                                     [&](const Sentences& sentences) { return language == sentences.language; });
    return found == languages.end() ? nullptr : found;
}

}  // namespace

std::string public_text(const Route& route, const std::string& locale, const std::string& fallback) {
    const Sentences* said = sentences_in(locale);
    if (!said) said = sentences_in(fallback);
    if (!said) said = &languages.front();
    if (route.channel == Channel::sms) return said->texted_code;
    if (route.kind == Kind::temporary_password) return said->password;
    return route.kind == Kind::link ? said->link : said->mailed_code;
}

}  // namespace pwreset
