// @ts-check
'use strict';

const { setTimeout: delay } = require('node:timers/promises');
const { openFiles } = require('../lib/proc');
const { Child } = require('../lib/process');
const { judgeLeftovers, judgeMemory, mb } = require('./verdict');

const SAMPLES = 40;
const EXIT_MS = 10_000;

/**
 * Makes calls, and samples the server at intervals.
 * @param {string} serverFile
 * @param {string} clientFile
 * @param {number} callsPerSample
 */
async function soak(serverFile, clientFile, callsPerSample) {
  const node = process.execPath;
  const server = new Child('the server', [node, '--expose-gc', serverFile]);
  const { port } = await server.next();
  const baseline = await server.ask('sample');
  const filesBefore = openFiles(server.pid);
  const client = new Child('the client', [node, clientFile, String(port)]);
  /** @type {import('./verdict').Sample[]} */
  const samples = [];
  /** @type {Record<string, number>} */
  const made = {};
  const started = performance.now();
  for (let n = 1; n <= SAMPLES; n++) {
    const batch = await client.ask(JSON.stringify({ calls: callsPerSample }));
    for (const [kind, count] of Object.entries(batch.made)) made[kind] = (made[kind] ?? 0) + Number(count);
    const { rss, heapUsed, external } = await server.ask('sample');
    samples.push({ calls: n * callsPerSample, rss, heapUsed, external, files: openFiles(server.pid) });
    process.stderr.write(`${n * callsPerSample} calls, ${mb(rss)} MB\n`);
  }
  const seconds = (performance.now() - started) / 1000;
  await client.stop();
  const { last, files } = await settle(server, baseline, filesBefore);
  await server.ask('close');
  const checks = [
    ...judgeMemory(samples),
    judgeLeftovers('open files', { files: filesBefore }, { files }),
    judgeLeftovers('event loop', baseline.resources, last.resources),
    judgeLeftovers('begun and not ended', baseline.pending, last.pending),
    await leavesByItself(server),
  ];
  return { calls: SAMPLES * callsPerSample, seconds, made, samples, checks };
}

/**
 * Waits until nothing is left open, for at most five seconds, since aborted connections are noticed with a delay.
 * @param {Child} server
 * @param {import('./serve').ServerSample} baseline
 * @param {number} filesBefore
 */
async function settle(server, baseline, filesBefore) {
  for (let tries = 0; ; tries++) {
    /** @type {import('./serve').ServerSample} */
    const last = await server.ask('sample');
    const files = openFiles(server.pid);
    const loop = judgeLeftovers('', baseline.resources, last.resources);
    const pending = judgeLeftovers('', baseline.pending, last.pending);
    if ((files <= filesBefore && loop.ok && pending.ok) || tries === 50) return { last, files };
    await delay(100);
  }
}

/**
 * Checks that a closed server does not keep its process alive.
 * @param {Child} server
 */
async function leavesByItself(server) {
  server.process.stdin?.end();
  const timer = setTimeout(() => server.process.kill('SIGKILL'), EXIT_MS);
  const code = await server.exited;
  clearTimeout(timer);
  return { what: 'exit after close()', figure: String(code), goal: '0', ok: code === 0 };
}

/** @typedef {Awaited<ReturnType<typeof soak>>} SoakResult */

module.exports = { SAMPLES, soak };
