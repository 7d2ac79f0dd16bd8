// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const { eventually, test } = require('../helpers/guarded.js');
const { callTask } = require('../helpers/http.js');
const { recordingLogger, startServer } = require('../helpers/server.js');

/**
 * A server whose task `t` streams these chunks under this head.
 *
 * @param {import('node:test').TestContext} t
 * @param {string[]} chunks
 * @param {object} head
 */
async function start(t, chunks, head) {
  const logger = recordingLogger();
  const { port } = await startServer(t, { logger }, (server) =>
    server.registerTask('t', () => ({ stream: Readable.from(chunks), ...head })),
  );
  return { port, logger };
}

test('a stream of the length of its content-length is sent with it', async (t) => {
  const { port, logger } = await start(t, ['ab', 'cde'], { headers: { 'content-length': 5 } });
  const { headers, text } = await callTask(port, 't');
  assert.deepEqual([headers['content-length'], text], ['5', 'abcde']);
  assert.deepEqual(
    logger.entries.filter(({ level }) => level === 'error'),
    [],
  );
});

for (const [what, length, pattern] of /** @type {[string, string, RegExp][]} */ ([
  ['longer', '3', /has 5 bytes, its content-length says 3/],
  ['shorter', '9', /has 5 bytes, its content-length says 9/],
])) {
  test(`a stream that is ${what} than its content-length is logged`, async (t) => {
    const { port, logger } = await start(t, ['ab', 'cde'], { headers: { 'content-length': length } });
    const errors = () => logger.entries.filter(({ level }) => level === 'error');
    await callTask(port, 't').catch(() => {});
    await eventually(t, () => errors().length > 0);
    assert.deepEqual(
      errors().map(({ message, data }) => [message, data.id]),
      [['exposure.task.error', 't']],
    );
    assert.match(errors()[0].data.error, pattern);
  });
}

test('a stream that is shorter than its content-length cuts the connection', async (t) => {
  const { port } = await start(t, ['ab'], { headers: { 'content-length': 3 } });
  await assert.rejects(callTask(port, 't'), { code: 'ECONNRESET' });
});

test('the content-length of a 304 is kept, and no body is sent', async (t) => {
  const { port, logger } = await start(t, [], { status: 304, headers: { 'content-length': 5 } });
  const { status, headers, text } = await callTask(port, 't');
  assert.deepEqual([status, headers['content-length'], text], [304, '5', '']);
  assert.deepEqual(
    logger.entries.filter(({ level }) => level === 'error'),
    [],
  );
});
