"""pwreset init: from a skeleton of each application, or its tables alone, to the first mail."""

import base64
import hmac
import json
import os
import shutil
import subprocess
import tempfile
import tomllib
import unittest
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import harness
from database import Database
from harness import SmtpServer

PASSWORD = "hunter2-of-the-application"
KEY = "0123456789abcdef" * 8
HASH = "$2y$10$" + "u" * 53
USERS = (
    "CREATE TABLE users (id BIGINT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(255), email VARCHAR(255) UNIQUE NOT NULL,"
    " email_verified_at TIMESTAMP NULL, password VARCHAR(255) NOT NULL, remember_token VARCHAR(100),"
    " created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL)"
)


class NewSite:
    """A machine on which pwreset was just installed: an application's folder, its schema, a relay, no configuration."""

    def __init__(self, database, smtp, fresh=True):
        self.folder = Path(tempfile.mkdtemp(prefix="pwreset-init-"))
        self.app = self.folder / "app"
        self.app.mkdir()
        self.database, self.smtp = database, smtp
        self.file = self.folder / "shop.toml"
        if fresh:
            database.reset()

    def close(self):
        logins = self.database.sql("SELECT User AS user, Host AS host FROM mysql.user WHERE User LIKE 'pwreset\\_%'")
        for login in logins or []:
            self.database.sql(f"DROP USER `{login['user']}`@`{login['host']}`")
        self.database.sql("DROP DATABASE IF EXISTS pwreset_shop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, files):
        """The application's files by their paths; @SOCKET@ and the like stand for where things are."""
        for name, text in files.items():
            path = self.app / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.with_places(dedent(text)))

    def with_places(self, text):
        places = {"SOCKET": self.database.socket, "SCHEMA": self.database.name, "PASSWORD": PASSWORD, "KEY": KEY,
                  "SMTP": self.smtp.port, "PORT": self.database.port}  # fmt: skip
        for name, value in places.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def run(self, *args, stdin=""):
        done = subprocess.run([harness.BINARY, "--config", str(self.file), *args], input=stdin, capture_output=True, text=True,
                              timeout=60, cwd=self.folder, env={"PATH": os.defpath, "LANG": "C.UTF-8"})  # fmt: skip
        return harness.Result([*args], done.returncode, done.stdout, done.stderr)

    def init(self, *args, stdin=""):
        return self.run("init", "--from", str(self.app), "--base", "https://shop.example", *args, stdin=stdin)

    def config(self):
        return tomllib.loads(self.file.read_text())

    def let_in(self):
        """What an administrator of the database runs."""
        self.database.sql((self.folder / "shop-grants.sql").read_text())

    def written(self):
        """What all files that init made hold."""
        return {path.name: path.read_text() for path in self.folder.glob("shop*") if path.is_file()}


class InitTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database(private="logins are made in it, and it is reached by TCP too", tcp=True)
        cls.addClassCleanup(cls.database.close)
        cls.smtp = SmtpServer()
        cls.addClassCleanup(cls.smtp.close)

    def setUp(self):
        self.site = NewSite(self.database, self.smtp)
        self.addCleanup(self.site.close)

    def made(self, files, *args, stdin=""):
        """The answer of init on a folder with these files."""
        self.site.write(files)
        done = self.site.init("--json", *args, stdin=stdin)
        self.assertEqual(done.exit, 0, done)
        data = done.json["data"]
        for name, text in self.site.written().items():
            self.assertNotIn(PASSWORD, text, name)
            self.assertNotIn(KEY, text, name)
            self.assertEqual((self.site.folder / name).stat().st_mode & 0o7777, 0o600, name)
        self.assertNotIn(PASSWORD, done.out)
        return data


LARAVEL = {
    "artisan": "#!/usr/bin/env php\n",
    ".env": """\
        APP_NAME=Shop
        APP_KEY=base64:@KEY@
        APP_URL=https://shop.example
        DB_CONNECTION=mysql
        DB_HOST=127.0.0.1
        DB_SOCKET=@SOCKET@
        DB_DATABASE=@SCHEMA@
        DB_USERNAME=app
        DB_PASSWORD=@PASSWORD@
        MAIL_HOST=127.0.0.1
        MAIL_PORT=@SMTP@
        MAIL_PASSWORD=@PASSWORD@
        MAIL_FROM_ADDRESS=no-reply@shop.example
        """,
    "config/app.php": "<?php return ['timezone' => 'UTC'];",
}


