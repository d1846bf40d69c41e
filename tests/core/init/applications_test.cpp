#include "src/init/applications.h"

#include <map>

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

using Folder = std::map<std::string, std::string>;
using Lines = std::vector<std::string>;

Files files_of(const Folder& folder) {
    return [folder](const std::string& path) -> std::optional<Secret> {
        const auto found = folder.find(path);
        if (found == folder.end()) return {};
        return Secret(found->second);
    };
}

Facts facts_of(const Folder& folder) { return read_application_files(files_of(folder)); }

/// "host:port/name", or the socket in the host's place.
std::string place(const Facts& facts) {
    const auto& at = facts.database;
    return (at.socket.empty() ? at.host : at.socket) + ":" + std::to_string(at.port) + "/" + at.name;
}

Lines settings(const Facts& facts) {
    Lines lines;
    for (const auto& setting : facts.settings)
        lines.push_back(setting.section + "." + setting.key + " = " + setting.value);
    return lines;
}

std::string secret(const Facts& facts, const std::string& name) {
    for (const auto& found : facts.secrets) {
        if (found.name == name) return std::string(found.content.reveal());
    }
    for (const auto& wanted : facts.wanted) {
        if (wanted.name == name) return "wanted";
    }
    return "none";
}

/// What an application's facts may never hold.
void check_nothing_of(const Facts& facts, const std::string& text) {
    std::string all = facts.base + facts.mail_from + facts.mail_host + place(facts) + facts.prefix + facts.name;
    for (const auto& line : settings(facts)) all += line;
    for (const auto& line : facts.unknown) all += line;
    for (const auto& found : facts.secrets) all += found.content.reveal();
    CHECK(all.find(text) == std::string::npos);
}

const std::string laravel_env =
    "APP_NAME=\"The Shop\"\nAPP_KEY=base64:c2VjcmV0LWtleS1vZi1sYXJhdmVs\nAPP_URL=https://shop.example/\n"
    "APP_TIMEZONE=Europe/Berlin\nDB_CONNECTION=mysql\nDB_HOST=127.0.0.1\nDB_PORT=3307\nDB_DATABASE=shop\n"
    "DB_USERNAME=app\nDB_PASSWORD=hunter2\nMAIL_HOST=mail.example\nMAIL_PORT=587\nMAIL_PASSWORD=hunter2\n"
    "MAIL_FROM_ADDRESS=no-reply@shop.example\n";

}  // namespace

TEST_CASE("Laravel: database, origin, zone and relay are those of .env, and no secret is taken") {
    const Facts facts = facts_of({{"artisan", ""},
                                  {".env", laravel_env},
                                  {"config/app.php", "<?php return ['timezone' => env('APP_TIMEZONE', 'UTC')];"}});
    CHECK(facts.profile == "laravel");
    CHECK(place(facts) == "127.0.0.1:3307/shop");
    CHECK(facts.base == "https://shop.example");
    CHECK(facts.name == "The Shop");
    CHECK(facts.mail_host == "mail.example");
    CHECK(facts.mail_from == "no-reply@shop.example");
    CHECK(settings(facts) == Lines{"reset.application_zone = \"Europe/Berlin\""});
    CHECK(facts.unknown.empty());
    CHECK(facts.read == Lines{".env", "config/app.php"});
    check_nothing_of(facts, "hunter2");
    check_nothing_of(facts, "c2VjcmV0");
}

TEST_CASE("Laravel: what its settings say otherwise is written, as far as they write it out") {
    const Facts facts = facts_of({{"artisan", ""},
                                  {".env", "DB_DATABASE=shop\nDB_CONNECTION=mariadb\n"},
                                  {"config/auth.php",
                                   "<?php return ['passwords' => ['users' => ['provider' => 'users', 'table' => "
                                   "env('AUTH_PASSWORD_RESET_TOKEN_TABLE', 'resets'), 'expire' => 30]]];"},
                                  {"config/app.php", "<?php return ['timezone' => 'Asia/Tehran'];"},
                                  {"config/database.php",
                                   "<?php return ['connections' => ['mariadb' => ['prefix' => 'x_', 'timezone' => "
                                   "'+03:30']]];"}});
    CHECK(facts.prefix == "x_");
    CHECK(settings(facts) == Lines{"reset.session_zone = \"+03:30\"", "reset.store.table = \"x_resets\"",
                                   "reset.application_lifetime = \"30m\"", "reset.application_zone = \"Asia/Tehran\""});
}

TEST_CASE("Laravel: what is not written out is said, and another database or a cache is refused") {
    const Facts facts = facts_of({{"artisan", ""},
                                  {".env", "DB_DATABASE=${OTHER}\n"},
                                  {"config/app.php", "<?php return ['timezone' => zone()];"}});
    CHECK(facts.unknown ==
          Lines{"DB_DATABASE of .env is not written out there: write name in [database]",
                "the zone of config/app.php is not written out there: write application_zone in [reset], "
                "such as \"Europe/Berlin\""});
    CHECK_THROWS_WITH(facts_of({{"artisan", ""}, {".env", "DB_CONNECTION=pgsql\n"}}),
                      "Laravel keeps its users in 'pgsql', which is neither MySQL nor MariaDB");
    CHECK_THROWS_WITH(
        facts_of({{"artisan", ""},
                  {".env", laravel_env},
                  {"config/auth.php", "<?php return ['passwords' => ['users' => ['driver' => 'cache']]];"}}),
        "this application keeps its reset tokens in a cache");
}

