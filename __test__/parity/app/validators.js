// @ts-check
'use strict';

/** @typedef {{ headers: Record<string, unknown>, method: string, url: string, path: string }} Request */

/** What validators a variant may have. @type {Record<string, (request: Request, notes: any[]) => unknown>} */
const validators = {
  throws: () => {
    throw new Error('secret');
  },
  refuses: () => ({ ok: false, message: 'secret' }),
  nothing: () => undefined,
  truthy: () => ({ ok: 1 }),
  byHeader: ({ headers }) => ({ ok: headers['x-pass'] === 'yes' }),
  notes: ({ headers, ...rest }, notes) => {
    notes.push({ ...rest, headers: { ...headers }, order: Object.keys(headers) });
    return { ok: false };
  },
};

/**
 * @param {import('../app.js').Kit} kit
 * @param {string[]} names
 */
function validatorParts({ r, globals, state }, names) {
  return names.map((name) =>
    r
      .task(`validators.${name}`)
      .tags([globals.tags.authValidator])
      .run(async (/** @type {Request} */ request) => validators[name](request, state.notes))
      .build(),
  );
}

module.exports = { validatorParts };
