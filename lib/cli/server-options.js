// @ts-check
'use strict';

/**
 * The options of a server that the command line has, by path: their names where these do not follow from the path, and
 * their descriptions. Types, ranges and defaults are those of `src/config/spec.rs`; a test checks that no path is missing.
 *
 * @typedef {object} Description
 * @property {string} help
 * @property {string} [flag] where it does not follow from the path
 * @property {string} [value] placeholder of the value in the help
 */

/** @type {Record<string, Description>} */
const SERVER_OPTIONS = {
  port: { help: 'Port to bind; 0 takes a free one.' },
  host: { help: 'Address to bind. Beyond loopback, --token or --allow-anonymous is required.' },
  basePath: { help: 'Path that all routes start with.', value: 'PATH' },
  ioThreads: { help: 'Threads that read and write sockets.' },
  disableDiscovery: { help: 'Responds to discovery with 404.' },

  'workers.acquireTimeoutMs': {
    flag: 'acquire-timeout-ms',
    help: 'How long a call waits for a worker that can run it; then 503.',
  },

  'auth.token': {
    flag: 'token',
    help: 'Accepted token. Arguments are visible to other users; prefer the environment.',
  },
  'auth.header': { flag: 'token-header', help: 'Header that carries the token.', value: 'NAME' },
  'auth.allowAnonymous': { flag: 'allow-anonymous', help: 'Lets everyone in if there is no token.' },
  'allowList.tasks': { flag: 'allow-task', help: 'Task that can be reached; others get 403.', value: 'ID' },
  'allowList.events': {
    flag: 'allow-event',
    help: 'Event that can be reached; others get 403.',
    value: 'ID',
  },

  'cors.origin': { help: 'Allowed origin.', value: 'ORIGIN' },
  'cors.methods': { help: 'Methods that a preflight allows.', value: 'METHOD' },
  'cors.allowedHeaders': { help: 'Request headers that a preflight allows.', value: 'NAME' },
  'cors.exposedHeaders': { help: 'Response headers that a script may read.', value: 'NAME' },
  'cors.credentials': { help: 'Allows credentials.' },
  'cors.maxAge': { help: 'How long a browser may cache a preflight.' },
  'cors.varyOrigin': { help: 'Adds Vary: Origin where the response depends on the origin.' },

  'limits.maxJsonBytes': { help: 'Largest JSON body.' },
  'limits.maxHeaderBytes': { help: 'Largest request head.' },
  'limits.maxHeaderCount': { help: 'Most headers of a request.' },
  'limits.maxConnections': { help: 'Most open connections.' },
  'limits.maxQueuedCalls': { help: 'Most calls that wait for their handler.' },
  'limits.maxBufferedBodyBytes': { help: 'Most bytes of bodies that are held in memory.' },
  'limits.headersTimeoutMs': { help: 'Longest time for a request head to arrive.' },
  'limits.requestTimeoutMs': { help: 'Longest time for a whole request to arrive; 0: no limit.' },
  'limits.bodyTimeoutMs': { help: 'Window over which the rate of a body is measured.' },
  'limits.minBodyBytesPerSecond': { help: 'Slowest rate of a body.' },
  'limits.keepAliveTimeoutMs': { help: 'Longest time that a connection is idle or stalls.' },
  'limits.lingerTimeoutMs': { help: 'Longest wait for a client to close its side.' },
  'limits.handlerTimeoutMs': { help: 'Longest time for a handler.' },
  'limits.multipart.maxFileBytes': { help: 'Size of a file that is too large.' },
  'limits.multipart.maxFiles': { help: 'Most files of a form.' },
  'limits.multipart.maxFieldBytes': { help: 'Largest field of a form.' },
  'limits.multipart.maxFields': { help: 'Most fields of a form.' },
  'limits.multipart.maxFieldNameBytes': { help: 'Longest name of a field.' },
  'limits.multipart.maxParts': { help: 'Number of parts of a form that is too large.' },
  'limits.multipart.maxPartHeaders': { help: 'Most headers of a part.' },
};

/** Options that are functions or objects of functions, the short form of one that has a flag, and one for handlers that `serve` does not have. */
const CODE_ONLY = ['corsOrigins', 'auth.validate', 'fallback', 'logger', 'workers.mainThread'];

module.exports = { CODE_ONLY, SERVER_OPTIONS };
