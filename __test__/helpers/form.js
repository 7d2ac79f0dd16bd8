// @ts-check
'use strict';

const { post } = require('./http.js');

const BOUNDARY = 'frontier';
const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
/** What ends a form. */
const END = `--${BOUNDARY}--\r\n`;

/**
 * @param {string} head lines
 * @param {string} body
 */
function part(head, body) {
  return `--${BOUNDARY}\r\n${head}\r\n\r\n${body}\r\n`;
}

/** @param {string} name @param {string} body */
function field(name, body) {
  return part(`Content-Disposition: form-data; name="${name}"`, body);
}

/** @param {string} id @param {string} body @param {string} [name] */
function file(id, body, name = `${id}.txt`) {
  return part(
    `Content-Disposition: form-data; name="file:${id}"; filename="${name}"\r\nContent-Type: text/css`,
    body,
  );
}

/** @param {unknown} input */
function manifest(input) {
  return field('__manifest', JSON.stringify({ input }));
}

/**
 * The reference to a file in a manifest.
 *
 * @param {string} id
 * @param {object} [meta]
 */
function named(id, meta = { name: `${id}.bin`, type: 'a/b' }) {
  return { $runnerFile: 'File', id, meta };
}

/** @param {string[]} parts */
function form(...parts) {
  return parts.join('') + END;
}

/**
 * Calls a task with a form.
 *
 * @param {number} port
 * @param {string} id
 * @param {string} body
 * @param {Partial<import('./http.js').CallOptions>} [more]
 */
function callForm(port, id, body, more = {}) {
  return post(port, `task/${id}`, Buffer.from(body), FORM, more);
}

/**
 * The head of a request whose form is sent by hand.
 *
 * @param {string} id of the task
 * @param {number} length of the form
 */
function formHead(id, length) {
  return `POST /__runner/task/${id} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${FORM['content-type']}\r\ncontent-length: ${length}\r\n\r\n`;
}

/**
 * The contents of a stream, as text.
 *
 * @param {AsyncIterable<Buffer>} stream
 */
async function textOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

module.exports = { END, FORM, callForm, field, file, form, formHead, manifest, named, part, textOf };
