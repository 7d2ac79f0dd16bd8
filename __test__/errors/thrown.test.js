// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { outcome, SANITIZED } = require('../helpers/outcome.js');
const { TunnelError } = require('../helpers/server.js');

const Loose = /** @type {any} */ (TunnelError);

describe('new TunnelError', () => {
  it('is an Error of its own name, with what it was given', () => {
    const error = new TunnelError({ message: 'm', code: 'C', httpCode: 418, id: 'i', data: { a: 1 } });
    assert.ok(error instanceof Error);
    assert.ok(error instanceof TunnelError);
    assert.equal(error.name, 'TunnelError');
    assert.equal(error.message, 'm');
    assert.equal(error.code, 'C');
    assert.equal(error.httpCode, 418);
    assert.equal(error.id, 'i');
    assert.deepEqual(error.data, { a: 1 });
    assert.match(error.stack ?? '', /thrown\.test\.js/);
  });

  it('of a message alone has the code INTERNAL_ERROR and nothing else', () => {
    const error = new TunnelError({ message: 'm' });
    assert.equal(error.code, 'INTERNAL_ERROR');
    assert.equal(error.httpCode, undefined);
    assert.equal(error.id, undefined);
    assert.equal(error.data, undefined);
  });

  for (const [what, options] of /** @type {[string, unknown][]} */ ([
    ['nothing', undefined],
    ['null', null],
    ['a string', 'message'],
    ['no message', {}],
    ['a message that is no string', { message: 7 }],
    ['a code that is no string', { message: 'm', code: 7 }],
    ['an empty code', { message: 'm', code: '' }],
    ['an id that is no string', { message: 'm', id: 7 }],
    ['an httpCode of 399', { message: 'm', httpCode: 399 }],
    ['an httpCode of 600', { message: 'm', httpCode: 600 }],
    ['an httpCode of 200', { message: 'm', httpCode: 200 }],
    ['an httpCode of a fraction', { message: 'm', httpCode: 404.5 }],
    ['an httpCode of NaN', { message: 'm', httpCode: Number.NaN }],
    ['an httpCode as a string', { message: 'm', httpCode: '404' }],
    ['an httpCode of null', { message: 'm', httpCode: null }],
    ['an unknown option', { message: 'm', status: 404 }],
  ])) {
    it(`refuses ${what}`, () => {
      assert.throws(() => new Loose(options), { name: 'TypeError', code: 'CONFIG_INVALID' });
    });
  }

  it('takes an httpCode of 400 and of 599', () => {
    assert.equal(new TunnelError({ message: 'm', httpCode: 400 }).httpCode, 400);
    assert.equal(new TunnelError({ message: 'm', httpCode: 599 }).httpCode, 599);
  });

  it('keeps a cause for the server', () => {
    const cause = new Error('why');
    assert.equal(new TunnelError({ message: 'm', cause }).cause, cause);
    assert.equal('cause' in new TunnelError({ message: 'm' }), false);
  });

  it('tells all that is wrong in one error', () => {
    assert.throws(
      () => new Loose({ message: 7, code: '', httpCode: 200, id: 1, extra: true }),
      (/** @type {any} */ error) => {
        const paths = error.problems.map((/** @type {{ path: string }} */ problem) => problem.path);
        assert.deepEqual(paths, ['message', 'code', 'httpCode', 'id', 'extra']);
        return true;
      },
    );
  });

  it('takes undefined as not given', () => {
    const error = new Loose({
      message: 'm',
      code: undefined,
      httpCode: undefined,
      id: undefined,
      data: undefined,
    });
    assert.equal(error.code, 'INTERNAL_ERROR');
  });
});

