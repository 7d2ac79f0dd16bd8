// @ts-check
'use strict';

const { eventually, test } = require('../helpers/guarded.js');
const { PARKED_MS, assertClean, parked, roundTrip } = require('../helpers/parked.js');
const { openFiles } = require('../helpers/resources.js');
const { pause } = require('../helpers/traffic.js');

const MANY = 2000;

for (const ioThreads of [1, 3]) {
  test(`2,000 parked connections are woken at once, three times, with ${ioThreads} I/O threads`, async (t) => {
    const { clients, before } = await parked(t, { count: MANY, ioThreads });
    for (let round = 1; round <= 3; round += 1) {
      await Promise.all(clients.map((client, i) => roundTrip(client, round * MANY + i)));
      await pause(PARKED_MS);
    }
    for (const client of clients) client.end();
    await assertClean(clients);
    await eventually(t, () => openFiles() <= before);
  });
}
