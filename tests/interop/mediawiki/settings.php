<?php

# What the test adds to the settings that the installer wrote.
$wgEnableEmail = true;
$wgMainCacheType = CACHE_NONE;
$wgMessageCacheType = CACHE_NONE;
$wgParserCacheType = CACHE_NONE;
$wgSessionCacheType = CACHE_DB;
# The cheapest that is safe to hash: these passwords guard nothing.
$wgPasswordConfig['pbkdf2']['cost'] = 1000;
