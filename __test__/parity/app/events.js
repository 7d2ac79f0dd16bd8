// @ts-check
'use strict';

const { hasExposureContext } = require('../runner.js').runner;

/**
 * Events, with hooks that note what they saw.
 *
 * @param {import('../app.js').Kit} kit
 */
function eventParts({ r, state }) {
  const teapot = r
    .error('app.errors.refused')
    .format(() => 'refused')
    .httpCode(422)
    .build();
  const note = r.event('note').build();
  const enrich = r.event('enrich').build();
  const silent = r.event('silent').build();
  const fails = r.event('fails').build();
  const refuses = r.event('refuses').build();
  const fan = r.event('fan').parallel(true).build();
  const where = r.event('eventWhere').build();
  const schema = r
    .event('schema')
    .payloadSchema({
      parse(/** @type {any} */ payload) {
        if (typeof payload?.n !== 'number') throw new Error('n must be a number');
        return { n: payload.n, parsed: true };
      },
    })
    .build();
  const hook = (
    /** @type {string} */ id,
    /** @type {any} */ event,
    /** @type {(event: any) => void} */ run,
  ) =>
    r
      .hook(id)
      .on(event)
      .run(async (/** @type {any} */ emission) => run(emission))
      .build();

  return [
    ...[teapot, note, enrich, silent, fails, refuses, fan, where, schema],
    r.event('slashed/event').build(),
    r.event('hiddenEvent').build(),
    hook('hooks.note', note, ({ data, id, source }) => state.notes.push({ data, id, source })),
    hook('hooks.enrich', enrich, ({ data }) => {
      if (data && typeof data === 'object') data.seen = true;
    }),
    hook('hooks.fails', fails, () => {
      throw new Error('secret');
    }),
    hook('hooks.refuses', refuses, ({ data }) => {
      throw teapot.new({ of: data });
    }),
    hook('hooks.fan', fan, ({ data }) => state.notes.push({ fan: data })),
    hook('hooks.where', where, ({ data }) => {
      data.exposed = hasExposureContext();
    }),
    hook('hooks.schema', schema, () => {}),
  ];
}

module.exports = { eventParts };
