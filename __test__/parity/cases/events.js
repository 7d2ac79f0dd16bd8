// @ts-check
'use strict';

const { INTERNAL } = require('../expected.js');
const { casesOf } = require('../table.js');
const { event, octets } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

const DONE = { status: 200, body: '{"ok":true}' };
const INVALID = { status: 400, body: /INVALID_JSON/ };

/** @param {string} result */
const returned = (result) => ({ status: 200, body: `{"ok":true,"result":${result}}` });
const UNDEFINED = '{"__type":"Undefined","value":null}';

/** @type {[string, string, ReturnType<typeof event>, RawCase['expect']][]} */
const calls = [
  ['5 event', 'a payload', event('note', '{"payload":{"a":1}}'), DONE],
  ['5 event', 'without hooks', event('silent', '{"payload":1}'), DONE],
  ['4 event body', 'without a body', event('note'), DONE],
  ['4 event body', 'an empty body', event('note', ''), DONE],
  ['4 event body', 'an empty object', event('note', '{}'), DONE],
  ['4 event body', 'null', event('note', 'null'), DONE],
  ['4 event body', 'a number', event('note', '7'), DONE],
  ['4 event body', 'a text', event('note', '"returnPayload"'), DONE],
  ['4 event body', 'an array', event('note', '[{"returnPayload":true}]'), DONE],
  ['4 event body', 'a Map', event('enrich', '{"__type":"Map","value":[["returnPayload",true]]}'), DONE],
  [
    '5 event payload',
    'a payload to give back',
    event('enrich', '{"payload":{"a":1},"returnPayload":true}'),
    returned('{"a":1,"seen":true}'),
  ],
  [
    '5 event payload',
    'a payload that no hook sees',
    event('silent', '{"payload":[1],"returnPayload":true}'),
    returned('[1]'),
  ],
  [
    '5 event payload',
    'no payload to give back',
    event('enrich', '{"returnPayload":true}'),
    returned(UNDEFINED),
  ],
  [
    '5 event payload',
    'a null payload',
    event('enrich', '{"payload":null,"returnPayload":true}'),
    returned('null'),
  ],
  [
    '5 event payload',
    'a returnPayload of 1',
    event('enrich', '{"payload":{},"returnPayload":1}'),
    returned('{"seen":true}'),
  ],
  [
    '5 event payload',
    'a returnPayload of text',
    event('enrich', '{"payload":{},"returnPayload":"false"}'),
    returned('{"seen":true}'),
  ],
  [
    '5 event payload',
    'a returnPayload of an empty object',
    event('enrich', '{"payload":{},"returnPayload":{}}'),
    returned('{"seen":true}'),
  ],
  [
    '5 event payload',
    'a returnPayload of an empty text',
    event('enrich', '{"payload":{},"returnPayload":""}'),
    DONE,
  ],
  ['5 event payload', 'a returnPayload of 0', event('enrich', '{"payload":{},"returnPayload":0}'), DONE],
  ['5 event payload', 'a returnPayload of -0', event('enrich', '{"payload":{},"returnPayload":-0}'), DONE],
  [
    '5 event payload',
    'a returnPayload of null',
    event('enrich', '{"payload":{},"returnPayload":null}'),
    DONE,
  ],
  [
    '5 event payload',
    'a returnPayload that is a record',
    event('enrich', '{"payload":{},"returnPayload":{"__type":"NonFiniteNumber","value":"NaN"}}'),
    DONE,
  ],
  [
    '5 event payload',
    'a returnPayload that is BigInt 0',
    event('enrich', '{"payload":{},"returnPayload":{"__type":"BigInt","value":"0"}}'),
    DONE,
  ],
  [
    '4 repeated keys',
    'the last of repeated payloads',
    event('enrich', '{"payload":{"a":1},"returnPayload":true,"payload":{"b":2}}'),
    returned('{"b":2,"seen":true}'),
  ],
  [
    '4 repeated keys',
    'the last of repeated returnPayloads',
    event('enrich', '{"payload":{},"returnPayload":true,"returnPayload":false}'),
    DONE,
  ],
  [
    '4 repeated keys',
    'keys with escapes',
    event('enrich', '{"p\\u0061yload":{"a":1},"return\\u0050ayload":true}'),
    returned('{"a":1,"seen":true}'),
  ],
  [
    '4 typed records',
    'a payload of records',
    event(
      'enrich',
      '{"payload":{"at":{"__type":"Date","value":"2024-01-01T00:00:00.000Z"}},"returnPayload":true}',
    ),
    returned('{"at":{"__type":"Date","value":"2024-01-01T00:00:00.000Z"},"seen":true}'),
  ],
  [
    '4 typed records',
    'a payload of unsafe keys',
    event('enrich', '{"payload":{"constructor":1},"returnPayload":true}'),
    returned('{"seen":true}'),
  ],
  [
    '4 graph documents',
    'a graph',
    event(
      'enrich',
      '{"__graph":true,"root":{"returnPayload":true,"payload":{"__ref":"o"}},"nodes":{"o":{"kind":"object","value":{"a":1}}}}',
    ),
    returned('{"a":1,"seen":true}'),
  ],
  [
    '4 graph documents',
    'a circular payload to give back',
    event(
      'enrich',
      '{"__graph":true,"root":{"returnPayload":true,"payload":{"__ref":"o"}},"nodes":{"o":{"kind":"object","value":{"o":{"__ref":"o"}}}}}',
    ),
    INTERNAL,
  ],
  ['6 INVALID_JSON', 'half a body', event('note', '{"payload":'), INVALID],
  ['6 INVALID_JSON', 'white space', event('note', ' '), INVALID],
  ['6 INTERNAL_ERROR', 'a hook that throws', event('fails', '{"payload":1}'), INTERNAL],
  [
    '6 INTERNAL_ERROR',
    'a hook that throws, with a payload to give back',
    event('fails', '{"payload":1,"returnPayload":true}'),
    INTERNAL,
  ],
  [
    '6 typed error',
    'a hook that throws a typed error',
    event('refuses', '{"payload":7}'),
    { status: 422, body: /"data":\{"of":7\}/ },
  ],
  [
    '6 INTERNAL_ERROR',
    'a payload that its schema refuses',
    event('schema', '{"payload":{"n":"x"}}'),
    INTERNAL,
  ],
  [
    '5 event payload',
    'a payload that its schema makes',
    event('schema', '{"payload":{"n":1},"returnPayload":true}'),
    { status: 200 },
  ],
  ['5 event', 'a parallel event', event('fan', '{"payload":1}'), DONE],
  [
    '6 PARALLEL_EVENT_RETURN_UNSUPPORTED',
    'a parallel event with a payload to give back',
    event('fan', '{"payload":1,"returnPayload":true}'),
    {
      status: 400,
      body: '{"ok":false,"error":{"message":"Event fan is marked parallel; returning a payload is not supported.","code":"PARALLEL_EVENT_RETURN_UNSUPPORTED"}}',
    },
  ],
  [
    '6 PARALLEL_EVENT_RETURN_UNSUPPORTED',
    'a parallel event with a falsy returnPayload',
    event('fan', '{"payload":1,"returnPayload":0}'),
    DONE,
  ],
  [
    '8 exposure context',
    'no exposure context in hooks',
    event('eventWhere', '{"payload":{},"returnPayload":true}'),
    returned('{"exposed":false}'),
  ],
  [
    '4 event body',
    'a body that calls itself an octet-stream',
    event('enrich', '{"payload":{},"returnPayload":true}', {
      headers: { 'content-type': 'application/octet-stream' },
    }),
    returned('{"seen":true}'),
  ],
  [
    '4 event body',
    'a body that calls itself a form',
    event('enrich', '{"payload":{},"returnPayload":true}', {
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    }),
    returned('{"seen":true}'),
  ],
  [
    '4 event body',
    'a form',
    {
      ...octets('x', '--x\r\n\r\n--x--'),
      path: '/__runner/event/note',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    },
    INVALID,
  ],
];

module.exports = casesOf(calls, (what) => `an event: ${what}`);
