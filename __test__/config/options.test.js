// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { call } = require('../helpers/http.js');
const { Server, problemsOf, refused, bad, optionsWith } = require('../helpers/options.js');
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
    for (const name of /** @type {(keyof typeof bad)[]} */ ([
      'null',
      'a number',
      'a string',
      'an empty string',
      'an object',
      'a function',
    ])) {
      it(`refuses ${name}`, () =>
        refused(optionsWith(path, bad[name][0]), path, /** @type {string} */ (bad[name][1])));
    }
  });
}

for (const path of ['cors', 'auth', 'allowList', 'limits', 'logger']) {
  describe(path, () => {
    for (const name of /** @type {(keyof typeof bad)[]} */ ([
      'null',
      'true',
      'a number',
      'a string',
      'a list',
      'an empty list',
      'a RegExp',
      'a bigint',
      'a symbol',
    ])) {
      it(`refuses ${name}`, () =>
        refused(optionsWith(path, bad[name][0]), path, /** @type {string} */ (bad[name][1])));
    }
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

  for (const level of ['error', 'warn', 'info']) {
    it(`refuses ${level} that is not a function`, () => {
      refused({ port: 0, logger: { [level]: 'text' } }, `logger.${level}`, '"text"');
      refused({ port: 0, logger: { [level]: null } }, `logger.${level}`, 'null');
    });
  }
});

describe('options that cannot be read', () => {
  /** @param {string} key @returns {any} */
  const broken = (key) =>
    Object.defineProperty({}, key, {
      enumerable: true,
      get() {
        throw new Error('not today');
      },
    });
  for (const [path, options] of /** @type {[string, object][]} */ ([
    ['host', Object.assign(broken('host'), { port: 0 })],
    ['limits.maxJsonBytes', { port: 0, limits: broken('maxJsonBytes') }],
    ['auth.token[1]', { port: 0, auth: { token: Object.assign(['first'], { length: 2 }) } }],
  ])) {
    it(`are problems of their paths: ${path}`, () => {
      if (path.startsWith('auth'))
        Object.defineProperty(/** @type {any} */ (options).auth.token, 1, { get: () => broken('a').a });
      refused(options, path, 'an error: not today');
      new Server({ port: 0 });
    });
  }

  it('are read once, so that another value at a second read has no effect', async () => {
    /** @param {Record<string, unknown>} values @returns {any} */
    const once = (values) => {
      /** @type {Record<string, number>} */
      const looks = {};
      return new Proxy(values, {
        get(target, key) {
          const name = String(key);
          looks[name] = (looks[name] ?? 0) + 1;
          return looks[name] === 1 ? Reflect.get(target, key) : () => assert.fail('a second look');
        },
      });
    };
    const auth = once({ token: ['secret'], header: 'x-key' });
    const options = once({ port: 0, basePath: '/x', auth, limits: once({ maxJsonBytes: 1000 }) });
    const server = new Server(options);
    server.registerTask('t', () => 1, once({ timeoutMs: 1000 }));
    server.registerEvent('e', () => 1, once({ parallel: true }));
    await server.close(once({ timeoutMs: 1 }));
  });

  it('leave the next server alone: a proxy that throws', () => {
    const proxy = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('no keys today');
        },
      },
    );
    assert.throws(() => new Server(proxy));
    new Server({ port: 0 });
  });
});

describe('many bad options', () => {
  const everything = {
    port: 65536,
    host: '',
    basePath: '/a?b',
    prot: 1,
    cors: {
      origin: ['*', 'http://a.test/'],
      methods: 'POST',
      allowedHeaders: ['a b'],
      exposedHeaders: [1],
      credentials: 'yes',
      maxAge: -1,
      varyOrigin: 0,
      origins: '*',
    },
    auth: { header: '', token: ['', 'a'], validate: 'me', allowAnonymous: 1, tokens: [] },
    allowList: { tasks: 'all', events: [''], resources: [] },
    disableDiscovery: 'true',
    ioThreads: 0.5,
    logger: { error: 'text' },
    limits: {
      maxJsonBytes: Number.NaN,
      maxHeaderBytes: 8191,
      maxHeaderCount: 3001,
      maxConnections: 0,
      maxQueuedCalls: 1n,
      maxBufferedBodyBytes: 0,
      headersTimeoutMs: '1',
      requestTimeoutMs: -1,
      minBodyBytesPerSecond: 0.5,
      bodyTimeoutMs: Number.POSITIVE_INFINITY,
      keepAliveTimeoutMs: -5,
      lingerTimeoutMs: 60_001,
      handlerTimeoutMs: null,
      maxFiles: 10,
    },
  };
  const paths = [
    'allowList.events[0]',
    'allowList.resources',
    'allowList.tasks',
    'auth.allowAnonymous',
    'auth.header',
    'auth.token[0]',
    'auth.tokens',
    'auth.validate',
    'basePath',
    'cors.allowedHeaders[0]',
    'cors.credentials',
    'cors.exposedHeaders[0]',
    'cors.maxAge',
    'cors.methods',
    'cors.origin[0]',
    'cors.origin[1]',
    'cors.origins',
    'cors.varyOrigin',
    'disableDiscovery',
    'host',
    'ioThreads',
    'limits.bodyTimeoutMs',
    'limits.handlerTimeoutMs',
    'limits.headersTimeoutMs',
    'limits.keepAliveTimeoutMs',
    'limits.lingerTimeoutMs',
    'limits.maxBufferedBodyBytes',
    'limits.maxConnections',
    'limits.maxFiles',
    'limits.maxHeaderBytes',
    'limits.maxHeaderCount',
    'limits.maxJsonBytes',
    'limits.maxQueuedCalls',
    'limits.minBodyBytesPerSecond',
    'limits.requestTimeoutMs',
    'logger.error',
    'port',
    'prot',
  ];

  it('are reported in one error, each with its path', () => {
    const problems = problemsOf(everything);
    assert.deepEqual(
      problems.map((problem) => problem.path),
      paths,
    );
  });

  it('are listed in the message, each on its own line', () => {
    assert.throws(
      () => new Server(everything),
      (/** @type {Error} */ error) => {
        const lines = error.message.split('\n');
        for (const path of paths) {
          assert.equal(
            lines.filter((line) => line.trim().startsWith(`${path}:`)).length,
            1,
            `${path}\n${error.message}`,
          );
        }
        return true;
      },
    );
  });

  it('leave no server behind: a good one on the same options is made', () => {
    assert.throws(() => new Server(everything));
    new Server({ port: 0 });
  });
});
