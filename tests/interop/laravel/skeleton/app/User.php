<?php

namespace App;

use Illuminate\Auth\Notifications\ResetPassword;
use Illuminate\Foundation\Auth\User as Authenticatable;

class User extends Authenticatable
{
    protected $hidden = ['password', 'remember_token'];

    /** The link of the last mail. */
    public static ?string $mailed = null;

    public function sendPasswordResetNotification($token)
    {
        self::$mailed = (new ResetPassword($token))->toMail($this)->actionUrl;
    }
}
