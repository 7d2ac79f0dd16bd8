// @ts-check
'use strict';

/** How a body is framed, and what becomes of the connection, is for the server to say. */
const FRAMING = new Set(['connection', 'keep-alive', 'transfer-encoding', 'trailer', 'upgrade']);

const NOT_ASCII = /[^\0-\x7f]/;

/**
 * Takes the head apart that Node would write.
 *
 * @param {string} text
 * @param {'latin1' | 'utf8'} encoding in which Node would write it: it puts a head before a string in the string's
 * @param {boolean} close
 * @returns {import('./socket').Head}
 */
function parseHead(text, encoding, close) {
  const bytes = NOT_ASCII.test(text) ? Buffer.from(text, encoding).toString('latin1') : text;
  const lines = bytes.split('\r\n');
  /** @type {[string, string][]} */
  let headers = [];
  let framed = false;
  // Behind the last one is an empty line, and the end.
  for (let at = 1; at < lines.length - 2; at += 1) {
    const line = lines[at];
    const colon = line.indexOf(': ');
    const name = line.slice(0, colon).toLowerCase();
    if (!FRAMING.has(name)) headers.push([name, line.slice(colon + 2)]);
    else if (name === 'transfer-encoding') framed = true;
  }
  // Beside a transfer encoding, a length says nothing.
  if (framed) headers = headers.filter(([name]) => name !== 'content-length');
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
