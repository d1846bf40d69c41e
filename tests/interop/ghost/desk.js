// Ghost's staff: its models, its passwordreset.js and its migrator, on the schema that this makes.
'use strict';

const { serve } = require('../node/desk.js');

const CONTEXT = { context: { internal: true } };
let core, mailed;

// Ghost reads its settings, and who it is, from where it is started.
async function prepare({ url, database, packages, folder, migrated }) {
  const ghost = `${packages}/ghost`;
  const { name, ...place } = database;
  const settings = {
    url,
    database: { client: 'mysql2', connection: { ...place, database: name } },
    logging: { level: 'fatal', transports: ['stdout'] },
    mail: { transport: 'stub' },
    paths: { contentPath: folder },
    privacy: { useGravatar: false }, // it would look there for a picture
  };
  for (const [key, value] of Object.entries(settings)) process.env[key] = typeof value === 'string' ? value : JSON.stringify(value);
  process.env.NODE_ENV = 'production';
  process.chdir(ghost);
  core = (module) => require(`${ghost}/core/${module}`);
  core('server/overrides');
  if (!migrated) {
    // Without the posts and pages that a new site begins with: they need Ghost's editor.
    const fixtures = core('server/data/schema/fixtures/fixtures.json');
    fixtures.models = fixtures.models.filter(({ name }) => name !== 'Post');
    fixtures.relations = fixtures.relations.filter(({ from }) => from.model !== 'Post');
    const Migrator = require('knex-migrator');
    await new Migrator({ knexMigratorFilePath: ghost }).init();
  }
  await core('server/models').Settings.populateDefaults(); // as each start of it does
}

async function addUser({ email, login, password, active, admin }) {
  const { Role, User } = core('server/models');
  const role = await Role.findOne({ name: admin ? 'Administrator' : 'Editor' }, CONTEXT);
  const user = await User.add({ email, name: login, password, roles: [role.id], status: active ? 'active' : 'inactive' }, CONTEXT);
  return user.id;
}

// Of Ghost's API of settings, what passwordreset.js asks of it.
const settingsApi = {
  async read({ key }) {
    return { settings: [(await core('server/models').Settings.findOne({ key }, CONTEXT)).toJSON()] };
  },
};

const mailApi = {
  async send({ mail }) {
    mailed = mail[0].message.text;
  },
};

// Ghost says no by errors of its own, with a code of HTTP.
async function unlessRefused(work) {
  try {
    return await work();
  } catch (fault) {
    if (fault.statusCode >= 400 && fault.statusCode < 500) return null;
    throw fault;
  }
}

async function ask({ email }) {
  const { generateToken, sendResetNotification } = core('server/services/auth/passwordreset');
  const token = await unlessRefused(() => generateToken(email, settingsApi));
  if (token === null) return null;
  await sendResetNotification(token, mailApi);
  return mailed.match(/https:\/\/\S+\/reset\/\S+/)[0];
}

function tokenOf(link) {
  return decodeURIComponent(new URL(link).pathname.split('/')[3]);
}

async function reset(link, password) {
  const { extractTokenParts, doReset } = core('server/services/auth/passwordreset');
  const frame = { data: { password_reset: [{ token: tokenOf(link), newPassword: password, ne2Password: password }] } };
  const { options, tokenParts } = await extractTokenParts(frame);
  await doReset(Object.assign(options, CONTEXT), tokenParts, settingsApi);
  return true;
}

// There is no check by itself: what the reset asks before it changes anything.
async function check({ link }) {
  const security = require('@tryghost/security');
  const token = security.url.decodeBase64(tokenOf(link));
  const parts = security.tokens.resetToken.extract({ token });
  const user = parts && (await core('server/models').User.getByEmail(parts.email, CONTEXT));
  if (!user || user.isInactive()) return false;
  const dbHash = (await settingsApi.read({ key: 'db_hash' })).settings[0].value;
  return security.tokens.resetToken.compare({ token, dbHash, password: user.get('password') }).correct;
}

serve({
  prepare,
  add_user: addUser,
  ask,
  check,
  complete: async ({ link, password }) => (await unlessRefused(() => reset(link, password))) === true,
  signs_in: async ({ email, password }) => (await unlessRefused(() => core('server/models').User.check({ email, password }))) !== null,
});
