// @ts-check
'use strict';

const { log } = require('../lib/log');
const { RunnerLogKey } = require('./log-keys');
const { peer } = require('./peer');

/**
 * @typedef {object} AllowList what the tunnels of an application expose
 * @property {boolean} enabled whether a tunnel serves at all; without one nothing, or everything, is exposed
 * @property {string[]} tasks the ids, in the order in which the tunnels name them
 * @property {string[]} events
 * @property {Map<string, boolean>} taskContexts by id, whether a request may bring async contexts; an id that is
 *   not in it may
 * @property {Map<string, boolean>} eventContexts
 * @property {boolean} isFinal whether every tunnel is initialised; until then a tunnel that is not has no say
 *
 * @typedef {'task' | 'event'} Kind
 * @typedef {{ kind: Kind, ids: Map<string, boolean>, candidates: Array<{ id: string }> }} Half what is known of one
 *   kind so far
 */

/**
 * Asks the tunnels of a store, as they are now, what they expose. A selector that throws skips the item.
 *
 * @param {any} store Runner's
 * @param {any} [logger] Runner's
 * @returns {AllowList}
 */
function computeAllowList(store, logger) {
  /** @type {Half} */
  const tasks = { kind: 'task', ids: new Map(), candidates: definitions(store.tasks, 'task') };
  /** @type {Half} */
  const events = { kind: 'event', ids: new Map(), candidates: definitions(store.events, 'event') };
  let enabled = false;
  let isFinal = true;
  for (const { resource, value, isInitialized } of store.resources.values()) {
    if (!isTunnel(resource)) continue;
    // An entry has its value, or `undefined` for one, only once this is true.
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
 * The definitions as they stand: a tunnel that is also a client replaces those of its tasks.
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
  const here = value?.mode === 'server' || value?.mode === 'both';
  return here && (!value.transport || value.transport === 'http');
}

/**
 * Adds what one tunnel selects: by a list of ids or definitions, or by a function that is asked about each.
 *
 * @param {Half} half
 * @param {any} selector
 * @param {boolean} accepts
 * @param {string} tunnelResourceId
 * @param {any} logger
 */
function add(half, selector, accepts, tunnelResourceId, logger) {
  if (Array.isArray(selector)) {
    for (const item of selector) {
      const id = typeof item === 'object' ? item?.id : item;
      if (typeof id === 'string') allow(half.ids, id, accepts);
    }
  } else if (typeof selector === 'function') {
    for (const candidate of half.candidates) {
      try {
        if (selector(candidate)) allow(half.ids, candidate.id, accepts);
      } catch (error) {
        const data = { selectorKind: half.kind, candidateId: candidate.id, tunnelResourceId };
        log(logger, 'warn', RunnerLogKey.SELECTOR_FAILED, { error, data });
      }
    }
  }
}

/**
 * Where several tunnels select the same id, each has to accept its async contexts.
 *
 * @param {Map<string, boolean>} ids
 * @param {string} id
 * @param {boolean} accepts
 */
function allow(ids, id, accepts) {
  ids.set(id, (ids.get(id) ?? true) && accepts);
}

module.exports = { computeAllowList };
