// @ts-check
'use strict';

const { callEvent, callTask } = require('../http.js');
const { requestText } = require('../raw.js');
const { TunnelError } = require('../server.js');
const { deferred } = require('../signal.js');
const { asOwner, leave, ownTask } = require('./world.js');

/**
 * Handlers, their results and signals, and the callbacks of the configuration.
 *
 * @type {Record<string, import('./world.js').Scenario>}
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
};

module.exports = { scenarios };
