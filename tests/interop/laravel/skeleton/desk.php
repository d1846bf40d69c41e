<?php

// What the tests ask of Laravel: one question on standard input, as JSON, its answer on standard output.

use App\User;
use Illuminate\Support\Facades\Auth;
use Illuminate\Support\Facades\Hash;
use Illuminate\Support\Facades\Password;
use Illuminate\Support\Str;

require 'Illuminate/autoload.php';
require __DIR__ . '/app/User.php';

$app = new Illuminate\Foundation\Application(__DIR__);
if (method_exists($app, 'dontMergeFrameworkConfiguration')) {
    $app->dontMergeFrameworkConfiguration(); // Debian's package of Laravel 13 has no folder of them
}
$app->singleton(Illuminate\Contracts\Console\Kernel::class, Illuminate\Foundation\Console\Kernel::class);
$app->singleton(Illuminate\Contracts\Debug\ExceptionHandler::class, Illuminate\Foundation\Exceptions\Handler::class);
$app->make(Illuminate\Contracts\Console\Kernel::class)->bootstrap();
require __DIR__ . '/routes/web.php';

/** What the page behind the link has: the token of its path and the address of its query. */
function credentials(string $link): array
{
    parse_str(parse_url($link, PHP_URL_QUERY) ?? '', $query);
    return ['token' => rawurldecode(basename(parse_url($link, PHP_URL_PATH))), 'email' => $query['email'] ?? ''];
}

function answer(array $question)
{
    switch ($question['do']) {
        case 'migrate':
            app('migration.repository')->createRepository();
            return app('migrator')->run([database_path('migrations')]);
        case 'add_user':
            $user = new User();
            $user->forceFill([
                'name' => $question['name'],
                'email' => $question['email'],
                'password' => Hash::make($question['password']),
            ])->save();
            return (string) $user->getKey();
        case 'ask':
            $status = Password::broker()->sendResetLink(['email' => $question['email']]);
            return $status === Password::RESET_LINK_SENT ? User::$mailed : null;
        case 'check':
            ['token' => $token, 'email' => $email] = credentials($question['link']);
            $user = Password::broker()->getUser(['email' => $email]);
            return $user !== null && Password::broker()->tokenExists($user, $token);
        case 'complete':
            $form = credentials($question['link']) + [
                'password' => $question['password'],
                'password_confirmation' => $question['password'],
            ];
            // As the documentation has it.
            $status = Password::broker()->reset($form, function (User $user, string $password) {
                $user->forceFill(['password' => Hash::make($password)])->setRememberToken(Str::random(60));
                $user->save();
            });
            return $status === Password::PASSWORD_RESET;
        case 'signs_in':
            return Auth::attempt(['email' => $question['email'], 'password' => $question['password']]);
    }
    throw new RuntimeException("no question '{$question['do']}'");
}

echo json_encode(answer(json_decode(stream_get_contents(STDIN), true)));
