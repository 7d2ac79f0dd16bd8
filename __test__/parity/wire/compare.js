// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { createHash } = require('node:crypto');

/** @typedef {import('./response.js').WireResponse} WireResponse */

/**
 * The expected properties of a response. Others may be anything.
 *
 * @typedef {object} Expectation
 * @property {number} [status]
 * @property {string | RegExp} [body] the whole text, or what is in it
 * @property {RegExp} [without] what is not in the body
 * @property {Record<string, string | null>} [headers] null: absent
 * @property {boolean} [complete] true without it
 */

/** Headers that are the connection's own, not the response's. */
const OF_CONNECTION = ['date', 'connection', 'keep-alive'];
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** A longer body is told by its length and hash. */
const SHOWN_BYTES = 4096;

/**
 * The lines of a response, without those that may differ between two equal servers.
 *
 * @param {WireResponse} response
 * @returns {string[]}
 */
function linesOf({ interim, status, reason, headers, body, complete }) {
  const pairs = headers
    .filter((header) => !hasNoBody(status) || !framesNothing(header))
    .filter(([name]) => !OF_CONNECTION.includes(name))
    .map(([name, value]) => `${name}: ${isMadeId(name, value) ? 'a UUID v4' : value}`);
  const end = complete ? [] : ['cut off'];
  return [...interim.map(String), `${status} ${reason}`, ...pairs.sort(), shown(body), ...end];
}

/**
 * Whether a response with this status has no body, so that its length need not be sent.
 *
 * @param {number} status
 */
function hasNoBody(status) {
  return status === 204 || status === 304;
}

/** @param {[string, string]} header */
function framesNothing(header) {
  return isEmptyLength(header) || isChunked(header);
}

/** @param {[string, string]} header */
function isEmptyLength([name, value]) {
  return name === 'content-length' && value === '0';
}

/** @param {[string, string]} header */
function isChunked([name, value]) {
  return name === 'transfer-encoding' && value === 'chunked';
}

/** @param {WireResponse} response @returns {WireResponse} */
function withKnownLength(response) {
  const headers = response.headers.map((header) =>
    isChunked(header) ? /** @type {[string, string]} */ (['content-length', '0']) : header,
  );
  return { ...response, headers };
}

/**
 * Fails with the lines that differ.
 *
 * @param {WireResponse} native
 * @param {WireResponse} nodeExposure
 */
function assertAlike(native, nodeExposure) {
  const ours = linesOf(native);
  // nodeExposure sends the head before it knows that the body is empty, so that it says chunked.
  const knowsLength = native.body.length === 0 && native.headers.some(isEmptyLength);
  const theirs = linesOf(knowsLength ? withKnownLength(nodeExposure) : nodeExposure);
  const differing = [
    ...lacking(theirs, ours).map((line) => `nodeExposure: ${line}`),
    ...lacking(ours, theirs).map((line) => `native:    ${line}`),
  ];
  if (differing.length > 0) assert.fail(`the responses differ\n${differing.join('\n')}`);
}

/**
 * @param {string[]} lines
 * @param {string[]} others
 * @returns {string[]} the lines that the others do not have, each as often as it is missing
 */
function lacking(lines, others) {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/**
 * @param {string} name
 * @param {string} value
 */
function isMadeId(name, value) {
  return name === 'x-runner-request-id' && UUID_V4.test(value);
}

/** @param {Buffer} body */
function shown(body) {
  if (body.length > SHOWN_BYTES) {
    return `${body.length} bytes, sha256 ${createHash('sha256').update(body).digest('hex')}`;
  }
  const text = body.toString('utf8');
  return Buffer.from(text, 'utf8').equals(body) ? `body: ${text}` : `body in hex: ${body.toString('hex')}`;
}

/**
 * @param {WireResponse} response
 * @param {Expectation} expectation
 * @param {string} side
 */
function assertExpected(response, { status, body, without, headers = {}, complete = true }, side) {
  const text = response.body.toString('utf8');
  const told = `${side} answered ${response.status} ${text.slice(0, 500)}`;
  if (status !== undefined) assert.equal(response.status, status, told);
  if (typeof body === 'string') assert.equal(text, body, told);
  if (body instanceof RegExp) assert.match(text, body, told);
  if (without) assert.doesNotMatch(text, without, told);
  assert.equal(response.complete, complete, `${told}; complete: ${response.complete}`);
  const received = new Map(response.headers);
  for (const [name, value] of Object.entries(headers)) {
    assert.equal(received.get(name) ?? null, value, `${name} of ${told}`);
  }
}

module.exports = { assertAlike, assertExpected };
