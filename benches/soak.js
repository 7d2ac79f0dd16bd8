// @ts-check
'use strict';

// npm run soak [-- --calls=1000000 --minutes=30]: a long run of good, bad and broken-off calls. Fails when memory,
// file descriptors or handles grow.

const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { parseArgs } = require('node:util');
const { describeMachine, describeOurs } = require('./lib/machine');
const { prepareAddon } = require('./lib/prepare');
const { openFiles } = require('./lib/proc');
const { Child } = require('./lib/process');
const { toText } = require('./lib/table');
const { judgeLeftovers, judgeMemory, mb } = require('./soak/verdict');

const SAMPLES = 40;
const FEWEST_CALLS = SAMPLES * 100;
const FULL_CALLS = 1_000_000;
const EXIT_MS = 10_000;

async function main() {
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: String(FULL_CALLS) },
      minutes: { type: 'string', default: '30' },
    },
  });
  const calls = Number(values.calls);
  const minutes = Number(values.minutes);
  if (!(calls >= FEWEST_CALLS))
    throw new Error(`--calls takes a number from ${FEWEST_CALLS}, not ${values.calls}.`);
  if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0, not ${values.minutes}.`);
  if (process.platform !== 'linux')
    throw new Error('The soak counts open files in /proc, so it runs on Linux only.');
  prepareAddon();
  const deadline = setTimeout(() => fail(new Error(`Not done after ${minutes} minutes.`)), minutes * 60_000);
  const result = await soak(Math.round(calls / SAMPLES));
  clearTimeout(deadline);
  print(result);
  if (calls >= FULL_CALLS) keep(result);
  else process.stdout.write(`\nNot kept: only a run of ${FULL_CALLS} calls or more is.\n`);
  if (result.checks.some(({ ok }) => !ok)) process.exitCode = 1;
}

/** @param {number} callsPerSample */
async function soak(callsPerSample) {
  const node = process.execPath;
  const server = new Child('the server', [node, '--expose-gc', path.join(__dirname, 'soak', 'server.js')]);
  const { port } = await server.next();
  const baseline = await ask(server, 'sample');
  const filesBefore = openFiles(server.pid);
  const client = new Child('the client', [node, path.join(__dirname, 'soak', 'client.js'), String(port)]);
  /** @type {import('./soak/verdict').Sample[]} */
  const samples = [];
  /** @type {Record<string, number>} */
  const made = {};
  const started = performance.now();
  for (let n = 1; n <= SAMPLES; n++) {
    const batch = await ask(client, JSON.stringify({ calls: callsPerSample }));
    for (const [kind, count] of Object.entries(batch.made)) made[kind] = (made[kind] ?? 0) + Number(count);
    const { rss, heapUsed, external } = await ask(server, 'sample');
    samples.push({ calls: n * callsPerSample, rss, heapUsed, external, files: openFiles(server.pid) });
    process.stderr.write(`${n * callsPerSample} calls, ${mb(rss)} MB\n`);
  }
  const seconds = (performance.now() - started) / 1000;
  await client.stop();
  const { last, files } = await settle(server, baseline, filesBefore);
  await ask(server, 'close');
  const checks = [
    ...judgeMemory(samples),
    judgeLeftovers('open files', { files: filesBefore }, { files }),
    judgeLeftovers('event loop', baseline.resources, last.resources),
    judgeLeftovers(
      'handlers whose client left',
      { waiting: 0 },
      { waiting: last.left.begun - last.left.seen },
    ),
    await leavesByItself(server),
  ];
  return { calls: SAMPLES * callsPerSample, seconds, made, samples, checks };
}

/**
 * Connections that broke off are noticed a moment later: asks until nothing is left over, for five seconds at most.
 * @param {Child} server
 * @param {any} baseline
 * @param {number} filesBefore
 */
async function settle(server, baseline, filesBefore) {
  for (let tries = 0; ; tries++) {
    const last = await ask(server, 'sample');
    const files = openFiles(server.pid);
    const loop = judgeLeftovers('', baseline.resources, last.resources);
    if ((files <= filesBefore && loop.ok && last.left.begun === last.left.seen) || tries === 50)
      return { last, files };
    await delay(100);
  }
}

/**
 * A closed server must not keep its process alive.
 * @param {Child} server
 */
async function leavesByItself(server) {
  server.process.stdin?.end();
  const timer = setTimeout(() => server.process.kill('SIGKILL'), EXIT_MS);
  const code = await server.exited;
  clearTimeout(timer);
  return { what: 'exit after close()', figure: String(code), goal: '0', ok: code === 0 };
}

/**
 * @param {Child} child
 * @param {string} question
 */
function ask(child, question) {
  child.tell(question);
  return child.next();
}

/** @param {Awaited<ReturnType<typeof soak>>} result */
function keep(result) {
  const folder = path.join(__dirname, 'results');
  const kept = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    versions: describeOurs(),
    ...result,
  };
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'soak-latest.json'), `${JSON.stringify(kept, null, 1)}\n`);
}

/** @param {Awaited<ReturnType<typeof soak>>} result */
function print({ calls, seconds, made, samples, checks }) {
  const every = Math.floor(samples.length / 8);
  const shown = samples.filter((_, n) => (n + 1) % every === 0);
  const tables = [
    {
      title: `${calls} calls in ${seconds.toFixed(0)} s`,
      head: ['Kind', 'calls'],
      rows: Object.entries(made).map(([kind, count]) => [kind, String(count)]),
      leftColumns: 1,
    },
    {
      title: 'Memory after garbage collection',
      head: ['calls', 'RSS MB', 'heap MB', 'external MB', 'files'],
      rows: shown.map((each) => [
        ...[String(each.calls), mb(each.rss), mb(each.heapUsed), mb(each.external), String(each.files)],
      ]),
      leftColumns: 0,
    },
    {
      title: 'P10',
      head: ['What', 'Figure', 'Goal', 'Verdict'],
      rows: checks.map(({ what, figure, goal, ok }) => [what, figure, goal, ok ? 'met' : 'missed']),
      leftColumns: 4,
    },
  ];
  process.stdout.write(`\n${tables.map(toText).join('\n\n')}\n`);
}

/** @param {Error} error */
function fail(error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

main().catch(fail);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.once(signal, () => process.exit(130));
