// @ts-check
'use strict';

const { readFile } = require('node:fs/promises');
const http = require('node:http');
const path = require('node:path');
const { deferred } = require('../helpers/signal.js');

// The package's main file is dist/universal/index.cjs or dist/node/node.cjs, by condition.
const RUNNER = path.join(
  path.dirname(require.resolve('@bluelibs/runner/package.json')),
  'dist/browser/index.mjs',
);

/** Packages that Runner's browser entry names, and that a client has no use for. */
const UNUSED = { 'lru-cache': 'LRUCache', 'cron-parser': 'CronExpressionParser' };

const imports = {
  '@bluelibs/runner': '/runner.mjs',
  ...Object.fromEntries(Object.keys(UNUSED).map((name) => [name, `/unused/${name}.mjs`])),
};

const PAGE = `<!doctype html>
<meta charset="utf-8">
<title>A page of another origin</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
  import('/page/main.mjs').catch((error) => fetch('/report', {
    method: 'POST',
    body: JSON.stringify({ failed: String(error.stack ?? error) }),
  }));
</script>
`;

/**
 * What the site serves beside the page's own modules.
 *
 * @type {Record<string, () => Promise<[string, string]> | [string, string]>}
 */
const FILES = {
  '/': () => ['text/html; charset=utf-8', PAGE],
  '/runner.mjs': async () => ['text/javascript', await readFile(RUNNER, 'utf8')],
  ...Object.fromEntries(
    Object.entries(UNUSED).map(([name, exported]) => [
      `/unused/${name}.mjs`,
      () => ['text/javascript', `export class ${exported} {}`],
    ]),
  ),
};

/**
 * The site of the page, on an origin of its own. The page gets its settings from it, and reports to it.
 *
 * @returns {Promise<{ origin: string, settings: (value: object) => void, report: Promise<any>, close: () => Promise<void> }>}
 */
async function startSite() {
  const settings = deferred();
  const report = deferred();
  const server = http.createServer((req, res) => {
    respond(req, settings.promise, report.resolve).then(
      ([type, text]) => res.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(text),
      () => res.writeHead(404).end(),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    settings: /** @type {any} */ (settings.resolve),
    report: /** @type {Promise<any>} */ (report.promise),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * @param {http.IncomingMessage} req
 * @param {Promise<unknown>} settings
 * @param {(value: any) => void} reported
 * @returns {Promise<[string, string]>} content-type and body
 */
async function respond(req, settings, reported) {
  const url = req.url ?? '/';
  if (url === '/settings.json') return ['application/json', JSON.stringify(await settings)];
  if (url === '/report') {
    let text = '';
    for await (const chunk of req.setEncoding('utf8')) text += chunk;
    reported(JSON.parse(text));
    return ['text/plain', 'thanks'];
  }
  const module = /^\/page\/([a-z-]+\.mjs)$/.exec(url);
  if (module) return ['text/javascript', await readFile(path.join(__dirname, 'page', module[1]), 'utf8')];
  return FILES[url]();
}

module.exports = { startSite };
