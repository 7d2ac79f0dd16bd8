// @ts-check
'use strict';

/**
 * Reserves stdout for the protocol. Output of `console` and `process.stdout` goes to stderr from here on. A child process
 * that is started with `stdio: 'inherit'` still writes to the descriptor itself.
 */
function takeStdout() {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  /** @param {any[]} args of `write` */
  const divert = (...args) => {
    stderr.write(.../** @type {[string]} */ (args));
    // `false` would make a pipe wait for a 'drain' of stdout that never comes.
    return true;
  };
  /** @param {any[]} args of `end`, which must not close the connection to the server */
  const divertLast = (...args) => {
    const callback = args.find((arg) => typeof arg === 'function');
    const last = args.filter((arg) => arg !== callback && arg !== undefined && arg !== null);
    if (last.length > 0) divert(...last);
    if (callback !== undefined) process.nextTick(callback);
    return stdout;
  };
  for (const [name, value] of Object.entries({ write: divert, end: divertLast })) {
    Object.defineProperty(stdout, name, { value, configurable: true, writable: true });
  }
  return {
    /** @param {string} text @param {() => void} [callback] after the write */
    write: (text, callback) => write(text, 'utf8', callback),
    /** @param {(error: Error) => void} listener */
    onError: (listener) => stdout.on('error', listener),
  };
}

module.exports = { takeStdout };
