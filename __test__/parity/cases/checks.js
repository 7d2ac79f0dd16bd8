// @ts-check
'use strict';

const { event, octets, task } = require('../wire/request.js');
const { form, manifest } = require('../wire/multipart.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

const ID = { 'x-runner-request-id': 'r-1' };
const WRONG = { 'x-runner-token': 'wrong', ...ID };

/** @param {string} method @param {string} path @param {Record<string, string>} [headers] */
const bare = (method, path, headers = ID) => ({ method, path, headers });

/** Methods that no route takes. */
const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

/** @type {RawCase[]} */
const checks = [
  ...methods.flatMap((method) => [
    {
      name: `${method} of a task`,
      covers: ['2 other methods', '6 METHOD_NOT_ALLOWED'],
      request: bare(method, '/__runner/task/echo'),
      expect: { status: 405 },
    },
    {
      name: `${method} of an event`,
      covers: ['2 other methods', '6 METHOD_NOT_ALLOWED'],
      request: bare(method, '/__runner/event/note'),
      expect: { status: 405 },
    },
  ]),
  ...['POST', 'HEAD', 'PUT', 'DELETE'].map((method) => ({
    name: `${method} of discovery`,
    covers: ['2 other methods', '6 METHOD_NOT_ALLOWED'],
    request: bare(method, '/__runner/discovery'),
    expect: { status: 405 },
  })),
  ...['GET', 'HEAD', 'PUT'].map((method) => ({
    name: `${method} of no route is 404`,
    covers: ['2 other methods', '1 no route', '6 NOT_FOUND'],
    request: bare(method, '/__runner/nothing'),
    expect: { status: 404 },
  })),
  {
    name: 'a preflight comes before authentication, and has no request id',
    covers: ['2 preflight first', '7 security'],
    request: bare('OPTIONS', '/__runner/task/hidden', WRONG),
    expect: {
      status: 204,
      body: '',
      headers: { 'x-runner-request-id': null, 'x-frame-options': null, 'content-length': '0' },
    },
  },
  {
    name: 'a preflight of discovery, also if that is disabled',
    covers: ['2 preflight first', '1 preflight'],
    variant: 'no discovery',
    request: bare('OPTIONS', '/__runner/discovery'),
    expect: { status: 204 },
  },
  {
    name: 'a method that is not allowed has its request id',
    covers: ['2 request id before method'],
    request: bare('GET', '/__runner/task/echo'),
    expect: { status: 405, headers: { 'x-runner-request-id': 'r-1' } },
  },
  {
    name: 'the method comes before authentication',
    covers: ['2 method before authentication'],
    request: bare('GET', '/__runner/task/echo', WRONG),
    expect: { status: 405 },
  },
  {
    name: 'the method comes before the allow-list',
    covers: ['2 method before authentication'],
    request: bare('GET', '/__runner/event/none'),
    expect: { status: 405 },
  },
  {
    name: 'a wrong token is 401 for a task that does not exist',
    covers: ['2 authentication before allow-list', '6 UNAUTHORIZED'],
    request: task('none', '{', { headers: WRONG }),
    expect: { status: 401 },
  },
  {
    name: 'a wrong token is 401 for an event that does not exist',
    covers: ['2 authentication before allow-list', '6 UNAUTHORIZED'],
    request: event('none', '{', { headers: WRONG }),
    expect: { status: 401 },
  },
  {
    name: 'a wrong token is 401 for an upload, whose body is not read',
    covers: ['2 authentication before allow-list'],
    request: form('upload', [manifest(null)], { headers: WRONG }),
    expect: { status: 401 },
  },
  {
    name: 'a task that no tunnel names is 403',
    covers: ['6 FORBIDDEN'],
    request: task('hidden', '{}'),
    expect: { status: 403, body: /Task hidden not exposed/ },
  },
  {
    name: 'an event that no tunnel names is 403',
    covers: ['6 FORBIDDEN'],
    request: event('hiddenEvent', '{}'),
    expect: { status: 403, body: /Event hiddenEvent not exposed/ },
  },
  {
    name: 'an event is no task',
    covers: ['6 FORBIDDEN'],
    request: task('note', '{}'),
    expect: { status: 403, body: /Task note not exposed/ },
  },
  {
    name: 'a task is no event',
    covers: ['6 FORBIDDEN'],
    request: event('echo', '{}'),
    expect: { status: 403 },
  },
  {
    name: 'a task that does not exist and that no tunnel names is 403, not 404',
    covers: ['2 allow-list before existence'],
    request: task('none', '{'),
    expect: { status: 403 },
  },
  {
    name: 'a task that a tunnel names and that does not exist is 404, before its body is read',
    covers: ['2 existence before body', '6 NOT_FOUND'],
    variant: 'listed',
    request: task('ghost', '{'),
    expect: { status: 404, body: /Task ghost not found/ },
  },
  {
    name: 'an event that a tunnel names and that does not exist is 404',
    covers: ['2 existence before body', '6 NOT_FOUND'],
    variant: 'listed',
    request: event('ghostEvent', '{'),
    expect: { status: 404, body: /Event ghostEvent not found/ },
  },
  {
    name: 'a bad body is 400, and the task does not run',
    covers: ['2 body before handler', '6 INVALID_JSON'],
    request: task('throw', '{"input":"error"'),
    expect: { status: 400 },
  },
  {
    name: 'a bad body of a parallel event is 400 INVALID_JSON',
    covers: ['2 body before handler', '6 INVALID_JSON'],
    request: event('fan', '{"returnPayload":true'),
    expect: { status: 400, body: /INVALID_JSON/ },
  },
  {
    name: 'an octet-stream of a task that no tunnel names is 403',
    covers: ['2 authentication before allow-list', '6 FORBIDDEN'],
    request: octets('hidden', 'bytes'),
    expect: { status: 403 },
  },
  ...discoveries(),
];

/** Discovery and its checks. @returns {RawCase[]} */
function discoveries() {
  const path = '/__runner/discovery';
  return [
    {
      name: 'discovery wants the token',
      covers: ['1 discovery', '6 UNAUTHORIZED'],
      request: bare('GET', path, WRONG),
      expect: { status: 401 },
    },
    {
      name: 'the method of discovery comes before authentication',
      covers: ['2 method before authentication'],
      request: bare('POST', path, WRONG),
      expect: { status: 405 },
    },
    {
      name: 'disabled discovery is 404 before authentication',
      covers: ['2 disabled discovery'],
      variant: 'no discovery',
      request: bare('GET', path, WRONG),
      expect: { status: 404, headers: { 'x-runner-request-id': 'r-1' } },
    },
    {
      name: 'disabled discovery is 404 for every method',
      covers: ['2 disabled discovery'],
      variant: 'no discovery',
      request: bare('DELETE', path),
      expect: { status: 404 },
    },
    {
      name: 'GET of discovery with a body',
      covers: ['1 discovery'],
      request: { method: 'GET', path, body: '{"a":1}' },
      expect: { status: 200 },
    },
  ];
}

module.exports = checks;