class FilesTest(InitTest):
    """What comes of an application's files, before any database is asked."""

    def test_laravel(self):
        data = self.made(LARAVEL, "--yes", "--profile", "native")
        config = self.site.config()
        self.assertEqual(config["database"]["socket"], str(self.database.socket))
        self.assertEqual(config["database"]["user"], "pwreset_shop")
        self.assertEqual(config["mail"]["from"], "Shop <no-reply@shop.example>")
        self.assertNotIn("application_zone", config["reset"])  # that is for Laravel's own profile
        self.assertEqual(data["read"], [".env", "config/app.php"])
        self.assertTrue(data["next"][-1].endswith(" doctor"), data)

    def test_nothing_is_written_over(self):
        self.made(LARAVEL, "--yes", "--profile", "native")
        before = self.site.written()
        again = self.site.init("--yes", "--profile", "native")
        self.assertEqual(again.exit, 78, again)
        self.assertEqual(self.site.written(), before)

    def test_a_dry_run_shows_the_configuration_and_writes_nothing(self):
        self.site.write(LARAVEL)
        done = self.site.init("--yes", "--dry-run", "--profile", "native")
        self.assertEqual(done.exit, 0, done)
        self.assertIn('application = "shop"', done.out)
        self.assertEqual(self.site.written(), {})

    def test_a_link_in_the_folder_is_not_followed_and_a_pipe_is_not_waited_for(self):
        (self.site.folder / "outside").write_text("APP_URL=https://evil.example\n")
        self.site.write({"artisan": ""})
        (self.site.app / ".env").symlink_to("../outside")
        done = self.site.init("--yes")
        self.assertEqual((done.exit, "is a link" in done.err), (65, True), done)
        (self.site.app / ".env").unlink()
        os.mkfifo(self.site.app / ".env")
        self.assertEqual(self.site.init("--yes").exit, 65)
        self.assertEqual(self.site.written(), {})

    def test_where_links_lead_is_never_taken_from_the_files_unseen(self):
        self.site.write(LARAVEL)
        done = self.site.run("init", "--from", str(self.site.app), "--yes", "--profile", "native")
        self.assertEqual(done.exit, 64, done)
        self.assertIn("--base https://shop.example", done.err)

    def test_a_password_that_is_typed_is_the_one_in_the_statements(self):
        self.made(LARAVEL, "--profile", "native", stdin="\ncorrect horse\n")
        self.assertEqual((self.site.folder / "shop-database.password").read_text(), "correct horse")
        self.assertIn("IDENTIFIED BY 'correct horse'", (self.site.folder / "shop-grants.sql").read_text())

    def test_every_format_of_the_answer(self):
        self.site.write(LARAVEL)
        rows = self.site.init("--yes", "--dry-run", "--profile", "native", "--output", "ndjson").rows
        steps = {row["step"] for row in rows}
        self.assertLessEqual({"read", "profile", "would write", "statement", "after_migration", "next"}, steps)

    def test_a_folder_without_an_application_is_refused(self):
        done = self.site.init("--yes")
        self.assertEqual((done.exit, json.loads(self.site.init("--yes", "--json").out)["code"]), (65, "INVALID_INPUT"), done)


class NativeTest(InitTest):
    """The whole way, with a profile that needs nothing of the application."""

    def test_from_files_to_the_first_mail(self):
        self.database.sql(USERS)
        self.database.sql(f"INSERT INTO users (email, password) VALUES ('ana@example.com', '{HASH}')")
        self.made(LARAVEL, "--yes", "--profile", "native")
        text = self.site.file.read_text()
        self.site.file.write_text(text.replace('\n# role = "role"', "").replace('# protected = ["admin"]', "protected = []"))
        self.site.let_in()
        self.database.sql(f"GRANT SELECT ON `{self.database.name}`.users TO pwreset_shop@localhost")
        self.assertEqual(self.site.run("migrate").exit, 0)
        before = len(self.smtp.mails())
        done = self.site.run("request", "ana@example.com")
        self.assertEqual(done.exit, 0, done)
        self.assertIn("https://shop.example/", SmtpServer.link(self.smtp.mails(at_least=before + 1)[-1]))



