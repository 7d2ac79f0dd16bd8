// @ts-check
'use strict';

// What startChild runs. It listens to no message: the channel to the parent must not keep the process alive.
const { runInside } = require('./inside.js');

const [source, data] = process.argv.slice(2);
runInside(source, { data: JSON.parse(data), send: (message) => process.send?.(message) });
