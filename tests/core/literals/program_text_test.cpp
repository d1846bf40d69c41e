// PHP and Python as texts.
#include <array>

#include "src/literals/php_text.h"
#include "src/literals/python_text.h"
#include "tests/catch.h"
#include "tests/core/literals/shown.h"

using namespace pwreset;

namespace {

using Steps = std::vector<std::string_view>;

std::string constant(const std::string& program) { return shown(PhpText("<?php\n" + program).constant("DB_NAME")); }
std::string prefix(const std::string& program) { return shown(PhpText("<?php\n" + program).assigned("$table_prefix")); }
std::string returned(const std::string& program, const Steps& path) {
    return shown(PhpText("<?php\n" + program).returned(path));
}
std::string setting(const std::string& module) { return shown(PythonText(module).assigned("NAME")); }
std::string entry(const std::string& module, const Steps& path) {
    return shown(PythonText(module).entry("DATABASES", path));
}

}  // namespace

TEST_CASE("a constant of PHP is the text in its define") {
    CHECK(constant("define('DB_NAME', 'shop');") == "|shop|");
    CHECK(constant("define( \"DB_NAME\" , \"shop\" ) ;") == "|shop|");
    CHECK(constant("Define('DB_NAME', 'it\\'s \\\\');") == "|it's \\|");
    CHECK(constant("define('DB_NAME', true);") == "|true|");
    CHECK(constant("define('DB_NAME', 42);") == "|42|");
    CHECK(constant("define('DB_USER', 'shop');") == "absent");
}

TEST_CASE("a constant that PHP would compute is not known") {
    for (const auto* program :
         {"define('DB_NAME', getenv('DB'));", "define('DB_NAME', 'a' . 'b');", "define('DB_NAME', \"a$b\");",
          "define('DB_NAME', \"{$a}\");", "define('DB_NAME', <<<EOT\nshop\nEOT);", "define('DB_NAME', `id`);",
          "define('DB_NAME', 'shop", "define('DB_NAME', OTHER);", "define('DB_NAME', \"a\\n\");",
          "if ($x) { define('DB_NAME', 'shop'); }", "if ($x) define('DB_NAME', 'shop');",
          "if ($x): define('A', 1); define('DB_NAME', 'shop'); endif;", "$x && define('DB_NAME', 'shop');",
          "define('DB_NAME', 'a'); define('DB_NAME', 'b');", "function f() { define('DB_NAME', 'shop'); }"}) {
        CAPTURE(program);
        CHECK(constant(program) == "computed");
    }
}

TEST_CASE("what PHP would not run defines nothing") {
    for (const auto* program :
         {"// define('DB_NAME', 'shop');", "# define('DB_NAME', 'shop');", "/* define('DB_NAME', 'shop'); */",
          "$x = \"define('DB_NAME', 'shop');\";", "$x = <<<'EOT'\ndefine('DB_NAME', 'shop');\nEOT;",
          "?> define('DB_NAME', 'shop'); ", "__halt_compiler(); define('DB_NAME', 'shop');", "/* never ends"}) {
        CAPTURE(program);
        CHECK(constant(program) == "absent");
    }
    CHECK(shown(PhpText("define('DB_NAME', 'shop');").constant("DB_NAME")) == "absent");
    CHECK(constant("// a ?> page <?php define('DB_NAME', 'shop');") == "|shop|");
    CHECK(constant("$x = <<<EOT\n EOTX\n  EOT;\ndefine('DB_NAME', 'shop');") == "|shop|");
}

TEST_CASE("a variable of PHP is the text it is assigned, as long as nothing changes it") {
    CHECK(prefix("$table_prefix = 'wp_';") == "|wp_|");
    CHECK(prefix("$table_prefix  = 'wp_'; if ($table_prefix) { f($table_prefix); }") == "|wp_|");
    CHECK(prefix("$table_prefix = 'wp_' . $x;") == "computed");
    CHECK(prefix("$table_prefix = 'a'; $table_prefix = 'b';") == "computed");
    CHECK(prefix("$table_prefix = 'a'; $table_prefix .= 'b';") == "computed");
    CHECK(prefix("if ($table_prefix == 'x') {}") == "absent");
}

