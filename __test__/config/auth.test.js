// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { Server, bad, itRefuses, optionsWith, refused } = require('../helpers/options.js');

describe('auth', () => {
  for (const [name, token, path, received] of /** @type {[string, unknown, string, string][]} */ ([
    ['an empty string', '', 'auth.token', 'an empty string'],
    ['an empty list', [], 'auth.token', 'an empty array'],
    ['null', null, 'auth.token', 'null'],
    ['a function', () => 't', 'auth.token', 'a function'],
    ['an empty string in a list', ['t', ''], 'auth.token[1]', 'an empty string'],
    ['null in a list', [null], 'auth.token[0]', 'null'],
    ['a list in a list', [['t']], 'auth.token[0]', 'an array'],
    ['true', true, 'auth.token', 'true'],
  ])) {
    it(`refuses a token that is ${name}`, () => refused({ port: 0, auth: { token } }, path, received));
  }

  it('refuses a token that is a number without writing it down', () => {
    assert.throws(
      () => new Server({ port: 0, auth: { token: 123456789 } }),
      (/** @type {any} */ error) => error.code === 'CONFIG_INVALID' && !error.message.includes('123456789'),
    );
  });

  it('never writes a good token down when another one is bad', () => {
    assert.throws(
      () => new Server({ port: 0, auth: { token: ['hunter2', ''] } }),
      (/** @type {any} */ error) => error.code === 'CONFIG_INVALID' && !error.message.includes('hunter2'),
    );
  });

  for (const value of ['', ' ', 'a b', 'x:', 'é', 'a\r\nb']) {
    it(`refuses the header name ${JSON.stringify(value)}`, () => {
      refused({ port: 0, auth: { token: 't', header: value } }, 'auth.header', JSON.stringify(value));
    });
  }

  for (const name of /** @type {(keyof typeof bad)[]} */ (['null', 'a number', 'a list', 'a function'])) {
    it(`refuses a header name that is ${name}`, () => {
      refused(
        { port: 0, auth: { token: 't', header: bad[name][0] } },
        'auth.header',
        /** @type {string} */ (bad[name][1]),
      );
    });
  }

  for (const [name, validate, path, received] of /** @type {[string, unknown, string, string][]} */ ([
    ['null', null, 'auth.validate', 'null'],
    ['a string', 'text', 'auth.validate', '"text"'],
    ['an object', {}, 'auth.validate', 'an object'],
    ['an empty list', [], 'auth.validate', 'an empty array'],
    ['null in a list', [() => ({ ok: true }), null], 'auth.validate[1]', 'null'],
    ['an object in a list', [{}], 'auth.validate[0]', 'an object'],
  ])) {
    it(`refuses a validator that is ${name}`, () => refused({ port: 0, auth: { validate } }, path, received));
  }

  it('takes one validator and a list of them', () => {
    new Server({ port: 0, auth: { validate: () => ({ ok: true }) } });
    new Server({ port: 0, auth: { validate: [() => ({ ok: true }), async () => ({ ok: false })] } });
  });
});

for (const path of ['allowList.tasks', 'allowList.events']) {
  describe(path, () => {
    it('takes a list of ids, also an empty one', () => {
      new Server(optionsWith(path, ['a', 'b/c', 'ü ber']));
      new Server(optionsWith(path, []));
    });
    for (const [name, value, received] of /** @type {[string, unknown, string][]} */ ([
      ['an empty id', '', '""'],
      ['a number', 7, '7'],
      ['null', null, 'null'],
      ['a RegExp', /x/, 'a regular expression'],
    ])) {
      it(`refuses ${name} by its index`, () =>
        refused(optionsWith(path, ['a', value]), `${path}[1]`, received));
    }
    itRefuses(path, ['null', 'a string', 'true', 'an object', 'a function']);
  });
}
