// Directus by its services of users and its migrations.
'use strict';

const { serve } = require('../node/desk.js');
require('./absent.js');
const { randomUUID } = require('node:crypto');

const TRIED = Symbol('tried, and taken back');
let db, directus, mailed, schema;

async function prepare({ url, database, migrated, packages, secret }) {
  Object.assign(process.env, {
    CACHE_ENABLED: 'false', DB_CLIENT: 'mysql', DB_DATABASE: database.name, DB_HOST: database.host, DB_PASSWORD: database.password,
    DB_PORT: String(database.port), DB_USER: database.user, LOG_LEVEL: 'silent', PUBLIC_URL: url, SECRET: secret, TELEMETRY: 'false',
  });
  const part = (path) => import(`${packages}/directus/dist/${path}.js`);
  directus = {
    ...(await part('services/users')), ...(await part('auth/drivers/local')),
    ...(await part('services/mail/index')), ...(await part('utils/get-schema')),
  };
  directus.MailService.prototype.send = async (mail) => {
    mailed = mail.template.data.url;
  };
  db = (await part('database/index')).default();
  if (!migrated) {
    await (await part('database/seeds/run')).default(db);
    await (await part('database/migrations/run')).default(db, 'latest', false);
    await administrators();
  }
  schema = await directus.getSchema({ database: db });
}

function users(knex = db) {
  return new directus.UsersService({ knex, schema });
}

// The role that a new installation gives its first user, with the policy that makes it what it is.
async function administrators() {
  const role = randomUUID();
  const policy = randomUUID();
  await db('directus_roles').insert({ id: role, name: 'Administrator', icon: 'verified' });
  await db('directus_policies').insert({ id: policy, name: 'Administrator', icon: 'verified', admin_access: true, app_access: true });
  await db('directus_access').insert({ id: randomUUID(), role, policy, sort: 1 });
}

async function addUser({ email, login, password, active, sso, admin }) {
  const id = await users().createOne({ email, first_name: login, password, status: active ? 'active' : 'suspended' });
  if (sso) await db('directus_users').where({ id }).update({ provider: 'github', external_identifier: login });
  if (admin) {
    const role = await db('directus_access').whereNotNull('role').first('role');
    await db('directus_users').where({ id }).update(role);
  }
  return id;
}

// Directus says no by errors of its own, with a status of HTTP: 503 to a token whose middle part is damaged.
async function accepted(work) {
  try {
    await work();
    return true;
  } catch (refusal) {
    if (refusal.status >= 400 && refusal.status < 500) return false;
    if (refusal.status === 503 && refusal.extensions.service === 'jwt') return false;
    throw refusal;
  }
}

async function ask({ email }) {
  mailed = null;
  await accepted(() => users().requestPasswordReset(email, null));
  return mailed;
}

function reset(link, password, knex) {
  return accepted(() => users(knex).resetPassword(new URL(link).searchParams.get('token'), password));
}

// There is no check by itself: the reset is done, and taken back.
async function check({ link }) {
  let answer;
  await db.transaction(async (transaction) => {
    answer = await reset(link, 'Never-5tored-0nly-tried', transaction);
    throw TRIED;
  }).catch((fault) => {
    if (fault !== TRIED) throw fault;
  });
  return answer;
}

function signsIn({ email, password }) {
  const driver = new directus.LocalAuthDriver({ knex: db, schema });
  return accepted(async () => {
    const user = await db('directus_users').where({ id: await driver.getUserID({ email }) }).first();
    await driver.login(user, { password });
  });
}

serve({
  prepare,
  add_user: addUser,
  ask,
  check,
  complete: ({ link, password }) => reset(link, password),
  signs_in: signsIn,
});
