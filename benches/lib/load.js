// @ts-check
'use strict';

const { execFile, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const { TOKEN, TOKEN_HEADER } = require('./workload');

const run = promisify(execFile);

const HOW_TO_GET_ONE = [
  'The benchmark needs a program that makes load: wrk, or else oha.',
  '  Debian, Ubuntu   sudo apt-get install wrk',
  '  Fedora           sudo dnf install wrk',
  '  any, with Rust   cargo install oha',
].join('\n');

/**
 * @typedef {{ requests: number, seconds: number, p50Us: number, p99Us: number, maxUs: number }} LoadResult
 * @typedef {{ port: number, work: import('./workload').Work, connections: number, seconds: number }} LoadRequest
 */

/** Finds the load generator, or explains how to get one. */
function findLoadGenerator() {
  for (const name of /** @type {const} */ (['wrk', 'oha'])) {
    // wrk -v prints its version and exits with 1: what matters is that it could be started.
    const tried = spawnSync(name, [name === 'wrk' ? '-v' : '--version'], { encoding: 'utf8' });
    if (tried.error) continue;
    const version = `${tried.stdout}${tried.stderr}`.split('\n')[0].split(' Copyright')[0].trim();
    return new LoadGenerator(name, version);
  }
  throw new Error(HOW_TO_GET_ONE);
}

class LoadGenerator {
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'runner-native-bench-'));

  /**
   * @param {'wrk' | 'oha'} name
   * @param {string} version
   */
  constructor(name, version) {
    this.name = name;
    this.version = version;
    process.once('exit', () => fs.rmSync(this.#folder, { recursive: true, force: true }));
  }

  /**
   * Loads one server. Any response that is not a 2xx, and any socket error, fails the benchmark.
   * @param {LoadRequest} request
   * @returns {Promise<LoadResult>}
   */
  async load(request) {
    const bodyFile = path.join(this.#folder, `${request.work.id}.json`);
    fs.writeFileSync(bodyFile, request.work.body);
    const result = this.name === 'wrk' ? await wrk(request, bodyFile) : await oha(request, bodyFile);
    if (result.errors || result.badStatuses || !result.requests) {
      throw new Error(
        `${request.work.id} at ${request.connections} connections: ${result.requests} responses, ` +
          `${result.badStatuses} with a bad status, ${result.errors} socket errors.`,
      );
    }
    const { requests, seconds, p50Us, p99Us, maxUs } = result;
    return { requests, seconds, p50Us, p99Us, maxUs };
  }
}

/**
 * @param {LoadRequest} request
 * @param {string} bodyFile
 */
async function wrk({ port, work, connections, seconds }, bodyFile) {
  const script = path.join(__dirname, '..', 'wrk', 'post.lua');
  const url = `http://127.0.0.1:${port}${work.path}`;
  const { stdout } = await run('wrk', [
    ...['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url],
    ...['--', bodyFile, TOKEN_HEADER, TOKEN],
  ]);
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  if (!line) throw new Error(`wrk printed no result:\n${stdout}`);
  const { durationUs, ...rest } = JSON.parse(line);
  return { ...rest, seconds: durationUs / 1e6 };
}

/**
 * @param {LoadRequest} request
 * @param {string} bodyFile
 */
async function oha({ port, work, connections, seconds }, bodyFile) {
  const { stdout } = await run('oha', [
    ...['--no-tui', '--output-format', 'json', '-z', `${seconds}s`, '-c', String(connections), '-m', 'POST'],
    ...['-T', 'application/json', '-H', `${TOKEN_HEADER}: ${TOKEN}`, '-D', bodyFile],
    `http://127.0.0.1:${port}${work.path}`,
  ]);
  return fromOha(JSON.parse(stdout));
}

/** @param {any} printed the JSON of oha; its times are seconds */
function fromOha({ summary, latencyPercentiles, statusCodeDistribution, errorDistribution }) {
  let requests = 0;
  let badStatuses = 0;
  for (const [status, count] of Object.entries(statusCodeDistribution)) {
    if (status.startsWith('2')) requests += count;
    else badStatuses += count;
  }
  let errors = 0;
  for (const [reason, count] of Object.entries(errorDistribution)) {
    // Requests in flight when the time is up are not errors.
    if (reason !== 'aborted due to deadline') errors += count;
  }
  return {
    requests,
    badStatuses,
    errors,
    seconds: summary.total,
    p50Us: latencyPercentiles.p50 * 1e6,
    p99Us: latencyPercentiles.p99 * 1e6,
    maxUs: summary.slowest * 1e6,
  };
}

module.exports = { findLoadGenerator };