TEST_CASE("WordPress: database and prefix are those of wp-config.php") {
    const Facts facts = facts_of(
        {{"wp-config.php",
          "<?php\ndefine( 'DB_NAME', 'blog' );\ndefine('DB_PASSWORD', 'hunter2');\ndefine('DB_HOST', "
          "'localhost:/run/my.sock');\ndefine('AUTH_KEY', 'hunter2');\n$table_prefix = 'site_';\n"
          "define('WP_HOME', 'https://blog.example');\ndefine('WP_SITEURL', 'https://blog.example/core');\n"}});
    CHECK(facts.profile == "wordpress");
    CHECK(place(facts) == "/run/my.sock:0/blog");
    CHECK(facts.prefix == "site_");
    CHECK(facts.base == "https://blog.example/core");
    CHECK(facts.unknown.empty());
    check_nothing_of(facts, "hunter2");
}

TEST_CASE("WordPress: what a function gives is said not to be known") {
    const Facts facts =
        facts_of({{"wp-config.php",
                   "<?php define('DB_NAME', getenv('N')); define('DB_HOST', 'db'); $table_prefix = f();\n"
                   "define('MULTISITE', true);"}});
    CHECK(facts.database.name.empty());
    CHECK(facts.unknown.size() == 3);
    CHECK(facts.prefix.empty());
}

TEST_CASE("Symfony: the later files count, and the secret is the one thing kept") {
    const Facts facts = facts_of(
        {{"composer.json",
          R"({"require":{"symfony/framework-bundle":"7.*","symfonycasts/reset-password-bundle":"1.*"}})"},
         {".env", "APP_SECRET=old\nDATABASE_URL=mysql://u:p@old/shop\nMAILER_DSN=smtp://u:hunter2@mail.example:25\n"},
         {".env.local",
          "APP_SECRET=kernel-secret\nDATABASE_URL=\"mysql://app:hunter2@db.example:3306/shop?charset=utf8\"\n"}});
    CHECK(facts.profile == "symfony");
    CHECK(place(facts) == "db.example:3306/shop");
    CHECK(secret(facts, "kernel") == "kernel-secret");
    CHECK(facts.mail_host == "mail.example");
    CHECK(facts.mail_port == 25);
    CHECK(settings(facts) == Lines{"reset.application_zone = \"UTC\""});
    CHECK(facts.unknown.size() == 1);
    check_nothing_of(facts, "hunter2");
}

TEST_CASE("Symfony: a secret from elsewhere is asked for, another way of resetting is said") {
    const Facts facts =
        facts_of({{"composer.json", "{}"}, {"symfony.lock", "{}"}, {".env", "DATABASE_URL=mysql://db/shop\n"}});
    CHECK(secret(facts, "kernel") == "wanted");
    CHECK(facts.unknown.front().find("does not name symfonycasts/reset-password-bundle") != std::string::npos);
}

TEST_CASE("Ghost: database, relay and the address of its staff are those of its configuration") {
    const Facts facts = facts_of(
        {{"config.production.json",
          R"({"url":"https://blog.example","admin":{"url":"https://admin.example"},"database":{"client":"mysql",)"
          R"("connection":{"host":"127.0.0.1","port":3306,"user":"g","password":"hunter2","database":"ghost"}},)"
          R"("mail":{"from":"'Blog' <b@blog.example>","options":{"host":"mail","port":465}}})"}});
    CHECK(facts.profile == "ghost");
    CHECK(place(facts) == "127.0.0.1:3306/ghost");
    CHECK(facts.base == "https://admin.example");
    CHECK(facts.mail_port == 465);
    CHECK(facts.secrets.empty());
    check_nothing_of(facts, "hunter2");
    CHECK_THROWS_AS(facts_of({{"config.production.json", R"({"database":{"client":"sqlite3"}})"}}), Error);
    CHECK_FALSE(facts_of({{"config.production.json", "{"}}).unknown.empty());
}

TEST_CASE("Rails: Devise's key is derived, and secret_key_base is not kept") {
    std::string base;
    for (int i = 0; i < 8; ++i) base += "0123456789abcdef";
    const Facts facts =
        facts_of({{"config/database.yml",
                   "default: &default\n  adapter: mysql2\n  password: <%= ENV['P'] %>\nproduction:\n  <<: *default\n  "
                   "database: shop\n"
                   "  host: db.example\n"},
                  {"Gemfile.lock", "GEM\n  specs:\n    devise (4.9.3)\n      bcrypt (~> 3.0)\n"},
                  {"config/initializers/devise.rb",
                   "Devise.setup do |config|\n  # config.secret_key = 'no'\n  config.mailer_sender = 'a@shop.example'\n"
                   "  config.reset_password_within = 2.hours\n"},
                  {".env", "SECRET_KEY_BASE=" + base + "\n"}});
    CHECK(facts.profile == "devise");
    CHECK(place(facts) == "db.example:0/shop");
    CHECK(facts.mail_from == "a@shop.example");
    CHECK(settings(facts) == Lines{"reset.application_lifetime = \"2h\""});
    CHECK(secret(facts, "devise").size() == 128);
    check_nothing_of(facts, base);
    CHECK(facts.unknown.empty());
}

