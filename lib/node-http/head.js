// @ts-check
'use strict';

/** Headers that the server writes itself: it frames the body and manages the connection. */
const FRAMING = new Set(['connection', 'keep-alive', 'transfer-encoding', 'trailer', 'upgrade']);

const NOT_ASCII = /[^\0-\x7f]/;

/**
 * Parses the head that Node would write.
 *
 * @param {string} text
 * @param {'latin1' | 'utf8'} encoding in which Node would write it: with a first chunk that is a string, the encoding
 *   of that
 * @param {boolean} close
 * @returns {import('./socket').Head}
 */
function parseHead(text, encoding, close) {
  const bytes = NOT_ASCII.test(text) ? Buffer.from(text, encoding).toString('latin1') : text;
  const lines = bytes.split('\r\n');
  /** @type {[string, string][]} */
  let headers = [];
  let isChunked = false;
  // The last header is followed by an empty line and the end of the text.
  for (let at = 1; at < lines.length - 2; at += 1) {
    const line = lines[at];
    const colon = line.indexOf(': ');
    const name = line.slice(0, colon).toLowerCase();
    if (!FRAMING.has(name)) headers.push([name, line.slice(colon + 2)]);
    else if (name === 'transfer-encoding') isChunked = true;
  }
  // A transfer encoding overrides a content-length.
  if (isChunked) headers = headers.filter(([name]) => name !== 'content-length');
  const length = headers.find(([name]) => name === 'content-length')?.[1];
  return {
    status: statusOf(lines[0]),
    reason: lines[0].slice(13),
    headers,
    close,
    length: length === undefined ? undefined : Number(length),
  };
}

/** @param {string} line `HTTP/1.1 200 OK` */
function statusOf(line) {
  return Number(line.slice(9, 12));
}

module.exports = { parseHead, statusOf };
