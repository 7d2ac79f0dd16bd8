// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const readline = require('node:readline');
const { test } = require('../helpers/guarded.js');
const { assertServes } = require('../helpers/probe.js');
const { connect, requestText } = require('../helpers/raw.js');

/** A server that writes its port, and then what it logs as errors, each on a line. */
const SCRIPT = `
const { TunnelServer } = require(${JSON.stringify(require.resolve('@bluelibs/runner-native'))});
const error = (message, { error }) => console.log(message, error);
const server = new TunnelServer({ port: 0, logger: { error } });
server.registerTask('ping', () => 'pong');
server.listen().then(({ port }) => console.log(port));
`;
const DESCRIPTORS = 100;

/** @param {import('node:test').TestContext} t */
async function outOfDescriptors(t) {
  const child = spawn('sh', [
    '-c',
    `ulimit -n ${DESCRIPTORS} && exec "$0" -e "$1"`,
    process.execPath,
    SCRIPT,
  ]);
  t.after(() => child.kill());
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  const port = Number(await next());
  for (let episode = 0; episode < 2; episode += 1) {
    const clients = await Promise.all(Array.from({ length: DESCRIPTORS }, () => connect(t, port)));
    assert.match(await next(), /^node\.exposure\.accept\.error .*os error (23|24)/);
    const [last, ...others] = clients.reverse();
    for (const client of others) client.destroy();
    await last.write(requestText({ path: '/__runner/task/ping' }));
    assert.equal((await last.response()).status, 200);
    last.destroy();
  }
  await assertServes(port);
  child.kill();
  assert.equal(await next(), undefined);
}

if (process.platform !== 'win32')
  test(
    'out of file descriptors is said once an episode, and connections are accepted afterwards',
    outOfDescriptors,
  );
