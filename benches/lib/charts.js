// @ts-check
'use strict';

const { listPeers } = require('./peers');
const { label } = require('./report');
const { summarizeThroughput } = require('./summary');
const { draw } = require('./svg');

const PANELS = [
  { caseName: 'small-64', title: 'Small task' },
  { caseName: 'echo-64', title: '10 KB echo' },
];
const peers = listPeers();
const javascript = new Map(peers.map((peer) => [peer.name, peer.javascript]));
const isOurs = (/** @type {string} */ name) => peers.some((peer) => peer.name === name && peer.ours === true);

/**
 * @param {import('./session').Results} results
 * @returns {string} an SVG
 */
function drawThroughput(results) {
  return draw({
    title: 'Requests per second',
    note: `64 connections, more is better. ${where(results)}`,
    panels: panels(results, ({ peer, rate }) => ({
      parts: [rate],
      text: Math.round(rate).toLocaleString('en-US'),
      label: label(peer),
      ours: isOurs(peer),
    })),
  });
}

/**
 * @param {import('./session').Results} results
 * @returns {string} an SVG
 */
function drawCpu(results) {
  return draw({
    title: 'CPU time per request, µs',
    note: `First the thread that runs JavaScript, then all others. Less is better. ${where(results)}`,
    panels: panels(results, ({ peer, cpuUs, jsUs }) => {
      const js = javascript.get(peer) ? Math.min(jsUs, cpuUs) : 0;
      return {
        parts: [js, cpuUs - js],
        text: `${cpuUs.toFixed(1)}, JS thread ${javascript.get(peer) ? js.toFixed(1) : 'none'}`,
        label: label(peer),
        ours: isOurs(peer),
      };
    }),
  });
}

/**
 * @param {import('./session').Results} results
 * @param {(row: import('./summary').Row) => import('./svg').Bar} toBar
 */
function panels(results, toBar) {
  return PANELS.map(({ caseName, title }) => ({
    title,
    bars: [...summarizeThroughput(results, caseName).values()].map(toBar),
  })).filter(({ bars }) => bars.length);
}

/** @param {import('./session').Results} results */
function where({ machine, versions, date }) {
  return `${machine.cores} cores, Node ${versions.node.split('.')[0]}, ${date.slice(0, 10)}.`;
}

module.exports = { drawCpu, drawThroughput };
