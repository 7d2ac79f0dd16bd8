// @ts-check
'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { Readable } = require('node:stream');
const vm = require('node:vm');
const { threadId } = require('node:worker_threads');
const { NativeBridge, NativeServer } = require('../../binding.js');
const { call, callTask } = require('./http.js');
const { makeServer, recordingLogger, TunnelError, TunnelServer, TunnelWorker } = require('./server.js');
const { deferred, aborted } = require('./signal.js');
const { openFiles, threads, peakMemoryBytes } = require('./resources.js');
const { startWorker } = require('./worker.js');

const tools = {
  AsyncLocalStorage,
  Readable,
  NativeBridge,
  NativeServer,
  call,
  callTask,
  makeServer,
  recordingLogger,
  TunnelServer,
  TunnelError,
  TunnelWorker,
  deferred,
  aborted,
  openFiles,
  threads,
  peakMemoryBytes,
  startWorker,
  threadId,
};

/**
 * What a function that runs in another process or thread may use, in place of the scope of its file.
 *
 * @typedef {typeof tools & { data: any, send: (message: any) => void }} World
 *
 * @param {string} source the function's text
 * @param {{ data: any, send: (message: any) => void, worker?: import('../../index.js').TunnelWorker }} link
 */
function runInside(source, link) {
  const body = vm.runInThisContext(`(${source})`);
  return body({ ...tools, ...link });
}

module.exports = { runInside };
