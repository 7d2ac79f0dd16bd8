// @ts-check
'use strict';

// Runs in its own process, so that its clock does not wait for the harness.
// {"block": ms} starts the task that blocks; {"probeFrom": n} then asks for one response after another until that task
// has ended, starting with the nth kind, and prints the latencies.

const fs = require('node:fs');
const readline = require('node:readline');
const { Connection, encodeRequest } = require('../lib/http');

const task = (/** @type {string} */ id) => `/__runner/task/${id}`;
const TOO_LARGE = 2 * 1024 * 1024 + 1;
const TOO_LARGE_BODY = JSON.stringify({ input: 'x'.repeat(TOO_LARGE - 12) });

/** Every response that needs no JavaScript, with the status that proves it. */
const KINDS = [
  { name: 'discovery', status: 200, bytes: encodeRequest({ method: 'GET', path: '/__runner/discovery' }) },
  {
    name: '400 bad JSON',
    status: 400,
    bytes: encodeRequest({ path: task('small'), body: '{"input":{"a":1,}' }),
  },
  { name: '401', status: 401, bytes: encodeRequest({ path: task('small'), body: '{}', token: 'wrong' }) },
  { name: '403', status: 403, bytes: encodeRequest({ path: task('hidden'), body: '{}' }) },
  { name: '404', status: 404, bytes: encodeRequest({ path: '/__runner/nowhere', body: '{}' }) },
  { name: '405', status: 405, bytes: encodeRequest({ method: 'PUT', path: task('small'), body: '{}' }) },
  { name: '413', status: 413, bytes: encodeRequest({ path: task('small'), body: TOO_LARGE_BODY }) },
];

const port = Number(process.argv[2]);
/** @type {Promise<unknown>} */
let blocked = Promise.resolve();

const lines = readline.createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
lines.on('line', async (line) => {
  const asked = JSON.parse(line);
  if ('block' in asked) blocked = block(asked.block);
  else print({ latencies: await probe(asked.probeFrom) });
});
print({ kinds: KINDS.map(({ name }) => name) });

/** @param {number} ms */
async function block(ms) {
  const connection = await Connection.open(port);
  const body = JSON.stringify({ input: { ms } });
  const { status } = await connection.send(encodeRequest({ path: task('block'), body }));
  connection.destroy();
  if (status !== 200) throw new Error(`The blocking task was answered with ${status}.`);
}

/**
 * A latency counts if its request was sent before the block ended, even if the response came after it.
 * @param {number} from
 * @returns {Promise<[string, number][]>}
 */
async function probe(from) {
  let over = false;
  const ended = blocked.then(() => {
    over = true;
  });
  /** @type {[string, number][]} */
  const latencies = [];
  /** @type {Connection | undefined} */
  let connection;
  for (let n = from; !over; n++) {
    const kind = KINDS[n % KINDS.length];
    // The kernel completes connections by itself, so that a server that does not accept them shows in the response.
    connection ??= await Connection.open(port);
    const started = performance.now();
    const { status, head } = await connection.send(kind.bytes);
    latencies.push([kind.name, performance.now() - started]);
    if (status !== kind.status) throw new Error(`${kind.name} was answered with ${status}.`);
    // After a rejected body a server may close the connection at any time.
    if (status === 413 || /^connection: *close/im.test(head)) {
      connection.destroy();
      connection = undefined;
    }
  }
  connection?.destroy();
  await ended;
  return latencies;
}

/** @param {unknown} value */
function print(value) {
  fs.writeSync(1, `${JSON.stringify(value)}\n`);
}
