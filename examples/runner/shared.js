// @ts-check
'use strict';

// Shared by both sides: the async context that is sent with a call, and the typed error that is sent back.

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
