#include "src/doctor/services.h"

#include <chrono>

#include "src/base/error.h"
#include "src/limits/sms_alarm.h"
#include "src/transport/captcha.h"
#include "src/transport/transport.h"

namespace pwreset {

namespace {

constexpr const char* sms_area = "sms";
constexpr const char* captcha_area = "captcha";

constexpr const char* network_area = "network";

std::string address_of(const HttpServer& server) { return "'" + authority_of(server.host, server.port) + "'"; }

std::string proxy_of(const HttpServer& server) {
    return server.proxy ? " through proxy '" + authority_of(server.proxy->host, server.proxy->port) + "'" : "";
}

std::string security_of(const HttpServer& server) {
    return server.encrypted ? "TLS, certificate and host name verified" : "plain text, which does not leave this host";
}

}  // namespace

Checks check_proxy(const Config& config) {
    const bool used = (config.sms && config.sms->server.proxy) || (config.captcha && config.captcha->server.proxy);
    if (used || !config.network.proxy) return {};
    return {warning(network_area, "nothing is reached through the proxy: no service is spoken to by https",
                    "remove network.proxy; mail and database never go through it")};
}

Checks check_gateway(const Env& env, const Config& config) {
    const HttpServer& server = config.sms->server;
    const auto began = std::chrono::steady_clock::now();
    env.open_transport(config, Channel::sms).reset();
    const auto took = std::chrono::steady_clock::now() - began;
    const auto ms = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    return {fine(sms_area, "gateway " + address_of(server) + " answered in " + ms + " ms" + proxy_of(server) + ": " +
                               security_of(server) + "; whether it takes messages shows with the first one")};
}

Checks check_sms_alarm(db::Session& session, const Config& config) {
    if (config.sms->alarm_percent == 0)
        return {warning(sms_area, "text messages are never stopped, whoever asks for them",
                        "remove alarm_percent = 0 from [sms]")};
    const auto alarm = sms_alarm(session, config);
    if (!alarm) return {fine(sms_area, "text messages may be sent")};
    return {problem(sms_area, "text messages are stopped: " + *alarm, sms_alarm_remedy(session.now()))};
}

Checks check_captcha_service(const Env& env, const CaptchaConfig& config) {
    const std::string service = "captcha service " + address_of(config.server);
    try {
        check_captcha(env, config, "pwreset-doctor");
    } catch (const Error& error) {
        if (error.code != "CAPTCHA_FAILED") throw;
        return {fine(captcha_area,
                     service + " knows our secret" + proxy_of(config.server) + ": " + security_of(config.server))};
    }
    return {problem(captcha_area, service + " accepts any token: the secret is one for tests",
                    "put the widget's own secret key into the file of captcha.secret_file")};
}

}  // namespace pwreset