TEST_CASE("a setting of PHP is found by its keys") {
    const std::string whole =
        "return ['passwords' => ['users' => array('table' => 'resets', 'expire' => 60, 'made' => env('X', 'y'))]];";
    CHECK(returned(whole, {"passwords", "users", "table"}) == "|resets|");
    CHECK(returned(whole, {"passwords", "users", "expire"}) == "|60|");
    CHECK(returned(whole, {"passwords", "users", "made"}) == "computed");
    CHECK(returned(whole, {"passwords", "users", "no"}) == "absent");
    CHECK(returned(whole, {"passwords", "users"}) == "computed");
    CHECK(returned(whole, {"passwords", "no", "no"}) == "absent");
    CHECK(returned("return ['a' => 1] + $more;", {"a"}) == "computed");
    CHECK(returned("return [...$more, 'a' => 1];", {"a"}) == "computed");
    CHECK(returned("return [$key => 2, 'a' => 1];", {"a"}) == "computed");
    CHECK(returned("if ($x) return ['a' => 1];", {"a"}) == "computed");
    CHECK(returned("return f();", {"a"}) == "computed");
    CHECK(returned("$a = 1;", {"a"}) == "absent");
    CHECK(returned(std::string("return ") + std::string(100'000, '['), {"a"}) == "computed");
}

TEST_CASE("what Laravel takes from a variable is looked up, and has the default that is written there") {
    const PhpText program("<?php return ['zone' => env('APP_TIMEZONE', 'UTC'), 'bare' => env('APP_TIMEZONE')];");
    const std::array<std::string_view, 1> zone{"zone"};
    const std::array<std::string_view, 1> bare{"bare"};
    const auto berlin = [](std::string_view name) {
        return name == "APP_TIMEZONE" ? written("Europe/Berlin") : Literal{};
    };
    const auto nothing = [](std::string_view) { return Literal{}; };
    CHECK(shown(program.returned(zone, berlin)) == "|Europe/Berlin|");
    CHECK(shown(program.returned(zone, nothing)) == "|UTC|");
    CHECK(shown(program.returned(bare, nothing)) == "absent");
}

TEST_CASE("a setting of Python is what its one assignment writes out") {
    CHECK(setting("NAME = 'shop'\n") == "|shop|");
    CHECK(setting("NAME = \"shop\"  # ours") == "|shop|");
    CHECK(setting("NAME = '''shop'''\n") == "|shop|");
    CHECK(setting("NAME = r'a\\b'\n") == "|a\\b|");
    CHECK(setting("NAME = True\n") == "|true|");
    CHECK(setting("NAME = 3600\n") == "|3600|");
    CHECK(setting("OTHER = 'shop'\n") == "absent");
    CHECK(setting("f(\nNAME = 'shop')\n") == "absent");
    CHECK(setting("'''\nNAME = 'shop'\n'''\n") == "absent");
}

TEST_CASE("a setting that Python would compute is not known") {
    for (const auto* module :
         {"NAME = os.environ['X']\n", "NAME = 'a' + b\n", "NAME = 'a' 'b'\n", "NAME = f'{x}'\n", "NAME = b'shop'\n",
          "NAME = 'a\\n'\n", "NAME = 'never ends\n", "NAME = 60 * 60\n", "if x:\n    NAME = 'shop'\n",
          "NAME = 'a'\nNAME = 'b'\n", "NAME = 'a'\nNAME += 'b'\n", "NAME: str = 'a'\n"}) {
        CAPTURE(module);
        CHECK(setting(module) == "computed");
    }
}

TEST_CASE("a database of Django is found in its dictionary") {
    const std::string module =
        "DATABASES = {\n    'default': {\n        'ENGINE': 'django.db.backends.mysql',  # ours\n        'NAME': "
        "'shop',\n"
        "        'HOST': os.environ.get('H', 'db'),\n        'OPTIONS': {'NAME': 'no'},\n    }\n}\n";
    CHECK(entry(module, {"default", "NAME"}) == "|shop|");
    CHECK(entry(module, {"default", "ENGINE"}) == "|django.db.backends.mysql|");
    CHECK(entry(module, {"default", "HOST"}) == "computed");
    CHECK(entry(module, {"default", "PORT"}) == "absent");
    CHECK(entry(module, {"other", "NAME"}) == "absent");
    CHECK(entry(module + "DATABASES['default']['NAME'] = 'x'\n", {"default", "NAME"}) == "computed");
    CHECK(entry("DATABASES = {'default': {**BASE, 'NAME': 'shop'}}\n", {"default", "NAME"}) == "computed");
    CHECK(entry("DATABASES = {'default': env.db()}\n", {"default", "NAME"}) == "computed");
    CHECK(entry("DATABASES = {'default': {'NAME': 'shop'}} | MORE\n", {"default", "NAME"}) == "computed");
    CHECK(entry("DATABASES = {'default': {'NAME': 'shop'", {"default", "NAME"}) == "computed");
}

TEST_CASE("the module of Django's settings is what manage.py names") {
    const PythonText manage("os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n");
    CHECK(shown(manage.behind("DJANGO_SETTINGS_MODULE")) == "|site.settings|");
    CHECK(shown(manage.behind("OTHER")) == "absent");
    CHECK(manage.mentions("site.settings"));
    CHECK_FALSE(manage.mentions("settings"));
}