TEST_CASE("Rails: what ERB gives is said not to be known, and the secret is asked for") {
    const Facts facts =
        facts_of({{"config/database.yml",
                   "production:\n  adapter: mysql2\n  host: <%= ENV['H'] %>\n  port: <%= 1 %>\n  database: "
                   "<%= ENV['D'] %>\n"},
                  {"Gemfile.lock", "    devise (4.9.3)\n"}});
    CHECK(facts.unknown.size() == 3);
    CHECK(secret(facts, "devise") == "wanted");
}

TEST_CASE("Rails: of several databases the primary one counts, and what is no Devise has another profile") {
    const std::string several =
        "production:\n  primary:\n    adapter: trilogy\n    database: shop\n  cache:\n    database: no\n";
    CHECK(place(facts_of({{"config/database.yml", several}})) == ":0/shop");
    CHECK(facts_of({{"config/database.yml", several}}).profile.empty());
    CHECK(facts_of({{"config/database.yml", several}, {"lib/redmine/version.rb", ""}}).profile == "redmine");
    CHECK(facts_of({{"config/database.yml", several}, {"Gemfile.lock", "    rodauth-rails (1.0)\n    rodauth (2.4)\n"}})
              .profile == "rodauth");
    CHECK_THROWS_AS(facts_of({{"config/database.yml", "production:\n  adapter: postgresql\n"}}), Error);
}

TEST_CASE("Django: database, zone and relay are those of its settings, and its key is derived") {
    const Facts facts = facts_of(
        {{"manage.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"},
         {"shop/settings.py",
          "SECRET_KEY = 'test-secret-key-0123456789'\nTIME_ZONE = 'Europe/Berlin'\nUSE_TZ = True\n"
          "INSTALLED_APPS = ['django.contrib.auth', 'allauth', 'allauth.account']\nPASSWORD_RESET_TIMEOUT = 3600\n"
          "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'NAME': 'shop', 'PASSWORD': 'hunter2',\n"
          "  'HOST': '/run/my.sock'}}\nEMAIL_HOST = 'mail.example'\n"}});
    CHECK(facts.profile == "django-allauth");
    CHECK(place(facts) == "/run/my.sock:0/shop");
    CHECK(settings(facts) ==
          Lines{"reset.application_zone = \"Europe/Berlin\"", "reset.application_lifetime = \"3600s\""});
    CHECK(secret(facts, "django").size() == 64);
    CHECK(facts.mail_host == "mail.example");
    CHECK(facts.unknown.empty());
    check_nothing_of(facts, "test-secret-key");
    check_nothing_of(facts, "hunter2");
}

TEST_CASE("Django: what is computed is said, and a module out of the folder is not looked for") {
    const Facts facts = facts_of({{"manage.py", "setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"},
                                  {"shop/settings/__init__.py",
                                   "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'NAME': env('N')}}\n"
                                   "SECRET_KEY = env('S')\nAUTH_USER_MODEL = 'people.Person'\nUSE_TZ = False\n"}});
    CHECK(secret(facts, "django") == "wanted");
    CHECK(settings(facts) == Lines{"reset.application_zone = \"America/Chicago\"", "users.table = \"people_person\""});
    CHECK(facts.unknown.size() == 3);
    CHECK(facts_of({{"manage.py", "setdefault('DJANGO_SETTINGS_MODULE', '../../etc/passwd')\n"}}).unknown.size() == 1);
}

TEST_CASE("Strapi: the database is that of .env") {
    const Facts facts = facts_of({{"package.json", R"({"dependencies":{"@strapi/strapi":"5.0.0"}})"},
                                  {".env",
                                   "DATABASE_CLIENT=mysql\nDATABASE_HOST=db\nDATABASE_PORT=3306\nDATABASE_NAME=cms\n"
                                   "DATABASE_PASSWORD=hunter2\nJWT_SECRET=hunter2\n"}});
    CHECK(facts.profile == "strapi");
    CHECK(place(facts) == "db:3306/cms");
    check_nothing_of(facts, "hunter2");
}

TEST_CASE("a folder of no application that is known is refused, with the files that were looked for") {
    CHECK_THROWS_AS(facts_of({}), Error);
    CHECK_THROWS_AS(facts_of({{"package.json", "{}"}, {"composer.json", "[]"}}), Error);
}

TEST_CASE("a value that no terminal could show counts as not written out") {
    const Facts facts =
        facts_of({{"wp-config.php", "<?php define('DB_NAME', 'a\x1b[31m'); define('DB_HOST', 'h'); $table_prefix = '" +
                                        std::string(2000, 'x') + "';"}});
    CHECK(facts.database.name.empty());
    CHECK(facts.prefix.empty());
    CHECK(facts.unknown.size() == 2);
}
