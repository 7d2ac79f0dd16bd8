// @ts-check
'use strict';

// What both sides know: the async context that travels with a call, and the typed error that comes back.

const { r } = require('@bluelibs/runner/node');

const TOKEN = 'example-token';

/** Who calls. */
const user = r.asyncContext('example.contexts.user').build();

/** An order that does not exist. */
const orderNotFound = r
  .error('example.errors.orderNotFound')
  .httpCode(404)
  .format((data) => `No order ${/** @type {{ number: number }} */ (data).number}`)
  .build();

module.exports = { TOKEN, orderNotFound, user };
