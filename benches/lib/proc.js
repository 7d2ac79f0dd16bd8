// @ts-check
'use strict';

const fs = require('node:fs');

/**
 * The kernel's figures of a process, read from outside so that all servers are measured in the same way. The main
 * thread, whose id is the process id, runs JavaScript in Node and in Bun.
 */

const WATCH_MS = 10;

/**
 * CPU time so far in nanoseconds, by thread id.
 * @param {number} pid
 * @returns {Map<number, number>}
 */
function threadCpu(pid) {
  const threads = new Map();
  for (const tid of fs.readdirSync(`/proc/${pid}/task`)) {
    try {
      const text = fs.readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8');
      threads.set(Number(tid), Number(text.split(' ')[0]));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
  return threads;
}

/**
 * CPU time so far in nanoseconds, of a process and its descendants.
 * @param {number} pid
 * @returns {number}
 */
function treeCpu(pid) {
  const own = [...threadCpu(pid).values()].reduce((sum, ns) => sum + ns, 0);
  return childrenOf(pid).reduce((sum, child) => sum + treeCpu(child), own);
}

/**
 * @param {number} pid
 * @returns {number[]}
 */
function childrenOf(pid) {
  return fs.readdirSync(`/proc/${pid}/task`).flatMap((tid) => {
    const text = fs.readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  });
}

/**
 * @param {number} pid
 * @param {Map<number, number>} before
 * @param {Map<number, number>} after
 * @returns {{ processNs: number, mainThreadNs: number }}
 */
function cpuBetween(pid, before, after) {
  let processNs = 0;
  for (const [tid, ns] of after) processNs += ns - (before.get(tid) ?? 0);
  return { processNs, mainThreadNs: (after.get(pid) ?? 0) - (before.get(pid) ?? 0) };
}

/**
 * Resident memory in KiB.
 * @param {number} pid
 */
function residentKb(pid) {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (!line) throw new Error(`Process ${pid} has no resident memory.`);
  return Number(line[1]);
}

/**
 * Watches resident memory until it is stopped, and returns its maximum in KiB.
 * @param {number} pid
 */
function watchResident(pid) {
  let peak = residentKb(pid);
  const look = () => {
    peak = Math.max(peak, residentKb(pid));
  };
  const timer = setInterval(look, WATCH_MS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return peak;
    },
  };
}

/**
 * How many file descriptors a process has open.
 * @param {number} pid
 */
function openFiles(pid) {
  return fs.readdirSync(`/proc/${pid}/fd`).length;
}

/** @param {unknown} error */
function isGone(error) {
  const code = /** @type {NodeJS.ErrnoException} */ (error).code;
  return code === 'ENOENT' || code === 'ESRCH';
}

module.exports = { cpuBetween, openFiles, residentKb, threadCpu, treeCpu, watchResident };
