// @ts-check
'use strict';

const { executionAsyncId } = require('node:async_hooks');
const { Readable } = require('node:stream');
const { file, form, formHead, manifest, named } = require('./form.js');
const { call, callEvent, callTask } = require('./http.js');
const { connect, requestText } = require('./raw.js');
const { TunnelError } = require('./server.js');
const { deferred } = require('./signal.js');

/** More than fits between a task and a client that does not read. */
const MUCH = Buffer.alloc(8 * 1024 * 1024, 'x');

/**
 * @typedef {object} World
 * @property {(place: string, owner: unknown) => void} visit
 * @property {import('node:test').TestContext} t
 * @property {number} port
 * @property {any} server
 *
 * @typedef {object} Scenario
 * @property {string[]} places that it visits
 * @property {object} [options]
 * @property {(world: Pick<World, 'visit'>) => Record<string, unknown>} [makeOptions]
 * @property {(owner: string, world: World) => Promise<unknown>} run one request of one owner
 */

/** @param {string} owner */
const asOwner = (owner) => ({ headers: { 'x-runner-request-id': owner } });

/** The id of a task that is of one request alone. @param {World} world @param {any} task @param {object} [options] */
function ownTask({ server }, task, options) {
  const id = `task-${executionAsyncId()}-${Math.random()}`;
  server.registerTask(id, task, options);
  return id;
}

/** A client that sends this and leaves once `started` is there. */
async function leave(
  /** @type {World} */ { t, port },
  /** @type {string} */ text,
  started = Promise.resolve(),
) {
  const client = await connect(t, port);
  await client.write(text);
  await started;
  client.destroy();
}

/** By owner, the request that its client will leave. @type {Map<string, { resolve: () => void }>} */
const leaving = new Map();

/**
 * Requests that together enter application code in all ways that exist.
 *
 * @type {Record<string, Scenario>}
 */
