// @ts-check
'use strict';

const { PassThrough } = require('node:stream');
const { test, eventually } = require('../helpers/guarded.js');
const { connect } = require('../helpers/raw.js');
const { openFiles } = require('../helpers/resources.js');
const { startServer } = require('../helpers/server.js');
const { aborted, deferred } = require('../helpers/signal.js');

/** @typedef {import('../helpers/raw.js').RawClient} RawClient */

/** A request for `id` whose body lacks its last bytes. */
const unfinished = (/** @type {string} */ id) =>
  `POST /__runner/task/${id} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/octet-stream\r\ncontent-length: 2000\r\n\r\n${'x'.repeat(1000)}`;

/** @type {[string, (client: RawClient) => void][]} */
const departures = [
  ['resets the connection', (client) => client.reset()],
  ['ends the connection', (client) => client.end()],
];

/** @type {[string, (body: import('node:stream').Readable) => unknown][]} */
const readings = [
  ['reads the body', (body) => body.on('error', () => {}).resume()],
  ['does not read the body', () => {}],
  ['has closed the body', (body) => body.destroy()],
];

for (const [departure, leave] of departures) {
  for (const [reading, read] of readings) {
    test(`a client that ${departure} in the middle of its body aborts a task that ${reading}`, async (t) => {
      const started = deferred();
      const over = deferred();
      const { port } = await startServer(t, {}, (server) => {
        server.registerTask('wait', async (_input, { body, signal }) => {
          read(/** @type {import('node:stream').Readable} */ (body));
          started.resolve();
          await aborted(signal);
          over.resolve();
        });
      });
      const client = await connect(t, port);
      client.write(unfinished('wait'));
      await started.promise;
      leave(client);
      await over.promise;
    });

    test(`a client that ${departure} in the middle of its body ends the response of a task that ${reading}`, async (t) => {
      const closed = deferred();
      const { port } = await startServer(t, {}, (server) => {
        server.registerTask('talk', (_input, { body }) => {
          read(/** @type {import('node:stream').Readable} */ (body));
          const response = new PassThrough();
          response.on('close', closed.resolve);
          response.write('hello');
          return response;
        });
      });
      const before = openFiles();
      const client = await connect(t, port);
      client.write(unfinished('talk'));
      await client.response({ head: true });
      leave(client);
      await closed.promise;
      await client.closed();
      client.destroy();
      await eventually(t, () => openFiles() <= before);
    });
  }
}
