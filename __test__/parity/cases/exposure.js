// @ts-check
'use strict';

const { event, task } = require('../wire/request.js');

/** @typedef {import('../cases.js').RawCase} RawCase */

const DISCOVERY = { method: 'GET', path: '/__runner/discovery' };
const CLOSED = {
  status: 403,
  body: '{"ok":false,"error":{"message":"Exposure not enabled","code":"FORBIDDEN"}}',
};

/** @param {string} list @param {string} [events] @param {boolean} [enabled] */
const found = (list, events = '', enabled = true) => ({
  status: 200,
  body: `{"ok":true,"result":{"allowList":{"enabled":${enabled},"tasks":[${list}],"events":[${events}]}}}`,
});

/** @type {[string, string, import('../wire/request.js').RequestSpec, RawCase['expect']][]} */
const calls = [
  ['no tunnel', 'discovery without a tunnel', DISCOVERY, found('', '', false)],
  ['no tunnel', 'a task without a tunnel', task('echo', '{'), CLOSED],
  ['no tunnel', 'an event without a tunnel', event('note', '{'), CLOSED],
  ['other tunnels', 'discovery with tunnels of other modes and transports', DISCOVERY, found('', '', false)],
  ['other tunnels', 'a task of tunnels of other modes and transports', task('nothing', '{}'), CLOSED],
  ['empty tunnel', 'discovery with a tunnel of nothing', DISCOVERY, found('')],
  [
    'empty tunnel',
    'a task with a tunnel of nothing',
    task('echo', '{}'),
    { status: 403, body: /not exposed/ },
  ],
  [
    'listed',
    'discovery of lists of ids and of things with an id, with what does not exist',
    DISCOVERY,
    found('"add","echo","ghost","describe"', '"note","ghostEvent","enrich"'),
  ],
  ['listed', 'a task that is listed as a thing', task('echo', '1'), { status: 200 }],
  ['listed', 'a task of a tunnel without a transport', task('describe', '1'), { status: 200 }],
  ['listed', 'a task of a tunnel of another transport', task('nothing', '1'), { status: 403 }],
  ['listed', 'an event that is listed as a thing', event('enrich', '{}'), { status: 200 }],
  ['listed', 'an event of a tunnel of another transport', event('fan', '{}'), { status: 403 }],
  ['selecting', 'discovery with selectors, one of which throws', DISCOVERY, found('"echo","add"', '"note"')],
  ['selecting', 'a task that a selector throws at', task('describe', '1'), { status: 403 }],
  ['selecting', 'a task that a selector takes', task('echo', '1'), { status: 200 }],
  ['both', 'discovery of a tunnel of both modes', DISCOVERY, found('"nest"', '"eventWhere"')],
  [
    'both',
    'a task that is tunnelled on',
    task('nest', '{"input":1}'),
    { status: 200, body: /"tunnelled":"nest"/ },
  ],
  [
    'both',
    'an event that is tunnelled on',
    event('eventWhere', '{"payload":{"a":1},"returnPayload":true}'),
    { status: 200, body: /"tunnelled":true/ },
  ],
  ['open', 'discovery of an open exposure', DISCOVERY, found('', '', false)],
  [
    'open',
    'a task of an open exposure',
    task('hidden', '{}'),
    { status: 200, body: '{"ok":true,"result":"seen"}' },
  ],
  ['open', 'an event of an open exposure', event('hiddenEvent', '{}'), { status: 200 }],
  ['open', 'no task of an open exposure', task('none', '{'), { status: 404, body: /Task none not found/ }],
  ['open', 'no event of an open exposure', event('none', '{'), { status: 404, body: /Event none not found/ }],
  [
    'open in vain',
    'a task that is not listed, with an open exposure and a tunnel',
    task('hidden', '{}'),
    { status: 403 },
  ],
];

/** @type {RawCase[]} */
const exposure = calls.map(([variant, name, request, expect]) => ({
  name,
  covers: [request === DISCOVERY ? '5 discovery' : expect?.status === 404 ? '6 NOT_FOUND' : '6 FORBIDDEN'],
  variant,
  request,
  expect,
}));

module.exports = exposure;
