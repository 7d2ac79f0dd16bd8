// @ts-check
'use strict';

const { useExposureContext } = require('../runner.js').runner;

/** The exchange that the running task serves. @returns {{ req: import('node:http').IncomingMessage, res: import('node:http').ServerResponse, url: URL, basePath: string, headers: import('node:http').IncomingHttpHeaders, method?: string, signal: AbortSignal }} */
function ownExposure() {
  return useExposureContext();
}

module.exports = { ownExposure };
