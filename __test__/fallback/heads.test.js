// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { test } = require('../helpers/guarded.js');
const { call } = require('../helpers/http.js');
const { recordingLogger, startServer } = require('../helpers/server.js');

/**
 * @param {import('node:test').TestContext} t
 * @param {(req: any, res: any) => unknown} fallback
 */
async function start(t, fallback) {
  const logger = recordingLogger();
  const { port } = await startServer(t, { fallback, logger });
  return { logger, ask: () => call({ port, method: 'GET', path: '/' }) };
}

/** @type {[string, (res: any) => void, RegExp][]} */
const impossible = [
  [
    'more headers than a response can have',
    (res) => {
      for (let index = 0; index < 30_000; index += 1) res.setHeader(`x-${index}`, '1');
    },
    /headers of a response: received 3\d+, expected at most 4096/,
  ],
  [
    'a header name of more than 64 KB',
    (res) => res.setHeader('x'.repeat(65_536), '1'),
    /name of a header .*received 65536 characters/,
  ],
];
for (const [what, set, pattern] of impossible) {
  test(`a listener that sets ${what} is a 500 that is logged, and the process lives`, async (t) => {
    const { logger, ask } = await start(t, (_req, res) => {
      if (logger.entries.some(({ level }) => level === 'error')) return res.end('alive');
      set(res);
      return res.end('hi');
    });
    assert.equal((await ask()).status, 500);
    assert.match(logger.entries.find(({ level }) => level === 'error')?.data.error, pattern);
    assert.equal((await ask()).text, 'alive');
  });
}

test('as many headers as a response can have go out', async (t) => {
  const { ask } = await start(t, (_req, res) => {
    for (let index = 0; index < 1000; index += 1) res.setHeader(`x-${index}`, '1');
    res.end('hi');
  });
  const { headers } = await ask();
  assert.equal(Object.keys(headers).filter((name) => name.startsWith('x-')).length, 1000);
});

test('the content-length of a 304 is sent, as node:http sends it', async (t) => {
  const { ask } = await start(t, (_req, res) => res.writeHead(304, { 'content-length': 5 }).end());
  const { status, headers, text } = await ask();
  assert.deepEqual([status, headers['content-length'], text], [304, '5', '']);
});
