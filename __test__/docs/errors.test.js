// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { ApiErrorCode } = require('../../lib/errors.js');
const { union } = require('../helpers/docs/declarations.js');
const { table } = require('../helpers/docs/markdown.js');
const { read } = require('../helpers/docs/pages.js');
const rust = require('../helpers/docs/rust.js');

const page = read('docs/reference/errors.md');
const types = read('index.d.ts');

describe('errors', () => {
  const wire = table(page, ['Status', 'Code', 'Message', 'When']);
  const api = table(page, ['Code', 'From', 'When']);

  test('the page lists the errors that src/error.rs declares', () => {
    const onPage = wire.map(({ Status, Code, Message }) => ({
      status: Status,
      code: Code,
      message: Message,
    }));
    assert.deepEqual(onPage, rust.wireErrors(read('src/error.rs')));
  });

  test('WireErrorCode names the codes of the page', () => {
    assert.deepEqual(new Set(union(types, 'WireErrorCode')), new Set(wire.map(({ Code }) => Code)));
  });

  test('ApiErrorCode names the codes of the page and of lib/errors.js', () => {
    const onPage = api.map(({ Code }) => Code);
    assert.deepEqual(union(types, 'ApiErrorCode'), onPage);
    assert.deepEqual(Object.keys(ApiErrorCode), onPage);
  });
});