# What each application has, and what is to come of it: its files, its tables with one account, the answers to what the
# files do not say, the preset, and keys of the configuration.
APPLICATIONS = {
    "laravel": {
        "files": LARAVEL,
        "tables": USERS
        + ";CREATE TABLE password_reset_tokens (email VARCHAR(255) PRIMARY KEY, token VARCHAR(255) NOT NULL, created_at TIMESTAMP"
        " NULL);CREATE TABLE sessions (id VARCHAR(255) PRIMARY KEY, user_id BIGINT, INDEX (user_id))"
        f";INSERT INTO users (email, password) VALUES ('ana@example.com', '{HASH}')",
        "answers": ["", ""],  # no roles; a random password
        "keys": {"reset.application_zone": "UTC", "users.protected": []},
    },
    "wordpress": {
        "files": {
            "wp-config.php": """\
                <?php
                define( 'DB_NAME', '@SCHEMA@' );
                define( 'DB_USER', 'app' );
                define( 'DB_PASSWORD', '@PASSWORD@' );
                define( 'DB_HOST', 'localhost:@SOCKET@' );
                define( 'AUTH_KEY', '@KEY@' );
                $table_prefix = 'blog_';
                define( 'WP_HOME', 'https://blog.example' );
                if ( ! defined( 'ABSPATH' ) ) {
                    define( 'ABSPATH', __DIR__ . '/' );
                }
                require_once ABSPATH . 'wp-settings.php';
                """
        },
        "tables": "CREATE TABLE blog_users (ID BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, user_login VARCHAR(60) NOT NULL,"
        " user_pass VARCHAR(255) NOT NULL, user_email VARCHAR(100) NOT NULL, user_registered DATETIME NOT NULL,"
        " user_activation_key VARCHAR(255) NOT NULL DEFAULT '', user_status INT NOT NULL DEFAULT 0, INDEX (user_email),"
        " INDEX (user_login));"
        "CREATE TABLE blog_usermeta (umeta_id BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT, user_id BIGINT UNSIGNED NOT NULL,"
        " meta_key VARCHAR(255), meta_value LONGTEXT, INDEX (user_id));"
        f"INSERT INTO blog_users (user_login, user_pass, user_email, user_registered) VALUES ('ana', '{HASH}',"
        " 'ana@example.com', '2026-01-01');"
        "INSERT INTO blog_usermeta (user_id, meta_key, meta_value) VALUES (1, 'blog_capabilities',"
        " 'a:1:{s:10:\"subscriber\";b:1;}')",
        "answers": ["no-reply@shop.example", "127.0.0.1:@SMTP@", ""],
        "keys": {"users.table": "blog_users"},
    },
    "symfony": {
        "files": {
            "composer.json": '{"require": {"symfony/framework-bundle": "7.*", "symfonycasts/reset-password-bundle": "^1.25"}}',
            ".env": "APP_SECRET=\nDATABASE_URL=mysql://u:p@127.0.0.1/other\nMAILER_DSN=smtp://u:@PASSWORD@@127.0.0.1:@SMTP@\n",
            ".env.local": "APP_SECRET=kernel-secret\n"
            'DATABASE_URL="mysql://app:@PASSWORD@@localhost/@SCHEMA@?unix_socket=@SOCKET@&serverVersion=10.11"\n',
        },
        "tables": "CREATE TABLE user (id INT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(180) UNIQUE NOT NULL, roles LONGTEXT NOT"
        " NULL CHECK (JSON_VALID(roles)), password VARCHAR(255) NOT NULL);"
        "CREATE TABLE reset_password_request (id INT PRIMARY KEY AUTO_INCREMENT, user_id INT NOT NULL, selector VARCHAR(20) NOT"
        " NULL, hashed_token VARCHAR(100) NOT NULL, requested_at DATETIME NOT NULL, expires_at DATETIME NOT NULL, INDEX (user_id));"
        f"INSERT INTO user (email, roles, password) VALUES ('ana@example.com', '[]', '{HASH}')",
        "answers": ["no-reply@shop.example", ""],
        "keys": {"secrets.kernel": {"file": "shop-symfony.secret"}},
        "secrets": {"shop-symfony.secret": "kernel-secret"},
    },
    "ghost": {
        "files": {
            "config.production.json": """\
                {"url": "https://blog.example", "database": {"client": "mysql", "connection": {"socketPath": "@SOCKET@",
                 "user": "app", "password": "@PASSWORD@", "database": "@SCHEMA@"}},
                 "mail": {"from": "no-reply@shop.example", "options": {"host": "127.0.0.1", "port": @SMTP@}}}
                """
        },
        "tables": "CREATE TABLE users (id VARCHAR(24) PRIMARY KEY, name VARCHAR(191), email VARCHAR(191) UNIQUE NOT NULL, password"
        " VARCHAR(60) NOT NULL, status VARCHAR(50) NOT NULL DEFAULT 'active', created_at DATETIME NOT NULL DEFAULT '2026-01-01',"
        " last_seen DATETIME);"
        "CREATE TABLE roles (id VARCHAR(24) PRIMARY KEY, name VARCHAR(50));"
        "CREATE TABLE roles_users (id VARCHAR(24) PRIMARY KEY, role_id VARCHAR(24), user_id VARCHAR(24));"
        "CREATE TABLE settings (id VARCHAR(24) PRIMARY KEY, `key` VARCHAR(50) UNIQUE, value TEXT);"
        "CREATE TABLE sessions (id VARCHAR(24) PRIMARY KEY, user_id VARCHAR(24));"
        "INSERT INTO settings VALUES ('1', 'db_hash', '11111111-2222-4333-8444-555555555555');"
        "INSERT INTO roles VALUES ('1', 'Author'); INSERT INTO roles_users VALUES ('1', '1', '42');"
        f"INSERT INTO users (id, name, email, password) VALUES ('42', 'Ana', 'ana@example.com', '{HASH}')",
        "answers": [""],
        "keys": {},
    },
    "devise": {
        "files": {
            "config/database.yml": """\
                default: &default
                  adapter: mysql2
                  password: <%= ENV["DATABASE_PASSWORD"] %>
                production:
                  <<: *default
                  database: @SCHEMA@
                  socket: @SOCKET@
                """,
            "Gemfile.lock": "GEM\n  specs:\n    devise (4.9.3)\n    rails (7.2.4)\n",
            "config/initializers/devise.rb": "Devise.setup do |config|\n  config.mailer_sender = 'no-reply@shop.example'\nend\n",
            ".env": "SECRET_KEY_BASE=@KEY@\n",
        },
        "tables": "CREATE TABLE users (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(255) UNIQUE NOT NULL, encrypted_password"
        " VARCHAR(255) NOT NULL, reset_password_token VARCHAR(255) UNIQUE, reset_password_sent_at DATETIME(6),"
        " remember_created_at DATETIME(6), created_at DATETIME(6) NOT NULL, updated_at DATETIME(6) NOT NULL);"
        f"INSERT INTO users (email, encrypted_password, created_at, updated_at) VALUES ('ana@example.com', '{HASH}', NOW(), NOW())",
        "answers": ["", "127.0.0.1:@SMTP@", ""],
        "keys": {"secrets.devise": {"file": "shop-devise.key", "decode": "hex"}},
    },
    "redmine": {
        "files": {
            "config/database.yml": "production:\n  adapter: mysql2\n  database: @SCHEMA@\n  socket: @SOCKET@\n",
            "lib/redmine/version.rb": "module Redmine\nend\n",
        },
        "answers": ["no-reply@shop.example", "127.0.0.1:@SMTP@", ""],
        "keys": {},
    },
    "django": {
        "files": {
            "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
            "shop/settings.py": """\
                import os
                SECRET_KEY = '@KEY@'
                TIME_ZONE = 'UTC'
                USE_TZ = True
                DATABASES = {
                    'default': {
                        'ENGINE': 'django.db.backends.mysql',
                        'NAME': '@SCHEMA@',
                        'PASSWORD': os.environ['DATABASE_PASSWORD'],
                        'HOST': '@SOCKET@',
                    }
                }
                EMAIL_HOST = '127.0.0.1'
                EMAIL_PORT = @SMTP@
                DEFAULT_FROM_EMAIL = 'no-reply@shop.example'
                """,
        },
        "answers": [""],
        "keys": {"reset.application_zone": "UTC", "secrets.django": {"file": "shop-django.key", "decode": "hex"}},
    },
    "strapi": {
        "files": {
            "package.json": '{"dependencies": {"@strapi/strapi": "5.54.0"}}',
            ".env": "DATABASE_CLIENT=mysql\nDATABASE_HOST=127.0.0.1\nDATABASE_PORT=@PORT@\nDATABASE_NAME=@SCHEMA@\n"
            "DATABASE_PASSWORD=@PASSWORD@\nJWT_SECRET=@KEY@\n",
        },
        "answers": ["", "no-reply@shop.example", "127.0.0.1:@SMTP@", ""],
        "keys": {"database.host": "127.0.0.1"},
    },
}


