// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { call } = require('../helpers/http.js');
const { Server, bad, itRefuses, optionsWith, problemsOf, refused } = require('../helpers/options.js');
const { startServer } = require('../helpers/server.js');

describe('options as a whole', () => {
  it('may be a port alone', () => {
    new Server(0);
    new Server(65535);
  });

  it('may be an object with a port alone', () => {
    new Server({ port: 0 });
  });

  for (const name of /** @type {(keyof typeof bad)[]} */ ([
    'null',
    'true',
    'a string',
    'an empty string',
    'a list',
    'a function',
    'a RegExp',
    'a bigint',
    'a symbol',
  ])) {
    it(`are refused when they are ${name}`, () =>
      refused(bad[name][0], 'options', /** @type {string} */ (bad[name][1])));
  }

  it('are refused when they are missing', () => refused(undefined, 'options', 'undefined'));

  it('need a port', () => refused({}, 'port', 'undefined'));

  it('that are undefined count as not given', () => {
    new Server({
      port: 0,
      host: undefined,
      basePath: undefined,
      corsOrigins: undefined,
      cors: undefined,
      auth: undefined,
      allowList: undefined,
      disableDiscovery: undefined,
      ioThreads: undefined,
      logger: undefined,
      limits: { maxJsonBytes: undefined, handlerTimeoutMs: undefined },
    });
  });

  it('are read once: later changes change nothing', async (t) => {
    const options = { limits: { maxJsonBytes: 8 }, basePath: '/one' };
    const { port } = await startServer(t, options, (server) => server.registerTask('t', (input) => input));
    options.limits.maxJsonBytes = 100;
    options.basePath = '/two';
    assert.equal((await call({ port, path: '/one/task/t', body: '"0123456789"' })).status, 413);
    assert.equal((await call({ port, path: '/two/task/t', body: '1' })).status, 404);
  });

  it('need new', () => {
    assert.throws(() => Server(0), TypeError);
  });
});

describe('unknown options', () => {
  for (const [options, path] of /** @type {[Record<string, unknown>, string][]} */ ([
    [{ prot: 1 }, 'prot'],
    [{ Port: 1 }, 'Port'],
    [{ cors: { origins: [] } }, 'cors.origins'],
    [{ auth: { token: 't', tokens: ['a'] } }, 'auth.tokens'],
    [{ allowList: { task: [] } }, 'allowList.task'],
    [{ limits: { maxJsonByte: 1 } }, 'limits.maxJsonByte'],
    [{ limits: { json: { maxSize: 1 } } }, 'limits.json'],
    [{ listen: { port: 1 } }, 'listen'],
  ])) {
    it(`${path} is refused`, () => {
      const problems = problemsOf({ port: 0, ...options });
      assert.deepEqual(
        problems.map((problem) => problem.path),
        [path],
      );
    });
  }

  it('list those that exist', () => {
    const [problem] = problemsOf({ port: 0, limits: { max: 1 } });
    for (const name of ['maxJsonBytes', 'maxQueuedCalls', 'handlerTimeoutMs']) {
      assert.match(problem.expected, new RegExp(name));
    }
  });

  it('are refused even if they are undefined', () => {
    assert.equal(problemsOf({ port: 0, prot: undefined })[0].path, 'prot');
  });

  it('may refer to themselves without end', () => {
    const circle = /** @type {any} */ ({ port: 0 });
    circle.circle = circle;
    assert.equal(problemsOf(circle)[0].path, 'circle');
  });
});

for (const path of ['disableDiscovery', 'cors.credentials', 'cors.varyOrigin', 'auth.allowAnonymous']) {
  describe(path, () => {
    it('takes true and false', () => {
      new Server(optionsWith(path, true));
      new Server(optionsWith(path, false));
    });
    itRefuses(path, ['null', 'a number', 'a string', 'an empty string', 'an object', 'a function']);
  });
}

for (const path of ['cors', 'auth', 'allowList', 'limits', 'logger']) {
  describe(path, () => {
    itRefuses(path, [
      'null',
      'true',
      'a number',
      'a string',
      'a list',
      'an empty list',
      'a RegExp',
      'a bigint',
      'a symbol',
    ]);
  });
}

describe('logger', () => {
  it('takes console, an empty object and an instance of a class', () => {
    class Log {
      error() {}
    }
    new Server({ port: 0, logger: console });
    new Server({ port: 0, logger: {} });
    new Server({ port: 0, logger: new Log() });
  });

  it('takes an object with cycles and many other values', () => {
    const logger = /** @type {any} */ ({ error() {}, level: 30, child: () => logger, bindings: { a: 1n } });
    logger.self = logger;
    new Server({ port: 0, logger });
  });

  for (const level of ['error', 'warn', 'info', 'debug']) {
    it(`refuses ${level} that is not a function`, () => {
      refused({ port: 0, logger: { [level]: 'text' } }, `logger.${level}`, '"text"');
      refused({ port: 0, logger: { [level]: null } }, `logger.${level}`, 'null');
    });
  }
});
