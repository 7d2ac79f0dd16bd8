// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { END, file, formHead, manifest, named } = require('../helpers/form.js');
const { eventually, test } = require('../helpers/guarded.js');
const { errorText, roundTrips, startProbed } = require('../helpers/probe.js');
const { connect } = require('../helpers/raw.js');

/** Below a body that is alone, and reached by one. */
const LIMIT = 500;
const SIZE = 800;
const OVERLOADED = errorText('Service Unavailable', 'OVERLOADED');

const jsonHead = `POST /__runner/task/echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${SIZE}\r\n\r\n`;
const json = `"${'x'.repeat(SIZE - 2)}"`;
const form = manifest('x'.repeat(SIZE)) + END;
const ahead = file('F1', 'x'.repeat(SIZE)) + manifest(named('F1')) + END;

for (const [what, head, body] of [
  ['a JSON body', jsonHead, json],
  ['the manifest of a form', formHead('echo', form.length), form],
  ['a file before its manifest', formHead('echo', ahead.length), ahead],
]) {
  test(`${what} counts against maxBufferedBodyBytes until it is complete`, async (t) => {
    const { port } = await startProbed(t, { limits: { maxBufferedBodyBytes: LIMIT } });
    const first = await connect(t, port);
    await first.write(head + body.slice(0, SIZE - 50));
    // One thread serves all connections in turn, so that it has read what was sent before.
    await roundTrips(port);
    for (const refused of [
      jsonHead + json.slice(0, SIZE - 50),
      formHead('echo', form.length) + form.slice(0, SIZE - 50),
    ]) {
      const second = await connect(t, port);
      await second.write(refused);
      const { status, headers, body } = await second.response();
      assert.equal(status, 503);
      assert.equal(headers['retry-after'], '1');
      assert.equal(body.toString(), OVERLOADED);
      second.destroy();
    }
    if (body === ahead) {
      // Files are buffered until the call asks for them.
      first.destroy();
      return;
    }
    await first.write(body.slice(SIZE - 50));
    assert.equal((await first.response()).status, 200);
    const third = await connect(t, port);
    await third.write(jsonHead + json.slice(0, SIZE - 50));
    await roundTrips(port);
    await third.write(json.slice(SIZE - 50));
    assert.equal((await third.response()).status, 200);
  });
}

test('bodies that arrive at once do not count', async (t) => {
  const { port } = await startProbed(t, { limits: { maxBufferedBodyBytes: 1 } });
  for (let i = 0; i < 3; i += 1) {
    const client = await connect(t, port);
    await client.write(jsonHead + json);
    assert.equal((await client.response()).status, 200);
  }
});

test('the bytes held for a body are released when its client leaves', async (t) => {
  const { port } = await startProbed(t, { limits: { maxBufferedBodyBytes: LIMIT } });
  const first = await connect(t, port);
  await first.write(jsonHead + json.slice(0, SIZE - 50));
  await roundTrips(port);
  first.destroy();
  await eventually(t, async () => {
    const second = await connect(t, port);
    await second.write(jsonHead + json.slice(0, SIZE - 50));
    await roundTrips(port);
    await second.write(json.slice(SIZE - 50));
    return (await second.response()).status === 200;
  });
});
