// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { checked, serverOptions } = require('../../runner/config.js');
const { test } = require('../helpers/guarded.js');
const { Server } = require('../helpers/options.js');

const listen = { port: 0 };
const INF = Number.POSITIVE_INFINITY;

/** @param {any} http @param {any} [native] */
const optionsOf = (http, native) => serverOptions({ http, native }, {}).options;

/**
 * The problems of a configuration that must be rejected, as path and received value.
 *
 * @param {any} config
 */
function problemsOf(config) {
  const { options, problems } = serverOptions(config, {});
  try {
    checked(problems, () => new Server(options));
  } catch (error) {
    const found = /** @type {any} */ (error);
    assert.ok(error instanceof TypeError, String(error));
    assert.equal(found.code, 'CONFIG_INVALID');
    assert.match(found.message, /^nativeExposure: invalid options\n/);
    for (const { path } of found.problems) assert.ok(found.message.includes(`\n  ${path}: received `));
    return found.problems.map((/** @type {any} */ { path, received }) => [path, received]).sort();
  }
  return assert.fail('the configuration was taken');
}

test('every setting becomes the option of the server that it stands for', async () => {
  const origin = /x/;
  const fallback = () => {};
  const config = {
    http: {
      basePath: 'api',
      listen: { port: 7070, host: 'localhost' },
      auth: { header: 'x-key', token: ['new', 'old'], allowAnonymous: true },
      cors: {
        origin,
        methods: ['POST'],
        allowedHeaders: ['a'],
        exposedHeaders: ['b'],
        credentials: true,
        maxAge: 5,
        varyOrigin: false,
      },
      limits: {
        json: { maxSize: 1 },
        multipart: {
          fileSize: 2,
          files: 3,
          fieldSize: 4,
          fields: 5,
          fieldNameSize: 6,
          parts: 7,
          headerPairs: 8,
        },
      },
      dangerouslyAllowOpenExposure: true,
      disableDiscovery: true,
      fallback,
    },
    native: { ioThreads: 2, limits: { maxConnections: 9, handlerTimeoutMs: 10 } },
  };
  const logger = {};
  const { options, open, basePath, problems } = serverOptions(config, { logger });
  assert.deepEqual(problems, []);
  assert.deepEqual([open, basePath], [true, '/api']);
  assert.deepEqual(options, {
    basePath: 'api',
    port: 7070,
    host: 'localhost',
    auth: { header: 'x-key', token: ['new', 'old'], allowAnonymous: true },
    cors: config.http.cors,
    limits: {
      maxJsonBytes: 1,
      multipart: {
        maxFileBytes: 2,
        maxFiles: 3,
        maxFieldBytes: 4,
        maxFields: 5,
        maxFieldNameBytes: 6,
        maxParts: 7,
        maxPartHeaders: 8,
      },
      maxConnections: 9,
      handlerTimeoutMs: 10,
    },
    disableDiscovery: true,
    ioThreads: 2,
    fallback,
    logger,
  });
});

test('what is null or undefined is absent', async () => {
  for (const nothing of [null, undefined]) {
    const config = {
      http: {
        listen,
        basePath: nothing,
        auth: { token: nothing, header: nothing, allowAnonymous: nothing },
        cors: nothing,
        limits: { json: nothing, multipart: { files: nothing } },
        dangerouslyAllowOpenExposure: nothing,
        disableDiscovery: nothing,
        fallback: nothing,
      },
      native: nothing,
    };
    const { options, open, basePath, problems } = serverOptions(config, {});
    assert.deepEqual(options, { port: 0, auth: {} });
    assert.deepEqual([open, basePath, problems], [false, '/__runner', []]);
  }
});

test('an empty token alone is no token', async () => {
  assert.deepEqual(optionsOf({ listen, auth: { token: '' } }).auth, {});
});

test('an empty list of tokens refuses every request that no validator accepts', async () => {
  const validator = () => ({ ok: true });
  const given = { validators: [validator] };
  const { token, validate } = serverOptions({ http: { listen, auth: { token: [] } } }, given).options.auth;
  assert.equal(token, undefined);
  assert.equal(validate[0], validator);
  assert.deepEqual(
    validate.slice(1).map((/** @type {any} */ refuse) => refuse()),
    [{ ok: false }],
  );
});