class ApplicationsTest(InitTest):
    """From the files of each application to its configuration."""

    def made_for(self, preset):
        told = APPLICATIONS[preset]
        answers = "".join(self.site.with_places(answer) + "\n" for answer in told["answers"])
        data = self.made(told["files"], stdin=answers)
        self.assertEqual(data["profile"], preset)
        config = self.site.config()
        for path, expected in told["keys"].items():
            found = config
            for step in path.split("."):
                found = found[step]
            self.assertEqual(found, expected, path)
        for name, text in told.get("secrets", {}).items():
            self.assertEqual((self.site.folder / name).read_text(), text)
        self.assertEqual(config["mail"]["port"], self.smtp.port)
        return data

    def test_from_files_to_a_configuration(self):
        for preset in APPLICATIONS:
            with self.subTest(preset):
                self.made_for(preset)
                self.assertEqual(self.site.config()["application"], "shop")
            self.another_site()

    def another_site(self):
        self.site.close()
        self.site = NewSite(self.database, self.smtp)

    def test_from_files_to_the_first_mail(self):
        """Where the profile needs no proof first: what the configuration and the statements give is enough."""
        for preset in ("laravel", "wordpress"):
            with self.subTest(preset):
                self.database.sql(APPLICATIONS[preset]["tables"])
                if preset == "wordpress":  # a protection that protects nobody is a problem
                    self.database.sql("INSERT INTO blog_usermeta (user_id, meta_key, meta_value) VALUES "
                                      "(99, 'blog_capabilities', 'a:1:{s:13:\"administrator\";b:1;}')")  # fmt: skip
                data = self.made_for(preset)
                self.site.let_in()
                migrated = self.site.run("migrate")
                self.assertEqual(migrated.exit, 0, migrated)
                self.database.sql(data["after_migration"])
                examined = self.site.run("doctor")
                self.assertEqual(examined.exit, 0, examined)
                before = len(self.smtp.mails())
                done = self.site.run("request", "ana@example.com")
                self.assertEqual(done.exit, 0, done)
                link = SmtpServer.link(self.smtp.mails(at_least=before + 1)[-1])
                self.assertTrue(link.startswith("https://shop.example/"), link)
            self.another_site()


    def ready(self, preset, more):
        """What init wrote for that application, with its statements run; `more` rows beside those of its tables."""
        self.database.sql(APPLICATIONS[preset]["tables"] + ";" + more)
        data = self.made_for(preset)
        self.site.let_in()
        self.assertEqual(self.site.run("migrate").exit, 0)
        self.database.sql(data["after_migration"])

    def step_of_doctor(self, wanted):
        """What is missing, in the words of doctor."""
        done = self.site.run("doctor", "--json")
        self.assertEqual(done.exit, 1, done)
        problems = [one for one in done.json["data"]["checks"] if one["level"] == "problem"]
        self.assertEqual([one["area"] for one in problems], ["profile"], done)
        self.assertIn(wanted, problems[0]["remedy"])

    def test_symfony_from_files_by_the_steps_of_doctor_to_the_first_mail(self):
        """Known by its vectors alone, and by a secret: so a token of its own is compared, and then it takes one of ours."""
        self.ready("symfony", f"INSERT INTO user (id, email, roles, password) VALUES (2, 'tina@example.com', '[]', '{HASH}'),"
                              f" (3, 'root@example.com', '[\"ROLE_ADMIN\"]', '{HASH}')")  # fmt: skip
        self.step_of_doctor("write test_account = \"id:KEY\" into [reset], then ask the application itself for a link")
        text = self.site.file.read_text()
        self.site.file.write_text(text.replace('# test_account = "id:KEY"', 'test_account = "id:2"'))
        ends = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
        signed = json.dumps(["abcdefghijABCDEFGHIJ", "2", int(ends.timestamp())], separators=(",", ":"))
        mac = base64.b64encode(hmac.digest(b"kernel-secret", signed.encode(), "sha256")).decode()
        self.database.sql("INSERT INTO reset_password_request (user_id, selector, hashed_token, requested_at, expires_at) VALUES "
                          f"(2, 'ABCDEFGHIJabcdefghij', '{mac}', UTC_TIMESTAMP(), '{ends:%Y-%m-%d %H:%M:%S}')")  # fmt: skip
        link = "https://shop.example/reset-password/reset/ABCDEFGHIJabcdefghijabcdefghijABCDEFGHIJ"
        done = self.site.run("profile", "check", "--link", stdin=link)
        self.assertEqual(done.exit, 0, done)
        self.database.sql("DELETE FROM reset_password_request")
        self.step_of_doctor("use a link that 'pwreset request' sent to the test account")
        self.assertEqual(self.site.run("request", "ana@example.com").exit, 78)
        asked = self.site.run("request", "tina@example.com", "--json")
        self.assertEqual(asked.exit, 0, asked)
        self.database.sql(f"DELETE FROM reset_password_request; UPDATE user SET password = '$2y$10${'v' * 53}' WHERE id = 2")
        done = self.site.run("profile", "check", "--accepted", asked.json["data"]["results"][0]["reference"])
        self.assertEqual(done.exit, 0, done)
        done = self.site.run("doctor")
        self.assertEqual(done.exit, 0, done)
        before = len(self.smtp.mails())
        self.assertEqual(self.site.run("request", "ana@example.com").exit, 0)
        token = SmtpServer.link(self.smtp.mails(at_least=before + 1)[-1]).rsplit("/", 1)[-1]
        self.assertEqual(self.database.sql("SELECT user_id, selector FROM reset_password_request"),
                         [{"user_id": 1, "selector": token[:20]}])  # fmt: skip


