// @ts-check
'use strict';

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string} [method] POST where none is given
 * @property {string} path
 * @property {boolean} [anonymous] sends no token
 * @property {unknown} [body]
 * @property {number} status that the response has
 * @property {unknown} response that the body of the response equals
 */

/** @type {Step[]} */
const calls = [
  {
    title: 'A task',
    path: 'task/math.add',
    body: { input: { a: 2, b: 3 } },
    status: 200,
    response: { ok: true, result: 5 },
  },
  {
    title: 'A task whose input is text',
    path: 'task/text.reverse',
    body: { input: 'stressed' },
    status: 200,
    response: { ok: true, result: 'desserts' },
  },
  {
    title: 'An async task',
    path: 'task/reports.build',
    body: { input: { rows: 5000 } },
    status: 200,
    response: { ok: true, result: { rows: 5000, sum: 12502500 } },
  },
  {
    title: 'A typed error',
    path: 'task/users.find',
    body: { input: { id: 2 } },
    status: 404,
    response: {
      ok: false,
      error: { message: 'User 2 does not exist', code: 'USER_NOT_FOUND', data: { id: 2 }, httpCode: 404 },
    },
  },
  {
    title: 'An event',
    path: 'event/users.created',
    body: { payload: { name: 'Grace' } },
    status: 200,
    response: { ok: true },
  },
  {
    title: 'What the event changed',
    path: 'task/users.find',
    body: { input: { id: 2 } },
    status: 200,
    response: { ok: true, result: { id: 2, name: 'Grace' } },
  },
  {
    title: 'An event that gives its payload back',
    path: 'event/orders.priced',
    body: { payload: { quantity: 3, unitPrice: 7 }, returnPayload: true },
    status: 200,
    response: { ok: true, result: { quantity: 3, unitPrice: 7, total: 21 } },
  },
  {
    title: 'No token',
    path: 'task/math.add',
    anonymous: true,
    body: { input: { a: 2, b: 3 } },
    status: 401,
    response: { ok: false, error: { message: 'Unauthorized', code: 'UNAUTHORIZED' } },
  },
  {
    title: 'A task that is not there',
    path: 'task/math.divide',
    body: { input: { a: 6, b: 3 } },
    status: 404,
    response: { ok: false, error: { message: 'Task math.divide not found', code: 'NOT_FOUND' } },
  },
  {
    title: 'Bad JSON',
    path: 'task/math.add',
    body: '{"input":{"a":2,',
    status: 400,
    response: { ok: false, error: { message: 'Invalid JSON body', code: 'INVALID_JSON' } },
  },
  {
    title: 'Discovery',
    method: 'GET',
    path: 'discovery',
    status: 200,
    response: {
      ok: true,
      result: {
        allowList: {
          enabled: true,
          tasks: ['math.add', 'text.reverse', 'users.find', 'reports.build', 'jobs.watch'],
          events: ['users.created', 'orders.priced'],
        },
      },
    },
  },
];

module.exports = { calls };
