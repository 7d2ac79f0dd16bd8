// @ts-check
'use strict';

const { inspect } = require('node:util');

/** @typedef {'error' | 'warn' | 'info'} Level */

const FORMATS = ['json', 'pretty'];

/** @type {Record<Level, string>} */
const COLORS = { error: '\u001b[31m', warn: '\u001b[33m', info: '\u001b[36m' };
const DIM = '\u001b[2m';
const RESET = '\u001b[0m';

/** The log of a server on a stream: a line of JSON, or a line for people, for each entry. */
class LogWriter {
  #write;
  #format;
  #hasColors;

  /**
   * @param {NodeJS.WriteStream} stream
   * @param {string | undefined} format that was asked for
   * @param {NodeJS.ProcessEnv} env
   */
  constructor(stream, format, env) {
    this.#write = (/** @type {string} */ text) => stream.write(text);
    this.#format = format ?? (stream.isTTY ? 'pretty' : 'json');
    this.#hasColors = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  }

  get isPretty() {
    return this.#format === 'pretty';
  }

  /** @param {string} message @param {unknown} [data] */
  error(message, data) {
    this.#entry('error', message, data);
  }

  /** @param {string} message @param {unknown} [data] */
  warn(message, data) {
    this.#entry('warn', message, data);
  }

  /** @param {string} message @param {unknown} [data] */
  info(message, data) {
    this.#entry('info', message, data);
  }

  /**
   * Writes text for people, unchanged.
   *
   * @param {string} text
   */
  text(text) {
    this.#write(`${text}\n`);
  }

  /**
   * @param {Level} level
   * @param {string} message
   * @param {unknown} data
   */
  #entry(level, message, data) {
    const time = new Date();
    this.#write(this.isPretty ? this.#pretty(time, level, message, data) : json(time, level, message, data));
  }

  /**
   * @param {Date} time
   * @param {Level} level
   * @param {string} message
   * @param {any} data
   */
  #pretty(time, level, message, data) {
    const { stack, ...rest } = data ?? {};
    const pairs = Object.entries(rest).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}=${shown(value)}`],
    );
    const head = `${this.#paint(DIM, time.toTimeString().slice(0, 8))} ${this.#paint(COLORS[level], level.padEnd(5))}`;
    const frames = typeof stack === 'string' ? stack.split('\n').slice(1) : [];
    return `${[`${head} ${[message, ...pairs].join(' ')}`, ...frames].join('\n')}\n`;
  }

  /** @param {string} color @param {string} text */
  #paint(color, text) {
    return this.#hasColors ? `${color}${text}${RESET}` : text;
  }
}

/**
 * @param {Date} time
 * @param {Level} level
 * @param {string} message
 * @param {unknown} data
 */
function json(time, level, message, data) {
  const entry = { time: time.toISOString(), level, message };
  try {
    return `${JSON.stringify({ ...entry, data })}\n`;
  } catch {
    // Data that cannot be serialized, such as a cycle.
    return `${JSON.stringify({ ...entry, data: inspect(data) })}\n`;
  }
}

/** @param {unknown} value on one line */
function shown(value) {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, compact: true });
}

module.exports = { FORMATS, LogWriter };
