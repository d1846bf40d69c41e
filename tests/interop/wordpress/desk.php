<?php

// What the tests ask of WordPress: one question on standard input, as JSON, its answer in the last line of standard output.
// In the place of wp-config.php.

$question = json_decode(stream_get_contents(STDIN), true);
$settings = json_decode(file_get_contents(__DIR__ . '/settings.json'), true);

define('DB_HOST', $settings['host']);
define('DB_NAME', $settings['name']);
define('DB_USER', $settings['user']);
define('DB_PASSWORD', $settings['password']);
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('ABSPATH', '/usr/share/wordpress/');
define('WP_CONTENT_DIR', ABSPATH . 'wp-content');
define('DISABLE_WP_CRON', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", "key of the test $name");
    define("{$name}_SALT", "salt of the test $name");
}
$table_prefix = 'wp_';
$_SERVER += [
    'HTTP_HOST' => parse_url($settings['url'], PHP_URL_HOST),
    'SERVER_NAME' => parse_url($settings['url'], PHP_URL_HOST),
    'REQUEST_URI' => '/',
    'REQUEST_METHOD' => 'GET',
    'SERVER_PROTOCOL' => 'HTTP/1.1',
    'HTTPS' => 'on',
];
if (str_starts_with($question['do'], 'install')) {
    define('WP_INSTALLING', true);
}
if ($question['do'] === 'install_network') {
    define('WP_ALLOW_MULTISITE', true);
}
if ($settings['network']) {
    define('MULTISITE', true);
    define('SUBDOMAIN_INSTALL', false);
    define('DOMAIN_CURRENT_SITE', parse_url($settings['url'], PHP_URL_HOST));
    define('PATH_CURRENT_SITE', '/');
    define('SITE_ID_CURRENT_SITE', 1);
    define('BLOG_ID_CURRENT_SITE', 1);
}

/** The post of the test, which WordPress takes in the place of its own. */
function wp_mail($to, $subject, $message, $headers = '', $attachments = [])
{
    $GLOBALS['mailed'] = $message;
    return true;
}

require ABSPATH . 'wp-settings.php';

/** What the form behind the link has. */
function of_link(string $link): array
{
    parse_str(parse_url($link, PHP_URL_QUERY) ?? '', $query);
    return [$query['key'] ?? '', $query['login'] ?? ''];
}

function answer(array $question, array $settings)
{
    global $wpdb;
    switch ($question['do']) {
        case 'install':
            require_once ABSPATH . 'wp-admin/includes/upgrade.php';
            $made = wp_install('Shop', 'root', 'root@example.com', false, '', wp_generate_password());
            update_option('siteurl', $settings['url']);
            update_option('home', $settings['url']);
            return (string) $made['user_id'];
        case 'install_network':
            require_once ABSPATH . 'wp-admin/includes/upgrade.php';
            require_once ABSPATH . 'wp-admin/includes/network.php';
            foreach ($wpdb->tables('ms_global') as $table => $prefixed) {
                $wpdb->$table = $prefixed;
            }
            install_network();
            $made = populate_network(1, $_SERVER['HTTP_HOST'], 'root@example.com', 'Shops', '/', false);
            // Without a wildcard in the DNS it says so, and is made all the same.
            return $made === true || $made->get_error_code() === 'no_wildcard_dns' ? true : $made->get_error_message();
        case 'add_user':
            $key = wp_insert_user([
                'user_login' => $question['login'],
                'user_email' => $question['email'],
                'user_pass' => $question['password'],
                'role' => $question['admin'] && !is_multisite() ? 'administrator' : 'subscriber',
            ]);
            if (is_wp_error($key)) {
                throw new RuntimeException($key->get_error_message());
            }
            if ($question['admin'] && is_multisite()) {
                require_once ABSPATH . 'wp-admin/includes/ms.php';
                grant_super_admin($key);
            }
            if ($question['spam']) {
                wp_update_user(['ID' => $key, 'spam' => '1']);
            }
            return (string) $key;
        case 'ask':
            $done = retrieve_password($question['email']);
            return $done === true && preg_match('~https?://\S+~', $GLOBALS['mailed'], $found) ? rtrim($found[0], '>') : null;
        case 'check':
            return !is_wp_error(check_password_reset_key(...of_link($question['link'])));
        case 'complete':
            // As wp-login.php does it with the form behind the link.
            $user = check_password_reset_key(...of_link($question['link']));
            if (is_wp_error($user)) {
                return false;
            }
            reset_password($user, $question['password']);
            return true;
        case 'signs_in':
            $form = ['user_login' => $question['email'], 'user_password' => $question['password']];
            return !is_wp_error(wp_signon($form));
    }
    throw new RuntimeException("no question '{$question['do']}'");
}

echo "\n", json_encode(answer($question, $settings));
