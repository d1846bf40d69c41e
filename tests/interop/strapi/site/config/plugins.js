'use strict';

const { randomBytes } = require('node:crypto');

module.exports = () => ({
  'users-permissions': { config: { jwtSecret: randomBytes(16).toString('hex'), ratelimit: { enabled: false } } },
});
