// @ts-check
'use strict';

/**
 * Reads one HTTP/1.1 response as it arrives, by its length or by its chunks, and passes the bytes of its body on
 * without keeping them. The chunks are views that are only valid during the call.
 */
class ResponseReader {
  head = '';
  #take;
  #chunked = false;
  /** What is left of the body, or of the chunk that is being read. */
  #left = 0;
  /** The line between two chunks, as far as it has arrived. */
  #line = '';
  #isLast = false;

  /** @param {(piece: Buffer) => void} take */
  constructor(take) {
    this.#take = take;
  }

  get status() {
    return Number(this.head.slice(9, 12));
  }

  /**
   * @param {Buffer} bytes
   * @returns {boolean} whether the response is complete
   */
  read(bytes) {
    if (this.head.endsWith('\r\n\r\n')) return this.#readBody(bytes);
    const known = this.head.length;
    this.head += bytes.toString('latin1');
    const end = this.head.indexOf('\r\n\r\n');
    if (end < 0) return false;
    this.head = this.head.slice(0, end + 4);
    this.#startBody();
    return this.#readBody(bytes.subarray(this.head.length - known));
  }

  #startBody() {
    this.#chunked = /^transfer-encoding: *chunked/im.test(this.head);
    const length = /^content-length: *(\d+)/im.exec(this.head);
    if (!this.#chunked && !length) throw new Error(`A response without an end:\n${this.head}`);
    if (length) this.#left = Number(length[1]);
  }

  /** @param {Buffer} bytes */
  #readBody(bytes) {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#left > 0) {
        const piece = rest.subarray(0, this.#left);
        this.#take(piece);
        this.#left -= piece.length;
        rest = rest.subarray(piece.length);
      } else if (this.#chunked) {
        const end = rest.indexOf(10) + 1 || rest.length;
        this.#line += rest.toString('latin1', 0, end);
        rest = rest.subarray(end);
        if (this.#line.endsWith('\n') && this.#endLine()) return true;
      } else throw new Error(`${rest.length} bytes behind the response.`);
    }
    return !this.#chunked && this.#left === 0;
  }

  /** A line ends: that of a chunk's size, the empty one behind its bytes, or the empty one behind the last chunk. */
  #endLine() {
    const line = this.#line.trim();
    this.#line = '';
    if (line === '') return this.#isLast;
    this.#left = Number.parseInt(line, 16);
    if (Number.isNaN(this.#left)) throw new Error(`Not the size of a chunk: ${line}`);
    this.#isLast = this.#left === 0;
    return false;
  }
}

module.exports = { ResponseReader };
