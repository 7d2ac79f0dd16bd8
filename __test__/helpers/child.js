// @ts-check
'use strict';

const { fork } = require('node:child_process');
const path = require('node:path');
const { inbox } = require('./inbox.js');

/**
 * Runs `body` in a Node process of its own, which is killed with the test. The body is passed as text: it can use its
 * parameter and the globals, but no surrounding scope.
 *
 * @param {{ after: (fn: () => Promise<void>) => void }} t
 * @param {(world: import('./inside.js').World) => unknown} body
 * @param {unknown} [data] JSON
 * @param {{ execArgv?: string[] }} [options]
 */
function startChild(t, body, data = null, { execArgv = [] } = {}) {
  const child = fork(path.join(__dirname, 'child-main.js'), [String(body), JSON.stringify(data)], {
    execArgv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const box = inbox();
  child.on('message', box.push);
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);

  /** @type {Promise<{ code: number | null, signal: string | null, stdout: string, stderr: string }>} */
  const exited = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      box.end(new Error(`the child is gone: code ${code}, signal ${signal}\n${stderr()}`));
      resolve({ code, signal, stdout: stdout(), stderr: stderr() });
    });
  });
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  });
  return { process: child, next: box.next, exited };
}

/** @param {import('node:stream').Readable | null} stream */
function textOf(stream) {
  let text = '';
  stream?.setEncoding('utf8').on('data', (piece) => {
    text += piece;
  });
  return () => text;
}

module.exports = { startChild };
