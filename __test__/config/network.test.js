// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { Server, problemsOf, refused, bad } = require('../helpers/options.js');

describe('port', () => {
  for (const [value, received] of /** @type {[unknown, string][]} */ ([
    [-1, '-1'],
    [65536, '65536'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    ['7070', '"7070"'],
    [null, 'null'],
    [true, 'true'],
    [7070n, 'a bigint'],
    [[7070], 'an array'],
    [{}, 'an object'],
  ])) {
    it(`of ${typeof value} ${received} is refused`, () => refused({ port: value }, 'port', received));
  }

  for (const value of [-1, 65536, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`${value} alone is refused`, () => refused(value, 'port', String(value)));
  }

  it('says what it expects', () => {
    assert.match(problemsOf({ port: 70000 })[0].expected, /^an integer from 0 to 65535/);
  });
});

describe('host', () => {
  for (const value of ['127.0.0.1', 'localhost', '::1', '127.1.2.3', 'LOCALHOST']) {
    it(`${value} is taken without auth`, () => {
      new Server({ port: 0, host: value });
    });
  }

  for (const [value, received] of /** @type {[unknown, string][]} */ ([
    ['', '""'],
    [' ', '" "'],
    [null, 'null'],
    [127, '127'],
    [['127.0.0.1'], 'an array'],
    [Object('127.0.0.1'), 'an object'],
  ])) {
    it(`of ${typeof value} ${received} is refused`, () =>
      refused({ port: 0, host: value }, 'host', received));
  }

  for (const value of ['0.0.0.0', '::', '192.168.1.1', 'example.com', '128.0.0.1', 'localhost.example.com']) {
    it(`${value} without auth is refused at auth`, () => {
      refused({ port: 0, host: value }, 'auth', 'nothing');
    });

    it(`${value} with auth that has nothing in it is refused at auth`, () => {
      for (const auth of [{}, { header: 'x-mine' }, { allowAnonymous: false }]) {
        refused({ port: 0, host: value, auth }, 'auth', 'an object without any of them');
      }
    });

    it(`${value} with a token, a validator or allowAnonymous is taken`, () => {
      new Server({ port: 0, host: value, auth: { token: 't' } });
      new Server({ port: 0, host: value, auth: { validate: () => ({ ok: true }) } });
      new Server({ port: 0, host: value, auth: { allowAnonymous: true } });
    });
  }
});

describe('basePath', () => {
  for (const value of ['/', '/a', 'a', 'a/', '/a/b/', '/__runner', '/a-b_c.d~e', '/a:b@c!$&()*+,;=']) {
    it(`${value} is taken`, () => {
      new Server({ port: 0, basePath: value });
    });
  }

  for (const value of [
    '',
    '//',
    '/a//b',
    '/a//',
    '/.',
    '/..',
    '/a/../b',
    './a',
    '/a/./b',
    '/a?b',
    '/a#b',
    '/a%2',
    '/a%zz',
    '/%2e%2E',
    '/%',
    '/a b',
    ' /a',
    '/a\t',
    '/a\\b',
    '/a\nb',
    '/\0',
  ]) {
    it(`${JSON.stringify(value)} is refused`, () => {
      const problems = problemsOf({ port: 0, basePath: value });
      assert.deepEqual(
        problems.map((problem) => problem.path),
        ['basePath'],
      );
      if (value === '/a?b') assert.equal(problems[0].received, '"/a?b"');
    });
  }

  for (const name of /** @type {(keyof typeof bad)[]} */ ([
    'null',
    'a number',
    'true',
    'a list',
    'an object',
    'a function',
    'a RegExp',
  ])) {
    it(`refuses ${name}`, () =>
      refused({ port: 0, basePath: bad[name][0] }, 'basePath', /** @type {string} */ (bad[name][1])));
  }
});
