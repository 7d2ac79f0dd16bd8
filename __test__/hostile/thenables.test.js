// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { call, callTask } = require('../helpers/http.js');
const { assertServes, errorsOf, errorText, startProbed } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');
const { recordingLogger } = require('../helpers/server.js');
const { deferred } = require('../helpers/signal.js');
const { startWorker } = require('../helpers/worker.js');

const SECRET = 'postgres://admin:hunter2@db';
const INTERNAL = errorText('Internal Error', 'INTERNAL_ERROR');
const FIRST = '{"ok":true,"result":"first"}';

/** @typedef {(resolve: (value?: any) => void, reject: (reason?: any) => void) => unknown} Then */

/** @param {Then | string} then */
const thenable = (then) => Object.fromEntries([['then', then]]);

const trap = () => {
  throw new Error(SECRET);
};

class StrangePromise extends Promise {
  static get [Symbol.species]() {
    return trap();
  }
}

/** @param {PropertyDescriptor} descriptor of `constructor`, which `await` reads */
const promiseMadeBy = (descriptor) =>
  Object.defineProperty(Promise.resolve('first'), 'constructor', descriptor);

/** @type {Record<string, () => unknown>} */
const answered = {
  'resolves at once': () => thenable((resolve) => resolve('first')),
  'resolves later': () => thenable((resolve) => setImmediate(resolve, 'first')),
  'resolves twice': () =>
    thenable((resolve) => {
      resolve('first');
      resolve('second');
    }),
  'resolves again later': () =>
    thenable((resolve) => {
      resolve('first');
      setImmediate(resolve, 'second');
    }),
  'resolves, then rejects': () =>
    thenable((resolve, reject) => {
      resolve('first');
      reject(new Error(SECRET));
    }),
  'resolves, then rejects later': () =>
    thenable((resolve, reject) => {
      resolve('first');
      setImmediate(reject, new Error(SECRET));
    }),
  'throws after it resolved': () =>
    thenable((resolve) => {
      resolve('first');
      throw new Error(SECRET);
    }),
  'resolves with another thenable': () => thenable((resolve) => resolve(thenable((inner) => inner('first')))),
  'resolves with a promise': () => thenable((resolve) => resolve(Promise.resolve('first'))),
  'is a promise of a thenable': async () => thenable((resolve) => resolve('first')),
  'is a function with a then': () =>
    Object.assign(
      () => 'no',
      thenable((resolve) => resolve('first')),
    ),
  'returns a rejected promise from then, after it resolved': () =>
    thenable((resolve) => {
      resolve('first');
      const rejected = Promise.reject(new Error(SECRET));
      rejected.catch(() => {});
      return rejected;
    }),
  'is a promise of a subclass': () => class extends Promise {}.resolve('first'),
  'is a promise with a constructor of its own': () => promiseMadeBy({ value: class Mine {} }),
};

for (const [what, make] of Object.entries(answered)) {
  test(`a thenable that ${what} is answered with its first result`, async (t) => {
    const logger = recordingLogger();
    const { port } = await startProbed(t, { logger }, (server) => server.registerTask('hostile', make));
    for (let i = 0; i < 2; i += 1) {
      const response = await callTask(port, 'hostile');
      assert.equal(response.status, 200, response.text);
      assert.equal(response.text, FIRST);
    }
    await assertServes(port);
    assert.deepEqual(errorsOf(logger), []);
  });
}

/** @type {Record<string, () => unknown>} */
const failed = {
  'has a then getter that throws': () => Object.defineProperty({}, 'then', { get: trap }),
  'throws from then': () => thenable(trap),
  'rejects at once': () => thenable((_resolve, reject) => reject(new Error(SECRET))),
  'rejects, then resolves': () =>
    thenable((resolve, reject) => {
      reject(new Error(SECRET));
      resolve('second');
    }),
  'rejects twice': () =>
    thenable((_resolve, reject) => {
      reject(new Error(SECRET));
      reject(new Error('another'));
    }),
  'resolves with a thenable that throws': () => thenable((resolve) => resolve(thenable(trap))),
  'resolves with a rejected promise': () => thenable((resolve) => resolve(Promise.reject(new Error(SECRET)))),
  'is a promise whose constructor getter throws': () => promiseMadeBy({ get: trap }),
  'is a promise of a subclass whose species throws': () => StrangePromise.resolve('first'),
};

