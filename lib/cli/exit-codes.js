// @ts-check
'use strict';

/** What the process exits with, as `docs/reference/cli.md` lists it. */
const ExitCode = Object.freeze({
  /** Closed on a signal, or help and version were printed. */
  OK: 0,
  /** The script has failed, or something unexpected has. */
  FAILED: 1,
  /** Arguments, variables or the configuration file cannot be used. */
  USAGE: 2,
  /** The address cannot be bound. */
  ADDRESS: 3,
  /** A second SIGINT ended the shutdown. */
  INTERRUPTED: 130,
  /** A second SIGTERM ended the shutdown. */
  TERMINATED: 143,
});

module.exports = { ExitCode };
