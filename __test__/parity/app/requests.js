// @ts-check
'use strict';

const { createHash } = require('node:crypto');
const { IncomingMessage } = require('node:http');
const { hasExposureContext } = require('../runner.js').runner;
const { ownExposure } = require('./own.js');

/**
 * Tasks that look at the request.
 *
 * @param {import('../app.js').Kit} kit
 */
function requestParts({ task, state }) {
  return [
    task('where', () => {
      const { req, url, basePath, headers, method, signal } = ownExposure();
      return {
        basePath,
        href: url.href,
        isUrl: url instanceof URL,
        method,
        headers: own(headers),
        aborted: signal.aborted,
        isSignal: signal instanceof AbortSignal,
        has: hasExposureContext(),
        req: {
          real: req instanceof IncomingMessage,
          url: req.url,
          method: req.method,
          version: req.httpVersion,
          headers: own(req.headers),
          // The case of names is not kept.
          raw: req.rawHeaders.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text)),
          distinct: own(req.headersDistinct),
          remote: req.socket.remoteAddress,
          local: [req.socket.localAddress, /** @type {any} */ (req.socket).localFamily],
          address: { ...req.socket.address(), port: 0 },
          ports: [req.socket.localPort, /** @type {any} */ (req.socket.address()).port].map(
            (port) => port !== req.socket.remotePort && port === Number(req.socket.localPort),
          ),
          encrypted: Boolean(/** @type {any} */ (req.socket).encrypted),
          aborted: req.aborted,
        },
      };
    }),
    task('headers', (input) => {
      const context = ownExposure();
      const parts = /** @type {const} */ (['req', 'headers']);
      const [first, second] = input === 'req' ? parts : [...parts].reverse();
      const found = { [first]: context[first], [second]: context[second] };
      context.headers['x-set'] = 'by the task';
      const same = found.headers === found.req.headers && found.headers === context.headers;
      // A UUID differs between requests.
      const entries = Object.entries(context.req.headers).map(([name, value]) => [
        name,
        String(value).length === 36 ? 'made' : value,
      ]);
      return { same, entries };
    }),
    task('body', async (input) => {
      const bytes = await bytesOf(ownExposure().req);
      return { input: input === undefined ? 'none' : input, length: bytes.length, hash: hashOf(bytes) };
    }),
    task('bodyText', async () => (await bytesOf(ownExposure().req)).toString('utf8')),
    task('bodyByEvents', () => {
      const { req } = ownExposure();
      return new Promise((resolve, reject) => {
        let length = 0;
        req.on('data', (chunk) => (length += chunk.length));
        req.on('end', () => resolve({ length, complete: req.complete }));
        req.on('error', reject);
      });
    }),
    task('bodyHalf', async () => {
      const { req } = ownExposure();
      const first = await new Promise((resolve) => req.once('data', resolve));
      req.pause();
      return String(first).slice(0, 4);
    }),
    task('bodyIgnored', () => {
      const { complete, readableEnded, readableLength, readableFlowing } = ownExposure().req;
      return { complete, readableEnded, readableLength, readableFlowing };
    }),
    task('bodyUnread', () => 'not read'),
    /** Responds when the client has left already. */
    task('untilAborted', () => {
      const { signal } = ownExposure();
      state.notes.push('started');
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          const { name, message, data } = /** @type {any} */ (signal.reason);
          state.notes.push({ name, message, data });
          resolve('too late');
        });
      });
    }),
    /** Notes what it has read, and what reading came to. */
    task('bodyCutOff', async () => {
      const { req, signal } = ownExposure();
      let text = '';
      try {
        for await (const chunk of req) {
          text += chunk;
          state.notes.push(text);
        }
      } catch (error) {
        const { name, message, code } = /** @type {any} */ (error);
        state.notes.push({ name, message, code, complete: req.complete, aborted: signal.aborted });
      }
    }),
    /** Notes, once all is over, in which order it learns that its client leaves. */
    task('leavingInOrder', async () => {
      const { req, res, signal } = ownExposure();
      /** @type {string[]} */
      const order = [];
      signal.addEventListener('abort', () => order.push('signal'));
      for (const event of ['aborted', 'error', 'close']) req.on(event, () => order.push(`req ${event}`));
      res.on('close', () => order.push('res close'));
      req.on('data', () => state.notes.push('started'));
      await new Promise((resolve) => req.on('close', resolve));
      state.notes.push(order);
    }),
    /** Notes when its signal aborts, however it is answered. */
    task('watched', () => {
      ownExposure().signal.addEventListener('abort', () => state.notes.push('aborted'));
      return 'answered';
    }),
    task('count', () => state.notes.push('ran')),
  ];
}

/** @param {object | undefined} headers as plain data, whatever their prototype */
function own(headers) {
  return Object.fromEntries(Object.entries(headers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param {AsyncIterable<Buffer>} stream */
async function bytesOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** @param {Buffer} bytes */
function hashOf(bytes) {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

module.exports = { bytesOf, hashOf, requestParts };
