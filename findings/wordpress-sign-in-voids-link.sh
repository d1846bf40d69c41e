#!/usr/bin/env bash
# WordPress 7.1.4 (Debian sid, wordpress 7.1.4+dfsg1-1): whoever signs in with the old password has no reset link any more: a sign-in
# empties user_activation_key. So a link that support mailed dies with the next sign-in of a user who remembered the
# password, and the page behind it says "invalid", not that it was voided. In 6.1.9 (Debian 12) it lives on, for its
# day.
# Needs: apt-get, dpkg, and the libraries that Debian 12's php8.2-cli and mariadb-server-core pull.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p none lists/partial archives/partial content
apt=(apt-get -o APT::Sandbox::User=root --quiet=2)
"${apt[@]}" download php8.2-cli=8.2.36-1~deb12u1 php8.2-common=8.2.36-1~deb12u1 php8.2-mysql=8.2.36-1~deb12u1 \
  mariadb-server-core=1:10.11.19-0+deb12u1 wordpress=6.1.9+dfsg1-0+deb12u1
# Lists of sid for this folder alone.
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sed -n 1p)  # as this machine has it
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive sid main" > sources
apt+=(-o Dir::Etc::SourceList="$PWD/sources" -o Dir::Etc::SourceParts="$PWD/none" -o Dir::State::Lists="$PWD/lists"
  -o Dir::Cache="$PWD" -o Acquire::Languages=none)
"${apt[@]}" update
"${apt[@]}" download wordpress=7.1.4+dfsg1-1
for package in php8.2-*.deb mariadb-*.deb; do dpkg -x "$package" root; done
for release in 6 7; do dpkg -x wordpress_$release.*.deb $release; done
cat > program.php <<'PHP'
<?php
[, $release, $socket] = $argv;
define('DB_HOST', "localhost:$socket");
define('DB_NAME', "wordpress$release");
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('ABSPATH', __DIR__ . "/$release/usr/share/wordpress/");
define('WP_CONTENT_DIR', __DIR__ . '/content');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_INSTALLING', true);
$table_prefix = 'wp_';
$_SERVER += ['HTTP_HOST' => 'shop.example', 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
function answer_to(string $key): string
{
    wp_cache_flush(); // each is a request of its own
    $answer = check_password_reset_key($key, 'ana');
    return is_wp_error($answer) ? $answer->get_error_code() : 'good';
}
function wp_mail(...$mail)
{
    return true;
}
ob_start(); // signing in sets cookies
require ABSPATH . 'wp-settings.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Shop', 'root', 'root@example.com', false, '', 'root of a shop');
$id = wp_insert_user(['user_login' => 'ana', 'user_email' => 'ana@example.com', 'user_pass' => 'correct horse']);
$key = get_password_reset_key(get_userdata($id));
$before = answer_to($key);
$who = wp_signon(['user_login' => 'ana', 'user_password' => 'correct horse']);
$after = answer_to($key);
ob_end_clean();
echo "WordPress $wp_version: link $before, signed in: ", is_wp_error($who) ? 'no' : 'yes', ", link $after\n";
PHP

php=(root/usr/bin/php8.2 -n -d "extension_dir=$(echo "$PWD"/root/usr/lib/php/2*)" -d extension=mysqlnd -d extension=mysqli
  -d extension=ctype -d extension=tokenizer)
server_options=(--no-defaults --datadir="$PWD/data" --lc-messages-dir="$PWD/root/usr/share/mysql" --user="$(id -un)"
  --skip-networking --socket="$PWD/socket" --skip-grant-tables)
mkdir data
printf 'CREATE DATABASE wordpress6;\nCREATE DATABASE wordpress7;\n' | root/usr/sbin/mariadbd "${server_options[@]}" --bootstrap 2> bootstrap.log
root/usr/sbin/mariadbd "${server_options[@]}" 2> server.log &
server=$!
for _ in $(seq 100); do [ -S socket ] && break; sleep 0.1; done

expected='WordPress 6.1.9: link good, signed in: yes, link good
WordPress 7.1.4: link good, signed in: yes, link invalid_key'
seen="$("${php[@]}" program.php 6 "$PWD/socket")
$("${php[@]}" program.php 7 "$PWD/socket")"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "finding: it does something else now" >&2; exit 1; }
