// @ts-check
'use strict';

const { Readable } = require('node:stream');
const { file, form, formHead, manifest, named } = require('../form.js');
const { call } = require('../http.js');
const { connect, requestText } = require('../raw.js');
const { deferred } = require('../signal.js');
const { MUCH, leave, ownTask } = require('./world.js');

/**
 * Streams that tasks return, bodies, and files.
 *
 * @type {Record<string, import('./world.js').Scenario>}
 */
const scenarios = {
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
};

module.exports = { scenarios };
