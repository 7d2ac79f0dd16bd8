// @ts-check
'use strict';

// Run by `npm run example:runner`: a Runner application that `nativeExposure` serves, called from another process
// through the clients of Runner. RUNNER_NATIVE=off lets `nodeExposure` serve it.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { run } = require('@bluelibs/runner/node');
const { app } = require('./runner/app.js');

const CLIENT = path.join(__dirname, 'runner', 'client.js');
const LIMIT_MS = 30_000;

async function main() {
  const runtime = await run(app, { logs: { printThreshold: null } });
  try {
    const { basePath } = runtime.value;
    const server = /** @type {import('node:net').Server} */ (runtime.value.server);
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const url = `http://127.0.0.1:${port}${basePath}`;
    console.log(`${url}, served by ${server.constructor.name}`);
    const client = spawn(process.execPath, [CLIENT, url], { stdio: 'inherit', timeout: LIMIT_MS });
    const [code] = await once(client, 'exit');
    process.exitCode = code ?? 1;
  } finally {
    await runtime.dispose();
  }
}

main();
