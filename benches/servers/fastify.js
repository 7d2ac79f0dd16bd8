// @ts-check
'use strict';

const { fastify } = require('fastify');
const { TOKEN, TOKEN_HEADER } = require('../lib/workload');
const { IDLE_MS, ready } = require('./lifecycle');

const app = fastify({ keepAliveTimeout: IDLE_MS });

app.addHook('onRequest', (request, reply, done) => {
  if (request.headers[TOKEN_HEADER] === TOKEN) return done();
  reply.code(401).send({ ok: false });
});
app.post('/__runner/task/small', (request, reply) => {
  const { a, b } = /** @type {any} */ (request.body).input;
  reply.send({ ok: true, result: a + b });
});
app.post('/__runner/task/echo', (request, reply) => {
  reply.send({ ok: true, result: /** @type {any} */ (request.body).input });
});

app.listen({ port: 0, host: '127.0.0.1' }).then(() => {
  ready(/** @type {import('node:net').AddressInfo} */ (app.server.address()).port);
});
