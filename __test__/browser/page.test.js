// @ts-check
'use strict';

// What a page of another origin gets from the native exposure, in a real browser with Runner's client for browsers.
const assert = require('node:assert/strict');
const { after, before, describe, it } = require('node:test');
const { startApp } = require('./app.js');
const { findChromium, openPage } = require('./chromium.js');
const { startSite } = require('./site.js');

const executable = findChromium();
const missing = 'no Chromium: install it, or name it by CHROMIUM';
if (!executable && process.env.REQUIRE_BROWSER === '1') throw new Error(missing);

/** Far longer than the page needs; it ends a test that hangs. */
const GUARD_MS = 120_000;

describe('a page of another origin', { skip: executable ? false : missing, timeout: GUARD_MS }, () => {
  /** @type {(() => Promise<void>)[]} */
  const stops = [];
  /** What the page reported, by step. @type {Record<string, { value?: any, error?: any }>} */
  let report = {};
  /** @type {Record<'open' | 'strict' | 'own', Awaited<ReturnType<typeof startApp>>>} */
  let apps;

  before(async () => {
    const site = await startSite();
    stops.push(site.close);
    const [open, strict, own] = await Promise.all([
      startApp(),
      startApp({ origin: 'http://other.test' }),
      startApp({ origin: [site.origin], credentials: true, exposedHeaders: ['x-runner-request-id'] }),
    ]);
    apps = { open, strict, own };
    stops.push(...[open, strict, own].map(({ stop }) => stop));
    site.settings({ open: open.url, strict: strict.url, own: own.url });
    const page = await openPage(/** @type {string} */ (executable), site.origin);
    stops.push(page.close);
    const gone = page.ended.then((why) => ({ failed: `the browser is gone: ${why}` }));
    report = await Promise.race([site.report, gone]);
    assert.equal(report.failed, undefined, String(report.failed));
  });

  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  it('calls a task', () => {
    assert.deepEqual(report.sum, { value: 5 });
  });

  it('sends and gets what only the serializer can carry', () => {
    assert.deepEqual(report.records, { value: [true, 0, true, '1', 'é漢😀'] });
  });

  it('emits an event and gets its payload', () => {
    assert.deepEqual(report.event, { value: { a: 1, seen: true } });
  });

  it('sends an async context, whose header the preflight allows', () => {
    assert.deepEqual(report.context, { value: { status: 200, body: { ok: true, result: { id: 7 } } } });
  });

  it('uploads a file', () => {
    assert.deepEqual(report.upload, { value: { name: 'é.txt', type: 'text/x', size: 300_000 } });
  });

  it('reads a stream while it is being written', () => {
    assert.deepEqual(report.stream, { value: ['the first half, ', 'the second half'] });
  });

  it('gets a typed error', () => {
    assert.deepEqual(report.typed.error, {
      type: 'TunnelError',
      message: 'No user 7',
      code: 'INTERNAL_ERROR',
      id: 'app.errors.notFound',
      data: { id: 7 },
      httpCode: 404,
    });
  });

  it('gets a sanitized error of a task that breaks', () => {
    const { message, code } = report.broken.error;
    assert.deepEqual({ message, code }, { message: 'Internal Error', code: 'INTERNAL_ERROR' });
  });

  it('learns from its client that the token is wrong', () => {
    const { message, code } = report.unauthorized.error;
    assert.deepEqual({ message, code }, { message: 'Unauthorized', code: 'UNAUTHORIZED' });
  });

  for (const [status, code] of /** @type {const} */ ([
    [401, 'UNAUTHORIZED'],
    [404, 'NOT_FOUND'],
    [500, 'INTERNAL_ERROR'],
  ])) {
    it(`can read status and body of ${status}`, () => {
      const { value } = report[`status${status}`];
      assert.deepEqual([value.status, value.body.error.code], [status, code]);
    });
  }

  it('is refused by a server that allows another origin, and its task does not run', () => {
    assert.equal(report.refused.error.type, 'TypeError');
    assert.ok(!apps.strict.notes.includes('refused'));
  });

  it('cannot read a response that is for another origin', () => {
    assert.equal(report.unreadable.error.type, 'TypeError');
  });

  it('may send credentials to a server that allows its origin, and read the exposed headers', () => {
    const { status, id } = report.withCredentials.value;
    assert.deepEqual({ status, id }, { status: 200, id: 36 });
  });

  it('may not send credentials to a server that allows any origin', () => {
    assert.equal(report.withCredentialsToAnyone.error.type, 'TypeError');
  });

  it('cannot read headers that are not exposed', () => {
    assert.deepEqual(report.hiddenHeaders, { value: null });
  });

  it('leaves, and the signal of the task aborts', async () => {
    assert.equal(report.leaves.error.type, 'AbortError');
    await apps.open.left;
  });
});
