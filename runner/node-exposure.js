// @ts-check
'use strict';

const http = require('node:http');
const { INTERNAL_ERROR_BODY, configError, messageOf, show } = require('../lib/errors');
const { LogKey, log } = require('../lib/log');
const { DEFAULT_CLOSE_TIMEOUT_MS, closeTimeout } = require('../lib/registration');
const { outcome } = require('../lib/thenable');
const { copyOf } = require('./application-copy');
const { peer } = require('./peer');

/**
 * Starts `nodeExposure` in place of the native server.
 *
 * @param {any} config of `nativeExposure`
 * @param {any} deps Runner's store, task runner, event manager, logger and serializer
 * @returns {Promise<any>} its handlers, and the members of the native server's value
 */
async function startNodeExposure(config, deps) {
  const settings = config?.http ?? {};
  const { fallback, ...kept } = settings;
  if (fallback === undefined || fallback === null) return started({ http: kept }, deps);
  checkFallback(settings);
  const { listen, ...unbound } = kept;
  const exposure = await started({ http: unbound }, deps);
  const server = http.createServer(listener(exposure, fallback, deps.logger));
  await bound(server, listen, exposure.basePath, deps.logger);
  const defaultMs = config.native?.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS;
  return { ...exposure, server, close: closing(server, exposure, defaultMs) };
}

/**
 * Starts nodeExposure, which asks the tunnels at each request, so that `refresh` has nothing to do.
 *
 * @param {any} config
 * @param {any} deps
 */
async function started(config, deps) {
  const { nodeExposure } = copyOf(deps.store) ?? peer;
  const init = /** @type {any} */ (nodeExposure.init);
  const exposure = await init(config, deps, {});
  return { ...exposure, refresh() {} };
}

/** @param {any} settings */
function checkFallback({ fallback, server, listen }) {
  const problems = [];
  const path = 'http.fallback';
  if (typeof fallback !== 'function') {
    problems.push({ path, received: show(fallback), expected: 'a function (req, res)' });
  } else if (server || !listen) {
    const expected =
      'none where the application has a server of its own: that one serves what is not a tunnel';
    problems.push({ path, received: show(fallback), expected });
  }
  if (problems.length > 0) throw configError('nativeExposure', problems);
}

/**
 * Passes requests under the base path to nodeExposure, and all others to the application's listener.
 *
 * @param {any} exposure
 * @param {(req: http.IncomingMessage, res: http.ServerResponse) => unknown} fallback
 * @param {any} logger
 * @returns {http.RequestListener}
 */
function listener(exposure, fallback, logger) {
  const tunnel = exposure.createRequestListener();
  return async (req, res) => {
    if (isUnder(exposure.basePath, req.url)) {
      tunnel(req, res);
      return;
    }
    try {
      await outcome(fallback(req, res));
    } catch (error) {
      log(logger, 'error', LogKey.FALLBACK_ERROR, { error: messageOf(error) });
      if (res.headersSent) res.destroy();
      else res.writeHead(500, { 'content-type': 'application/json; charset=utf-8' }).end(INTERNAL_ERROR_BODY);
    }
  };
}

/**
 * @param {string} basePath
 * @param {string} [url] as it was sent; one that cannot be parsed goes to the application's listener
 */
function isUnder(basePath, url) {
  try {
    const { pathname } = new URL(url || '/', 'http://localhost');
    return pathname === basePath || pathname.startsWith(`${basePath}/`);
  } catch {
    return false;
  }
}

/**
 * @param {http.Server} server
 * @param {{ port: number, host?: string }} address
 * @param {string} basePath
 * @param {any} logger
 * @returns {Promise<void>}
 */
async function bound(server, { port, host = '127.0.0.1' }, basePath, logger) {
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(undefined);
    });
  });
  log(logger, 'info', LogKey.LISTEN, { basePath, port, host });
}

/**
 * Makes the `close` of a server that the fallback shares with nodeExposure: it lets requests in flight finish, and cuts
 * those that take longer than the timeout.
 *
 * @param {http.Server} server
 * @param {{ close: () => Promise<void> }} exposure
 * @param {number} defaultMs the timeout if `close` is not given one, in milliseconds
 */
function closing(server, exposure, defaultMs) {
  /** @type {Promise<unknown> | undefined} */
  let closed;
  return async (/** @type {{ timeoutMs?: number } | undefined} */ options) => {
    const timeoutMs = closeTimeout(options);
    closed ??= new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections?.();
    const cut = setTimeout(() => server.closeAllConnections?.(), timeoutMs ?? defaultMs);
    try {
      await closed;
      await exposure.close();
    } finally {
      clearTimeout(cut);
    }
  };
}

module.exports = { startNodeExposure };
