<?php

$settings = json_decode(file_get_contents(__DIR__ . '/../settings.json'), true);

return [
    'defaults' => ['guard' => 'web', 'passwords' => 'users'],
    'guards' => ['web' => ['driver' => 'session', 'provider' => 'users']],
    'providers' => ['users' => ['driver' => 'eloquent', 'model' => App\User::class]],
    // As a new installation has it.
    'passwords' => ['users' => ['provider' => 'users', 'table' => $settings['table'], 'expire' => 60, 'throttle' => 60]],
    'password_timeout' => 10800,
    // The test need not wait for what defends against guessing who has an account.
    'timebox_duration' => 1000,
];
