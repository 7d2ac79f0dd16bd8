// @ts-check
'use strict';

const { test } = require('../helpers/guarded.js');
const { pick, randomSource } = require('../helpers/random.js');
const { mixedValue } = require('../helpers/runner-values.js');
const { Sides } = require('./sides.js');
const { assertAlike } = require('./wire/compare.js');
const { exchange } = require('./wire/exchange.js');

const REQUESTS = 1_500;
const VARIANTS = ['plain', 'cors full', 'cors list', 'token list', 'small json', 'other base', 'listed'];
const SEED = 7_021;

const METHODS = ['POST', 'POST', 'POST', 'POST', 'POST', 'GET', 'PUT', 'OPTIONS', 'DELETE'];
const PATHS = [
  '/__runner/task/echo',
  '/__runner/task/echo',
  '/__runner/task/echo',
  '/__runner/task/headers',
  '/__runner/event/note',
  '/__runner/discovery',
  '/__runner//task//echo/',
  '/__runner/task/ech%6f',
  '/__runner/task/%zz',
  '/__runner/x/../task/echo?a=b',
  '/__runner/./task/echo',
  '/__runner/task/',
  '/__runner/task/none',
  '/__runner/event/none',
  '/__runner',
  '/__runner/',
  '/other',
  '/api/v1/task/echo',
];
const TYPES = [
  'application/json',
  'text/plain',
  'application/octet-stream',
  'APPLICATION/json; charset=x',
  '',
];
const TOKENS = ['secret', 'secret', 'secret', 'wrong', 'new', '', null];
const ORIGINS = [null, null, 'https://a.test', 'https://b.test', 'https://c.test', 'null'];
const IDS = [null, 'r-1', ' r-2 ', 'no id', 'x'.repeat(129)];
const TEXTS = [
  '',
  '{}',
  '[]',
  'null',
  '{',
  '{"input":1}',
  '{"input":{"a":[1,2,{"b":null}]},"other":1}',
  '{"input":1,"input":2}',
  '\ufeff{}',
  ' 7 ',
  '"text"',
  '{"payload":{"a":1},"returnPayload":true}',
  '{"input":{"__type":"Date","value":"2020-01-01T00:00:00.000Z"}}',
  '{"input":{"__type":"None","value":1}}',
  '{"__graph":true,"version":1,"root":{"__ref":"a"},"nodes":{}}',
  '1e999',
  '[1,]',
  '{"input":"\\ud800"}',
];

/** @param {() => number} random @returns {import('./wire/request.js').RequestSpec} */
function requestOf(random) {
  /** @type {Record<string, string | null>} */
  const headers = {
    'content-type': pick(random, TYPES) || null,
    'x-runner-token': pick(random, TOKENS),
    origin: pick(random, ORIGINS),
    'x-runner-request-id': pick(random, IDS),
  };
  if (random() < 0.1) headers['access-control-request-headers'] = 'x-a, X-B';
  if (random() < 0.1) headers['x-runner-context'] = pick(random, ['{}', '{', '{"ctx.plain":"a"}']);
  const body = random() < 0.3 ? jsonOf(random) : pick(random, TEXTS);
  const request = { method: pick(random, METHODS), path: pick(random, PATHS), headers };
  if (random() < 0.1) return request;
  return random() < 0.2
    ? { ...request, chunks: [body.slice(0, 3), body.slice(3)].filter((chunk) => chunk !== '') }
    : { ...request, body };
}

/** @param {() => number} random */
function jsonOf(random) {
  try {
    return JSON.stringify({ input: mixedValue(random) }) ?? '';
  } catch {
    return '{}';
  }
}

test(`${REQUESTS} requests at random get the responses of nodeExposure`, async (t) => {
  const sides = new Sides();
  t.after(() => sides.stop());
  const random = randomSource(SEED);
  for (let count = 0; count < REQUESTS; count += 1) {
    const variant = pick(random, VARIANTS);
    const request = requestOf(random);
    const [native, theirs] = await Promise.all(
      /** @type {const} */ (['native', 'nodeExposure']).map(async (name) => {
        const { port } = await sides.get(name, variant);
        return exchange(t, port, request);
      }),
    );
    try {
      assertAlike(native, theirs);
    } catch (cause) {
      const { message } = /** @type {Error} */ (cause);
      throw new Error(`request ${count} (${variant}): ${message}\n${JSON.stringify(request)}`, { cause });
    }
  }
});
