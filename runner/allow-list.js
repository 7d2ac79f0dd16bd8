// @ts-check
'use strict';

const { log } = require('../lib/log');
const { RunnerLogKey } = require('./log-keys');
const { peer } = require('./peer');

/**
 * @typedef {object} AllowList what the tunnels of an application expose
 * @property {boolean} enabled whether any tunnel serves; without one, everything or nothing is exposed
 * @property {string[]} tasks ids, in the order in which the tunnels name them
 * @property {string[]} events
 * @property {Map<string, boolean>} taskContexts whether a request may bring async contexts, by id; true for an id
 *   that is missing
 * @property {Map<string, boolean>} eventContexts
 * @property {boolean} isFinal whether every tunnel is initialised; those that are not are left out
 *
 * @typedef {'task' | 'event'} Kind
 * @typedef {{ kind: Kind, ids: Map<string, boolean>, candidates: Array<{ id: string }> }} Selection what has been
 *   collected of one kind
 */

/**
 * Computes what the tunnels of a store expose at present. An item whose selector throws is skipped.
 *
 * @param {any} store Runner's
 * @param {any} [logger] Runner's
 * @returns {AllowList}
 */
function computeAllowList(store, logger) {
  /** @type {Selection} */
  const tasks = { kind: 'task', ids: new Map(), candidates: definitions(store.tasks, 'task') };
  /** @type {Selection} */
  const events = { kind: 'event', ids: new Map(), candidates: definitions(store.events, 'event') };
  let enabled = false;
  let isFinal = true;
  for (const { resource, value, isInitialized } of store.resources.values()) {
    if (!isTunnel(resource)) continue;
    // Only then does an entry have its value, which may be `undefined`.
    if (isInitialized !== true) isFinal = false;
    if (!serves(value)) continue;
    enabled = true;
    if (typeof value !== 'object') continue;
    const accepts = value.allowAsyncContext !== false;
    add(tasks, value.tasks, accepts, resource.id, logger);
    add(events, value.events, accepts, resource.id, logger);
  }
  return {
    enabled,
    tasks: [...tasks.ids.keys()],
    events: [...events.ids.keys()],
    taskContexts: tasks.ids,
    eventContexts: events.ids,
    isFinal,
  };
}

/**
 * The current definitions. A tunnel that is also a client replaces those of its tasks.
 *
 * @param {Map<string, any>} entries
 * @param {Kind} kind
 */
function definitions(entries, kind) {
  return [...entries.values()].map((entry) => entry[kind]);
}

/** @param {any} resource */
function isTunnel(resource) {
  return resource.tags?.some((/** @type {any} */ tag) => tag?.id === peer.globals.tags.tunnel.id) === true;
}

/** @param {any} value of a tunnel */
function serves(value) {
  const isServer = value?.mode === 'server' || value?.mode === 'both';
  return isServer && (!value.transport || value.transport === 'http');
}

/**
 * Adds what one tunnel selects, by a list of ids or definitions, or by a predicate.
 *
 * @param {Selection} selection
 * @param {any} selector
 * @param {boolean} accepts
 * @param {string} tunnelResourceId
 * @param {any} logger
 */
function add(selection, selector, accepts, tunnelResourceId, logger) {
  if (Array.isArray(selector)) {
    for (const item of selector) {
      const id = typeof item === 'object' ? item?.id : item;
      if (typeof id === 'string') allow(selection.ids, id, accepts);
    }
  } else if (typeof selector === 'function') {
    for (const candidate of selection.candidates) {
      try {
        if (selector(candidate)) allow(selection.ids, candidate.id, accepts);
      } catch (error) {
        const data = { selectorKind: selection.kind, candidateId: candidate.id, tunnelResourceId };
        log(logger, 'warn', RunnerLogKey.SELECTOR_FAILED, { error, data });
      }
    }
  }
}

/**
 * Adds an id. If several tunnels select it, all of them have to accept async contexts.
 *
 * @param {Map<string, boolean>} ids
 * @param {string} id
 * @param {boolean} accepts
 */
function allow(ids, id, accepts) {
  ids.set(id, (ids.get(id) ?? true) && accepts);
}

module.exports = { computeAllowList };
