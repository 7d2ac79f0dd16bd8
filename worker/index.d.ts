/**
 * Worker processes of Node: handlers for the server that starts the process. Does not load the native binary.
 *
 * @packageDocumentation
 */

import type { EventHandler, EventOptions, TaskHandler, TaskOptions } from '../index';

/** An error that is sent to the client; without `httpCode` with status 500. */
export { TunnelError } from '../index';

/**
 * Makes this process a worker: it reads calls from stdin, runs these handlers, and writes their outcomes to stdout. When
 * the server asks it to stop, it finishes the calls that run and exits with 0. When the server is gone, it exits within 5 s.
 *
 * stdout is reserved for the protocol from here on: output of `console.log` and `process.stdout.write` goes to stderr,
 * which the server logs line by line. Child processes started with `stdio: 'inherit'` are not covered.
 *
 * In a thread that `startWorkers` has started it registers the handlers with `TunnelWorker` instead, and in a script that
 * `runner-native serve` runs in its own process with the server there: one script fits all three.
 *
 * Handlers get the input and a {@link CallContext}, as on the main thread. Bodies and files can be read until the call ends.
 *
 * @throws {@link ConfigError} `CONFIG_INVALID`: one error that lists every problem.
 * @throws {@link TunnelApiError} `STATE_INVALID`: the process is a worker already.
 */
export function serveWorker(options: WorkerOptions): void;

/** The handlers of a worker process. Unknown keys and wrong types are refused. */
export interface WorkerOptions {
  /** Tasks by id. */
  tasks?: WorkerTasks;

  /** Events by id. */
  events?: WorkerEvents;

  /**
   * Most calls that this worker runs at once, 1 to 65536. The smaller one of this and the option of its pool applies.
   */
  maxInFlight?: number;

  /** Called once before the process exits, after the last call has ended; a promise is awaited. */
  onShutdown?: () => unknown;
}

/** Tasks by id, with or without options. */
// biome-ignore lint/suspicious/noExplicitAny: each handler declares its own input and output
export type WorkerTasks = { readonly [id: string]: TaskHandler<any, any> | WorkerTask };

/** Events by id, with or without options. */
// biome-ignore lint/suspicious/noExplicitAny: each handler declares its own payload
export type WorkerEvents = { readonly [id: string]: EventHandler<any> | WorkerEvent };

/** A task with options. */
export interface WorkerTask extends TaskOptions, RepeatOptions {
  /** The work of the task. */
  // biome-ignore lint/suspicious/noExplicitAny: the handler declares its own input and output
  handler: TaskHandler<any, any>;
}

/** An event with options. */
export interface WorkerEvent extends EventOptions, RepeatOptions {
  /** The work of the event. */
  // biome-ignore lint/suspicious/noExplicitAny: the handler declares its own payload
  handler: EventHandler<any>;
}

/** How a call is handled whose worker dies. */
export interface RepeatOptions {
  /**
   * Runs the call once more, in another worker, if its worker dies while it runs. Otherwise such a call is 500
   * `WORKER_LOST`.
   *
   * @defaultValue `false`
   */
  idempotent?: boolean;
}
