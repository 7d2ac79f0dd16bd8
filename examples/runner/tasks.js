// @ts-check
'use strict';

const { createHash } = require('node:crypto');
const { once } = require('node:events');
const { Transform } = require('node:stream');
const { r, useExposureContext } = require('@bluelibs/runner/node');
const { orderNotFound, user } = require('./shared.js');

const orders = new Map([[12, { number: 12, placed: new Date('2026-05-04T10:00:00Z') }]]);

/** JSON in, JSON out; the date arrives at the client as a date. */
const findOrder = r
  .task('orders.find')
  .run(async (/** @type {{ number: number }} */ { number }) => {
    const order = orders.get(number);
    if (order === undefined) throw orderNotFound.new({ number });
    return order;
  })
  .build();

/** A file, read as it arrives. */
const hashFile = r
  .task('files.hash')
  .run(async (/** @type {{ file: import('@bluelibs/runner').InputFile<any> }} */ { file }) => {
    const { stream } = await file.resolve();
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of stream) {
      hash.update(chunk);
      size += chunk.length;
    }
    return { name: file.name, size, sha256: hash.digest('hex') };
  })
  .build();

/** Bytes in, bytes out, at the same time. */
const shout = r
  .task('texts.shout')
  .run(async () => {
    const upper = new Transform({
      transform(chunk, _encoding, done) {
        done(null, String(chunk).toUpperCase());
      },
    });
    return useExposureContext().req.pipe(upper);
  })
  .build();

/** The context that the client runs in. */
const whoAmI = r
  .task('users.whoami')
  .run(async () => user.use())
  .build();

/**
 * A task that runs until its client leaves, and one that resolves when that has begun and when it has stopped.
 */
function watchTasks() {
  /** @type {(value?: unknown) => void} */
  let began = () => {};
  /** @type {(reason: string) => void} */
  let stopped = () => {};
  const moments = {
    began: new Promise((resolve) => {
      began = resolve;
    }),
    stopped: new Promise((resolve) => {
      stopped = resolve;
    }),
  };
  const watch = r
    .task('jobs.watch')
    .run(async () => {
      const { signal } = useExposureContext();
      began();
      if (!signal.aborted) await once(signal, 'abort');
      stopped(signal.reason.message);
    })
    .build();
  const moment = r
    .task('jobs.moment')
    .run(async (/** @type {keyof typeof moments} */ name) => moments[name])
    .build();
  return [watch, moment];
}

module.exports = { tasks: [findOrder, hashFile, shout, whoAmI, ...watchTasks()] };
