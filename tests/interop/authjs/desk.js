// Auth.js by its own handler, with a provider that mails links, and its adapter for Kysely over mysql2.
'use strict';

const { serve } = require('../node/desk.js');
const { Auth, skipCSRFCheck } = require('@auth/core');
const { KyselyAdapter } = require('@auth/kysely-adapter');
const { Kysely, MysqlDialect, sql } = require('kysely');
const { createPool } = require('mysql2');

const TRIED = Symbol('tried, and taken back');
let base, db, key, mailed;

// The tables of the adapter's manual, in the types of MySQL.
const TABLES = [
  `CREATE TABLE User (id VARCHAR(36) PRIMARY KEY, name VARCHAR(255), email VARCHAR(255) NOT NULL UNIQUE,
     emailVerified TIMESTAMP(3) NULL, image VARCHAR(255))`,
  `CREATE TABLE Account (id VARCHAR(36) PRIMARY KEY DEFAULT UUID(), userId VARCHAR(36) NOT NULL, type VARCHAR(255) NOT NULL,
     provider VARCHAR(255) NOT NULL, providerAccountId VARCHAR(255) NOT NULL, FOREIGN KEY (userId) REFERENCES User (id))`,
  `CREATE TABLE Session (id VARCHAR(36) PRIMARY KEY DEFAULT UUID(), userId VARCHAR(36) NOT NULL,
     sessionToken VARCHAR(255) NOT NULL UNIQUE, expires TIMESTAMP(3) NOT NULL, FOREIGN KEY (userId) REFERENCES User (id))`,
  `CREATE TABLE VerificationToken (identifier VARCHAR(190) NOT NULL, token VARCHAR(190) NOT NULL, expires TIMESTAMP(3) NOT NULL,
     PRIMARY KEY (identifier, token))`,
];

async function prepare({ url, database, secret }) {
  base = url;
  key = secret;
  const { name, ...place } = database;
  db = new Kysely({ dialect: new MysqlDialect({ pool: createPool({ ...place, database: name, timezone: 'Z' }) }) });
  for (const table of TABLES) await sql.raw(table).execute(db);
}

function answered(request, over = db) {
  return Auth(request, {
    adapter: KyselyAdapter(over),
    basePath: '/api/auth',
    logger: { error: () => {}, warn: () => {} },
    providers: [{
      id: 'email', type: 'email', name: 'Email', from: 'shop@shop.example', maxAge: 24 * 60 * 60,
      sendVerificationRequest: async ({ url }) => {
        mailed = url;
      },
    }],
    secret: key,
    session: { strategy: 'database' },
    skipCSRFCheck,
    trustHost: true,
  });
}

async function addUser({ email, login }) {
  const user = await KyselyAdapter(db).createUser({ email, name: login, emailVerified: null });
  return user.id;
}

async function ask({ email }) {
  mailed = null;
  await answered(new Request(`${base}/api/auth/signin/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ email, callbackUrl: base }),
  }));
  return mailed;
}

// Whether following the link gives a session.
async function signedIn(link, over) {
  const answer = await answered(new Request(link), over);
  return answer.headers.getSetCookie().some((cookie) => /session-token=[^;]/.test(cookie));
}

async function check({ link }) {
  let accepted;
  await db.transaction().execute(async (over) => {
    accepted = await signedIn(link, over);
    throw TRIED;
  }).catch((fault) => {
    if (fault !== TRIED) throw fault;
  });
  return accepted;
}

serve({ prepare, add_user: addUser, ask, check, complete: ({ link }) => signedIn(link) });
