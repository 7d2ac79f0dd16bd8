// @ts-check
'use strict';

const { parseArgs } = require('node:util');
const { CASES } = require('../cases/throughput');
const { CASES: WORKER_CASES } = require('../cases/workers');

const CASE_NAMES = [
  ...CASES.map(({ name }) => name),
  ...['idle', 'blocked', 'transfer'],
  ...WORKER_CASES.map(({ name }) => name),
  'workers-blocked',
];

const HELP = `npm run bench -- [options]
  --rounds=5            how often each case is measured; medians are reported
  --seconds=3           how long each measurement lasts
  --only=small-64,idle  only these cases: ${CASE_NAMES.join(', ')}
  --peers=native,bun    only these servers: native, nativeExposure, nodeExposure, node-http, fastify, bun, floor
  --connections=8000    how many idle connections
  --megabytes=1024      how much each transfer carries
  --quick               one round of one second each, 1000 idle connections, and transfers of 64 MB
  --out=FILE            keep the raw results there too

Only a run of every case and peer with the defaults or more is kept under benches/results and drawn.`;

const DEFAULTS = { rounds: 5, seconds: 3, connections: 8000, megabytes: 1024 };
const QUICK = { rounds: 1, seconds: 1, connections: 1000, megabytes: 64 };
const BLOCKED_SAMPLES = 200;

/**
 * @param {string[]} args
 * @param {import('./peers').Peer[]} allPeers
 */
function parseOptions(args, allPeers) {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      connections: { type: 'string' },
      megabytes: { type: 'string' },
      only: { type: 'string' },
      peers: { type: 'string' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const start = values.quick ? QUICK : DEFAULTS;
  const peerNames = allPeers.map(({ name }) => name);
  const settings = {
    rounds: count('rounds', values.rounds ?? start.rounds),
    seconds: count('seconds', values.seconds ?? start.seconds),
    idleConnections: count('connections', values.connections ?? start.connections),
    megabytes: count('megabytes', values.megabytes ?? start.megabytes),
    blockedSamples: BLOCKED_SAMPLES,
    cases: pick('only', values.only, CASE_NAMES),
    peers: pick('peers', values.peers, peerNames),
  };
  const complete =
    settings.cases.length === CASE_NAMES.length &&
    settings.peers.length === peerNames.length &&
    settings.rounds >= DEFAULTS.rounds &&
    settings.seconds >= DEFAULTS.seconds &&
    settings.idleConnections >= DEFAULTS.connections &&
    settings.megabytes >= DEFAULTS.megabytes;
  return { settings, complete, out: values.out, help: values.help };
}

/** @typedef {ReturnType<typeof parseOptions>['settings']} Settings */

/**
 * @param {string} name
 * @param {string | number} value
 */
function count(name, value) {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`--${name} takes a whole number from 1, not ${value}.`);
  return number;
}

/**
 * @param {string} name
 * @param {string | undefined} value
 * @param {string[]} known
 */
function pick(name, value, known) {
  if (value === undefined) return known;
  const asked = value.split(',');
  const unknown = asked.filter((each) => !known.includes(each));
  if (unknown.length) throw new Error(`--${name} knows ${known.join(', ')}, not ${unknown.join(', ')}.`);
  return known.filter((each) => asked.includes(each));
}

module.exports = { HELP, parseOptions };
