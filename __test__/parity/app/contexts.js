// @ts-check
'use strict';

/**
 * Async contexts, and tasks and hooks that read them.
 *
 * @param {import('../app.js').Kit} kit
 */
function contextParts({ r, task }) {
  const user = r.asyncContext('ctx.user').build();
  const plain = r
    .asyncContext('ctx.plain')
    .serialize((/** @type {unknown} */ value) => `<${value}>`)
    .parse((/** @type {string} */ text) => {
      if (text === 'bad') throw new Error('bad');
      return `parsed ${text}`;
    })
    .build();
  const checked = r
    .asyncContext('ctx.checked')
    .configSchema({
      parse(/** @type {any} */ value) {
        if (value === 'refused') throw new Error('refused');
        return { checked: value };
      },
    })
    .build();
  const unregistered = r.asyncContext('ctx.unregistered').build();

  const all = { user, plain, checked, unregistered };
  const seen = () => Object.fromEntries(Object.entries(all).map(([name, context]) => [name, useOr(context)]));
  const whoEvent = r.event('whoEvent').build();
  return [
    ...[user, plain, checked, whoEvent],
    task('who', seen),
    task('whoGuarded', seen),
    task('whoTwice', seen),
    task('whoLater', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return seen();
    }),
    task('whoUpload', async ({ file }) => ({ name: file.name, ...seen() })),
    r
      .hook('hooks.who')
      .on(whoEvent)
      .run(async (/** @type {any} */ { data }) => {
        data.seen = seen();
      })
      .build(),
  ];
}

/** @param {any} context */
function useOr(context) {
  try {
    return context.use();
  } catch {
    return 'none';
  }
}

module.exports = { contextParts };
