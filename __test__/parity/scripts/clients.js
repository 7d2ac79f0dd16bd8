// @ts-check
'use strict';

const { createHttpClient, createHttpMixedClient, createHttpSmartClient, r, Serializer } =
  require('../runner.js').runner;
const { pointType } = require('../app/point.js');

/** The clients that applications have. @type {Record<string, (config: any) => any>} */
const clients = {
  createHttpClient,
  createHttpSmartClient,
  createHttpMixedClient,
  'createHttpMixedClient with forceSmart': (config) => createHttpMixedClient({ ...config, forceSmart: true }),
};

/** Clients that can send Node's files and streams. */
const SENDS_STREAMS = [
  'createHttpSmartClient',
  'createHttpMixedClient',
  'createHttpMixedClient with forceSmart',
];

/** A typed error of the application, as the client's side has it. */
const notFound = r
  .error('app.errors.notFound')
  .format((/** @type {any} */ { a }) => `Known here: ${a}`)
  .httpCode(404)
  .build();

/** Contexts as the client's side has them. */
const contexts = {
  user: r.asyncContext('ctx.user').build(),
  plain: r
    .asyncContext('ctx.plain')
    .serialize((/** @type {unknown} */ value) => `<${value}>`)
    .parse((/** @type {string} */ text) => text)
    .build(),
};

/**
 * @param {string} name of `clients`
 * @param {import('../sides.js').Side} side
 * @param {object} [more] of its configuration
 */
function clientOf(name, side, more = {}) {
  const serializer = new Serializer();
  serializer.addType(pointType);
  const config = { baseUrl: side.url, auth: { token: 'secret' }, serializer, ...more };
  return clients[name](config);
}

module.exports = { SENDS_STREAMS, clientOf, clients, contexts, notFound };