test('the validators of the application are the only ones where tokens are given, or none', async () => {
  const validators = [() => ({ ok: true })];
  for (const auth of [undefined, { token: 'secret' }, { token: '' }]) {
    assert.deepEqual(
      serverOptions({ http: { listen, auth } }, { validators }).options.auth.validate,
      validators,
    );
    assert.equal('validate' in serverOptions({ http: { listen, auth } }, {}).options.auth, false);
  }
});

test('empty lists of CORS are absent, but an empty list of origins allows none', async () => {
  const cors = { origin: [], methods: [], allowedHeaders: [], exposedHeaders: [] };
  assert.deepEqual(optionsOf({ listen, cors }).cors, { origin: [] });
});

test('a limit that is infinite is the largest that there is', async () => {
  const multipart = { parts: INF, fieldSize: INF, headerPairs: INF };
  const limits = { json: { maxSize: INF }, multipart };
  const options = optionsOf({ listen, limits });
  assert.deepEqual(options.limits, {
    maxJsonBytes: 256 * 1024 * 1024,
    multipart: { maxParts: 2 ** 32 - 1, maxFieldBytes: 256 * 1024 * 1024, maxPartHeaders: 32 },
  });
  assert.ok(checked([], () => new Server(options)));
});

test('the base path is written as nodeExposure writes it', async () => {
  for (const [setting, basePath] of [
    ['/__runner', '/__runner'],
    ['api', '/api'],
    ['api/v1/', '/api/v1'],
    ['/', '/'],
    [undefined, '/__runner'],
  ]) {
    assert.equal(serverOptions({ http: { listen, basePath: setting } }, {}).basePath, basePath);
  }
});

test('all that is wrong comes at once, by the paths of the configuration', async () => {
  const config = {
    http: {
      listen: { port: 70_000, host: '', backlog: 5 },
      basePath: '/a b',
      auth: { token: ['good', ''], header: 'not a header', allowAnonymous: 'yes' },
      cors: { origin: ['*'], maxAge: -1, allowedHeaders: ['x', 7] },
      limits: { json: { maxSize: 0, depth: 3 } },
      dangerouslyAllowOpenExposure: 'yes',
      disableDiscovery: 1,
      fallback: 'express',
      https: {},
      toString: 1,
    },
    native: { ioThreads: 65, limits: { maxConnections: 0, maxJsonBytes: 5 } },
    port: 7070,
  };
  const unknown = 'an unknown option';
  assert.deepEqual(problemsOf(config), [
    ['http.auth.allowAnonymous', '"yes"'],
    ['http.auth.header', '"not a header"'],
    ['http.auth.token[1]', 'an empty string'],
    ['http.basePath', '"/a b"'],
    ['http.cors.allowedHeaders[1]', '7'],
    ['http.cors.maxAge', '-1'],
    ['http.cors.origin[0]', '"*"'],
    ['http.dangerouslyAllowOpenExposure', '"yes"'],
    ['http.disableDiscovery', '1'],
    ['http.fallback', '"express"'],
    ['http.https', unknown],
    ['http.limits.json.depth', unknown],
    ['http.limits.json.maxSize', '0'],
    ['http.listen.backlog', unknown],
    ['http.listen.host', '""'],
    ['http.listen.port', '70000'],
    ['http.toString', unknown],
    ['native.ioThreads', '65'],
    ['native.limits.maxConnections', '0'],
    ['native.limits.maxJsonBytes', unknown],
    ['port', unknown],
  ]);
});

for (const [value, received] of /** @type {Array<[any, string]>} */ ([
  [true, 'true'],
  [7, '7'],
  ['text', '"text"'],
  [[1], 'an array'],
  [() => 1, 'a function'],
])) {
  test(`a section that is ${received} is refused`, async () => {
    for (const [path, config] of /** @type {Array<[string, any]>} */ ([
      ['http.cors', { http: { listen, cors: value } }],
      ['http.limits.json', { http: { listen, limits: { json: value } } }],
      ['native', { http: { listen }, native: value }],
    ])) {
      assert.deepEqual(problemsOf(config), [[path, received]]);
    }
  });
}

test('a failure that is not about the options passes as it is', async () => {
  const failure = new Error('no memory');
  assert.throws(
    () =>
      checked([], () => {
        throw failure;
      }),
    failure,
  );
});
