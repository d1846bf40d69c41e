'use strict';

module.exports = ({ env }) => ({ connection: { client: 'mysql', connection: env.json('SHOP_DATABASE') } });
