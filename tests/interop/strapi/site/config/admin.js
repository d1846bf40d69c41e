'use strict';

const { randomBytes } = require('node:crypto');

module.exports = () => ({
  apiToken: { salt: randomBytes(16).toString('hex') },
  auth: { secret: randomBytes(16).toString('hex') },
  secrets: { encryptionKey: randomBytes(16).toString('hex') },
  rateLimit: { enabled: false },
  serveAdminPanel: false,
  transfer: { token: { salt: randomBytes(16).toString('hex') } },
});
