// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { promisify } = require('node:util');
const { test } = require('../helpers/guarded.js');

const INDEX = path.join(__dirname, '../../index.js');

/** What is missing in the environment that Jest makes of jsdom. */
const MISSING =
  'setImmediate clearImmediate TextEncoder TextDecoder ReadableStream WritableStream TransformStream structuredClone MessageChannel fetch Request Response';

/** What the fake timers of tests replace, and what else an application may replace while it runs. */
const REPLACED =
  'setImmediate clearImmediate setTimeout clearTimeout queueMicrotask Promise URL TextEncoder AbortController DOMException';

/** @param {string} before @param {string} after that the package was loaded */
const script = (before, after) => `
  const http = require('node:http');
  const { setImmediate: later } = require('node:timers');
  const { Readable } = require('node:stream');
  const ask = (port, path, settle) => {
    const request = http.request({ host: '127.0.0.1', port, method: 'POST', path, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => { text += chunk; }).on('end', () => settle(text));
    });
    request.end('{"input":{"a":1}}');
  };
  ${before}
  const { TunnelServer } = require(${JSON.stringify(INDEX)});
  const server = new TunnelServer({ port: 0, fallback: (req, res) => { req.on('end', () => res.end('outside')).resume(); } });
  server.registerTask('now', (input) => input).registerTask('later', async (input) => input);
  server.registerTask('stream', (input, { signal }) => Readable.from([String(signal.aborted)]));
  server.registerTask('values', async function* () { yield 1; });
  server.listen().then(({ port }) => {
    ${after}
    const paths = ['now', 'later', 'stream', 'values'].map((id) => '/__runner/task/' + id).concat('/outside');
    const next = (texts) => {
      const path = paths.shift();
      if (path) ask(port, path, (text) => next([...texts, text]));
      else { process.stdout.write(JSON.stringify(texts)); process.exit(); }
    };
    next([]);
  });`;

const SERVED = ['{"ok":true,"result":{"a":1}}', '{"ok":true,"result":{"a":1}}', 'false', '1\n', 'outside'];

/** @param {string} before @param {string} after */
async function served(before, after) {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script(before, after)]);
  return JSON.parse(stdout);
}

test('it loads and serves where globals of Node are missing', async () => {
  const remove = `for (const name of ${JSON.stringify(MISSING.split(' '))}) delete globalThis[name];`;
  assert.deepEqual(await served(remove, ''), SERVED);
});

test('it serves on where an application replaces globals', async () => {
  const replace = `
    const broken = () => { throw new Error('replaced'); };
    for (const name of ${JSON.stringify(REPLACED.split(' '))}) globalThis[name] = broken;`;
  assert.deepEqual(await served('', replace), SERVED);
});
