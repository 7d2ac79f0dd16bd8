// @ts-check
'use strict';

// An idle connection is parked: taken out of the HTTP parser, and put into a new one when its client sends again.
// No pause in this file waits for a result: pauses are input of the clients, around the moment of parking.

const assert = require('node:assert/strict');
const { randomInt } = require('node:crypto');
const { test } = require('../helpers/guarded.js');
const { connect } = require('../helpers/raw.js');
const { startServer } = require('../helpers/server.js');
const traffic = require('../helpers/traffic.js');

const CONNECTIONS = 200;
const BURSTS = 4;
const MOST_PIPELINED = 5;
/** Given again, it sends the same bytes in the same pieces with the same pauses. */
const SEED = Number(process.env.PARKING_SEED ?? randomInt(1_000_000_000));

/**
 * A client that sends bursts of requests piece by piece, and reads, now and then late, exactly its responses.
 *
 * @param {import('node:test').TestContext} t
 * @param {number} port
 * @param {number} lane
 */
async function converse(t, port, lane) {
  const random = traffic.randomFrom(SEED * 1000 + lane);
  const client = await connect(t, port);
  const serverEnds = random(2) === 0;
  /** @type {import('../helpers/traffic.js').Exchange[]} */
  const sent = [];
  let reading = Promise.resolve();
  for (let burst = 1; burst <= BURSTS; burst += 1) {
    const exchanges = Array.from({ length: 1 + random(MOST_PIPELINED) }, (_, n) =>
      traffic.randomExchange(random, `${lane}.${burst}.${n}`, false),
    );
    if (burst === BURSTS) exchanges.push(traffic.randomExchange(random, `${lane}.last`, serverEnds));
    const responses = [reading];
    for (const exchange of exchanges) {
      const before = reading;
      const readerPause = random(6) === 0 ? random(traffic.LONGEST_PAUSE_MS) : 0;
      reading = before.then(() => readAnswer(client, exchange, readerPause));
      // A failure is thrown when the lane awaits it, which may be later.
      reading.catch(() => {});
      responses.push(reading);
    }
    sent.push(...exchanges);
    const requests = exchanges.map(({ bytes }) => bytes);
    for (const { piece, whole } of traffic.cut(random, requests)) {
      client.write(piece);
      // With no response left to write, the connection may be parked, whatever of the next request is sent.
      if (random(2)) await responses[whole];
      if (random(2)) await traffic.pause(random(traffic.LONGEST_PAUSE_MS));
    }
  }
  await reading;
  if (!serverEnds) {
    await traffic.pause(random(traffic.LONGEST_PAUSE_MS));
    client.end();
  }
  assert.deepEqual(await client.closed(), { text: '', error: undefined }, `lane ${lane} ends cleanly`);
  return sent;
}

/**
 * @param {import('../helpers/raw.js').RawClient} client
 * @param {import('../helpers/traffic.js').Exchange} exchange
 * @param {number} readerPause
 */
async function readAnswer(client, { id, status, body }, readerPause) {
  if (readerPause > 0) {
    client.socket.pause();
    await traffic.pause(readerPause);
    client.socket.resume();
  }
  const response = await client.response();
  assert.equal(response.headers['x-runner-request-id'], id);
  assert.equal(response.status, status, id);
  // Not by assert.equal, which would print hundreds of kilobytes.
  assert.ok(response.body === body, `${id}: ${response.body.length} of ${body.length} bytes, or other ones`);
}

for (const ioThreads of [1, 3]) {
  test(`connections that pause at any point get exactly their responses, with ${ioThreads} I/O threads`, async (t) => {
    /** @type {string[]} */
    const ran = [];
    const { port } = await startServer(
      t,
      { ioThreads, limits: { maxJsonBytes: traffic.MAX_JSON_BYTES } },
      (server) => traffic.registerTraffic(server, (id) => ran.push(id)),
    );
    try {
      const lanes = Array.from({ length: CONNECTIONS }, (_, lane) => converse(t, port, lane));
      const sent = (await Promise.all(lanes)).flat();
      const wanted = sent.filter(({ status, body }) => status === 200 && !body.includes('allowList'));
      assert.deepEqual(ran.sort(), wanted.map(({ id }) => id).sort(), 'each ran once');
    } catch (error) {
      t.diagnostic(`PARKING_SEED=${SEED}`);
      throw error;
    }
  });
}
