// @ts-check
'use strict';

const { executionAsyncId } = require('node:async_hooks');
const { connect } = require('../raw.js');

/** More than fits between a task and a client that does not read. */
const MUCH = Buffer.alloc(8 * 1024 * 1024, 'x');

/**
 * @typedef {object} World
 * @property {(place: string, owner: unknown) => void} visit
 * @property {import('node:test').TestContext} t
 * @property {number} port
 * @property {any} server
 *
 * @typedef {object} Scenario
 * @property {string[]} places that it visits
 * @property {object} [options]
 * @property {(world: Pick<World, 'visit'>) => Record<string, unknown>} [makeOptions]
 * @property {(owner: string, world: World) => Promise<unknown>} run one request of one owner
 */

/** @param {string} owner */
const asOwner = (owner) => ({ headers: { 'x-runner-request-id': owner } });

/**
 * Registers a task for one request, and returns its id.
 *
 * @param {World} world
 * @param {any} task
 * @param {object} [options]
 */
function ownTask({ server }, task, options) {
  const id = `task-${executionAsyncId()}-${Math.random()}`;
  server.registerTask(id, task, options);
  return id;
}

/**
 * A client that sends a text and leaves once `started` resolves.
 *
 * @param {World} world
 * @param {string} text
 * @param {Promise<void>} started
 */
async function leave({ t, port }, text, started) {
  const client = await connect(t, port);
  await client.write(text);
  await started;
  client.destroy();
}

module.exports = { MUCH, asOwner, leave, ownTask };
