// @ts-check
'use strict';

const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { TunnelError } = require('./server.js');

const FOLDER = join(__dirname, '..', 'cases');

/**
 * @typedef {object} Case one request and its expected response, as the files in `cases/` write it
 * @property {string} name the sentence that it proves
 * @property {'js' | 'rust'} [only] the side that runs it; both by default
 * @property {Record<string, unknown>} server options of TunnelServer
 * @property {{ method: string, path: string, headers?: Record<string, string>, body?: string, bodyBase64?: string }} request
 * @property {{ status: number, headers?: Record<string, HeaderExpectation>, body?: string }} expect
 *
 * @typedef {string | null | { pattern: string }} HeaderExpectation exact, absent, or matching
 */

/** @returns {{ file: string, cases: Case[] }[]} the cases for JavaScript, by topic */
function readCases() {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      file,
      cases: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')).filter(
        (/** @type {Case} */ one) => one.only !== 'rust',
      ),
    }));
}

/**
 * The handlers that cases can call, in the order that discovery lists.
 *
 * @param {import('../../index.js').TunnelServer} server
 */
function registerCaseHandlers(server) {
  server
    .registerTask('echo', (input) => input)
    .registerTask('a/b', () => 'slash')
    .registerTask('ü ber', () => 'unicode')
    .registerTask('typed', () => {
      throw new TunnelError({
        message: 'No such user',
        code: 'USER_NOT_FOUND',
        httpCode: 404,
        id: 'app.errors.userNotFound',
        data: { userId: 7 },
      });
    })
    .registerTask('typed500', () => {
      throw new TunnelError({ message: 'Told you', id: 'app.errors.told' });
    })
    .registerTask('throws', () => {
      throw new Error('secret');
    })
    .registerTask('nothing', () => undefined)
    .registerEvent('note', () => undefined)
    .registerEvent('enrich', (/** @type {any} */ payload) => ({ ...payload, seen: true }))
    .registerEvent('fan', () => undefined, { parallel: true });
}

module.exports = { readCases, registerCaseHandlers };
