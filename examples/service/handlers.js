// @ts-check
'use strict';

const { once } = require('node:events');
const { setImmediate: nextTurn } = require('node:timers/promises');
const { TunnelError } = require('@bluelibs/runner-native');

/** @typedef {import('@bluelibs/runner-native').CallContext} CallContext */

const users = new Map([[1, { id: 1, name: 'Ada' }]]);

/** @param {{ a: number, b: number }} input */
function add({ a, b }) {
  return a + b;
}

/** @param {string} text */
function reverse(text) {
  return [...text].reverse().join('');
}

/** @param {{ id: number }} input */
function findUser({ id }) {
  const user = users.get(id);
  if (user) return user;
  throw new TunnelError({
    message: `User ${id} does not exist`,
    code: 'USER_NOT_FOUND',
    httpCode: 404,
    data: { id },
  });
}

/**
 * Work in slices that stops when the client leaves.
 *
 * @param {{ rows: number }} input
 * @param {CallContext} context
 */
async function buildReport({ rows }, { signal }) {
  let sum = 0;
  for (let row = 1; row <= rows; row += 1) {
    sum += row;
    if (row % 1000 === 0) await nextTurn(undefined, { signal });
  }
  return { rows, sum };
}

/** @param {{ name: string }} payload */
function userCreated({ name }) {
  const id = users.size + 1;
  users.set(id, { id, name });
}

/** @param {{ quantity: number, unitPrice: number, total?: number }} order */
function orderPriced(order) {
  order.total = order.quantity * order.unitPrice;
}

/**
 * A task that runs until its client leaves, and two promises that resolve when it has begun and when it has stopped.
 */
function watchTask() {
  /** @type {() => void} */
  let began = () => {};
  /** @type {() => void} */
  let stopped = () => {};
  const running = new Promise((resolve) => {
    began = () => resolve(undefined);
  });
  const left = new Promise((resolve) => {
    stopped = () => resolve(undefined);
  });
  /**
   * @param {unknown} _input
   * @param {CallContext} context
   */
  async function watch(_input, { signal }) {
    began();
    if (!signal.aborted) await once(signal, 'abort');
    stopped();
  }
  return { watch, running, left };
}

module.exports = { add, reverse, findUser, buildReport, userCreated, orderPriced, watchTask };
