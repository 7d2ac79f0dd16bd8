// @ts-check
'use strict';

/** Ids of the app that no tunnel of `everything` names. */
const HIDDEN = ['hidden', 'hiddenEvent', 'whoGuarded'];

/** @param {{ id: string }} item */
const isOwn = ({ id }) => !/^(globals|platform|runner|validators)\./.test(id) && !HIDDEN.includes(id);

/**
 * What tunnels a variant may have, by name: the values of their resources.
 *
 * @type {Record<string, () => any>}
 */
const tunnels = {
  everything: () => ({ mode: 'server', transport: 'http', tasks: isOwn, events: isOwn }),
  guarded: () => ({ mode: 'server', transport: 'http', tasks: ['whoGuarded'], allowAsyncContext: false }),
  /** `whoTwice` is also in `everything`: one tunnel that forbids is enough. */
  guardedToo: () => ({ mode: 'server', tasks: ['whoTwice'], events: ['whoEvent'], allowAsyncContext: false }),
  listed: () => ({ mode: 'server', transport: 'http', tasks: ['add', { id: 'echo' }], events: ['note'] }),
  unnamedTransport: () => ({ mode: 'server', tasks: ['describe'], events: [{ id: 'enrich' }] }),
  otherTransport: () => ({ mode: 'server', transport: 'grpc', tasks: ['nothing'], events: ['fan'] }),
  unset: () => ({ tasks: ['nothing'] }),
  none: () => ({ mode: 'none', tasks: ['nothing'], events: ['silent'] }),
  client: () => ({ mode: 'client', transport: 'http', tasks: ['result'], run: async () => 'far away' }),
  both: () => ({
    mode: 'both',
    transport: 'http',
    tasks: ['nest'],
    events: ['eventWhere'],
    run: async (/** @type {any} */ task, /** @type {unknown} */ input) => ({ tunnelled: task.id, input }),
    emit: async (/** @type {any} */ emission) => ({ ...emission.data, tunnelled: true }),
  }),
  empty: () => ({ mode: 'server', transport: 'http' }),
  selecting: () => ({
    mode: 'server',
    transport: 'http',
    tasks: (/** @type {{ id: string }} */ { id }) => id.startsWith('a') || id === 'echo',
    events: (/** @type {{ id: string }} */ { id }) => id === 'note',
  }),
};

/**
 * @param {import('../app.js').Kit} kit
 * @param {string[]} names
 */
function tunnelParts({ r, globals, state }, names) {
  const resources = names.map((name) =>
    r
      .resource(`tunnels.${name}`)
      .tags([globals.tags.tunnel])
      .init(async () => tunnels[name]())
      .build(),
  );
  return [...resources, ...ghosts(r, resources), keeper(r, state, resources)];
}

/**
 * The tunnel's middleware rejects ids that do not exist, and selectors that throw, but only while it is initialised:
 * these are set right after that.
 *
 * @param {any} r
 * @param {any[]} resources
 */
function ghosts(r, resources) {
  const listed = resources.find((resource) => resource.id === 'tunnels.listed');
  const selecting = resources.find((resource) => resource.id === 'tunnels.selecting');
  const parts = [];
  if (listed) {
    parts.push(
      r
        .resource('ghosts')
        .dependencies({ listed })
        .init(async (/** @type {void} */ _config, /** @type {any} */ values) => {
          values.listed.tasks.push('ghost');
          values.listed.events.push('ghostEvent');
        })
        .build(),
    );
  }
  if (selecting) {
    parts.push(
      r
        .resource('throwers')
        .dependencies({ selecting })
        .init(async (/** @type {void} */ _config, /** @type {any} */ values) => {
          values.selecting.tasks = (/** @type {{ id: string }} */ { id }) => {
            if (id === 'describe') throw new Error('secret');
            return id === 'echo' || id === 'add';
          };
        })
        .build(),
    );
  }
  return parts;
}

/**
 * @param {any} r
 * @param {import('../app.js').State} state
 * @param {any[]} resources
 */
function keeper(r, state, resources) {
  if (resources.length === 0) return r.resource('keeper').build();
  return r
    .resource('keeper')
    .dependencies({ tunnel: resources[0] })
    .init(async (/** @type {void} */ _config, /** @type {any} */ { tunnel }) => {
      state.tunnel = tunnel;
    })
    .build();
}

module.exports = { tunnelParts };
