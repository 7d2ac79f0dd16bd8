// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { PassThrough, Readable, finished, pipeline } = require('node:stream');
const { test } = require('../helpers/guarded.js');
const { leftUnderExchange, leftUnderNode } = require('../helpers/under-node.js');

/** @typedef {import('../helpers/exchange.js').LeavingListener} Listener */

/** @type {(req: any, res: any, log: (item: string) => void) => void} */
const note = (req, res, log) => {
  for (const event of ['aborted', 'end', 'close']) req.on(event, () => log(`req ${event}`));
  for (const event of ['prefinish', 'finish', 'close', 'error']) res.on(event, () => log(`res ${event}`));
};

const HALF = { method: 'POST', body: 'some text', part: 'some' };

/** @type {Record<string, [request: object, listener: Listener]>} */
const CASES = {
  'before anything is answered': [
    {},
    (req, res, log, leave) => {
      note(req, res, log);
      leave();
    },
  ],
  'before anything is answered, once the request is read': [
    { method: 'POST', body: 'x' },
    (req, res, log, leave) => {
      note(req, res, log);
      req.resume().on('end', leave);
    },
  ],
  'in the middle of the response': [
    {},
    (req, res, log, leave) => {
      note(req, res, log);
      res.write('x');
      leave();
    },
  ],
  'behind the head': [
    {},
    (req, res, log, leave) => {
      note(req, res, log);
      res.flushHeaders();
      leave();
    },
  ],
  'in the middle of a body that is read': [
    HALF,
    (req, res, log, leave) => {
      note(req, res, log);
      req.on('error', (/** @type {any} */ error) => log(error.message, error.code));
      req.once('data', leave);
    },
  ],
  'in the middle of a body that is read, with no listener for errors': [
    HALF,
    (req, res, log, leave) => {
      note(req, res, log);
      req.once('data', leave);
    },
  ],
  'in the middle of a body that is iterated': [
    HALF,
    async (req, _res, log, leave) => {
      try {
        for await (const chunk of req) {
          log(String(chunk));
          leave();
        }
        log('complete');
      } catch (error) {
        log(/** @type {any} */ (error).code);
      }
    },
  ],
  'in the middle of a body that is not read': [
    HALF,
    (req, res, log, leave) => {
      note(req, res, log);
      leave();
    },
  ],
  'in the middle of a body that goes through a pipeline': [
    HALF,
    (req, _res, log, leave) => {
      pipeline(req, new PassThrough().resume(), (/** @type {any} */ error) => log(error.code));
      leave();
    },
  ],
  'while a stream is piped': [
    {},
    (req, res, log, leave) => {
      note(req, res, log);
      const source = new Readable({ read() {} });
      source.push('x');
      pipeline(source, res, (/** @type {any} */ error) => log(error.code, source.destroyed));
      leave();
    },
  ],
  'while a listener waits for the end of the response': [
    {},
    (_req, res, log, leave) => {
      finished(res, (error) => log(/** @type {any} */ (error).code));
      leave();
    },
  ],
  'and the listener goes on writing': [
    {},
    (req, res, log, leave) => {
      note(req, res, log);
      res.write('x');
      res.on('close', () => {
        log(
          res.destroyed,
          res.writableEnded,
          res.write('y', (/** @type {any} */ error) => log(error?.code)),
        );
        log(res.end('z') === res);
      });
      leave();
    },
  ],
};

for (const [name, [request, listener]] of Object.entries(CASES)) {
  test(`as under node:http, a client leaves ${name}`, async (t) => {
    const expected = await leftUnderNode(t, listener, request);
    assert.deepEqual(await leftUnderExchange(listener, request), expected);
  });
}
