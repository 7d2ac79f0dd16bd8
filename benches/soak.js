// @ts-check
'use strict';

// npm run soak [-- --calls=1000000 --minutes=30]: a long run of good, bad and aborted calls. Fails if memory, file
// descriptors or handles grow.

const path = require('node:path');
const { startSoak } = require('./soak/main');

startSoak({
  goal: 'P10',
  option: 'calls',
  full: 1_000_000,
  callsPerUnit: 1,
  minutes: 30,
  server: path.join(__dirname, 'soak', 'server.js'),
  client: path.join(__dirname, 'soak', 'client.js'),
  file: path.join(__dirname, 'results', 'soak-latest.json'),
});
