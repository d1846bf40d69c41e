<?php

return ['driver' => 'array', 'lifetime' => 120, 'expire_on_close' => false, 'lottery' => [2, 100], 'cookie' => 'shop',
    'path' => '/', 'domain' => null, 'secure' => null, 'http_only' => true, 'same_site' => 'lax'];
