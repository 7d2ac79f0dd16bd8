// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { callTask } = require('../helpers/http.js');
const { outcome, SANITIZED } = require('../helpers/outcome.js');
const { startServer, TunnelError } = require('../helpers/server.js');

/** What is logged of a task that failed with this text. */
const logged = (/** @type {string} */ error) => [
  { level: 'error', message: 'exposure.task.error', data: { error, requestId: 'r-1', id: 't' } },
];

describe('any other error that a task throws', () => {
  for (const [what, make, log] of /** @type {[string, () => unknown, string][]} */ ([
    ['an Error', () => new Error('secret'), 'secret'],
    ['a TypeError', () => new TypeError('secret'), 'secret'],
    [
      'an Error with code, httpCode, id and data',
      () => Object.assign(new Error('secret'), { code: 'C', httpCode: 404, id: 'i', data: 1 }),
      'secret',
    ],
    [
      'a literal in the form of a TunnelError',
      () => ({ message: 'secret', code: 'C', httpCode: 404, toString: () => 'a literal' }),
      'a literal',
    ],
    [
      'an Error that calls itself TunnelError',
      () => Object.assign(new Error('secret'), { name: 'TunnelError', code: 'C', httpCode: 404 }),
      'secret',
    ],
    ['a string', () => 'secret', 'secret'],
    ['undefined', () => undefined, 'undefined'],
    ['null', () => null, 'null'],
    ['a number', () => 404, '404'],
    ['a symbol', () => Symbol('secret'), 'Symbol(secret)'],
  ])) {
    it(`${what} is a sanitized 500, and is logged`, async (t) => {
      const response = await outcome(t, () => {
        throw make();
      });
      assert.equal(response.status, 500);
      assert.equal(response.text, SANITIZED);
      assert.deepEqual(response.log, logged(log));
    });

    it(`${what} as a rejection is a sanitized 500, and is logged`, async (t) => {
      const response = await outcome(t, () => Promise.reject(make()));
      assert.equal(response.status, 500);
      assert.equal(response.text, SANITIZED);
      assert.deepEqual(response.log, logged(log));
    });
  }

  it('that cannot even be turned into text is a sanitized 500', async (t) => {
    const response = await outcome(t, () => {
      throw Object.create(null);
    });
    assert.equal(response.status, 500);
    assert.equal(response.text, SANITIZED);
    assert.equal(response.log.length, 1);
  });

  it('whose message throws when it is read is a sanitized 500', async (t) => {
    const response = await outcome(t, () => {
      throw Object.defineProperty(new Error(), 'message', {
        get() {
          throw new Error('no message');
        },
      });
    });
    assert.equal(response.status, 500);
    assert.equal(response.text, SANITIZED);
  });

  it('goes nowhere without a logger', async (t) => {
    const { port } = await startServer(t, {}, (server) =>
      server.registerTask('t', () => {
        throw new Error('secret');
      }),
    );
    assert.equal((await callTask(port, 't')).text, SANITIZED);
  });

  for (const [what, logger] of /** @type {[string, any][]} */ ([
    ['without an error function', { warn() {} }],
    [
      'that throws',
      {
        error() {
          throw new Error('no log');
        },
      },
    ],
    ['that rejects', { error: () => Promise.reject(new Error('no log')) }],
  ])) {
    it(`does no harm with a logger ${what}`, async (t) => {
      const { port } = await startServer(t, { logger }, (server) =>
        server.registerTask('t', () => {
          throw new Error('secret');
        }),
      );
      for (let i = 0; i < 2; i += 1) assert.equal((await callTask(port, 't')).text, SANITIZED);
    });
  }

  it('reaches a logger as its method, so that class instances work', async (t) => {
    class Log {
      /** @type {string[]} */
      lines = [];
      /** @param {string} message */
      error(message) {
        this.lines.push(message);
      }
    }
    const logger = new Log();
    const { port } = await startServer(t, { logger }, (server) =>
      server.registerTask('t', () => {
        throw new Error('secret');
      }),
    );
    await callTask(port, 't');
    assert.deepEqual(logger.lines, ['exposure.task.error']);
  });
});

describe('an Error that a task returns', () => {
  it('is a result without message and stack', async (t) => {
    const response = await outcome(t, () => new Error('secret'));
    assert.equal(response.status, 200);
    assert.equal(response.text, '{"ok":true,"result":{}}');
  });

  it('of class TunnelError is a result without a stack', async (t) => {
    const response = await outcome(t, () => new TunnelError({ message: 'm', code: 'C' }));
    assert.equal(response.status, 200);
    assert.doesNotMatch(response.text, /stack|unusual\.test/);
  });
});
