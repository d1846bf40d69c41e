<?php

// The cheapest cost: these passwords guard nothing.
return ['driver' => 'bcrypt', 'bcrypt' => ['rounds' => 4, 'verify' => true], 'rehash_on_login' => true];
