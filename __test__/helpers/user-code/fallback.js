// @ts-check
'use strict';

const { call } = require('../http.js');
const { requestText } = require('../raw.js');
const { deferred } = require('../signal.js');
const { MUCH, asOwner, leave } = require('./world.js');

/** The requests that their clients will leave, by owner. @type {Map<string, { resolve: () => void }>} */
const leaving = new Map();

/**
 * The fallback, and the events of its request and response.
 *
 * @type {Record<string, import('./world.js').Scenario>}
 */
const scenarios = {
  'a fallback, and the events of its request and response': {
    places: ['listener', 'data', 'end', 'drain', 'finish', 'closed', 'left', 'failed'],
    makeOptions: ({ visit }) => ({
      logger: {
        error: (/** @type {string} */ _key, /** @type {any} */ data) => visit('failed', data.requestId),
      },
      fallback(/** @type {any} */ req, /** @type {any} */ res) {
        const owner = req.headers['x-runner-request-id'];
        visit('listener', owner);
        req.on('data', () => {
          visit('data', owner);
          if (req.url === '/leave') leaving.get(owner)?.resolve();
        });
        req.on('end', () => {
          visit('end', owner);
          if (req.url !== '/write') res.end();
        });
        res.on('drain', () => {
          visit('drain', owner);
          res.end();
        });
        res.on('finish', () => visit('finish', owner));
        res.on('close', () => visit(res.writableFinished ? 'closed' : 'left', owner));
        if (req.url === '/fail') throw new Error('for the logger');
        if (req.url === '/write') res.write(MUCH);
      },
    }),
    async run(owner, world) {
      const { port } = world;
      await call({ port, path: '/write', body: Buffer.alloc(300_000), ...asOwner(owner) });
      await call({ port, path: '/fail', ...asOwner(owner) });
      const headers = { 'x-runner-request-id': owner, 'content-length': '10' };
      const started = deferred();
      leaving.set(owner, started);
      await leave(world, requestText({ path: '/leave', headers, body: 'half' }), started.promise);
    },
  },
};

module.exports = { scenarios };
