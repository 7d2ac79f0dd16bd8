// @ts-check
'use strict';

/** The work that every server does, with the exact bytes that go in and come out. */

const TOKEN = 'bench-token-0123456789abcdef';
const TOKEN_HEADER = 'x-runner-token';
const ECHO_BYTES = 10_240;
/** About 0.2 ms of work. */
const BURN_ROUNDS = 190_000;

const SMALL = work('small', { a: 1, b: 2 }, 3);
const order = makeOrder(ECHO_BYTES);
const ECHO = work('echo', order, order);
const BURN = work('burn', { rounds: BURN_ROUNDS }, burn({ rounds: BURN_ROUNDS }));

/**
 * @typedef {{ id: string, path: string, body: string, expected: string }} Work
 * @param {string} id
 * @param {unknown} input
 * @param {unknown} result
 * @returns {Work}
 */
function work(id, input, result) {
  return {
    id,
    path: `/__runner/task/${id}`,
    body: JSON.stringify({ input }),
    expected: JSON.stringify({ ok: true, result }),
  };
}

/**
 * A task that keeps the CPU busy: a fixed amount of work rather than of time, which would also pass while another
 * process has the core.
 * @param {{ rounds: number }} input
 */
function burn({ rounds }) {
  let state = 1;
  for (let round = 0; round < rounds; round++) state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return state;
}

/**
 * An order as a shop would send it: text with escapes and non-ASCII letters, integers, fractions, booleans, nulls,
 * nesting. The same in every run, and `bytes` long in UTF-8.
 * @param {number} bytes
 */
function makeOrder(bytes) {
  const made = {
    id: 'ord_01HZX3W9K7',
    createdAt: '2025-03-14T09:26:53.589Z',
    paid: true,
    coupon: null,
    customer: {
      id: 48213,
      name: 'Zoë Ångström',
      email: 'zoe@example.com',
      tags: ['returning', 'newsletter'],
      address: { street: 'Strada Lungă 12', city: 'Brașov', zip: '500035', geo: [45.6427, 25.5887] },
    },
    /** @type {unknown[]} */
    items: [],
    note: '',
  };
  const sizeWith = (/** @type {unknown} */ item) =>
    Buffer.byteLength(JSON.stringify({ ...made, items: [...made.items, item] }));
  for (let n = 0; ; n++) {
    const item = makeItem(n);
    if (sizeWith(item) > bytes) break;
    made.items.push(item);
  }
  made.note = 'x'.repeat(bytes - Buffer.byteLength(JSON.stringify(made)));
  return made;
}

/** @param {number} n */
function makeItem(n) {
  return {
    sku: `SKU-${(n * 7919) % 100_000}`,
    title: n % 3 === 0 ? `Widget "deluxe" №${n}` : `Widget, plain, size ${n % 12}`,
    quantity: (n * 31) % 9,
    price: Math.round(((n * 1237) % 50_000) + 99) / 100,
    discount: n % 4 === 0 ? null : (n % 5) / 10,
    inStock: n % 2 === 0,
    path: `C:\\goods\\${n}\n`,
    dimensions: { width: n * 1.5, height: n + 0.25, unit: 'cm' },
  };
}

module.exports = { TOKEN, TOKEN_HEADER, SMALL, ECHO, BURN, burn };
