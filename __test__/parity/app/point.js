// @ts-check
'use strict';

/** A type of the application's own, which its serializer knows. */
class Point {
  /**
   * @param {number} x
   * @param {number} y
   */
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
}

const pointType = {
  id: 'Point',
  is: (/** @type {unknown} */ value) => value instanceof Point,
  serialize: (/** @type {Point} */ { x, y }) => ({ x, y }),
  deserialize: (/** @type {Point} */ { x, y }) => new Point(x, y),
  strategy: 'value',
};

module.exports = { Point, pointType };
