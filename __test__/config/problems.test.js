// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, it } = require('node:test');
const { Server, problemsOf } = require('../helpers/options.js');

describe('many bad options', () => {
  const everything = {
    port: 65536,
    host: '',
    basePath: '/a?b',
    prot: 1,
    cors: {
      origin: ['*', 'http://a.test/'],
      methods: 'POST',
      allowedHeaders: ['a b'],
      exposedHeaders: [1],
      credentials: 'yes',
      maxAge: -1,
      varyOrigin: 0,
      origins: '*',
    },
    auth: { header: '', token: ['', 'a'], validate: 'me', allowAnonymous: 1, tokens: [] },
    allowList: { tasks: 'all', events: [''], resources: [] },
    disableDiscovery: 'true',
    ioThreads: 0.5,
    logger: { error: 'text' },
    limits: {
      maxJsonBytes: Number.NaN,
      maxHeaderBytes: 8191,
      maxHeaderCount: 3001,
      maxConnections: 0,
      maxQueuedCalls: 1n,
      maxBufferedBodyBytes: 0,
      headersTimeoutMs: '1',
      requestTimeoutMs: -1,
      minBodyBytesPerSecond: 0.5,
      bodyTimeoutMs: Number.POSITIVE_INFINITY,
      keepAliveTimeoutMs: -5,
      lingerTimeoutMs: 60_001,
      handlerTimeoutMs: null,
      maxFiles: 10,
    },
  };
  const paths = [
    'allowList.events[0]',
    'allowList.resources',
    'allowList.tasks',
    'auth.allowAnonymous',
    'auth.header',
    'auth.token[0]',
    'auth.tokens',
    'auth.validate',
    'basePath',
    'cors.allowedHeaders[0]',
    'cors.credentials',
    'cors.exposedHeaders[0]',
    'cors.maxAge',
    'cors.methods',
    'cors.origin[0]',
    'cors.origin[1]',
    'cors.origins',
    'cors.varyOrigin',
    'disableDiscovery',
    'host',
    'ioThreads',
    'limits.bodyTimeoutMs',
    'limits.handlerTimeoutMs',
    'limits.headersTimeoutMs',
    'limits.keepAliveTimeoutMs',
    'limits.lingerTimeoutMs',
    'limits.maxBufferedBodyBytes',
    'limits.maxConnections',
    'limits.maxFiles',
    'limits.maxHeaderBytes',
    'limits.maxHeaderCount',
    'limits.maxJsonBytes',
    'limits.maxQueuedCalls',
    'limits.minBodyBytesPerSecond',
    'limits.requestTimeoutMs',
    'logger.error',
    'port',
    'prot',
  ];

  it('are reported in one error, each with its path', () => {
    const problems = problemsOf(everything);
    assert.deepEqual(
      problems.map((problem) => problem.path),
      paths,
    );
  });

  it('are listed in the message, each on its own line', () => {
    assert.throws(
      () => new Server(everything),
      (/** @type {Error} */ error) => {
        const lines = error.message.split('\n');
        for (const path of paths) {
          assert.equal(
            lines.filter((line) => line.trim().startsWith(`${path}:`)).length,
            1,
            `${path}\n${error.message}`,
          );
        }
        return true;
      },
    );
  });

  it('leave no server behind: a good one on the same options is made', () => {
    assert.throws(() => new Server(everything));
    new Server({ port: 0 });
  });
});
