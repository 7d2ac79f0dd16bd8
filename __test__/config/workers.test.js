// @ts-check
'use strict';

const { describe, it } = require('node:test');
const assert = require('node:assert/strict');
const { Server, bad, optionsWith, problemsOf } = require('../helpers/options.js');

const MAIN_THREAD = "'fallback', 'share' or 'never'";

describe('workers.mainThread', () => {
  for (const value of ['fallback', 'share', 'never']) {
    it(`takes ${value}`, () => {
      new Server(optionsWith('workers.mainThread', value));
    });
  }

  for (const [name, [value, received]] of Object.entries(bad)) {
    it(`refuses ${name} and says what it expects`, () => {
      const problem = { path: 'workers.mainThread', received, expected: MAIN_THREAD };
      assert.deepEqual(problemsOf(optionsWith('workers.mainThread', value)), [problem]);
    });
  }
});

describe('workers', () => {
  it('is an object', () => {
    const problem = { path: 'workers', received: '4', expected: 'an object' };
    assert.deepEqual(problemsOf({ port: 0, workers: 4 }), [problem]);
  });
});
