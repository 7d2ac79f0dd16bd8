// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');
const { NativeBridge, NativeServer } = require('../../binding.js');
const { startChild } = require('../helpers/child.js');
const { test } = require('../helpers/guarded.js');

const ROOT = join(__dirname, '..', '..');

const DECLARATIONS = readFileSync(join(ROOT, 'binding.d.ts'), 'utf8');

/** The native functions of each class, by the names that JavaScript knows. */
const SERVER = membersOf('NativeServer');
const BRIDGE = membersOf('NativeBridge');
const EXPORTS = [...SERVER, ...BRIDGE, 'join'].sort();

/** @param {string} name of a class */
function membersOf(name) {
  const [, members] =
    new RegExp(`export declare class ${name} \\{\\n(.*?)\\n\\}`, 's').exec(DECLARATIONS) ?? [];
  return [...members.matchAll(/^ {2}(\w+)\(/gm)].map(([, member]) => member).sort();
}

test('nothing but two classes is exported, and a table', async () => {
  const declared = [...DECLARATIONS.matchAll(/^export declare (\w+) (\w+)/gm)].map(([, kind, name]) => [
    kind,
    name,
  ]);
  assert.deepEqual(declared, [
    ['const', '__napiBindingTarget'],
    ['class', 'NativeBridge'],
    ['class', 'NativeServer'],
    ['function', 'optionSpecs'],
  ]);
});

test('every native function has the boundary of napi and its own within', async () => {
  const folders = ['bridge', 'server'].map((name) => join(ROOT, 'src', 'node', name));
  const files = folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
  const source = files.map((file) => readFileSync(file, 'utf8')).join('');
  const functions = [...source.matchAll(/#\[napi\(([^\n]*)\)\]\n {4}pub fn (\w+)(.*?)\n {4}\}\n/gs)];
  const guarded = functions.map(([, attributes, name, body]) => {
    assert.match(attributes, /\bcatch_unwind\b/, name);
    const [, guard] =
      /(?:self\.guard|boundary::attempt|boundary::guard_unlogged)\((?:&self\.mailbox, )?"(\w+)"/.exec(
        body ?? '',
      ) ?? [];
    return guard ?? (body.includes('boundary::guard_new(') ? 'constructor' : `none in ${name}`);
  });
  assert.deepEqual(guarded.sort(), EXPORTS);
});

// Release builds cannot panic on demand, so that this cannot be tested there.
const rehearses = 'rehearsePanic' in NativeServer;

test('a panic in a native function is an error, a line of the log, and nothing else', async (t) => {
  if (!rehearses) {
    assert.deepEqual(Object.getOwnPropertyNames(NativeServer.prototype).sort(), SERVER);
    const bridge = Object.getOwnPropertyNames(NativeBridge.prototype).filter(
      (name) => name !== 'constructor',
    );
    assert.deepEqual(bridge.sort(), BRIDGE);
    return;
  }
  const child = startChild(
    t,
    ({ NativeBridge: Bridge, NativeServer: Native, send }) => {
      const server = new Native({ port: 0 });
      const bridge = server.bridge();
      const records = new Uint32Array(1000);
      bridge.attach(() => {});
      server.start();
      /** @type {Record<string, () => unknown>} */
      const calls = {
        constructor: () => new Native({ port: 0 }),
        register: () => server.register('task', 'id', false, false, 5),
        unregister: () => server.unregister('task', 'id'),
        expose: () => server.expose({ enabled: true, open: true, isFinal: true, tasks: [], events: [] }),
        ids: () => server.ids('task'),
        start: () => server.start(),
        take: () => bridge.take(records),
        complete: () => bridge.complete(records, 1, ''),
        openStream: () => bridge.openStream(),
        writeStream: () => bridge.writeStream(1, new Uint8Array(1)),
        endStream: () => bridge.endStream(1, true),
        readBody: () => bridge.readBody(1),
        closeBody: () => bridge.closeBody(1),
        expectFiles: () => bridge.expectFiles(1, [], false),
        takeArrivedFiles: () => bridge.takeArrivedFiles(1),
        formFailure: () => bridge.formFailure(1),
        closeForm: () => bridge.closeForm(1),
        keepAlive: () => bridge.keepAlive(true),
        attach: () => bridge.attach(() => {}),
        detach: () => bridge.detach(),
        bridge: () => server.bridge(),
        close: () => server.close(0),
        release: () => server.release(),
        number: () => server.number(),
        openPool: () => server.openPool(1),
        closePool: () => server.closePool(1),
        addWorker: () => server.addWorker(1),
        workerUsage: () => server.workerUsage(1),
        drainWorker: () => server.drainWorker(1),
        loseWorker: () => server.loseWorker(1),
        announce: () => bridge.announce('task', 'id', false, false, 5),
        withdraw: () => bridge.withdraw('task', 'id'),
        ready: () => bridge.ready(),
        join: () => Bridge.join(1, 1),
      };
      const logged = () => {
        let lines = 0;
        for (let taken = bridge.take(records); taken !== null; taken = bridge.take(records)) {
          lines += taken[1].split('"error":"rehearsed"').length - 1;
        }
        return lines;
      };
      for (const [name, call] of Object.entries(calls)) {
        /** @type {any} */ (Native).rehearsePanic(name);
        try {
          call();
          send([name, 'returned', logged()]);
        } catch (error) {
          const { code, message } = /** @type {any} */ (error);
          send([
            name,
            /^a bug of @bluelibs\/runner-native: \w+: rehearsed \(/.test(message) ? code : message,
            logged(),
          ]);
        }
      }
      server.release();
      bridge.detach();
      process.disconnect();
    },
    null,
  );
  const seen = await Promise.all(EXPORTS.map(() => child.next()));
  const special = { constructor: ['PANIC', 0], complete: ['returned', 1], join: ['GenericFailure', 0] };
  assert.deepEqual(
    seen.sort(),
    EXPORTS.map((name) => [
      name,
      ...(Object.hasOwn(special, name)
        ? special[/** @type {keyof typeof special} */ (name)]
        : ['GenericFailure', 1]),
    ]),
  );
  assert.deepEqual(await child.exited, { code: 0, signal: null, stdout: '', stderr: '' });
});

/** What runs while a server serves; the rest is called by the owner of a server. */
const SERVING = [
  'take',
  'cross',
  'complete',
  'openStream',
  'writeStream',
  'endStream',
  'readBody',
  'closeBody',
  'expectFiles',
  'takeArrivedFiles',
  'closeForm',
];
const rehearsed = rehearses ? SERVING : [''];

test('a server in which any of them has panicked fails the call in question, and serves on', async (t) => {
  const child = startChild(
    t,
    async ({ NativeServer: Native, Readable, makeServer, recordingLogger, callTask, send, data }) => {
      const logger = recordingLogger();
      const server = makeServer({ logger });
      server.registerTask('value', (input) => input);
      server.registerTask('stream', () => ({ stream: Readable.from(['a', 'b', 'c']) }));
      server.registerTask('upload', async (_input, /** @type {any} */ { body }) => {
        let length = 0;
        for await (const chunk of body) length += chunk.length;
        return length;
      });
      server.registerTask('unread', () => 'unread');
      server.registerTask('form', async (/** @type {any} */ { file }) => {
        const { stream } = await file.resolve();
        let length = 0;
        for await (const chunk of stream) length += chunk.length;
        return length;
      });
      const { port } = await server.listen();
      const octets = (/** @type {string} */ id) =>
        callTask(port, id, 0, { headers: { 'content-type': 'application/octet-stream' }, body: 'octets' });
      const form = () => {
        const manifest = '{"input":{"file":{"$runnerFile":"File","id":"F1","meta":{"name":"f"}}}}';
        const part = (/** @type {string} */ name, /** @type {string} */ text) =>
          `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
        const body = `${part('__manifest', manifest)}${part('file:F1"; filename="f', 'bytes')}--x--\r\n`;
        return callTask(port, 'form', 0, {
          headers: { 'content-type': 'multipart/form-data; boundary=x' },
          body,
        });
      };
      const every = () => [
        callTask(port, 'value', 'é'),
        callTask(port, 'stream'),
        octets('upload'),
        octets('unread'),
        form(),
      ];
      const outcomes = async () => {
        const settled = await Promise.allSettled(every());
        return settled.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.status : 'cut'));
      };
      for (const name of data) {
        const rehearse = name === '' ? () => {} : /** @type {any} */ (Native).rehearsePanic;
        rehearse(name);
        const during = await outcomes();
        const lines = logger.entries.filter(({ message }) => message === 'node.exposure.panic').length;
        send([during, await outcomes(), lines]);
        logger.entries.length = 0;
      }
      await server.close();
      process.disconnect();
    },
    rehearsed,
  );
  for (const name of rehearsed) {
    const [during, after, lines] = await child.next();
    assert.equal(lines, name === '' ? 0 : 1, name);
    for (const outcome of during) assert.ok([200, 500, 'cut'].includes(outcome), `${name}: ${outcome}`);
    assert.deepEqual(after, [200, 200, 200, 200, 200], name);
  }
  assert.deepEqual(await child.exited, { code: 0, signal: null, stdout: '', stderr: '' });
});
