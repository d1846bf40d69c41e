#include "src/config/network.h"

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

namespace {

const std::string sms = "[sms]\nurl = \"https://g.example/send\"\nform = { to = \"{{to}}\", text = \"{{text}}\" }\n";

std::string network_fault(const std::string& lines) { return fault_of(least + "[network]\n" + lines); }

Config behind(const std::string& url, const std::string& more = sms) {
    return parse(least + "[network]\nproxy = \"" + url + "\"\n" + more);
}

std::string address(const Config& config) {
    return authority_of(config.network.proxy->host, config.network.proxy->port);
}

}  // namespace

TEST_CASE("a proxy is a host and a port") {
    CHECK(address(behind("http://proxy.example:3128")) == "proxy.example:3128");
    CHECK(address(behind("http://10.0.0.1:8080/")) == "10.0.0.1:8080");
    CHECK(address(behind("http://[2001:db8::1]:3128")) == "[2001:db8::1]:3128");
    CHECK(behind("http://proxy.example:3128").network.proxy->user.empty());
    CHECK_FALSE(parse(least).network.proxy);
    CHECK_FALSE(behind("").network.proxy);
}

TEST_CASE("services that are spoken to by https go through it, others do not") {
    const std::string captcha = "[captcha]\nsecret_file = \"captcha.secret\"\n";
    const Config config = behind("http://proxy.example:3128", sms + captcha);
    CHECK(config.sms->server.proxy == config.network.proxy);
    CHECK(config.captcha->server.proxy == config.network.proxy);
    const std::string here = "url = \"http://localhost:8080/send\"\n";
    std::string local = sms;
    local.replace(local.find("url"), local.find("form") - local.find("url"), here);
    const Config inside = behind("http://proxy.example:3128", local + captcha + here);
    CHECK_FALSE(inside.sms->server.proxy);
    CHECK_FALSE(inside.captcha->server.proxy);
}

TEST_CASE("what is no proxy is refused, and never repeated") {
    const std::string form = "write it as http://HOST:PORT, such as http://proxy.example:3128";
    const auto said = [](const std::string& url) { return network_fault("proxy = \"" + url + "\"\n"); };
    CHECK(said("https://proxy.example:3128") ==
          "14:9: https in 'network.proxy' | " + form +
              ": what goes through it is encrypted all the way, to the service itself");
    for (const char* url :
         {"proxy.example:3128", "socks5://proxy.example:1080", "http:proxy.example:3128", "HTTP//x:1"})
        CHECK(said(url) == "14:9: no 'http://' at the beginning in 'network.proxy' | " + form);
    CHECK(said("http://mia:sesame@proxy.example:3128") ==
          "14:9: user name before the host in 'network.proxy' | write proxy_user = \"NAME\", and the password into the "
          "file of proxy_password_file; change it if others could read this one");
    CHECK(said("http://proxy.example:3128/path") == "14:9: a path in 'network.proxy' | " + form);
    CHECK(said("http://proxy.example:3128?x=y") == "14:9: a path in 'network.proxy' | " + form);
    CHECK(said("http://proxy.example") == "14:9: no port in 'network.proxy' | " + form);
    for (const char* url :
         {"http://proxy.example:", "http://proxy.example:0", "http://proxy.example:65536", "http://proxy.example:31x"})
        CHECK(said(url) == "14:9: no valid port in 'network.proxy' | " + form);
    for (const char* url : {"http://:3128", "http://pro_xy..example:3128", "http://-a:1"})
        CHECK(said(url) == "14:9: no valid host in 'network.proxy' | " + form);
    CHECK(network_fault("proxy = 3128\n") ==
          "14:9: expected text for 'network.proxy' | write it between double quotes");
}

TEST_CASE("the login at a proxy is a name and a file") {
    const std::string proxy = "proxy = \"http://proxy.example:3128\"\n";
    CHECK(network_fault(proxy + "proxy_user = \"mia\"\nproxy_password_file = \"p\"\n") == "no fault");
    CHECK(network_fault(proxy + "proxy_user = \"mia\"\nproxy_password_credential = \"p\"\n") == "no fault");
    CHECK(network_fault(proxy + "proxy_user = \"mia\"\n") ==
          "15:14: 'network.proxy_user' without a password | write proxy_password_file = \"proxy.password\"");
    CHECK(network_fault(proxy + "proxy_password_file = \"p\"\n") ==
          "13:1: password without 'network.proxy_user' | write proxy_user = \"NAME\", the login at the proxy");
    CHECK(network_fault(proxy + "proxy_user = \"m:a\"\nproxy_password_file = \"p\"\n") ==
          "15:14: colon in 'network.proxy_user' | a login of HTTP's has none: it ends the name");
    CHECK(network_fault("proxy_user = \"mia\"\n") ==
          "14:14: 'network.proxy_user' without 'network.proxy' | write proxy = \"http://HOST:PORT\"");
    for (const char* key : {"password", "proxy_password"})
        CHECK(network_fault(proxy + key + " = \"sesame\"\n") ==
              "15:1: password written into the file: 'network." + std::string(key) +
                  "' | put it into a file of mode 0600 and write proxy_password_file = \"proxy.password\"; change the "
                  "password if others could read this file");
}
