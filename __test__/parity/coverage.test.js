// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { TunnelServer } = require('../../index.js');
const { rawCases, scriptCases } = require('./cases.js');
const { rows } = require('./rows.js');
const { startSide } = require('./sides.js');

const cases = [...rawCases, ...scriptCases];

describe('the parity suite', () => {
  it('has at least 200 cases', () => {
    assert.ok(cases.length >= 200, `${cases.length} cases`);
  });

  it('has a case for every row of PROTOCOL.md', () => {
    const covered = new Set(cases.flatMap(({ covers }) => covers));
    assert.deepEqual(
      rows.filter((row) => !covered.has(row)),
      [],
    );
  });

  it('names no row that there is not', () => {
    const named = new Set(cases.flatMap(({ covers }) => covers));
    assert.deepEqual(
      [...named].filter((row) => !rows.includes(row)),
      [],
    );
  });

  it('excuses a difference by the row of section 9 that it covers, and by nothing else', () => {
    for (const { name, covers, excuse } of cases) {
      const better = covers.filter((row) => row.startsWith('9 '));
      assert.deepEqual(better, excuse ? [`9 ${excuse.row}`] : [], name);
    }
  });

  it('has an expectation for every case that is not excused', () => {
    const unsaid = rawCases.filter(({ expect, excuse }) => !excuse && expect?.status === undefined);
    assert.deepEqual(
      unsaid.map(({ name }) => name),
      [],
    );
  });

  it('has no two cases of the same name', () => {
    const names = cases.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name, at) => names.indexOf(name) !== at),
      [],
    );
  });

  it('compares the native server with nodeExposure, not nodeExposure with itself', async (t) => {
    const side = await startSide('native', 'plain');
    t.after(() => side.stop());
    assert.ok(side.exposure.server instanceof TunnelServer);
  });
});
