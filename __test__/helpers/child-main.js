// @ts-check
'use strict';

// Run by startChild. Does not listen for messages, since the channel to the parent must not keep the process alive.
const { runInside } = require('./inside.js');

const [source, data] = process.argv.slice(2);
runInside(source, { data: JSON.parse(data), send: (message) => process.send?.(message) });
