// @ts-check
'use strict';

/**
 * A threshold and whether it is met.
 * @typedef {{ id: string, what: string, threshold: string, figure: string, met: boolean }} Verdict
 */

/**
 * @param {string} id
 * @param {string} what
 * @param {number} least
 * @param {number | undefined} figure
 * @returns {Verdict | undefined}
 */
function atLeast(id, what, least, figure) {
  if (figure === undefined || Number.isNaN(figure)) return undefined;
  return { id, what, threshold: `≥ ${least}×`, figure: `${figure.toFixed(2)}×`, met: figure >= least };
}

/**
 * @param {string} id
 * @param {string} what
 * @param {number} most
 * @param {string} unit
 * @param {number | undefined} figure
 * @returns {Verdict | undefined}
 */
function atMost(id, what, most, unit, figure) {
  if (figure === undefined || Number.isNaN(figure)) return undefined;
  return {
    id,
    what,
    threshold: `≤ ${most}${unit}`,
    figure: `${figure.toFixed(2)}${unit}`,
    met: figure <= most,
  };
}

module.exports = { atLeast, atMost };
