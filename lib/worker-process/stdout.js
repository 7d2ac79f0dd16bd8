// @ts-check
'use strict';

/**
 * Reserves stdout for the protocol. Output of `console` and `process.stdout` goes to stderr from here on. A child process
 * that is started with `stdio: 'inherit'` still writes to the descriptor itself.
 */
function takeStdout() {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  /** @param {Parameters<typeof stderr.write>} args */
  const divert = (...args) => {
    stderr.write(...args);
    // `false` would make a pipe wait for a 'drain' of stdout that never comes.
    return true;
  };
  // A console that has printed before keeps a reference to this stream.
  Object.defineProperty(stdout, 'write', { value: divert, configurable: true, writable: true });
  Object.defineProperty(process, 'stdout', { value: stderr, configurable: true, enumerable: true });
  return {
    /** @param {string} text @param {() => void} [callback] after the write */
    write: (text, callback) => write(text, 'utf8', callback),
    /** @param {(error: Error) => void} listener */
    onError: (listener) => stdout.on('error', listener),
  };
}

module.exports = { takeStdout };