const scenarios = {
  'a task and an event, at once and later': {
    places: ['task', 'task, later', 'event'],
    async run(owner, world) {
      const id = ownTask(world, async () => {
        world.visit('task', owner);
        await new Promise(setImmediate);
        world.visit('task, later', owner);
      });
      world.server.registerEvent(id, () => world.visit('event', owner));
      await callTask(world.port, id);
      await callEvent(world.port, id, {});
    },
  },
  'what a result brings': {
    places: ['then', 'thenable', 'getter', 'toJSON', 'error'],
    async run(owner, world) {
      const { visit, port } = world;
      const id = ownTask(world, () => ({
        // biome-ignore lint/suspicious/noThenProperty: what looks for it is what is tested
        get then() {
          visit('then', owner);
          return undefined;
        },
        get value() {
          visit('getter', owner);
          return { toJSON: () => visit('toJSON', owner) };
        },
      }));
      const later = ownTask(world, () => ({
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
        then(/** @type {(value: unknown) => void} */ resolve) {
          visit('thenable', owner);
          setImmediate(resolve, 1);
        },
      }));
      const failing = ownTask(world, () => {
        throw new TunnelError({ message: 'no', data: { toJSON: () => visit('error', owner) } });
      });
      for (const task of [id, later, failing]) await callTask(port, task);
    },
  },
  'validators, the rule for origins and the logger': {
    places: ['validator', 'validator, later', 'origin', 'logger: error', 'logger: warn', 'logger: info'],
    makeOptions: ({ visit }) => ({
      auth: {
        validate: async (/** @type {any} */ { headers }) => {
          visit('validator', headers['x-runner-request-id']);
          await new Promise(setImmediate);
          visit('validator, later', headers['x-runner-request-id']);
          return { ok: headers.authorization === 'yes' };
        },
      },
      cors: {
        origin: (/** @type {string} */ origin) => {
          visit('origin', origin.slice('http://'.length));
          return origin;
        },
      },
      logger: {
        error: (/** @type {string} */ _key, /** @type {any} */ data) =>
          visit('logger: error', data.requestId),
        warn: (/** @type {string} */ _key, /** @type {any} */ data) => visit('logger: warn', data.requestId),
        info: () => visit('logger: info', 'server'),
      },
    }),
    async run(owner, world) {
      const { headers } = asOwner(owner);
      const id = ownTask(world, () => {
        throw new Error('for the logger');
      });
      await callTask(world.port, id, 1, { headers: { ...headers, origin: `http://${owner}` } });
      await callTask(world.port, id, 1, { headers: { ...headers, authorization: 'yes' } });
    },
  },
  'the signal of a call whose client leaves, or whose deadline passes': {
    places: ['left', 'late'],
    async run(owner, world) {
      const { visit, port } = world;
      const started = deferred();
      const over = deferred();
      const id = ownTask(world, (/** @type {unknown} */ _input, /** @type {any} */ { signal }) => {
        signal.addEventListener('abort', () => {
          visit('left', owner);
          over.resolve();
        });
        started.resolve();
        return over.promise;
      });
      const waits = (/** @type {unknown} */ _input, /** @type {any} */ { signal }) => {
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            visit('late', owner);
            resolve(1);
          });
        });
      };
      const late = ownTask(world, waits, { timeoutMs: 1 });
      await leave(world, requestText({ path: `/__runner/task/${id}`, body: '{}' }), started.promise);
      await over.promise;
      await callTask(port, late);
    },
  },
  'streams that tasks return': {
    places: ['next', 'return', 'chunk', 'read', 'destroy', 'close', 'signal'],
    async run(owner, world) {
      const { visit, port } = world;
      const returned = deferred();
      const aborted = deferred();
      const iterable = ownTask(world, (/** @type {unknown} */ _input, /** @type {any} */ { signal }) => {
        signal.addEventListener('abort', () => {
          visit('signal', owner);
          aborted.resolve();
        });
        return {
          [Symbol.asyncIterator]: () => ({
            next: async () => {
              visit('next', owner);
              const toJSON = () => {
                visit('chunk', owner);
                return MUCH.toString();
              };
              return { done: false, value: { toJSON } };
            },
            return: async () => {
              visit('return', owner);
              returned.resolve();
            },
          }),
        };
      });
      const closed = deferred();
      const readable = ownTask(world, () =>
        new Readable({
          read() {
            visit('read', owner);
            this.push(MUCH);
          },
          destroy(error, done) {
            visit('destroy', owner);
            done(error);
          },
        }).on('close', () => {
          visit('close', owner);
          closed.resolve();
        }),
      );
      for (const id of [iterable, readable]) {
        const client = await connect(world.t, port);
        await client.write(requestText({ path: `/__runner/task/${id}`, body: '{}' }));
        while (client.length === 0) await client.change();
        client.destroy();
      }
      await Promise.all([returned.promise, aborted.promise, closed.promise]);
    },
  },
  'the body of a call, and a file whose part comes later': {
    places: ['data', 'end', 'broken', 'name', 'file'],
    async run(owner, world) {
      const { visit, port, t } = world;
      const upload = ownTask(
        world,
        (/** @type {unknown} */ _input, /** @type {any} */ { body }) =>
          new Promise((resolve) => {
            body.on('data', () => visit('data', owner));
            body.on('end', () => {
              visit('end', owner);
              resolve(1);
            });
          }),
      );
      const bytes = { 'content-type': 'application/octet-stream' };
      await call({ port, path: `/__runner/task/${upload}`, headers: bytes, body: Buffer.alloc(300_000) });

      const started = deferred();
      const broken = deferred();
      const unfinished = ownTask(world, (/** @type {unknown} */ _input, /** @type {any} */ { body }) => {
        body.on('error', () => {
          visit('broken', owner);
          broken.resolve();
        });
        body.once('data', () => started.resolve());
        return broken.promise;
      });
      const head = { method: 'POST', path: `/__runner/task/${unfinished}` };
      const text = requestText({ ...head, headers: { ...bytes, 'content-length': '10' }, body: 'half' });
      await leave(world, text, started.promise);
      await broken.promise;

      const waiting = deferred();
      const receive = ownTask(world, (/** @type {any} */ input) => {
        Object.defineProperty(input, 'name', { set: () => visit('name', owner) });
        waiting.resolve();
        return new Promise((resolve) => {
          input.stream().on('data', () => {
            visit('file', owner);
            resolve(1);
          });
        });
      });
      const client = await connect(t, port);
      const whole = form(manifest(named('f', {})), file('f', 'bytes'));
      // A part ends where the next one begins.
      const first = whole.slice(0, whole.indexOf('Content-Disposition', 10 + whole.indexOf('__manifest')));
      await client.write(formHead(receive, whole.length) + first);
      await waiting.promise;
      await client.write(whole.slice(first.length));
      await client.response();
    },
  },
  'a fallback, and the events of its request and response': {
    places: ['listener', 'data', 'end', 'drain', 'finish', 'closed', 'left', 'failed'],
    makeOptions: ({ visit }) => ({
      logger: {
        error: (/** @type {string} */ _key, /** @type {any} */ data) => visit('failed', data.requestId),
      },
      fallback(/** @type {any} */ req, /** @type {any} */ res) {
        const owner = req.headers['x-runner-request-id'];
        visit('listener', owner);
        req.on('data', () => {
          visit('data', owner);
          if (req.url === '/leave') leaving.get(owner)?.resolve();
        });
        req.on('end', () => {
          visit('end', owner);
          if (req.url !== '/write') res.end();
        });
        res.on('drain', () => {
          visit('drain', owner);
          res.end();
        });
        res.on('finish', () => visit('finish', owner));
        res.on('close', () => visit(res.writableFinished ? 'closed' : 'left', owner));
        if (req.url === '/fail') throw new Error('for the logger');
        if (req.url === '/write') res.write(MUCH);
      },
    }),
    async run(owner, world) {
      const { port } = world;
      await call({ port, path: '/write', body: Buffer.alloc(300_000), ...asOwner(owner) });
      await call({ port, path: '/fail', ...asOwner(owner) });
      const headers = { 'x-runner-request-id': owner, 'content-length': '10' };
      const started = deferred();
      leaving.set(owner, started);
      await leave(world, requestText({ path: '/leave', headers, body: 'half' }), started.promise);
    },
  },
};

module.exports = { scenarios };
