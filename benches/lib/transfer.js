// @ts-check
'use strict';

const { EventEmitter, once } = require('node:events');
const net = require('node:net');
const { ResponseReader } = require('./response-reader');
const { CHUNK, PayloadChecker } = require('./payload');
const { TOKEN, TOKEN_HEADER } = require('./workload');

/** Reads into one buffer, as a client that is not to be what limits a transfer. */
const READ_BYTES = 256 * 1024;
const STALL_MS = 30_000;
const CHUNKS_A_WRITE = 4;

const BOUNDARY = 'bench-boundary-0123456789abcdef';
const FILE = JSON.stringify({ input: { file: { $runnerFile: 'File', id: 'F1', meta: { name: 'f.bin' } } } });
const FORM_START =
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="__manifest"\r\n\r\n${FILE}\r\n` +
  `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file:F1"; filename="f.bin"\r\n` +
  'content-type: application/octet-stream\r\n\r\n';

/**
 * A kind of transfer. The request is `before`, then the requested number of bytes if `sends`, then `after`. The
 * response is these bytes if `receives`, else how many have arrived.
 * @typedef {object} Kind
 * @property {string} name also that of the task
 * @property {string} label
 * @property {string} type
 * @property {boolean} sends
 * @property {boolean} receives
 * @property {(bytes: number) => string} [before]
 * @property {string} [after]
 */

const BYTES = 'application/octet-stream';

/** @type {Kind[]} */
const KINDS = [
  { name: 'upload', label: 'upload', type: BYTES, sends: true, receives: false },
  {
    name: 'download',
    label: 'download',
    type: 'application/json',
    sends: false,
    receives: true,
    before: (bytes) => JSON.stringify({ input: { bytes } }),
  },
  { name: 'duplex', label: 'duplex echo', type: BYTES, sends: true, receives: true },
  {
    name: 'form',
    label: 'multipart upload',
    type: `multipart/form-data; boundary=${BOUNDARY}`,
    sends: true,
    receives: false,
    before: () => FORM_START,
    after: `\r\n--${BOUNDARY}--\r\n`,
  },
];

const CHUNKS = frame(CHUNK);
const MANY_CHUNKS = Buffer.concat(Array.from({ length: CHUNKS_A_WRITE }, () => CHUNKS));

/**
 * The head of a call whose body comes in chunks, as Runner's clients send it.
 * @param {Kind} kind
 */
function encodeHead({ name, type }) {
  const head = [
    `POST /__runner/task/${name} HTTP/1.1`,
    'host: 127.0.0.1',
    `content-type: ${type}`,
    'transfer-encoding: chunked',
    `${TOKEN_HEADER}: ${TOKEN}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n`);
}

/** @param {string | Buffer} bytes */
function frame(bytes) {
  const size = Buffer.byteLength(bytes).toString(16);
  return Buffer.concat([Buffer.from(`${size}\r\n`), Buffer.from(bytes), Buffer.from('\r\n')]);
}

/**
 * One transfer on a connection of its own. Every byte of the response is checked.
 * @param {number} port
 * @param {Kind} kind
 * @param {number} bytes a multiple of the chunk's
 * @returns {Promise<{ seconds: number }>}
 */
async function transfer(port, kind, bytes) {
  const checker = new PayloadChecker();
  let text = '';
  const reader = new ResponseReader((piece) => {
    if (kind.receives && reader.status === 200) checker.take(piece);
    else text += piece;
  });
  const { socket, answered } = open(port, reader);
  try {
    await once(socket, 'connect');
    const started = performance.now();
    await Promise.all([send(socket, kind, bytes), answered]);
    const seconds = (performance.now() - started) / 1000;
    const arrived = kind.receives ? checker.bytes : JSON.parse(text).result?.bytes;
    if (reader.status !== 200 || arrived !== bytes)
      throw new Error(`${kind.label}: status ${reader.status}, ${arrived} of ${bytes} bytes. ${text}`);
    return { seconds };
  } finally {
    socket.destroy();
  }
}

/**
 * @param {number} port
 * @param {ResponseReader} reader
 */
function open(port, reader) {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const done = new EventEmitter();
  const callback = (/** @type {number} */ length) => {
    try {
      if (reader.read(buffer.subarray(0, length))) done.emit('answered');
    } catch (error) {
      socket.destroy(error);
    }
    return true;
  };
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
  socket.setTimeout(STALL_MS, () => socket.destroy(new Error(`Nothing moved for ${STALL_MS} ms.`)));
  const answered = new Promise((resolve, reject) => {
    done.once('answered', resolve);
    socket.once('error', reject);
    socket.once('close', () =>
      reject(new Error('The server closed the connection before its response ended.')),
    );
  });
  // Awaited only once the connection is established.
  answered.catch(() => {});
  return { socket, answered };
}

/**
 * @param {net.Socket} socket
 * @param {Kind} kind
 * @param {number} bytes
 */
async function send(socket, kind, bytes) {
  socket.write(encodeHead(kind));
  if (kind.before) socket.write(frame(kind.before(bytes)));
  for (let left = kind.sends ? bytes / CHUNK.length : 0; left > 0; ) {
    const many = left >= CHUNKS_A_WRITE;
    left -= many ? CHUNKS_A_WRITE : 1;
    if (!socket.write(many ? MANY_CHUNKS : CHUNKS)) await once(socket, 'drain');
  }
  if (kind.after) socket.write(frame(kind.after));
  socket.write('0\r\n\r\n');
}

module.exports = { CHUNKS, KINDS, encodeHead, frame, transfer };
