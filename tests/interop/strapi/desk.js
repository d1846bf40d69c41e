// Strapi: its core, administration and users-permissions as they boot, on its own schema. Requests are what a browser would send.
'use strict';

const { serve } = require('../node/desk.js');
const http = require('node:http');
const { Socket } = require('node:net');
const { createStrapi } = require('@strapi/core');

const TRIED = Symbol('tried, and taken back');
const PASSWORD_NOBODY_GETS = 'Never-5tored-0nly-tried';
let strapi, mailed;

async function prepare({ folder }) {
  const site = `${folder}/site`;
  strapi = await createStrapi({ appDir: site, distDir: site }).load();
  strapi.server.mount();
  strapi.plugin('email').provider.send = async (mail) => {
    mailed = mail;
  };
  const settings = strapi.store({ type: 'plugin', name: 'users-permissions' });
  const page = `${strapi.config.get('server.url')}/reset-password`;
  await settings.set({ key: 'advanced', value: { ...(await settings.get({ key: 'advanced' })), email_reset_password: page } });
}

// A request as Node's server would hand it to Strapi, so within the caller's transaction.
function post(path, body) {
  const text = JSON.stringify(body);
  const request = new http.IncomingMessage(new Socket());
  Object.assign(request, { method: 'POST', url: path });
  request.headers = { host: 'shop.example', 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
  request.push(text);
  request.push(null);
  const response = new http.ServerResponse(request);
  return new Promise((resolve, reject) => {
    response.end = () => {
      if (response.statusCode >= 500) reject(new Error(`${path}: ${response.statusCode}`));
      else resolve(response.statusCode < 300);
      return response;
    };
    strapi.server.app.callback()(request, response).catch(reject);
  });
}

function code(link) {
  return new URL(link).searchParams.get('code');
}

// Neither of the two has a check by itself: the reset is done, and taken back.
async function tried(reset) {
  let accepted;
  await strapi.db.transaction(async () => {
    accepted = await reset();
    throw TRIED;
  }).catch((fault) => {
    if (fault !== TRIED) throw fault;
  });
  return accepted;
}

async function asked(ask) {
  mailed = null;
  await ask();
  return mailed && mailed.html.match(/https:\/\/[^\s"<]+/)[0];
}

const site = {
  async add_user({ email, login, password, active, sso }) {
    const role = await strapi.db.query('plugin::users-permissions.role').findOne({ where: { type: 'authenticated' } });
    const user = await strapi.plugin('users-permissions').service('user').add({
      email, username: login, password, role: role.id, confirmed: true, blocked: !active, provider: sso ? 'github' : 'local',
    });
    return String(user.id);
  },
  ask: ({ email }) => asked(() => post('/api/auth/forgot-password', { email })),
  complete: ({ link, password }) =>
    post('/api/auth/reset-password', { code: code(link), password, passwordConfirmation: password }),
  signs_in: ({ email, password }) => post('/api/auth/local', { identifier: email, password }),
};

const administration = {
  async add_user({ email, login, password, active, admin }) {
    const role = await strapi.service('admin::role').findOne({ code: admin ? 'strapi-super-admin' : 'strapi-editor' });
    const user = await strapi.service('admin::user').create({
      email, firstname: login, password, isActive: active, roles: [role.id], registrationToken: null,
    });
    return String(user.id);
  },
  // What the page does, which does not wait for the mail.
  ask: ({ email }) => asked(() => strapi.service('admin::auth').forgotPassword({ email })),
  complete: ({ link, password }) => post('/admin/reset-password', { resetPasswordToken: code(link), password }),
  signs_in: ({ email, password }) => post('/admin/login', { email, password }),
};

const side = process.argv[2] === 'admin' ? administration : site;
serve({
  prepare,
  ...side,
  check: ({ link }) => tried(() => side.complete({ link, password: PASSWORD_NOBODY_GETS })),
});
