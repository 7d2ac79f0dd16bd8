// @ts-check
'use strict';

const { NOT_FOUND } = require('../expected.js');
const { event, task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

/** @param {string} path @param {Partial<import('../wire/request.js').RequestSpec>} [more] */
const at = (path, more = {}) => ({ path, body: '{"input":1}', ...more });

const RAN = { status: 200, body: '{"ok":true,"result":1}' };

/**
 * Targets that must route alike: what they are, how they look, their outcomes.
 *
 * @type {[string, string, string, RawCase['expect']][]}
 */
const targets = [
  ['1 task', 'a task', '/__runner/task/echo', RAN],
  ['1 query string', 'a query string', '/__runner/task/echo?a=/../b&c=%zz', RAN],
  ['1 query string', 'an empty query string', '/__runner/task/echo?', RAN],
  ['1 query string', 'a query string with bytes that URLs escape', '/__runner/task/echo?<a>="`', RAN],
  ['1 query string', 'a fragment', '/__runner/task/echo#/x', RAN],
  ['1 query string', 'a fragment with a question mark', '/__runner/task/echo#?<a>', RAN],
  ['1 empty segments', 'empty segments', '/__runner//task///echo//', RAN],
  ['1 empty segments', 'an empty segment before the base', '/x//../__runner/task/echo', NOT_FOUND],
  ['1 escapes', 'an escaped slash', '/__runner/task/slashed%2Fid', { status: 200 }],
  [
    '1 escapes',
    'bytes that URLs escape',
    '/__runner/task/a"<b>`{c}|^',
    { status: 403, body: /Task a\\"<b>`{c}\|\^ not/ },
  ],
  ['1 escapes', 'a bare slash', '/__runner/task/slashed/id', { status: 200 }],
  ['1 escapes', 'escapes beyond ASCII', '/__runner/task/%C3%BC%20ber', { status: 200 }],
  ['1 escapes', 'needless escapes', '/__runner/task/%65ch%6F', RAN],
  ['1 escapes', 'an escaped percent sign', '/__runner/task/echo%25', { status: 403 }],
  ['1 escapes', 'an escaped line break', '/__runner/task/echo%0A', { status: 403 }],
  ['1 escapes', 'an escaped base', '/%5F_runner/task/echo', NOT_FOUND],
  ['1 escapes', 'an escaped kind', '/__runner/t%61sk/echo', NOT_FOUND],
  ['1 bad escape', 'a bad escape', '/__runner/task/echo%zz', NOT_FOUND],
  ['1 bad escape', 'half an escape', '/__runner/task/echo%', NOT_FOUND],
  ['1 bad escape', 'an escape that is no UTF-8', '/__runner/task/echo%ff', NOT_FOUND],
  ['1 bad escape', 'an escaped surrogate', '/__runner/task/%ED%A0%80', NOT_FOUND],
  ['1 dot segments', 'dot segments', '/__runner/x/../task/./echo', RAN],
  ['1 dot segments', 'escaped dot segments', '/__runner/x/%2e%2E/task/%2e/echo', RAN],
  ['1 dot segments', 'dot segments at the end', '/__runner/task/echo/x/..', RAN],
  ['1 dot segments', 'dot segments beyond the root', '/../../__runner/task/echo', RAN],
  ['1 dot segments', 'dot segments out of the base', '/__runner/../task/echo', NOT_FOUND],
  ['1 dot segments', 'dots that are no segment', '/__runner/task/echo..', { status: 403 }],
  ['1 dot segments', 'dot segments behind a star', '*/../__runner/task/echo', RAN],
  ['1 dot segments', 'backslashes', '/__runner\\task\\echo', RAN],
  ['1 no route', 'the base', '/__runner', NOT_FOUND],
  ['1 no route', 'the base with a slash', '/__runner/', NOT_FOUND],
  ['1 no route', 'an unknown kind', '/__runner/tasks/echo', NOT_FOUND],
  ['1 no route', 'a kind in capitals', '/__runner/TASK/echo', NOT_FOUND],
  ['1 no route', 'a task without an id', '/__runner/task', NOT_FOUND],
  ['1 no route', 'a task without an id, with a slash', '/__runner/task/', NOT_FOUND],
  ['1 no route', 'an event without an id', '/__runner/event//', NOT_FOUND],
  ['1 outside', 'the root', '/', NOT_FOUND],
  ['1 outside', 'what only begins like the base', '/__runners/task/echo', NOT_FOUND],
  ['1 outside', 'the base in capitals', '/__RUNNER/task/echo', NOT_FOUND],
  ['1 outside', 'an absolute target of the base', 'http://other.test:81/__runner/task/echo', RAN],
  ['1 outside', 'an absolute target outside', 'http://other.test/task/echo', NOT_FOUND],
  ['1 outside', 'an absolute target without a path', 'http://other.test', NOT_FOUND],
  ['1 outside', 'an absolute target in capitals', 'HTTP://OTHER.TEST/__runner/task/echo?<a>', RAN],
  ['1 outside', 'an absolute target of another scheme', 'ftp://u:p@other.test/__runner/task/echo', RAN],
  ['1 outside', 'an absolute target with a slash more', 'http:///other.test/__runner/task/echo', RAN],
  [
    '1 outside',
    'an absolute target whose path has an empty segment',
    'http://a.test//b/__runner/task/echo',
    NOT_FOUND,
  ],
  ['1 outside', 'a star with a path', '*/__runner/task/echo', NOT_FOUND],
  ['1 outside', 'a target with an authority', '//other.test/__runner/task/echo', RAN],
];

/** @type {RawCase[]} */
const routes = [
  ...targets.map(([covers, what, path, expect]) => ({
    name: `${what} as target: ${path}`,
    covers: [covers],
    request: at(path),
    expect,
  })),
  {
    name: 'an event, whose id is decoded like that of a task',
    covers: ['1 event', '1 escapes', '5 event'],
    request: event('slashed%2Fevent', '{}'),
    expect: { status: 200, body: '{"ok":true}' },
  },
  {
    name: 'discovery, in the order of the registry',
    covers: ['1 discovery', '5 discovery'],
    request: { method: 'GET', path: '/__runner/discovery' },
    expect: { status: 200, body: /"enabled":true,"tasks":\["echo","add"/ },
  },
  {
    name: 'below discovery is discovery',
    covers: ['1 below discovery'],
    request: { method: 'GET', path: '/__runner//discovery/anything/%zz?x' },
    expect: { status: 200 },
  },
  {
    name: 'a long id is named in full',
    covers: ['1 task', '6 FORBIDDEN'],
    request: task('x'.repeat(2000), '{}'),
    expect: { status: 403, body: /Task x{2000} not exposed/ },
  },
  {
    name: 'an id that needs JSON escapes is named',
    covers: ['1 escapes', '6 FORBIDDEN'],
    request: task('a%22%5C%00%E2%80%A8%F0%9F%98%80', '{}'),
    expect: { status: 403 },
  },
  {
    name: 'outside the base there is no request id, and CORS is as inside',
    covers: ['1 outside', '7 on errors'],
    variant: 'cors list',
    request: {
      path: '/elsewhere',
      headers: { origin: 'https://a.test', 'x-runner-request-id': 'mine' },
    },
    expect: {
      status: 404,
      headers: { 'x-runner-request-id': null, 'access-control-allow-origin': 'https://a.test' },
    },
  },
  {
    name: 'a preflight of an unknown route under the base',
    covers: ['1 preflight', '2 preflight first'],
    request: { method: 'OPTIONS', path: '/__runner/nothing/here' },
    expect: { status: 204 },
  },
  {
    name: 'a preflight outside the base is none',
    covers: ['1 preflight', '1 outside'],
    request: { method: 'OPTIONS', path: '/elsewhere' },
    expect: { status: 404 },
  },
  {
    name: 'a star as target is outside',
    covers: ['1 outside'],
    request: { method: 'OPTIONS', path: '*' },
    expect: { status: 404 },
  },
  ...bases(),
];

/** Other base paths. @returns {RawCase[]} */
function bases() {
  const other = 'other base';
  return [
    {
      name: 'a base path without its first slash and with a last one',
      covers: ['1 base path'],
      variant: other,
      request: at('/api/v1/task/echo'),
      expect: RAN,
    },
    {
      name: 'the default base path is nothing special under another one',
      covers: ['1 base path', '1 outside'],
      variant: other,
      request: at('/__runner/task/echo'),
      expect: NOT_FOUND,
    },
    {
      name: 'another base path with more slashes',
      covers: ['1 base path', '1 no route'],
      variant: other,
      request: at('/api//v1/task/echo'),
      expect: NOT_FOUND,
    },
    {
      name: 'the exposure context knows another base path',
      covers: ['1 base path', '8 exposure context'],
      variant: other,
      request: { path: '/api/v1/task/where?x=1', headers: { 'x-runner-request-id': 'r-1' } },
      expect: { status: 200, body: /"basePath":"\/api\/v1"/ },
    },
    {
      name: 'a base path with escapes is taken as it is',
      covers: ['1 base path'],
      variant: 'base with escapes',
      request: at('/a%20b/task/echo'),
      expect: RAN,
    },
    {
      name: 'the root as base path',
      covers: ['9 5'],
      variant: 'base is root',
      request: at('/task/echo'),
      excuse: { row: 5, nodeExposure: NOT_FOUND, native: RAN },
    },
  ];
}

module.exports = routes;
