// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { test } = require('node:test');
const { ANSWER_WORDS, Answer, BODY_WORD, MOST_RECORDS, RECORD_WORDS, Record } = require('../../lib/wire.js');

/** @param {string} file */
function constantsOf(file) {
  const text = readFileSync(join(__dirname, '..', '..', 'src', 'node', file), 'utf8');
  const lines = text.matchAll(/const ([A-Z_]+): (?:u32|usize) = (\d+);/g);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, Number(value)]));
}

test('records have the same numbers on both sides of the bridge', () => {
  assert.deepEqual({ BODY_WORD, RECORD_WORDS, MOST_RECORDS, ...Record }, constantsOf('batch.rs'));
});

test('answers have the same numbers on both sides of the bridge', () => {
  assert.deepEqual({ ANSWER_WORDS, ...Answer }, constantsOf('answers.rs'));
});
