// feathers-authentication-management over users of a site's own: its service, Feathers' authentication, Knex.
'use strict';

const { serve } = require('../node/desk.js');
const { randomBytes } = require('node:crypto');
const { AuthenticationService, JWTStrategy } = require('@feathersjs/authentication');
const { LocalStrategy, hooks } = require('@feathersjs/authentication-local');
const { feathers } = require('@feathersjs/feathers');
const { KnexService } = require('@feathersjs/knex');
const { AuthenticationManagementService } = require('feathers-authentication-management');
const knex = require('knex');

const LINK = '/reset/';
let db, app, base, mailed;

async function prepare({ url, database }) {
  base = url;
  db = knex({
    client: 'mysql2',
    connection: { host: database.host, port: database.port, user: database.user, password: database.password, database: database.name },
  });
  // The table is the site's in Feathers too: the columns are those that the package's manual asks for.
  await db.schema.createTable('users', (users) => {
    users.increments('id');
    users.string('email').unique();
    users.string('password');
    users.boolean('isVerified');
    users.string('verifyToken');
    users.string('verifyShortToken');
    users.bigInteger('verifyExpires');
    users.json('verifyChanges');
    users.string('resetToken');
    users.string('resetShortToken');
    users.bigInteger('resetExpires');
    users.integer('resetAttempts');
  });

  app = feathers();
  app.set('authentication', {
    entity: 'user',
    service: 'users',
    secret: randomBytes(32).toString('hex'),
    authStrategies: ['jwt', 'local'],
    jwtOptions: {},
    local: { usernameField: 'email', passwordField: 'password' },
  });
  app.use('users', new KnexService({ Model: db, name: 'users' }));
  app.service('users').hooks({ before: { create: [hooks.hashPassword('password')] } });
  const authentication = new AuthenticationService(app);
  authentication.register('jwt', new JWTStrategy());
  authentication.register('local', new LocalStrategy());
  app.use('authentication', authentication);
  app.use('authManagement', new AuthenticationManagementService(app, {
    service: 'users',
    notifier: async (kind, user) => {
      if (kind === 'sendResetPwd') mailed = base + LINK + user.resetToken;
    },
    passParams: (params) => ({ transaction: params.transaction }),
  }));
  await app.setup();
}

async function addUser({ email, password, active }) {
  const user = await app.service('users').create({ email, password, isVerified: active });
  return String(user.id);
}

// Feathers' services say no by an error with a code of HTTP.
async function accepted(work) {
  try {
    await work();
    return true;
  } catch (refusal) {
    if (refusal.code >= 400 && refusal.code < 500) return false;
    throw refusal;
  }
}

async function ask({ email }) {
  mailed = null;
  await accepted(() => app.service('authManagement').create({ action: 'sendResetPwd', value: { email } }));
  return mailed;
}

function reset(link, password, transaction) {
  const token = decodeURIComponent(link.slice((base + LINK).length));
  return accepted(() => app.service('authManagement').create(
    { action: 'resetPwdLong', value: { token, password } }, { transaction },
  ));
}

// There is no check by itself: the reset is done, and taken back.
async function check({ link }) {
  const trx = await db.transaction();
  try {
    return await reset(link, 'Never-5tored-0nly-tried', { trx });
  } finally {
    await trx.rollback();
  }
}

function signsIn({ email, password }) {
  return accepted(() => app.service('authentication').create({ strategy: 'local', email, password }));
}

serve({
  prepare,
  add_user: addUser,
  ask,
  check,
  complete: ({ link, password }) => reset(link, password),
  signs_in: signsIn,
});
