// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { TunnelServer } = require('@bluelibs/runner-native');
const { declarations } = require('../helpers/docs/declarations.js');
const { read } = require('../helpers/docs/pages.js');

for (const [file, entry] of [
  ['index.d.ts', '@bluelibs/runner-native'],
  ['runner/index.d.ts', '@bluelibs/runner-native/runner'],
  ['worker/index.d.ts', '@bluelibs/runner-native/worker'],
]) {
  describe(file, () => {
    const text = read(file);

    test('every export and every member has a comment', () => {
      const bare = [...declarations(text).values()].flatMap(({ name, doc, members }) => [
        ...(doc ? [] : [name]),
        ...members.filter((member) => !member.doc).map((member) => `${name}.${member.name}`),
      ]);
      assert.deepEqual(bare, []);
    });

    test('it declares the values that are exported', () => {
      const values = [...text.matchAll(/^export (?:(?:class|const|function) (\w+)|\{ (\w+) \} from)/gm)].map(
        ([, name, other]) => name ?? other,
      );
      assert.deepEqual(Object.keys(require(entry)).sort(), values.sort());
    });
  });
}

describe('index.d.ts', () => {
  test('it declares the methods that a server has', () => {
    const members =
      declarations(read('index.d.ts'))
        .get('TunnelServer')
        ?.members.map(({ name }) => name) ?? [];
    const own = Object.getOwnPropertyNames(TunnelServer.prototype);
    assert.deepEqual(own.sort(), members.filter((name) => !name.startsWith('[')).sort());
    assert.equal(typeof TunnelServer.prototype[Symbol.asyncDispose], 'function');
  });
});
