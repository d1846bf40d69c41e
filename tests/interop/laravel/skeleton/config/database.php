<?php

$settings = json_decode(file_get_contents(__DIR__ . '/../settings.json'), true);

return [
    'default' => 'shop',
    'connections' => ['shop' => $settings['database']],
    'migrations' => 'migrations',
];
