// @ts-check
'use strict';

const { clientFault } = require('./client-fault');
const { AbortController, DOMException } = require('./primordials');
const { CancelReason, GENERATION_BITS } = require('./wire');

const clientLeft = () => new DOMException('The client has left before the call was answered', 'AbortError');

const deadlinePassed = () => new DOMException('The deadline of the call has passed', 'TimeoutError');

/** Generations count up to here and start again. */
const GENERATIONS = 2 ** GENERATION_BITS;

/**
 * @typedef {object} Entry
 * @property {number} generation the latest call of its slot that is known of
 * @property {import('./scope').RequestScope} [scope] where what it aborts or calls back runs
 * @property {AbortController} [controller] if a handler asked for its signal
 * @property {() => void} [onAbandoned] called instead, where there is no controller
 * @property {number} [why] it was abandoned
 */

/**
 * The abort signals of the calls that run. One is made when a handler asks for it; other calls cost nothing.
 *
 * Keyed by slot, so that it cannot outgrow the calls that were ever under way at a time: a slot is used again
 * once its call is over for the core, though the handler of an abandoned one may still run.
 */
class Signals {
  /** @type {Map<number, Entry>} */
  #entries = new Map();
  /** @type {Record<number, () => object>} by the `CancelReason` of an abandoned call */
  #reasons;

  /** @param {() => object} left the reason where the client has left */
  constructor(left) {
    this.#reasons = {
      [CancelReason.CLIENT_LEFT]: () => clientFault(left()),
      [CancelReason.DEADLINE_PASSED]: deadlinePassed,
    };
  }

  /**
   * The signal of a call.
   *
   * @param {number} slot
   * @param {number} generation
   * @param {import('./scope').RequestScope} scope
   */
  of(slot, generation, scope) {
    const controller = new AbortController();
    const entry = this.#entries.get(slot);
    if (entry === undefined || isNewer(generation, entry.generation)) {
      this.#entries.set(slot, { generation, scope, controller });
    } else {
      // Abandoned, or overtaken by a later call of its slot, which only an abandoned call can be.
      const why = entry.generation === generation ? entry.why : CancelReason.CLIENT_LEFT;
      controller.abort(this.#reasons[why ?? CancelReason.CLIENT_LEFT]());
    }
    return controller.signal;
  }

  /**
   * Calls back when a call that has just begun is abandoned.
   *
   * @param {number} slot
   * @param {number} generation
   * @param {import('./scope').RequestScope} scope
   * @param {() => void} onAbandoned
   */
  watch(slot, generation, scope, onAbandoned) {
    this.#entries.set(slot, { generation, scope, onAbandoned });
  }

  /**
   * The controller of a call whose response is streamed: from here on it is the stream's.
   *
   * @param {number} slot
   * @param {number} generation
   */
  detach(slot, generation) {
    const entry = this.#entries.get(slot);
    const controller = entry?.generation === generation ? entry.controller : undefined;
    return controller ?? new AbortController();
  }

  /** The reason of a signal that aborts because its client has left. */
  reasonOfLeaving() {
    return this.#reasons[CancelReason.CLIENT_LEFT]();
  }

  /**
   * Whether the client of a call that is not completed is known to have left.
   *
   * @param {number} slot
   * @param {number} generation
   */
  hasLeft(slot, generation) {
    const entry = this.#entries.get(slot);
    return entry?.generation === generation && entry.why === CancelReason.CLIENT_LEFT;
  }

  /**
   * The client of a call has left, which shows before the core says so.
   *
   * @param {number} slot
   * @param {number} generation
   */
  leave(slot, generation) {
    this.abandon(slot, generation, CancelReason.CLIENT_LEFT);
  }

  /** A signal of which nothing will come. */
  still() {
    return new AbortController().signal;
  }

  /**
   * The core does not wait for the call any more: its client has left, or its deadline has passed.
   *
   * @param {number} slot
   * @param {number} generation
   * @param {number} why
   */
  abandon(slot, generation, why) {
    const entry = this.#entries.get(slot);
    if (entry?.generation === generation) {
      entry.why = why;
      const { scope, controller, onAbandoned } = entry;
      // The entry stays until its slot is used again; what it called does not.
      entry.onAbandoned = undefined;
      scope?.runInAsyncScope(() => {
        controller?.abort(this.#reasons[why]());
        onAbandoned?.();
      });
    } else if (entry === undefined || isNewer(generation, entry.generation)) {
      this.#entries.set(slot, { generation, why });
    }
  }

  /**
   * The call is completed: from here on its signal does not abort. That it was there stays known, so that an
   * abandoned call of its slot that still runs learns that it was overtaken.
   *
   * @param {number} slot
   * @param {number} generation
   */
  ended(slot, generation) {
    if (this.#entries.size > 0 && this.#entries.get(slot)?.generation === generation) {
      this.#entries.set(slot, { generation });
    }
  }
}

/**
 * @param {number} generation
 * @param {number} than
 */
function isNewer(generation, than) {
  const ahead = (generation - than + GENERATIONS) % GENERATIONS;
  return ahead > 0 && ahead < GENERATIONS / 2;
}

module.exports = { Signals, clientLeft };
