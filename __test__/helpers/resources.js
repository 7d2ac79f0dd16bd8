// @ts-check
'use strict';

const fs = require('node:fs');

/** How many files, sockets and pipes this process has open (Linux and macOS). */
function openFiles() {
  return fs.readdirSync('/dev/fd').length;
}

/** How many threads this process has (Linux). */
function threads() {
  return fs.readdirSync('/proc/self/task').length;
}

/**
 * The most memory that this process ever had resident. On Linux not by `resourceUsage`, which starts a child at the
 * peak of its parent.
 */
function peakMemoryBytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const peak = /^VmHWM:\s*(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'));
  if (!peak) throw new Error('/proc/self/status has no VmHWM');
  return Number(peak[1]) * 1024;
}

module.exports = { openFiles, threads, peakMemoryBytes };
