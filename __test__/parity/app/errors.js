// @ts-check
'use strict';

const { cancellationError, RunnerError } = require('../runner.js').runner;

/** What the task `throw` may be asked to throw, if it is no error of the application. @type {Record<string, () => unknown>} */
const thrown = {
  error: () => new Error('secret'),
  'error that looks typed': () =>
    Object.assign(new Error('secret'), {
      id: 'app.errors.fake',
      code: 'FAKE',
      httpCode: 418,
      data: { a: 1 },
    }),
  'error named like a typed one': () => Object.assign(new Error('secret'), { name: 'app.errors.notFound' }),
  'plain object': () => ({ message: 'secret', code: 'X', httpCode: 404, id: 'x' }),
  string: () => 'secret',
  null: () => null,
  undefined: () => undefined,
  frozen: () => Object.freeze(new Error('secret')),
  circular: () => {
    const error = new Error('secret');
    return Object.assign(error, { self: error, cause: error });
  },
  'own getters': () =>
    Object.defineProperty(new Error('secret'), 'message', {
      get() {
        throw new Error('deeper secret');
      },
    }),
  cancellation: () => cancellationError.new({ reason: 'given up' }),
};

/**
 * Tasks that throw, and the application's typed errors.
 *
 * @param {import('../app.js').Kit} kit
 */
function errorParts({ r, task }) {
  const format = (/** @type {any} */ data) => `Told: ${JSON.stringify(data?.a)}`;
  const typed = (/** @type {string} */ name) => r.error(`app.errors.${name}`).format(format);
  /** @type {Record<string, any>} */
  const errors = {
    notFound: typed('notFound').httpCode(404).build(),
    plain: typed('plain').build(),
    internal: typed('internal').httpCode(500).build(),
    teapot: typed('teapot').httpCode(418).build(),
    last: typed('last').httpCode(599).build(),
    noContent: typed('noContent').httpCode(204).build(),
    notModified: typed('notModified').httpCode(304).build(),
    fine: typed('fine').httpCode(200).build(),
    advised: typed('advised').httpCode(409).remediation('Try again.').build(),
    silent: r
      .error('app.errors.silent')
      .format(() => '')
      .httpCode(400)
      .build(),
  };
  const unregistered = typed('unregistered').httpCode(404).build();
  const refuses = r.middleware
    .task('middleware.refuses')
    .run(async () => errors.teapot.throw({ a: 'middleware' }))
    .build();
  return [
    ...Object.values(errors),
    task('throw', (name) => {
      throw thrown[name]();
    }),
    /** `set`: own fields that are put on the error before it is thrown. */
    task('throwTyped', ({ name, data, set = {} }) => {
      throw Object.assign(errors[name].new(data), set);
    }),
    task('throwTypedWithout', ({ name }) => {
      throw Object.assign(errors[name].new({}), { data: undefined });
    }),
    task('throwTypedOdd', (kind) => {
      const data = { circular: () => ring(), function: () => () => 1, date: () => new Date(0) };
      throw errors.notFound.new({ a: 1, odd: data[/** @type {keyof typeof data} */ (kind)]() });
    }),
    task('throwUnregistered', () => {
      throw unregistered.new({ a: 1 });
    }),
    task('throwSubclass', () => {
      class Special extends RunnerError {}
      throw new /** @type {any} */ (Special)('app.errors.notFound', 'special', { a: 2 }, 410);
    }),
    refuses,
    r
      .task('limited')
      .middleware([refuses])
      .run(async () => 'never')
      .build(),
  ];
}

function ring() {
  /** @type {any} */
  const value = {};
  value.self = value;
  return value;
}

module.exports = { errorParts };
