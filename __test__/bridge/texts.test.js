// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { plain } = require('../../lib/adapter.js');
const { Bridge } = require('../../lib/bridge.js');
const { Hooks } = require('../../lib/hooks.js');
const { TunnelServer } = require('../../lib/server.js');
const { COMPLETION_WORDS, Completion, RECORD_WORDS, Record } = require('../../lib/wire.js');
const { test } = require('../helpers/guarded.js');
const { callTask, keepAliveAgent } = require('../helpers/http.js');
const { pick, randomSource } = require('../helpers/random.js');
const { recordingLogger } = require('../helpers/server.js');

/** As many as wait for each other: several batches of the most records, and some that are not full. */
const TOGETHER = 100;
const ROUNDS = 8;

const HIGH = '\ud83d';
const LOW = '\ude00';
const PIECES = [
  '',
  'a',
  '"',
  '\\',
  '\0',
  '\n',
  'é',
  '\u07ff',
  '€',
  '\ufeff',
  '\ufffd',
  '\uffff',
  '😀',
  HIGH,
  LOW,
];
/** What meets the neighbouring text: halves that would be one character together. */
const EDGES = ['', 'a', 'é', '😀', HIGH, LOW];

/** @param {() => number} random */
function randomText(random) {
  const pieces = Array.from({ length: Math.floor(random() * 12) }, () => pick(random, PIECES));
  return pick(random, EDGES) + pieces.join('') + pick(random, EDGES);
}

/** @param {() => number} random */
function randomHeader(random) {
  const codes = Array.from(
    { length: 1 + Math.floor(random() * 40) },
    () => 0x21 + Math.floor(random() * 0xdf),
  );
  return String.fromCharCode(...codes.filter((code) => code !== 0x7f)) || 'x';
}

/** @param {string} text as it is once it was bytes */
const wellFormed = (text) => Buffer.from(text).toString();

/**
 * A server whose responses are the texts that its task returns, as an application's own serializer may write them.
 *
 * @param {import('node:test').TestContext} t
 * @param {(server: TunnelServer) => void} register
 * @param {object} [application]
 */
async function serve(t, register, application = {}) {
  const logger = recordingLogger();
  const options = /** @type {any} */ ({ port: 0, logger });
  const server = new TunnelServer(options, { ...plain, ...application });
  register(server);
  t.after(() => server.close({ timeoutMs: 100 }));
  const { port } = await server.listen();
  return { port, logger, agent: keepAliveAgent(t, TOGETHER) };
}

/** Lets handlers go on all at once, so that their responses share batches. */
function barrier() {
  /** @type {(() => void)[]} */
  let waiting = [];
  return () =>
    new Promise((resolve) => {
      waiting.push(() => resolve(undefined));
      if (waiting.length < TOGETHER) return;
      const all = waiting;
      waiting = [];
      for (const go of all) go();
    });
}

test('every client gets its own response, whichever texts are written together', async (t) => {
  const random = randomSource(1);
  const together = barrier();
  /** @type {unknown[]} */
  let written = [];
  const { port, agent } = await serve(
    t,
    (server) =>
      server.registerTask('write', async (index) => {
        await together();
        return { text: written[index] };
      }),
    { stringify: (/** @type {any} */ { text }) => text },
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const texts = Array.from({ length: TOGETHER }, () => randomText(random));
    written = texts;
    const responses = await Promise.all(texts.map((_, index) => callTask(port, 'write', index, { agent })));
    for (const [index, { status, text }] of responses.entries()) {
      assert.deepEqual(
        { status, text },
        { status: 200, text: `{"ok":true,"result":${wellFormed(texts[index])}}` },
      );
    }
  }
});

test('a text that is not a string fails its own call, and shifts no other', async (t) => {
  const together = barrier();
  const wrong = [
    Buffer.from('"éé"'),
    5,
    { length: 3 },
    ['abc'],
    new String('"x"'),
    Symbol('x'),
    true,
    () => {},
    1n,
  ];
  const { port, agent, logger } = await serve(
    t,
    (server) =>
      server.registerTask('write', async (index) => {
        await together();
        return { text: index % 3 === 1 ? wrong[index % wrong.length] : `"é${index}"` };
      }),
    { stringify: (/** @type {any} */ { text }) => text },
  );
  const calls = Array.from({ length: TOGETHER }, (_, index) => callTask(port, 'write', index, { agent }));
  for (const [index, { status, json }] of (await Promise.all(calls)).entries()) {
    if (index % 3 === 1) assert.equal(status, 500);
    else assert.deepEqual({ status, json }, { status: 200, json: { ok: true, result: `é${index}` } });
  }
  const failed = Array.from({ length: TOGETHER }, (_, index) => index).filter((index) => index % 3 === 1);
  assert.equal(logger.entries.length, failed.length);
  for (const { message, data } of logger.entries) {
    assert.equal(message, 'exposure.task.error');
    assert.match(data.error, /^The text of a completion: received .+, expected a string$/);
  }
});

test('every call gets its own input and its own headers, whichever calls arrive together', async (t) => {
  const random = randomSource(2);
  const { port, agent } = await serve(t, (server) =>
    server.registerTask('echo', (input, { headers, requestId }) => [input, headers['x-value'], requestId]),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const sent = Array.from({ length: TOGETHER }, (_, index) => [
      randomText(random),
      randomHeader(random),
      `request-${round}-${index}`,
    ]);
    const calls = sent.map(([input, value, id]) => {
      const headers = { 'x-value': value, 'x-runner-request-id': id };
      // As bytes: with a string as the body, Node sends the head in UTF-8 too.
      const body = Buffer.from(JSON.stringify({ input }));
      return callTask(port, 'echo', undefined, { agent, headers, body });
    });
    for (const [index, { json }] of (await Promise.all(calls)).entries()) {
      assert.deepEqual(json, { ok: true, result: sent[index] });
    }
  }
});

test('records whose lengths are not those of their texts fail, and run nothing', async () => {
  for (const [texts, heads] of [
    ['12345', 'h'],
    ['123456', 'hh'],
    ['1234567', 'h'],
    ['123456', ''],
  ]) {
    /** @type {number[][]} */
    const responses = [];
    const batches = [[2, texts, heads]];
    const doorbell = { ring: () => {} };
    const native = {
      attach(/** @type {() => void} */ drain) {
        doorbell.ring = drain;
      },
      take(/** @type {Uint32Array} */ records) {
        records.set([Record.TASK, 4, 9, 0, 5, 1, 0]);
        records.set([Record.TASK, 5, 8, 0, 1, 0, 0], RECORD_WORDS);
        return batches.pop() ?? null;
      },
      complete(/** @type {Uint32Array} */ words, /** @type {number} */ count) {
        for (let at = 0; at < count * COMPLETION_WORDS; at += COMPLETION_WORDS)
          responses.push([...words.slice(at, at + 3)]);
      },
    };
    const logger = recordingLogger();
    const bridge = new Bridge(/** @type {any} */ (native), plain, new Hooks({ logger }), () => {});
    bridge.add(0, { id: 'task', kind: 'task', parallel: false, handler: () => assert.fail('it ran') });
    bridge.open();
    doorbell.ring();
    const failed = [
      [Completion.FAILED, 4, 9],
      [Completion.FAILED, 5, 8],
    ];
    assert.deepEqual(responses, failed);
    assert.deepEqual(
      logger.entries.map(({ data }) => data.error),
      failed.map(() => 'The texts of a batch do not add up'),
    );
  }
});
