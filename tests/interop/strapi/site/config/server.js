'use strict';

const { randomBytes } = require('node:crypto');

module.exports = ({ env }) => ({
  app: { keys: [randomBytes(16).toString('hex')] },
  host: '127.0.0.1',
  url: env('SHOP_URL'),
});
