// @ts-check
'use strict';

// Installs and builds what is missing or out of date: the first half of `npm start` and `npm test`.
// Requires only Node, since it runs before anything is installed.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { fail, run, works } = require('./run.js');
const { addonFile, addonIsFresh, packagesAreFresh } = require('./freshness.js');

const OLDEST_NODE = 18;

function setup() {
  checkNode();
  findCargo();
  const build = !addonIsFresh();
  if (build) checkCargo();
  if (packagesAreFresh()) {
    say('packages are up to date');
  } else {
    say('installing packages (npm ci)');
    // Without --include=dev, NODE_ENV=production would leave the build tool out.
    run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  if (!build) {
    say('the addon is up to date');
    return;
  }
  say('building the addon (npm run build); the first time takes a few minutes');
  run('npm', ['run', '--silent', 'build']);
  say(`built ${addonFile()}`);
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    fail(
      `setup: Node ${process.versions.node} is too old. Install Node ${OLDEST_NODE} or later: https://nodejs.org`,
    );
  }
}

/** A shell that was open while rustup ran does not have cargo on its path yet. */
function findCargo() {
  const folder = path.join(os.homedir(), '.cargo', 'bin');
  if (!works('cargo', ['--version']) && fs.existsSync(folder)) {
    process.env.PATH = `${process.env.PATH}${path.delimiter}${folder}`;
  }
}

function checkCargo() {
  if (!works('cargo', ['--version'])) {
    fail('cargo was not found. Install Rust (https://rustup.rs), then run this command again.');
  }
}

/** @param {string} step */
function say(step) {
  console.log(`setup: ${step}`);
}

if (require.main === module) setup();

module.exports = { setup, checkCargo };
