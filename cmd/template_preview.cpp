#include <algorithm>
#include <ostream>

#include "cmd/template.h"
#include "src/base/printable.h"
#include "src/message/compose.h"
#include "src/message/letter.h"
#include "src/message/templates.h"

namespace pwreset {

namespace {

struct PreviewOptions : TemplateOptions {
    std::string name;
    std::optional<std::string> part;
};

// In the form of real ones, and in nobody's hands: each is as long as what a user gets.
constexpr std::string_view sample_token = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
constexpr std::string_view sample_code = "123456";
constexpr std::string_view sample_password = "example-password";

std::string_view sample_secret(Message message) {
    const std::string_view secret = secret_variable(message);
    if (secret == "link") return sample_token;
    if (secret == "code") return sample_code;
    return secret == "password" ? sample_password : std::string_view();
}

Message message_for(const std::string& name) {
    const auto message = message_named(name);
    if (message) return *message;
    throw usage_error("there is no message '" + printable(name) + "'", "there are: " + message_names());
}

void require_part(Message message, const std::string& part) {
    if (std::ranges::count(parts_of(message), part) != 0) return;
    throw usage_error("the message '" + std::string(template_name(message)) + "' has no part '" + part + "'",
                      "a text message has the part txt alone");
}

Seconds lifetime_of(const Config& config, Message message) {
    if (message == Message::temporary_password) return config.temporary_password.lifetime;
    if (message == Message::link_printed) return printed_lifetime(config.reset);
    return message == Message::reset_link ? config.reset.link_lifetime : config.reset.code_lifetime;
}

/// A letter of a day that is always the same, so that two previews can be compared.
Letter sample_letter(const Config& config, Message message, const std::string& locale) {
    const Time issued = *parse_rfc3339("2026-03-01T12:34:00Z");
    return {.delivery_id = 4702,
            .account = "4702",
            .address = "ana@example.com",
            .locale = locale,
            .issued_at = issued,
            .expires_at = issued + lifetime_of(config, message)};
}

std::string with_sample(std::string text, std::string_view secret) {
    const std::string stand_in = placeholder(secret.size());
    if (secret.empty()) return text;
    for (auto at = text.find(stand_in); at != text.npos; at = text.find(stand_in, at)) {
        text.replace(at, stand_in.size(), secret);
    }
    return text;
}

struct Preview {
    std::string locale;
    MessageText text;
};

Preview rendered(const PreviewOptions& options, const Stage& stage, Message message) {
    const Config& config = *stage.config;
    const Templates templates(folder_of(options, stage));
    const std::string wish = stage.common.locale.value_or("");
    const std::string locale = templates.resolve(message, wish, config.text.locale);
    const std::string_view secret = sample_secret(message);
    const auto facts = facts_of(config, sample_letter(config, message, locale), message, locale, secret.size());
    MessageText text = templates.render(message, wish, config.text.locale, facts);
    return {locale, {text.subject, with_sample(text.text, secret), with_sample(text.html, secret)}};
}

/// For a terminal without what drives it, line by line; for a pipe as it is sent.
void print_text(Stage& stage, const std::string& text) {
    auto& out = stage.env.out;
    if (!stage.env.terminal.out) {
        out << text << (text.ends_with('\n') ? "" : "\n");
        return;
    }
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        out << printable(std::string_view(text).substr(start, end - start)) << "\n";
        start = end + 1;
    }
}

void run_preview(PreviewOptions options, Stage& stage) {
    const Message message = message_for(options.name);
    if (options.part == "text") options.part = "txt";  // what --json calls it
    if (options.part) require_part(message, *options.part);
    if (stage.common.locale) require_locale(*stage.common.locale, folder_of(options, stage));
    const auto [locale, text] = rendered(options, stage, message);
    if (!stage.for_people()) {
        const auto filled = [](const std::string& part) { return part.empty() ? Json() : Json(part); };
        const Json data{{"name", template_name(message)},
                        {"locale", locale},
                        {"subject", filled(text.subject)},
                        {"text", text.text},
                        {"html", filled(text.html)}};
        if (stage.common.format == Format::json) return print_success(stage.env, data, stage.trace_id);
        if (stage.common.format == Format::ndjson) return print_line(stage.env, data);
        throw usage_error("a message is no table", "leave out --output, or say --json");
    }
    if (options.part == "subject") return print_text(stage, text.subject);
    if (options.part == "html") return print_text(stage, text.html);
    if (!options.part && !text.subject.empty()) print_text(stage, "Subject: " + text.subject + "\n\n");
    print_text(stage, text.text);
}

}  // namespace

Command template_preview_command(CommandLine& group) {
    auto options = std::make_shared<PreviewOptions>();
    auto& line = group.command("preview", "print a message with made-up facts in it, in --locale");
    line.argument("name", options->name, Presence::required,
                  "reset-link, sms-otp, …: 'pwreset template list' has them all", "NAME");
    line.choice("--part", options->part, "PART", {"subject", "txt", "text", "html"},
                "subject, txt or html; default: subject and txt");
    bind_folder(line, *options);
    return {
        &line, Needs::configuration, {Capability::support}, [options](Stage& stage) { run_preview(*options, stage); }};
}

}  // namespace pwreset
