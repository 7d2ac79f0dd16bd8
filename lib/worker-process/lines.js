// @ts-check
'use strict';

const LINE_FEED = 0x0a;

/** Splits the incoming bytes into lines. The cost of a line is linear in its length, however many pieces it arrives in. */
class LineSplitter {
  /** The start of a line that is not complete. @type {Buffer[]} */
  #pieces = [];

  /**
   * Returns the lines that end in this piece, without their line breaks.
   *
   * @param {Buffer} piece
   * @returns {string[]}
   */
  push(piece) {
    const end = piece.lastIndexOf(LINE_FEED);
    if (end === -1) {
      this.#pieces.push(piece);
      return [];
    }
    const text = this.#take(piece, end);
    if (end + 1 < piece.length) this.#pieces.push(piece.subarray(end + 1));
    return text.split('\n');
  }

  /**
   * Decodes all complete lines at once: a character may span two pieces, but not two lines.
   *
   * @param {Buffer} piece
   * @param {number} end
   */
  #take(piece, end) {
    if (this.#pieces.length === 0) return piece.toString('utf8', 0, end);
    const whole = Buffer.concat([...this.#pieces, piece.subarray(0, end)]);
    this.#pieces = [];
    return whole.toString('utf8');
  }
}

module.exports = { LineSplitter };
