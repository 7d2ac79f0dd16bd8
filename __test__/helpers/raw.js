// @ts-check
'use strict';

const net = require('node:net');
const { parseResponse } = require('./response.js');

/**
 * A client on a bare socket, for what node:http does not send or show.
 *
 * @param {{ after: (fn: () => void) => void }} t the connection is dropped with the test
 * @param {number} port
 * @returns {Promise<RawClient>} once connected
 */
async function connect(t, port) {
  const socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const client = new RawClient(socket);
  t.after(() => client.destroy());
  await client.connected;
  return client;
}

class RawClient {
  /** @param {net.Socket} socket */
  constructor(socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    /** Bytes received and not yet handed out. Doubles when full, so that a large response is not copied per packet. */
    this.buffer = Buffer.alloc(4096);
    this.start = 0;
    this.length = 0;
    /** The server sent its end, or the connection is gone. */
    this.ended = false;
    /** @type {Error | undefined} */
    this.error = undefined;
    /** @type {(() => void)[]} */
    this.waiting = [];
    /** @type {Promise<void>} */
    this.connected = new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.on('data', (chunk) => this.take(chunk));
    socket.on('end', () => this.finish());
    socket.on('error', (error) => {
      this.error = error;
      this.finish();
    });
    socket.on('close', () => this.finish());
  }

  /** @param {Buffer} chunk */
  take(chunk) {
    const needed = this.start + this.length + chunk.length;
    if (needed > this.buffer.length) {
      const grown = Buffer.alloc(2 * (this.length + chunk.length));
      this.buffer.copy(grown, 0, this.start, this.start + this.length);
      this.buffer = grown;
      this.start = 0;
    }
    chunk.copy(this.buffer, this.start + this.length);
    this.length += chunk.length;
    this.wake();
  }

  finish() {
    this.ended = true;
    this.wake();
  }

  wake() {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resume of waiting) resume();
  }

  /** @returns {Promise<void>} at the next bytes or the end */
  change() {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** What was received and not yet handed out. */
  unread() {
    return this.buffer.subarray(this.start, this.start + this.length);
  }

  /**
   * Resolves once the system has taken the bytes, or the connection is closed.
   *
   * @param {string | Buffer} piece a string is sent as latin1, byte for byte
   * @returns {Promise<void>}
   */
  write(piece) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
    return new Promise((resolve) => {
      if (this.socket.destroyed || this.socket.writableEnded) resolve();
      else this.socket.write(bytes, () => resolve());
    });
  }

  /**
   * The next whole response; pipelined ones come in order.
   *
   * @param {{ head?: boolean }} [options] `head`: the request was HEAD, so no body follows whatever content-length says
   */
  async response({ head = false } = {}) {
    for (;;) {
      const parsed = parseResponse(this.unread(), { head, ended: this.ended });
      if (parsed) {
        this.start += parsed.size;
        this.length -= parsed.size;
        return parsed.response;
      }
      if (this.ended) {
        const seen = JSON.stringify(this.unread().toString('latin1').slice(0, 500));
        throw new Error(
          `connection ended (${this.error?.message ?? 'end of stream'}) within a response: ${seen}`,
        );
      }
      await this.change();
    }
  }

  /** @param {number} count */
  async responses(count) {
    const all = [];
    for (let i = 0; i < count; i += 1) all.push(await this.response());
    return all;
  }

  /**
   * Waits until the server has ended or cut the connection.
   *
   * @returns {Promise<{ text: string, error: Error | undefined }>} the bytes not handed out before, as latin1
   */
  async closed() {
    while (!this.ended) await this.change();
    return { text: this.unread().toString('latin1'), error: this.error };
  }

  /** Half-close: nothing more will be sent, the response can still be read. */
  end() {
    this.socket.end();
  }

  /** Leaves with a FIN, without reading on. */
  destroy() {
    this.socket.destroy();
  }

  /** Leaves with a RST. */
  reset() {
    this.socket.resetAndDestroy();
  }
}

/**
 * The text of a request with HTTP/1.1, a host and, where there is a body, its content-length.
 *
 * @param {{ method?: string, path: string, headers?: Record<string, string>, body?: string }} request
 */
function requestText({ method = 'POST', path, headers = {}, body }) {
  const bytes = body === undefined ? undefined : Buffer.from(body, 'utf8');
  const all = {
    host: '127.0.0.1',
    ...(bytes ? { 'content-length': String(bytes.length) } : {}),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${bytes ? bytes.toString('latin1') : ''}`;
}

module.exports = { connect, RawClient, requestText };
