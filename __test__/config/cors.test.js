// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { Server, bad, itRefuses, optionsWith, problemsOf, refused } = require('../helpers/options.js');

const BAD_ORIGINS = [
  '',
  'a.test',
  'http://',
  '://a.test',
  'http:a.test',
  'http//a.test',
  'http://a.test/',
  'http://a.test/path',
  'http://a.test?x',
  'http://a.test#x',
  'http://user@a.test',
  'http://*.a.test',
  'http://a b',
  ' http://a.test',
  'http://a.test\r\nx: y',
  'http://a.test:port',
  'http://a.test:99999',
  'http://a.test, http://b.test',
  'NULL',
  '**',
];

for (const path of ['cors.origin', 'corsOrigins']) {
  describe(path, () => {
    for (const value of [
      '*',
      'null',
      'http://a.test',
      'https://a.test:8443',
      'http://127.0.0.1:3000',
      'http://[::1]:3000',
      'chrome-extension://abc',
    ]) {
      it(`${value} is taken`, () => {
        new Server(optionsWith(path, value));
        if (value !== '*') new Server(optionsWith(path, [value]));
      });
    }

    for (const value of BAD_ORIGINS) {
      it(`${JSON.stringify(value)} is refused`, () =>
        refused(optionsWith(path, value), path, JSON.stringify(value)));
      it(`${JSON.stringify(value)} in a list is refused by its index`, () => {
        refused(optionsWith(path, ['http://a.test', value]), `${path}[1]`, JSON.stringify(value));
      });
    }

    it('the star in a list is refused by its index', () => {
      refused(optionsWith(path, ['*', 'http://a.test']), `${path}[0]`, '"*"');
    });

    for (const name of /** @type {(keyof typeof bad)[]} */ ([
      'null',
      'a number',
      'a function',
      'a RegExp',
      'a list',
      'a symbol',
    ])) {
      it(`${name} in a list is refused by its index`, () => {
        refused(optionsWith(path, [bad[name][0]]), `${path}[0]`, /** @type {string} */ (bad[name][1]));
      });
    }

    itRefuses(path, ['null', 'true', 'a number', 'an object', 'a symbol', 'a bigint']);

    it('takes a RegExp, a function and an empty list', () => {
      new Server(optionsWith(path, /x/));
      new Server(optionsWith(path, () => null));
      new Server(optionsWith(path, []));
    });
  });
}

describe('corsOrigins and cors.origin', () => {
  it('together are refused', () => {
    const problems = problemsOf({ port: 0, corsOrigins: 'http://a.test', cors: { origin: 'http://a.test' } });
    assert.deepEqual(
      problems.map((problem) => problem.path),
      ['corsOrigins'],
    );
  });

  it('together are taken where one is undefined', () => {
    new Server({ port: 0, corsOrigins: 'http://a.test', cors: { origin: undefined } });
    new Server({ port: 0, corsOrigins: undefined, cors: { origin: 'http://a.test' } });
  });
});

for (const path of ['cors.methods', 'cors.allowedHeaders', 'cors.exposedHeaders']) {
  describe(path, () => {
    it('takes a list of names', () => {
      new Server(optionsWith(path, ['GET', 'X-Mine']));
    });
    for (const value of ['', ' ', 'a b', 'a,b', 'a\r\nb', 'é', 'a:']) {
      it(`${JSON.stringify(value)} in a list is refused by its index`, () => {
        refused(optionsWith(path, ['GET', value]), `${path}[1]`, JSON.stringify(value));
      });
    }
    itRefuses(path, ['null', 'a string', 'a number', 'an object', 'true', 'a function']);
  });
}
