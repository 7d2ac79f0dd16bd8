// @ts-check
'use strict';

const net = require('node:net');
const { TOKEN, TOKEN_HEADER } = require('./workload');

/**
 * The bytes of one HTTP/1.1 request. `contentLength` may promise more than `body` holds.
 * @param {{ method?: string, path: string, body?: string, token?: string | null, contentLength?: number }} request
 */
function encodeRequest({ method = 'POST', path, body = '', token = TOKEN, contentLength }) {
  const head = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    `content-length: ${contentLength ?? Buffer.byteLength(body)}`,
  ];
  if (token !== null) head.push(`${TOKEN_HEADER}: ${token}`);
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * One keep-alive connection that carries one request at a time. It is small, so that eight thousand connections or a
 * million requests cost the client little, and reads only responses with a content-length.
 */
class Connection {
  /** @type {Buffer | null} */
  #unread = null;
  /** @type {{ resolve: (response: HttpResponse) => void, reject: (error: Error) => void } | null} */
  #waiting = null;
  #closed = false;

  /**
   * @typedef {{ status: number, head: string, body: string }} HttpResponse
   * @param {net.Socket} socket
   */
  constructor(socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      this.#closed = true;
      this.#fail(new Error('The server closed the connection before it responded.'));
    });
  }

  /**
   * @param {number} port
   * @returns {Promise<Connection>}
   */
  static open(port) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  get closed() {
    return this.#closed || this.socket.destroyed;
  }

  /**
   * @param {Buffer} bytes
   * @returns {Promise<HttpResponse>}
   */
  send(bytes) {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new Error('The connection is closed.'));
      this.#waiting = { resolve, reject };
      this.socket.write(bytes);
    });
  }

  destroy() {
    this.socket.destroy();
  }

  /** @param {Buffer} chunk */
  #read(chunk) {
    this.#unread = this.#unread ? Buffer.concat([this.#unread, chunk]) : chunk;
    const response = parseResponse(this.#unread);
    if (!response) return;
    this.#unread = null;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve(response);
  }

  /** @param {Error} error */
  #fail(error) {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.reject(error);
  }
}

/**
 * @param {Buffer} bytes
 * @returns {HttpResponse | null} null until it is complete
 */
function parseResponse(bytes) {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = bytes.toString('latin1', 0, headEnd);
  const length = /^content-length: *(\d+)/im.exec(head);
  if (!length) throw new Error(`A response without a content-length:\n${head}`);
  const end = headEnd + 4 + Number(length[1]);
  if (bytes.length < end) return null;
  return { status: Number(head.slice(9, 12)), head, body: bytes.toString('utf8', headEnd + 4, end) };
}

/**
 * One request on a connection of its own.
 * @param {number} port
 * @param {Buffer} bytes
 */
async function requestOnce(port, bytes) {
  const connection = await Connection.open(port);
  try {
    return await connection.send(bytes);
  } finally {
    connection.destroy();
  }
}

module.exports = { Connection, encodeRequest, requestOnce };
