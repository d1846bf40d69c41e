// better-auth by its own HTTP handler and migrations, over Kysely and mysql2.
'use strict';

const { serve } = require('../node/desk.js');
const { randomBytes } = require('node:crypto');
const { betterAuth } = require('better-auth');
const { getMigrations } = require('better-auth/db/migration');
const { createPool } = require('mysql2/promise');

let auth, base, mailed;

async function prepare({ url, database, hashed }) {
  base = url;
  const place = { host: database.host, port: database.port, user: database.user, password: database.password, database: database.name };
  const options = {
    baseURL: url,
    secret: randomBytes(32).toString('hex'),
    // The pool as better-auth's manual has it for MySQL: in UTC.
    database: createPool({ ...place, timezone: 'Z' }),
    emailAndPassword: {
      enabled: true,
      sendResetPassword: async ({ url: link }) => {
        mailed = link;
      },
    },
    verification: hashed ? { storeIdentifier: 'hashed' } : {},
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  auth = betterAuth(options);
}

function post(path, body) {
  return auth.handler(new Request(`${base}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify(body),
  }));
}

async function addUser({ email, login, password, sso }) {
  const context = await auth.$context;
  if (sso) {
    const made = await context.internalAdapter.createOAuthUser(
      { email, name: login, emailVerified: true }, { providerId: 'github', accountId: login },
    );
    return made.user.id;
  }
  const answer = await post('/sign-up/email', { email, name: login, password });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).user.id;
}

async function ask({ email }) {
  mailed = null;
  const answer = await post('/request-password-reset', { email, redirectTo: `${base}/reset-password` });
  if (!answer.ok) throw new Error(await answer.text());
  return mailed;
}

// What a browser does with the link: the page that it is led to has the token, or an error, in its address.
async function follow(link) {
  const answer = await auth.handler(new Request(link));
  return new URL(answer.headers.get('location'), base).searchParams;
}

async function complete({ link, password }) {
  const token = new URL(link).pathname.split('/').pop();
  return (await post('/reset-password', { newPassword: password, token: decodeURIComponent(token) })).ok;
}

serve({
  prepare,
  add_user: addUser,
  ask,
  check: async ({ link }) => (await follow(link)).has('token'),
  complete,
  signs_in: async ({ email, password }) => (await post('/sign-in/email', { email, password })).ok,
});
