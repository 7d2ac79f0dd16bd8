// @ts-check
'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { createInterface } = require('node:readline');
const { inbox } = require('./inbox.js');

const ROOT = path.join(__dirname, '../..');

/** @typedef {{ command: string, args: string[] }} Program */

/**
 * Starts a worker process and talks to it as a server does, over stdin and stdout. It is killed with the test.
 *
 * @param {{ after: (fn: () => Promise<void>) => void }} t
 * @param {Program} program
 */
function startWorkerProcess(t, { command, args }) {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
  const { stdin, stdout, stderr } = child;
  let printed = '';
  stderr.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  // Of a worker that is gone, the test learns from its end.
  stdin.on('error', () => {});
  const box = inbox();
  createInterface({ input: stdout }).on('line', (line) => {
    if (line !== '') box.push(line);
  });
  /** @type {Promise<{ code: number | null, signal: string | null, stderr: string }>} */
  const exited = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      box.end(new Error(`the worker is gone: code ${code}, signal ${signal}\n${printed}`));
      resolve({ code, signal, stderr: printed });
    });
  });
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  });

  let lastId = 0;
  const worker = {
    process: child,
    exited,
    stderr: () => printed,
    /** @param {string} text as it stands */
    write: (text) => stdin.write(text),
    /** @param {object} message */
    send: (message) => worker.write(`${JSON.stringify(message)}\n`),
    endInput: () => stdin.end(),
    /** The next line. @returns {Promise<string>} */
    nextLine: () => box.next(),
    /** The next message. @returns {Promise<any>} */
    next: async () => JSON.parse(await box.next()),
    /**
     * Sends a task and gives its id.
     *
     * @param {string} taskId
     * @param {object} [members] of the message
     */
    task(taskId, members) {
      lastId += 1;
      worker.send({ type: 'task', id: lastId, taskId, ...members });
      return lastId;
    },
    /**
     * Sends an event and gives its id.
     *
     * @param {string} eventId
     * @param {object} [members] of the message
     */
    event(eventId, members) {
      lastId += 1;
      worker.send({ type: 'event', id: lastId, eventId, ...members });
      return lastId;
    },
    /** Waits until the worker has printed this. @param {string} text */
    async prints(text) {
      while (!printed.includes(text)) await once(stderr, 'data');
    },
    /** Ends the worker as a server does. */
    shutDown() {
      worker.send({ type: 'shutdown' });
      return exited;
    },
  };
  return worker;
}

/**
 * A worker of Node with these handlers. They travel as text: they see nothing around them.
 *
 * @param {() => import('../../worker').WorkerOptions} options
 * @returns {Program}
 */
function nodeWorker(options) {
  const script = `
    const { TunnelError, serveWorker } = require('@bluelibs/runner-native/worker');
    serveWorker((${options})());
  `;
  return { command: process.execPath, args: ['--eval', script] };
}

/** @param {string} file below the root */
const nodeScript = (file) => ({ command: process.execPath, args: [file] });

/** @param {string} file below the root */
const pythonScript = (file) => ({ command: 'python3', args: [file] });

/** How many bytes of a stream, body or file may be sent before any credit. */
const WINDOW = 65_536;

/**
 * Starts a worker that `serveWorker` makes, and reads its first message.
 *
 * @param {import('node:test').TestContext} t
 * @param {() => import('../../worker').WorkerOptions} options
 */
async function startReadyWorker(t, options) {
  const worker = startWorkerProcess(t, nodeWorker(options));
  await worker.next();
  return worker;
}

/** @param {string | Buffer} bytes */
const base64 = (bytes) => Buffer.from(bytes).toString('base64');

module.exports = {
  ROOT,
  WINDOW,
  base64,
  nodeScript,
  nodeWorker,
  pythonScript,
  startReadyWorker,
  startWorkerProcess,
};