for (const [what, make] of Object.entries(failed)) {
  test(`a thenable that ${what} is a 500 that tells the client nothing, and is logged once`, async (t) => {
    const logger = recordingLogger();
    const { port } = await startProbed(t, { logger }, (server) => server.registerTask('hostile', make));
    const response = await callTask(port, 'hostile');
    assert.equal(response.status, 500);
    assert.equal(response.text, INTERNAL);
    await assertServes(port);
    const [error, ...more] = errorsOf(logger);
    assert.deepEqual([error.message, more], ['exposure.task.error', []]);
    assert.ok(error.data.error.includes(SECRET));
  });
}

test('a then that is not a function is data', async (t) => {
  const { port } = await startProbed(t, {}, (server) => server.registerTask('data', () => thenable('data')));
  assert.equal((await callTask(port, 'data')).text, '{"ok":true,"result":{"then":"data"}}');
});

test('a promise that is resolved with itself is a 500', async (t) => {
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('itself', () => {
      /** @type {Promise<unknown>} */
      const own = new Promise((resolve) => setImmediate(() => resolve(own)));
      return own;
    });
  });
  const response = await callTask(port, 'itself');
  assert.equal(response.status, 500);
  assert.equal(response.text, INTERNAL);
  await assertServes(port);
});

/**
 * A server whose code always returns thenables that resolve with themselves. In a worker: a thread that is blocked by
 * an endless chain of microtasks could not even fail a test.
 *
 * @param {import('../helpers/inside.js').World} world
 */
async function serveEndless({ data, makeServer, send }) {
  /** @param {object} target */
  const endless = (target) => {
    const then = (/** @type {(value: unknown) => void} */ resolve) => resolve(target);
    return Object.defineProperty(target, 'then', { value: then });
  };
  class Subclass extends Promise {}
  /** @type {Record<string, () => any>} */
  const makes = {
    thenable: () => endless({}),
    promise: () => endless(Promise.resolve(1)),
    subclass: () => endless(new Subclass(() => {})),
  };
  const make = makes[data];
  const server = makeServer({
    auth: { token: 'good', validate: make },
    cors: { origin: make },
    fallback: make,
    logger: { error: make, warn: make, info: make },
  });
  server.registerTask('ping', () => 'pong').registerTask('endless', make);
  server.registerTask('stream', () => ({ [Symbol.asyncIterator]: () => ({ next: make, return: make }) }));
  send(await server.listen());
}

for (const what of ['thenable', 'promise', 'subclass']) {
  test(`a ${what} that resolves with itself for ever does not block the thread, whatever returns it`, async (t) => {
    const { next } = startWorker(t, serveEndless, what);
    const { port } = await next();
    const headers = { 'x-runner-token': 'good', origin: 'http://localhost' };
    const response = await callTask(port, 'endless', 1, { headers });
    assert.ok(response.status === 200 || response.status === 500, String(response.status));
    assert.equal((await callTask(port, 'ping', 1)).status, 401);
    await call({ port, path: '/outside' });
    await callTask(port, 'stream', 1, { headers }).catch(() => {});
    assert.equal((await callTask(port, 'ping', 1, { headers })).text, '{"ok":true,"result":"pong"}');
  });
}

test('a then that is another one at every look is read once', async (t) => {
  const { port } = await startProbed(t, {}, (server) => {
    server.registerTask('changing', () => {
      let looks = 0;
      return Object.defineProperty({}, 'then', {
        get() {
          looks += 1;
          return (/** @type {(value: unknown) => void} */ resolve) => resolve(looks);
        },
      });
    });
  });
  assert.equal((await callTask(port, 'changing')).text, '{"ok":true,"result":1}');
});

for (const [what, make] of Object.entries({
  'a promise': () => new Promise(() => {}),
  'a thenable': () => thenable(() => {}),
})) {
  test(`${what} that never settles leaves the others served, also after its client has left`, async (t) => {
    const started = deferred();
    const { port } = await startProbed(t, {}, (server) => {
      server.registerTask('never', () => {
        started.resolve();
        return make();
      });
    });
    const client = await connect(t, port);
    await client.write(requestText({ path: '/__runner/task/never' }));
    await started.promise;
    await assertServes(port);
    client.destroy();
    await assertServes(port);
  });
}
