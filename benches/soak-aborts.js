// @ts-check
'use strict';

// npm run soak:aborts [-- --aborts=10000 --minutes=15]: uploads, files and downloads through `nativeExposure` whose
// client leaves in the middle. Fails if memory, file descriptors or handles grow.

const path = require('node:path');
const { startSoak } = require('./soak/main');
const { CALLS_PER_ABORT } = require('./soak/aborts');

startSoak({
  goal: 'Uploads and downloads that break off',
  option: 'aborts',
  full: 10_000,
  callsPerUnit: CALLS_PER_ABORT,
  minutes: 15,
  server: path.join(__dirname, 'soak', 'exposure-server.js'),
  client: path.join(__dirname, 'soak', 'aborts-client.js'),
  file: path.join(__dirname, 'results', 'soak-aborts-latest.json'),
});
