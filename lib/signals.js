// @ts-check
'use strict';

const { clientFault } = require('./client-fault');
const { AbortController, DOMException } = require('./primordials');
const { CancelReason, GENERATION_BITS } = require('./wire');

const clientLeft = () => new DOMException('The client has left before the call was completed', 'AbortError');

const deadlinePassed = () => new DOMException('The deadline of the call has passed', 'TimeoutError');

/** Generations wrap around at this number. */
const GENERATIONS = 2 ** GENERATION_BITS;

/**
 * @typedef {object} Entry
 * @property {number} generation of the latest call of its slot that has an entry
 * @property {import('./scope').RequestScope} [scope] in which listeners and `onCancelled` run
 * @property {AbortController} [controller] of a call whose handler asked for its signal
 * @property {() => void} [onCancelled] called in place of aborting a controller
 * @property {number} [reason] the `CancelReason` of a call that was cancelled
 */

/**
 * The abort signals of the calls that run. A signal is made when a handler asks for it; other calls cost nothing.
 *
 * Keyed by slot, so that the table never holds more entries than there were concurrent calls: a slot is used again
 * once its call is over for the core, though the handler of a cancelled call may still run.
 */
class Signals {
  /** @type {Map<number, Entry>} */
  #entries = new Map();
  /** Makes the reason of an abort, by `CancelReason`. @type {Record<number, () => object>} */
  #reasons;

  /** @param {() => object} clientLeft makes the abort reason for a client that has left */
  constructor(clientLeft) {
    this.#reasons = {
      [CancelReason.CLIENT_LEFT]: () => clientFault(clientLeft()),
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
      // The call was cancelled. Its slot may serve a later call by now, so that its own reason is lost.
      const reason = entry.generation === generation ? entry.reason : CancelReason.CLIENT_LEFT;
      controller.abort(this.#reasons[reason ?? CancelReason.CLIENT_LEFT]());
    }
    return controller.signal;
  }

  /**
   * Calls back when a call that has just begun is cancelled.
   *
   * @param {number} slot
   * @param {number} generation
   * @param {import('./scope').RequestScope} scope
   * @param {() => void} onCancelled
   */
  watch(slot, generation, scope, onCancelled) {
    this.#entries.set(slot, { generation, scope, onCancelled });
  }

  /**
   * The controller of a call whose response is streamed; its stream aborts it from here on.
   *
   * @param {number} slot
   * @param {number} generation
   */
  detach(slot, generation) {
    const entry = this.#entries.get(slot);
    const controller = entry?.generation === generation ? entry.controller : undefined;
    return controller ?? new AbortController();
  }

  /** Makes the abort reason for a client that has left. */
  clientLeftReason() {
    return this.#reasons[CancelReason.CLIENT_LEFT]();
  }

  /**
   * Whether the client of a call that is not yet completed is known to have left.
   *
   * @param {number} slot
   * @param {number} generation
   */
  hasClientLeft(slot, generation) {
    const entry = this.#entries.get(slot);
    return entry?.generation === generation && entry.reason === CancelReason.CLIENT_LEFT;
  }

  /**
   * Cancels a call whose body has shown that the client has left, before the record of the core arrives.
   *
   * @param {number} slot
   * @param {number} generation
   */
  cancelByClient(slot, generation) {
    this.cancel(slot, generation, CancelReason.CLIENT_LEFT);
  }

  /** A signal that never aborts. */
  inert() {
    return new AbortController().signal;
  }

  /**
   * Aborts the signal of a call that the core no longer waits for.
   *
   * @param {number} slot
   * @param {number} generation
   * @param {number} reason of `CancelReason`
   */
  cancel(slot, generation, reason) {
    const entry = this.#entries.get(slot);
    if (entry?.generation === generation) {
      entry.reason = reason;
      const { scope, controller, onCancelled } = entry;
      // The entry stays until its slot is used again, and must not keep what it called.
      entry.onCancelled = undefined;
      scope?.runInAsyncScope(() => {
        controller?.abort(this.#reasons[reason]());
        onCancelled?.();
      });
    } else if (entry === undefined || isNewer(generation, entry.generation)) {
      this.#entries.set(slot, { generation, reason });
    }
  }

  /**
   * Detaches the signal of a completed call, so that it no longer aborts. Keeps the generation: a cancelled call of the
   * same slot that still runs recognises by it that its slot was used again.
   *
   * @param {number} slot
   * @param {number} generation
   */
  complete(slot, generation) {
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
