<?php

// What the tests ask of MediaWiki: one question on standard input, as JSON, its answer in the last line of standard output.

use MediaWiki\Auth\AuthenticationRequest;
use MediaWiki\Auth\AuthenticationResponse;
use MediaWiki\Auth\AuthManager;
use MediaWiki\Auth\PasswordAuthenticationRequest;
use MediaWiki\MediaWikiServices;

require_once '/usr/share/mediawiki/maintenance/Maintenance.php';

class Desk extends Maintenance
{
    private array $mailed = [];

    public function execute()
    {
        $question = json_decode(stream_get_contents(STDIN), true);
        MediaWikiServices::getInstance()->getHookContainer()->register(
            'AlternateUserMailer',
            function ($headers, $to, $from, $subject, $body) {
                $this->mailed[] = is_object($body) ? $body->getTXTBody() : (string) $body;
                return false;
            }
        );
        echo "\n", json_encode($this->answer($question));
    }

    private function answer(array $question)
    {
        switch ($question['do']) {
            case 'add_user':
                return $this->addUser($question);
            case 'ask':
                return $this->ask($question['email']);
            case 'check':
                return $this->wantsNewPassword($this->begin($question['login'], $question['password']));
            case 'complete':
                return $this->complete($question);
            case 'signs_in':
                $login = $this->loginOf($question['email']);
                return $this->begin($login, $question['password'])->status === AuthenticationResponse::PASS;
        }
        throw new RuntimeException("no question '{$question['do']}'");
    }

    private function addUser(array $question): string
    {
        $user = MediaWikiServices::getInstance()->getUserFactory()->newFromName($question['login'], 'creatable');
        $user->addToDatabase();
        $user->setEmail($question['email']);
        $user->confirmEmail();
        $user->saveSettings();
        if ($question['password'] !== null) {
            $this->set($user, $question['password']);
        }
        if ($question['admin']) {
            MediaWikiServices::getInstance()->getUserGroupManager()->addUserToGroup($user, 'sysop');
        }
        return (string) $user->getId();
    }

    private function set($user, string $password): void
    {
        $status = $user->changeAuthenticationData(
            ['username' => $user->getName(), 'password' => $password, 'retype' => $password]
        );
        if (!$status->isGood()) {
            throw new RuntimeException((string) $status);
        }
    }

    private function ask(string $email): ?string
    {
        $anonymous = MediaWikiServices::getInstance()->getUserFactory()->newAnonymous('127.0.0.1');
        MediaWikiServices::getInstance()->getPasswordReset()->execute($anonymous, null, $email);
        DeferredUpdates::doUpdates();
        if (!preg_match('/Username:\s*(\S.*?)\s*Temporary password:\s*(\S+)/s', $this->mailed[0] ?? '', $found)) {
            return null;
        }
        return "{$found[1]} {$found[2]}";
    }

    private function complete(array $question): bool
    {
        $response = $this->begin($question['login'], $question['password']);
        if (!$this->wantsNewPassword($response)) {
            return false;
        }
        $form = ['password' => $question['new'], 'retype' => $question['new']];
        $requests = AuthenticationRequest::loadRequestsFromSubmission($response->neededRequests, $form);
        return $this->manager()->continueAuthentication($requests)->status === AuthenticationResponse::PASS;
    }

    /** Signs in: passed, failed, or what it wants to know before. */
    private function begin(string $login, string $password): AuthenticationResponse
    {
        $requests = $this->manager()->getAuthenticationRequests(AuthManager::ACTION_LOGIN);
        $requests = AuthenticationRequest::loadRequestsFromSubmission(
            $requests,
            ['username' => $login, 'password' => $password]
        );
        return $this->manager()->beginAuthentication($requests, 'https://shop.example/');
    }

    private function wantsNewPassword(AuthenticationResponse $response): bool
    {
        if ($response->status !== AuthenticationResponse::UI) {
            return false;
        }
        return array_filter($response->neededRequests, fn ($request) => $request instanceof PasswordAuthenticationRequest) !== [];
    }

    private function manager(): AuthManager
    {
        return MediaWikiServices::getInstance()->getAuthManager();
    }

    private function loginOf(string $email): string
    {
        $dbr = MediaWikiServices::getInstance()->getDBLoadBalancer()->getConnection(DB_REPLICA);
        return (string) $dbr->selectField('user', 'user_name', ['user_email' => $email], __METHOD__);
    }
}

$maintClass = Desk::class;
require_once RUN_MAINTENANCE_IF_MAIN;
