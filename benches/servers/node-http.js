// @ts-check
'use strict';

const { ready } = require('./lifecycle');
const { createServer } = require('./node-http-server');

const server = createServer({
  small: ({ a, b }) => a + b,
  echo: (input) => input,
});
server.listen(0, '127.0.0.1', () =>
  ready(/** @type {import('node:net').AddressInfo} */ (server.address()).port),
);
