// @ts-check
'use strict';

/**
 * Panels of horizontal bars, with their own background, so that they are legible on light and dark pages, and with the
 * reader's fonts.
 * @typedef {{ parts: number[], text: string, label: string, ours: boolean }} Bar parts: drawn end to end
 * @typedef {{ title: string, bars: Bar[] }} Panel
 */

const WIDTH = 760;
const PAD = 24;
const LABEL_WIDTH = 118;
const VALUE_WIDTH = 178;
const ROW = 28;
const BAR = 18;
const PANEL_GAP = 22;
const TITLE = 30;

const STYLE = `
  .card { fill: #ffffff; stroke: #d0d7de; }
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .panel { font-weight: 600; }
  .note { font-size: 12px; fill: #59636e; }
  .other { fill: #afb8c1; } .other.rest { fill: #d5dbe1; }
  .ours { fill: #1f6feb; } .ours.rest { fill: #8fbcf7; }
  .strong { font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    .card { fill: #0d1117; stroke: #3d444d; }
    text { fill: #f0f6fc; }
    .note { fill: #9198a1; }
    .other { fill: #656c76; } .other.rest { fill: #3d444d; }
    .ours { fill: #4493f8; } .ours.rest { fill: #234f87; }
  }`;

/**
 * @param {{ title: string, note: string, panels: Panel[] }} drawing
 */
function draw({ title, note, panels }) {
  /** @type {string[]} */
  const parts = [];
  let y = PAD + 14;
  parts.push(text(PAD, y, 'title', title));
  y += 20;
  parts.push(text(PAD, y, 'note', note));
  y += PANEL_GAP;
  for (const panel of panels) {
    parts.push(text(PAD, y + 10, 'panel', panel.title));
    y += TITLE;
    const longest = Math.max(...panel.bars.map(total));
    for (const bar of panel.bars) {
      parts.push(drawBar(bar, y, longest));
      y += ROW;
    }
    y += PANEL_GAP;
  }
  const height = y - PANEL_GAP + PAD / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/**
 * @param {Bar} bar
 * @param {number} y
 * @param {number} longest
 */
function drawBar(bar, y, longest) {
  const scale = (WIDTH - 2 * PAD - LABEL_WIDTH - VALUE_WIDTH) / longest;
  const owner = bar.ours ? 'ours' : 'other';
  let x = PAD + LABEL_WIDTH;
  const drawn = [text(PAD, y + 14, bar.ours ? 'strong' : '', bar.label)];
  bar.parts.forEach((value, n) => {
    const width = value * scale;
    const kind = n === 0 ? owner : `${owner} rest`;
    if (width > 0)
      drawn.push(`<rect class="${kind}" x="${at(x)}" y="${y}" width="${at(width)}" height="${BAR}"/>`);
    x += width;
  });
  drawn.push(text(x + 8, y + 14, bar.ours ? 'strong' : '', bar.text));
  return drawn.join('\n');
}

/** @param {Bar} bar */
function total({ parts }) {
  return parts.reduce((sum, value) => sum + value, 0);
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} kind
 * @param {string} content
 */
function text(x, y, kind, content) {
  const name = kind ? ` class="${kind}"` : '';
  return `<text x="${at(x)}" y="${at(y)}"${name}>${escapeXml(content)}</text>`;
}

/** @param {number} value */
function at(value) {
  return Number(value.toFixed(1));
}

/** @param {string} content */
function escapeXml(content) {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}

module.exports = { draw };