class TablesTest(InitTest):
    """From the tables of an application, without its files."""

    def look(self, tables, *answers):
        self.database.sql(tables)
        place = [str(self.database.socket), self.database.name, self.database.user, self.database.password]
        lines = "".join(f"{line}\n" for line in (*place, *answers))
        return self.site.run("init", "--base", "https://shop.example", "--json", stdin=lines)

    def test_an_application_is_known_by_its_tables_however_their_names_begin(self):
        done = self.look(APPLICATIONS["wordpress"]["tables"], "no-reply@shop.example", "127.0.0.1:25", "")
        self.assertEqual((done.exit, done.json["data"]["profile"]), (0, "wordpress"), done)
        self.assertEqual(self.site.config()["users"]["table"], "blog_users")
        statements = " ".join(done.json["data"]["statements"])
        self.assertIn(f"ON `{self.database.name}`.`blog_users` TO", statements)
        self.assertNotIn("`wp_", statements)

    def test_the_login_that_looked_is_not_kept(self):
        done = self.look(APPLICATIONS["ghost"]["tables"], "no-reply@shop.example", "127.0.0.1:25", "")
        self.assertEqual((done.exit, done.json["data"]["profile"]), (0, "ghost"), done)
        for name, text in self.site.written().items():
            self.assertNotIn(self.database.password, text, name)
            self.assertNotIn(self.database.user, text, name)

    def test_tables_of_no_known_application_are_said(self):
        done = self.look("CREATE TABLE people (id INT PRIMARY KEY)", "", "no-reply@shop.example", "127.0.0.1:25", "")
        self.assertEqual((done.exit, done.json["data"]["profile"]), (0, "native"), done)
        self.assertIn("no application that has a profile was found", done.json["data"]["unknown"][0])

    def test_of_an_unknown_application_the_columns_are_named_that_may_be_meant(self):
        tables = """CREATE TABLE ps_customer (id_customer INT PRIMARY KEY, email VARCHAR(255), passwd VARCHAR(255),
                                              last_passwd_gen TIMESTAMP, reset_password_token VARCHAR(40));
                    CREATE TABLE password_reset (token VARCHAR(80) PRIMARY KEY, user_id INT)"""
        done = self.look(tables, "", "no-reply@shop.example", "127.0.0.1:25", "")
        self.assertEqual(done.json["data"]["unknown"][1:4], [
            "addresses may be in ps_customer.email: for table and email of [users]",
            "passwords may be in ps_customer.passwd: for password of [users]",
            "tokens may be in password_reset, ps_customer.reset_password_token: for [reset.store] of a profile of your own",
        ])

    def test_a_wrong_password_is_told(self):
        lines = f"{self.database.socket}\n{self.database.name}\n{self.database.user}\nwrong\n"
        done = self.site.run("init", "--base", "https://shop.example", stdin=lines)
        self.assertNotEqual(done.exit, 0, done)
        self.assertEqual(self.site.written(), {})


if __name__ == "__main__":
    unittest.main()
