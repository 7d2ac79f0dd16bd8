// @ts-check
'use strict';

const { serveWorker } = require('../../worker');
const { blockHalfOfTheTime } = require('./blocking');
const { tasks } = require('./tasks');

serveWorker({ tasks });
if (process.argv[2] === 'blocks') blockHalfOfTheTime();
