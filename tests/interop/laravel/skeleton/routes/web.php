<?php

use Illuminate\Support\Facades\Route;

Route::get('/reset-password/{token}', fn (string $token) => $token)->name('password.reset');
app('router')->getRoutes()->refreshNameLookups();