describe('a TunnelError that a task throws', () => {
  for (const [what, options, status, error] of /** @type {[string, any, number, string][]} */ ([
    ['its message alone', { message: 'm' }, 500, '{"message":"m","code":"INTERNAL_ERROR"}'],
    ['its code', { message: 'm', code: 'C' }, 500, '{"message":"m","code":"C"}'],
    [
      'its status',
      { message: 'm', httpCode: 409 },
      409,
      '{"message":"m","code":"INTERNAL_ERROR","httpCode":409}',
    ],
    [
      'a status of 500 when it was given',
      { message: 'm', httpCode: 500 },
      500,
      '{"message":"m","code":"INTERNAL_ERROR","httpCode":500}',
    ],
    ['its id', { message: 'm', id: 'i' }, 500, '{"message":"m","code":"INTERNAL_ERROR","id":"i"}'],
    ['its data', { message: 'm', data: [1] }, 500, '{"message":"m","code":"INTERNAL_ERROR","data":[1]}'],
    [
      'data of null',
      { message: 'm', data: null },
      500,
      '{"message":"m","code":"INTERNAL_ERROR","data":null}',
    ],
    ['data of zero', { message: 'm', data: 0 }, 500, '{"message":"m","code":"INTERNAL_ERROR","data":0}'],
    [
      'data of false',
      { message: 'm', data: false },
      500,
      '{"message":"m","code":"INTERNAL_ERROR","data":false}',
    ],
    [
      'data as JSON.stringify writes it',
      { message: 'm', data: { d: new Date(0), u: undefined, n: Number.NaN } },
      500,
      '{"message":"m","code":"INTERNAL_ERROR","data":{"d":"1970-01-01T00:00:00.000Z","n":null}}',
    ],
    [
      'all of it in the order message, code, id, data, httpCode',
      { httpCode: 404, data: {}, id: 'i', code: 'C', message: 'm' },
      404,
      '{"message":"m","code":"C","id":"i","data":{},"httpCode":404}',
    ],
    [
      'a message that needs escapes',
      { message: '"ü\n\ud800' },
      500,
      '{"message":"\\"ü\\n\\ud800","code":"INTERNAL_ERROR"}',
    ],
    [
      'keys of data in their order',
      { message: 'm', data: { b: 1, a: 2 } },
      500,
      '{"message":"m","code":"INTERNAL_ERROR","data":{"b":1,"a":2}}',
    ],
  ])) {
    it(`sends ${what}`, async (t) => {
      const response = await outcome(t, () => {
        throw new TunnelError(options);
      });
      assert.equal(response.status, status);
      assert.equal(response.text, `{"ok":false,"error":${error}}`);
    });
  }

  it('may be rejected with as well', async (t) => {
    const response = await outcome(t, async () => {
      throw new TunnelError({ message: 'm', httpCode: 400, code: 'C' });
    });
    assert.equal(response.status, 400);
    assert.equal(response.text, '{"ok":false,"error":{"message":"m","code":"C","httpCode":400}}');
  });

  it('sends neither stack, cause nor fields of its own', async (t) => {
    const response = await outcome(t, () => {
      const error = new TunnelError({ message: 'm', code: 'C' });
      throw Object.assign(error, { cause: new Error('cause'), sql: 'select', extra: 1 });
    });
    assert.equal(response.text, '{"ok":false,"error":{"message":"m","code":"C"}}');
  });

  it('may be of a subclass', async (t) => {
    class NoSuchUser extends TunnelError {
      /** @param {number} userId */
      constructor(userId) {
        super({
          message: `No user ${userId}`,
          code: 'NO_SUCH_USER',
          httpCode: 404,
          id: 'app.noSuchUser',
          data: { userId },
        });
        this.name = 'NoSuchUser';
      }
    }
    const response = await outcome(t, () => {
      throw new NoSuchUser(7);
    });
    assert.equal(response.status, 404);
    assert.equal(
      response.text,
      '{"ok":false,"error":{"message":"No user 7","code":"NO_SUCH_USER","id":"app.noSuchUser","data":{"userId":7},"httpCode":404}}',
    );
  });

  for (const [what, make] of /** @type {[string, () => unknown][]} */ ([
    ['a bigint', () => 10n],
    ['a bigint within', () => ({ a: [10n] })],
    [
      'a cycle',
      () => {
        const circle = /** @type {any} */ ({});
        circle.circle = circle;
        return circle;
      },
    ],
    [
      'a toJSON that throws',
      () => ({
        toJSON() {
          throw new Error('no JSON');
        },
      }),
    ],
    [
      'a getter that throws',
      () => ({
        get a() {
          throw new Error('no a');
        },
      }),
    ],
  ])) {
    it(`with data of ${what} is a sanitized 500`, async (t) => {
      const response = await outcome(t, () => {
        throw new TunnelError({ message: 'm', code: 'C', httpCode: 404, data: make() });
      });
      assert.equal(response.status, 500);
      assert.equal(response.text, SANITIZED);
      assert.equal(response.log.length, 1);
      assert.equal(response.log[0].level, 'error');
    });
  }

  it('whose fields were changed afterwards is a 500 without details', async (t) => {
    const response = await outcome(t, () => {
      throw Object.assign(new Loose({ message: 'm', httpCode: 404 }), { httpCode: 99, code: 7, message: 8 });
    });
    assert.equal(response.status, 500);
    assert.equal(response.text, SANITIZED);
  });
});
