// @ts-check
'use strict';

/**
 * The rows of PROTOCOL.md. Each must have at least one case, which names it as in '1 task'.
 *
 * @type {Record<number, string[]>}
 */
const ROWS = {
  // Routes.
  1: [
    'task',
    'event',
    'discovery',
    'preflight',
    'base path',
    'query string',
    'empty segments',
    'escapes',
    'bad escape',
    'dot segments',
    'below discovery',
    'no route',
    'outside',
  ],
  // Order of checks.
  2: [
    'preflight first',
    'request id before method',
    'method before authentication',
    'authentication before allow-list',
    'allow-list before existence',
    'existence before body',
    'body before handler',
    'other methods',
    'disabled discovery',
  ],
  // Authentication.
  3: ['token', 'token list', 'header name', 'validators', 'validator input', 'not configured', 'anonymous'],
  // Bodies.
  4: [
    'input key',
    'bare input',
    'empty body',
    'event body',
    'multipart',
    'manifest meta',
    'file before its time',
    'unknown part',
    'missing file',
    'octet-stream',
    'malformed JSON',
    'numbers and escapes',
    'repeated keys',
    'typed records',
    'graph documents',
    'JSON limit',
    'multipart limits',
  ],
  // Responses.
  5: [
    'value',
    'event',
    'event payload',
    'discovery',
    'stream',
    'stream wrapper',
    'forbidden headers',
    'own response',
    'error',
  ],
  // Errors.
  6: [
    'INVALID_JSON',
    'INVALID_MULTIPART',
    'MISSING_MANIFEST',
    'PARALLEL_EVENT_RETURN_UNSUPPORTED',
    'UNAUTHORIZED',
    'FORBIDDEN',
    'NOT_FOUND',
    'METHOD_NOT_ALLOWED',
    'PAYLOAD_TOO_LARGE',
    'REQUEST_ABORTED',
    'INTERNAL_ERROR',
    'STREAM_ERROR',
    'MISSING_FILE_PART',
    'AUTH_NOT_CONFIGURED',
    'typed error',
    'sanitized',
  ],
  // Headers.
  7: [
    'JSON',
    'request id',
    'security',
    'origin by default',
    'origin string',
    'origin list',
    'origin RegExp',
    'origin function',
    'credentials without origin',
    'vary off',
    'credentials',
    'exposed headers',
    'methods',
    'allowed headers',
    'max age',
    'on errors',
  ],
  // Context and abort.
  8: [
    'contexts',
    'own parse',
    'bad header',
    'every body mode',
    'allowAsyncContext',
    'exposure context',
    'abort',
  ],
  // Intended differences. PROTOCOL.md ends at 12; docs/guides/migrate-from-node-exposure.md lists the others:
  // 13: typed values in a manifest arrive as they were sent,
  // 14: a task that throws undefined has failed, with files as without,
  // 15: null as a file's name, type or size counts as missing,
  // 16: `Vary` of a task's response and of CORS are combined,
  // 17: a validator accepts a request only by an own property `ok` that is `true`.
  9: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14', '15', '16', '17'],
};

/** @type {string[]} */
const rows = Object.entries(ROWS).flatMap(([section, names]) => names.map((name) => `${section} ${name}`));

module.exports = { rows };
