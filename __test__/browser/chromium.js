// @ts-check
'use strict';

const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { mkdtemp, rm } = require('node:fs/promises');
const { tmpdir } = require('node:os');
const path = require('node:path');

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser that CHROMIUM names, or the first well-known one; undefined if there is none. */
function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...candidates, ...APPLICATIONS].find((file) => existsSync(file));
}

/**
 * Opens a page in a new browser with an empty profile, which is removed afterwards.
 *
 * @param {string} executable
 * @param {string} url
 * @returns {Promise<{ ended: Promise<string>, close: () => Promise<void> }>} `ended` tells why the browser is gone
 */
async function openPage(executable, url) {
  const profile = await mkdtemp(path.join(tmpdir(), 'runner-native-browser-'));
  const browser = spawn(executable, [...FLAGS, `--user-data-dir=${profile}`, url], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // In a process group of its own, so that the browser's helper processes end with it.
    detached: process.platform !== 'win32',
  });
  let said = '';
  browser.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    browser.once('error', (error) => resolve(error.message));
    browser.once('close', (code, signal) => resolve(`code ${code}, signal ${signal}\n${said}`));
  });
  return {
    ended,
    async close() {
      kill(browser);
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** @param {import('node:child_process').ChildProcess} browser */
function kill(browser) {
  if (browser.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? browser.pid : -browser.pid, 'SIGKILL');
  } catch (error) {
    // The group has ended already.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}

module.exports = { findChromium, openPage };
