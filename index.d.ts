/**
 * An HTTP server for Runner tunnels. Rust serves HTTP, JavaScript runs the registered tasks and events.
 *
 * @packageDocumentation
 */

// Without `@types/node` these imports are errors, and their types `any`; `NodeStream` stands in for `Readable` then.
// @ts-ignore
import type { IncomingMessage, ServerResponse } from 'node:http';
// @ts-ignore
import type { Readable } from 'node:stream';

// Merged with the declarations of `lib` and `@types/node`, if those are loaded. Repeated here so that this file
// compiles with `lib: ["ES2022"]` alone.
declare global {
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
  interface AbortSignal {
    readonly aborted: boolean;
  }
}

/** The version of this package, equal to `version` in its package.json. */
export const version: string;

/**
 * An HTTP server that runs registered tasks and events.
 *
 * A listening server keeps the process alive, as `http.Server` does (see {@link TunnelServer.unref}).
 */
export class TunnelServer {
  /**
   * Checks the options. Binds nothing: {@link TunnelServer.listen} does.
   *
   * @param options - The options, or the port alone.
   * @throws {@link ConfigError} `CONFIG_INVALID`: one error that lists every problem.
   */
  constructor(options: TunnelServerOptions | number);

  /** The state of the server. */
  readonly state: TunnelServerState;

  /**
   * Makes a task reachable at `POST {basePath}/task/{id}`, before or after {@link TunnelServer.listen}.
   *
   * `Input` and `Output` are declarations: the input that a client sends is not checked against them. For a streamed
   * response, `Output` is a {@link StreamedAnswer}.
   *
   * @param id - A non-empty string without lone surrogates, unique among tasks. Case matters.
   * @returns The server.
   *
   * @throws {@link TunnelApiError} `ID_INVALID`, `HANDLER_INVALID`, `ID_TAKEN`, `STATE_INVALID` (closing or closed).
   */
  registerTask<Input = unknown, Output = unknown>(
    id: string,
    handler: TaskHandler<Input, Output>,
    options?: TaskOptions,
  ): this;

  /**
   * Makes an event reachable at `POST {basePath}/event/{id}`, before or after {@link TunnelServer.listen}.
   *
   * `Payload` is a declaration: the payload that a client sends is not checked against it.
   *
   * @param id - A non-empty string without lone surrogates, unique among events. Case matters.
   * @returns The server.
   *
   * @throws {@link TunnelApiError} `ID_INVALID`, `HANDLER_INVALID`, `ID_TAKEN`, `STATE_INVALID` (closing or closed).
   */
  registerEvent<Payload = unknown>(id: string, handler: EventHandler<Payload>, options?: EventOptions): this;

  /**
   * Removes a task. Calls that have not started, and later ones, get 404; running ones are not affected.
   *
   * @returns Whether the id was registered.
   *
   * @throws {@link TunnelApiError} `ID_INVALID`.
   */
  unregisterTask(id: string): boolean;

  /**
   * Removes an event. Calls that have not started, and later ones, get 404; running ones are not affected.
   *
   * @returns Whether the id was registered.
   *
   * @throws {@link TunnelApiError} `ID_INVALID`.
   */
  unregisterEvent(id: string): boolean;

  /** The ids of the registered tasks, in order of registration. */
  getTaskIds(): Promise<string[]>;

  /** The ids of the registered events, in order of registration. */
  getEventIds(): Promise<string[]>;

  /**
   * Starts a pool of workers, which run the calls of the handlers that they announce. Resolves once all workers are
   * ready. Allowed before and after {@link TunnelServer.listen}. A server may have several pools, which
   * {@link TunnelServer.close} closes after its connections.
   *
   * @throws {@link ConfigError} `CONFIG_INVALID`: one error that lists every problem.
   * @throws {@link WorkerStartError} `WORKER_START_FAILED`: a worker has ended before it was ready. The pool is closed.
   * @throws {@link TunnelApiError} `STATE_INVALID`: the server is closing or closed, or was closed meanwhile.
   */
  startWorkers(options: ThreadPoolOptions | ProcessPoolOptions): Promise<WorkerPool>;

  /**
   * Binds the address and starts serving. Resolves to the bound address, with the real port. May be called again after
   * a {@link ListenError}.
   *
   * Requests start with the `AsyncLocalStorage` stores of this call, as with `http.Server`. Stores that the code of a
   * request enters end with that request.
   *
   * @throws {@link TunnelApiError} `STATE_INVALID`: called twice, or after {@link TunnelServer.close}.
   * @throws {@link ListenError} `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, `ENOTFOUND`, `LISTEN_FAILED`.
   */
  listen(): Promise<ListenAddress>;

  /** The bound address; null before the server listens and after it is closed. */
  address(): TunnelAddress | null;

  /**
   * Stops accepting connections, lets requests in flight finish, cuts those that are left after `timeoutMs`, closes the
   * pools of workers, for which `timeoutMs` starts again, and resolves once the server is closed. Allowed in every
   * state. A further call waits for the same close, and can only shorten its timeout. A closed server cannot listen
   * again.
   *
   * @throws {@link ConfigError} `CONFIG_INVALID`: a `timeoutMs` that is not an integer from 0 to 2147483647.
   */
  close(options?: CloseOptions): Promise<void>;

  /** Makes the listening server keep the process alive, as it does by default. Returns the server. */
  ref(): this;

  /** Lets the process exit while the server listens. Returns the server. */
  unref(): this;

  /** Closes the server with the default timeout: `await using server = new TunnelServer(…)`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The options of a {@link WorkerPool}. Unknown keys and values out of range are rejected, never adjusted. */
export interface PoolOptions {
  /**
   * Most calls that run in one worker at a time, 1 to 65536. Over it calls wait, for whichever worker has room first.
   *
   * @defaultValue `64`
   */
  maxInFlight?: number;

  /**
   * Longest time from the start of a worker until it is ready, 1 to 2147483647, in milliseconds. Over it the worker is
   * terminated, and its start has failed.
   *
   * @defaultValue `30000`
   */
  startTimeoutMs?: number;

  /**
   * Calls after which a worker is recycled, 1 to 1099511627776. A new worker is started first; once it is ready, the
   * old one gets no further calls, finishes its running ones, and ends. Varies by up to 10 % from worker to worker, so
   * that they are not recycled all at once. Checked every 100 ms. Without it there is no limit.
   */
  maxCalls?: number;

  /**
   * Age at which a worker is recycled, 1 to 2147483647, in milliseconds since it was ready. Varies as {@link maxCalls}.
   */
  maxAgeMs?: number;

  /**
   * Memory at which a worker is recycled, 1 to 1099511627776, in bytes: the V8 heap and external memory of a thread,
   * the resident memory of a process. Varies as {@link maxCalls}. Checked every {@link pingIntervalMs}.
   */
  maxMemoryBytes?: number;

  /**
   * Time between two pings of a worker, 1 to 2147483647, in milliseconds.
   *
   * @defaultValue `5000`
   */
  pingIntervalMs?: number;

  /**
   * Time after which a worker is terminated and replaced if it has neither responded to a ping nor completed a call, 0
   * to 2147483647, in milliseconds; 0 disables it. It has to be longer than any handler blocks its worker.
   *
   * @defaultValue `30000`
   */
  pingTimeoutMs?: number;

  /**
   * Terminates a worker in which a handler still runs so long after the deadline of its call, 0 to 2147483647, in
   * milliseconds. The other calls of the worker fail, too. The deadline follows from `limits.handlerTimeoutMs` or from
   * `timeoutMs` of the handler; calls without one are not affected. Without it no worker is terminated for a handler.
   */
  killAfterMs?: number;

  /** When lost workers are replaced. */
  restart?: RestartOptions;

  /**
   * Longest time for a worker to finish its calls, and the same again to end, 0 to 2147483647, in milliseconds. Over it
   * the worker is killed.
   *
   * @defaultValue `10000`
   */
  drainTimeoutMs?: number;
}

/** When lost workers are replaced. */
export interface RestartOptions {
  /**
   * Delay before a lost worker is replaced, 1 to 2147483647, in milliseconds. Doubles with every failure in a row; a
   * worker that has been ready for 10 seconds resets it.
   *
   * @defaultValue `100`
   */
  minDelayMs?: number;

  /**
   * Longest delay before a lost worker is replaced, 1 to 2147483647, in milliseconds.
   *
   * @defaultValue `10000`
   */
  maxDelayMs?: number;

  /**
   * Failures in a row after which a worker is not replaced until {@link WorkerPool.reload}, 0 to 1000000. Without it
   * there is no limit.
   */
  maxFailures?: number;
}

/** A `file:` URL, such as `pathToFileURL()` of `node:url` returns. */
export interface FileUrl {
  /** The text of the URL. */
  readonly href: string;
}

/** A pool of worker threads. */
export interface ThreadPoolOptions extends PoolOptions {
  /**
   * Path of the script of the workers, or its `file:` URL. A relative path is resolved against the working directory.
   */
  script: string | FileUrl;

  /**
   * Number of threads, 1 to 1024; `'auto'`: one less than there are CPU cores, but at least 1.
   *
   * @defaultValue `'auto'`
   */
  threads?: number | 'auto';

  /** `workerData` of `node:worker_threads`, cloned for each worker. */
  workerData?: unknown;

  /** Environment variables of each worker, or `SHARE_ENV`. Without it each gets a copy of those of this process. */
  env?: Record<string, string | undefined> | symbol;

  /** Node options of the workers. Without it those of this process. */
  execArgv?: readonly string[];

  /** V8 limits of each worker, as in `node:worker_threads`. */
  resourceLimits?: WorkerResourceLimits;
}

/** V8 limits of a thread, in megabytes. */
export interface WorkerResourceLimits {
  /** Size of the old generation of the heap. */
  maxOldGenerationSizeMb?: number;
  /** Size of the young generation of the heap. */
  maxYoungGenerationSizeMb?: number;
  /** Size of the memory range for generated code. */
  codeRangeSizeMb?: number;
  /** Size of the stack. */
  stackSizeMb?: number;
}

/** A pool of child processes, which run either a {@link script} in Node or any program as {@link command}. */
export interface ProcessPoolOptions extends PoolOptions {
  /** Path of a script for Node, or its `file:` URL. A relative path is resolved against the working directory. */
  script?: string | FileUrl;

  /** Program, instead of a {@link script}. It is searched in `PATH`, and started without a shell. */
  command?: string;

  /** Arguments of the program, or of the script. */
  args?: readonly string[];

  /**
   * Number of processes, 1 to 1024; `'auto'`: one less than there are CPU cores, but at least 1.
   *
   * @defaultValue `'auto'`
   */
  processes?: number | 'auto';

  /** Environment variables of the workers, in addition to `PATH`. Without it those of this process. */
  env?: Record<string, string | undefined>;

  /** Working directory of the workers. Without it that of this process. */
  cwd?: string;

  /** Node options for a {@link script}. */
  execArgv?: readonly string[];

  /** Ids of the tasks of a {@link command} that does not announce them. */
  tasks?: readonly string[];

  /** Ids of the events of a {@link command} that does not announce them. */
  events?: readonly string[];
}

/** Workers that run the same script or command. Started by {@link TunnelServer.startWorkers}. */
export interface WorkerPool {
  /** The intended number of workers. */
  readonly size: number;

  /** The current workers, including those that are starting or ending. */
  readonly workers: WorkerInfo[];

  /**
   * Changes the number of workers, to 0 to 1024. Resolves once the added ones are ready, or the removed ones have
   * finished their calls and ended. Further changes wait for it.
   *
   * @throws {@link ConfigError} `CONFIG_INVALID`: not an integer from 0 to 1024.
   * @throws {@link WorkerStartError} `WORKER_START_FAILED`: an added worker has ended before it was ready. It is
   *   removed.
   * @throws {@link TunnelApiError} `STATE_INVALID`: the pool is closed.
   */
  resize(size: number): Promise<void>;

  /**
   * Replaces one worker after the other, without failing any call. Called again in the meantime, it replaces all of
   * them once more, so that each worker has loaded the latest code.
   *
   * @throws {@link WorkerStartError} `WORKER_START_FAILED`: a new worker has ended before it was ready. The old ones
   *   stay.
   * @throws {@link TunnelApiError} `STATE_INVALID`: the pool is closed.
   */
  reload(): Promise<void>;

  /**
   * Lets the workers finish their running calls, for up to `timeoutMs` (default: `drainTimeoutMs`), and ends them.
   * Waiting calls go to other pools with their handlers. A further call can only shorten the timeout.
   *
   * @throws {@link ConfigError} `CONFIG_INVALID`: a `timeoutMs` that is not an integer from 0 to 2147483647.
   */
  close(options?: CloseOptions): Promise<void>;

  /** Adds a listener for events of workers. Errors that it throws are logged. */
  on(event: 'worker', listener: (event: WorkerEvent) => void): this;

  /** Adds a listener for one event. */
  once(event: 'worker', listener: (event: WorkerEvent) => void): this;

  /** Removes a listener. */
  off(event: 'worker', listener: (event: WorkerEvent) => void): this;

  /** Closes the pool: `await using pool = await server.startWorkers(…)`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The state of a worker. */
export type WorkerState = 'starting' | 'ready' | 'draining' | 'stopping' | 'ended';

/** A snapshot of a worker. */
export interface WorkerInfo {
  /** Number of the worker, unique within its server; undefined if it could not be started at all. */
  readonly id: number | undefined;
  /** Whether it is a thread or a process. */
  readonly kind: 'thread' | 'process';
  /** `threadId` of `node:worker_threads`, if it is a thread. */
  readonly threadId?: number;
  /** Process id, if it is a process that has been started. */
  readonly pid?: number;
  /** Its state. */
  readonly state: WorkerState;
  /** Number of completed calls. */
  readonly calls: number;
  /** Number of running calls. */
  readonly inFlight: number;
  /** Time since it was started, in milliseconds. */
  readonly ageMs: number;
  /** Memory that it uses, in bytes, as last reported; undefined before the first report. */
  readonly memoryBytes: number | undefined;
  /** Number of workers that it succeeds in its place. */
  readonly restarts: number;
}

/** An event of a worker of a pool. */
export interface WorkerEvent {
  /**
   * - `started`: it was started.
   * - `ready`: it takes calls.
   * - `lost`: it has ended by itself or was terminated. Its running calls have failed.
   * - `replaced`: it is ready, and replaces `previous`, which was lost or reloaded.
   * - `recycled`: it is ready, and replaces `previous`, which has reached `maxCalls`, `maxAgeMs` or
   *   `maxMemoryBytes`.
   * - `stopped`: it has ended on request.
   * - `gaveUp`: it is not replaced, since `restart.maxFailures` is reached.
   */
  readonly type: 'started' | 'ready' | 'lost' | 'replaced' | 'recycled' | 'stopped' | 'gaveUp';
  /** The worker. */
  readonly worker: WorkerInfo;
  /** The reason, in one line. */
  readonly reason?: string;
  /** What a worker thread has thrown. */
  readonly error?: unknown;
  /** Id of the worker that it replaces. */
  readonly previous?: number;
}

/**
 * With it the script of a worker thread registers its handlers. Context, signal, streams, files and errors of their
 * calls are the same as those of a {@link TunnelServer}.
 */
export class TunnelWorker {
  private constructor();

  /** Whether this thread was started by {@link TunnelServer.startWorkers}. */
  static readonly isWorker: boolean;

  /**
   * The worker of this thread, always the same object.
   *
   * @throws {@link TunnelApiError} `STATE_INVALID`: this thread was not started by a pool, or its server is gone.
   */
  static current(): TunnelWorker;

  /**
   * Registers a task. Workers with the same task share its calls, and must register it with the same options.
   *
   * @throws {@link TunnelApiError} `ID_INVALID`, `HANDLER_INVALID`, `ID_TAKEN` (in this worker), `HANDLER_CONFLICT`.
   */
  registerTask<Input = unknown, Output = unknown>(
    id: string,
    handler: TaskHandler<Input, Output>,
    options?: TaskOptions,
  ): this;

  /**
   * Registers an event, as {@link TunnelWorker.registerTask} does a task.
   *
   * @throws {@link TunnelApiError} `ID_INVALID`, `HANDLER_INVALID`, `ID_TAKEN` (in this worker), `HANDLER_CONFLICT`.
   */
  registerEvent<Payload = unknown>(id: string, handler: EventHandler<Payload>, options?: EventOptions): this;

  /**
   * Removes a task of this worker.
   *
   * @returns Whether the id was registered.
   *
   * @throws {@link TunnelApiError} `ID_INVALID`.
   */
  unregisterTask(id: string): boolean;

  /**
   * Removes an event of this worker.
   *
   * @returns Whether the id was registered.
   *
   * @throws {@link TunnelApiError} `ID_INVALID`.
   */
  unregisterEvent(id: string): boolean;

  /**
   * Declares this worker ready for calls, for which the pool waits up to `startTimeoutMs`. Handlers run in the async
   * context of this call. More handlers may be registered later. A further call does nothing.
   */
  ready(): this;

  /**
   * Adds a function to run before this worker ends, once it has finished its calls. A returned promise is awaited for
   * up to `drainTimeoutMs`. Does not run if the worker is lost.
   *
   * @throws {@link TunnelApiError} `HANDLER_INVALID`: not a function.
   */
  onClose(listener: () => unknown): this;
}

/**
 * `starting` while `listen()` is pending, `closing` while requests in flight finish. After a failed `listen()`: `new`.
 */
export type TunnelServerState = 'new' | 'starting' | 'listening' | 'closing' | 'closed';

/** The options of a {@link TunnelServer}. Unknown keys and values out of range are rejected, never adjusted. */
export interface TunnelServerOptions {
  /** Port to bind, an integer from 0 to 65535; 0 takes a free one, which `listen()` reports. */
  port: number;

  /**
   * Host name or IP address to bind. Beyond loopback (127.0.0.0/8, `::1`, `localhost`) {@link auth} is required.
   *
   * @defaultValue `'127.0.0.1'`
   */
  host?: string;

  /**
   * Path that all routes start with. A leading `/` is added and one trailing `/` removed; `/` serves from the root. It
   * must not contain a query, fragment, bad escape, white space, backslash, empty segment or dot segment. The paths of
   * requests are compared with it without decoding.
   *
   * @defaultValue `'/__runner'`
   */
  basePath?: string;

  /** Short form of {@link CorsOptions.origin}; giving both is an error. */
  corsOrigins?: CorsOrigin;

  /**
   * CORS headers. Without it (and without `corsOrigins`) every origin is allowed (`*`) if {@link auth} is given. With
   * neither, only requests with a loopback `Host` and `Origin` are served, and others get 403 `FORBIDDEN`.
   */
  cors?: CorsOptions;

  /** Who may call. Without it anyone may, and {@link host} has to be a loopback one. */
  auth?: AuthOptions;

  /** The ids that can be reached; others get 403 `FORBIDDEN`. Without it every registered id can be reached. */
  allowList?: AllowListOptions;

  /**
   * Responds with 404 to `GET {basePath}/discovery`, before authentication.
   *
   * @defaultValue `false`
   */
  disableDiscovery?: boolean;

  /** Serves every request outside of {@link basePath}. Without it these get 404. */
  fallback?: FallbackListener;

  /**
   * Threads that read and write sockets, an integer from 1 to 64. Handlers always run on the JavaScript thread.
   *
   * @defaultValue `1`
   */
  ioThreads?: number;

  /**
   * Receives the events of the server, such as errors whose details clients do not get. Without it nothing is logged.
   */
  logger?: TunnelLogger;

  /** Limits on sizes, counts and times of requests and connections. */
  limits?: LimitsOptions;

  /** How the workers of all pools and the main thread share the calls. */
  workers?: WorkersOptions;
}

/**
 * A listener as `http.createServer` takes it, such as an Express application. It gets Node's own request and response.
 * Its time is not limited, as in Node; `limits.handlerTimeoutMs` does not apply.
 * If it throws or rejects before it responds, the client gets 500 `INTERNAL_ERROR`, and the error is logged.
 */
export type FallbackListener = (req: IncomingMessage, res: ServerResponse) => unknown;

/**
 * Returns the allowed origin for a request: the value to send, or null or undefined for none. It must be synchronous: a
 * promise, or an error that it throws, allows no origin and is logged (`exposure.cors.origin.error`).
 */
export type CorsOriginFunction = (origin: string | undefined) => string | null | undefined;

/**
 * `'*'`, one origin (`scheme://host[:port]` or `'null'`), a list of origins (without `'*'`), a pattern, or a function.
 */
export type CorsOrigin = string | readonly string[] | RegExp | CorsOriginFunction;

/** CORS headers. They are also sent with error responses. */
export interface CorsOptions {
  /** The allowed origins. With anything but a string, the request's origin decides, and `Vary: Origin` is added. */
  origin?: CorsOrigin;

  /**
   * Methods that a preflight allows.
   *
   * @defaultValue `['POST', 'OPTIONS']`
   */
  methods?: readonly string[];

  /** Request headers that a preflight allows. Without it the requested ones are echoed. */
  allowedHeaders?: readonly string[];

  /** Response headers that scripts in browsers may read. */
  exposedHeaders?: readonly string[];

  /**
   * Sends `Access-Control-Allow-Credentials: true`. Requires an `origin`: without one, no origin is allowed.
   *
   * @defaultValue `false`
   */
  credentials?: boolean;

  /** How long a browser may cache a preflight, an integer from 0 to 31536000, in seconds. */
  maxAge?: number;

  /**
   * Adds `Vary: Origin` if the response depends on the request's origin.
   *
   * @defaultValue `true`
   */
  varyOrigin?: boolean;
}

/**
 * Who may call: clients with a matching token, or whose request a validator accepts; others get 401 `UNAUTHORIZED`.
 * With neither tokens nor validators, and without `allowAnonymous`, every request gets 500 `AUTH_NOT_CONFIGURED`.
 */
export interface AuthOptions {
  /**
   * Name of the header that carries the token.
   *
   * @defaultValue `'x-runner-token'`
   */
  header?: string;

  /** The accepted token, or several, to rotate them. Empty tokens and an empty list are rejected. */
  token?: string | readonly string[];

  /**
   * Called in order if no token matches, until one returns `{ ok: true }`. One that throws does not accept the request.
   */
  validate?: AuthValidator | readonly AuthValidator[];

  /**
   * Accepts every request if neither `token` nor `validate` is given.
   *
   * @defaultValue `false`
   */
  allowAnonymous?: boolean;
}

/** Accepts or rejects a request. Runs on the JavaScript thread, within `limits.handlerTimeoutMs`. */
export type AuthValidator = (request: AuthRequest) => AuthVerdict | PromiseLike<AuthVerdict>;

/** The outcome of an {@link AuthValidator}. */
export interface AuthVerdict {
  /** Accepts the request if it is an own property that is `true`. Any other value, even a truthy one, does not. */
  ok: boolean;
}

/** The request that an {@link AuthValidator} gets. */
export interface AuthRequest {
  /** Request headers by lower-case name. */
  readonly headers: RequestHeaders;
  /** HTTP method. */
  readonly method: string;
  /** Path and query as received. */
  readonly url: string;
  /** Path alone. */
  readonly path: string;
}

/** The ids that can be reached. If one of the lists is missing, no id of its kind can be. */
export interface AllowListOptions {
  /** Ids of tasks. */
  tasks?: readonly string[];
  /** Ids of events. */
  events?: readonly string[];
}

/**
 * Receives the events of the server, by level; `console` fits. docs/reference/log-events.md lists the messages and
 * their data. Errors that it throws are ignored.
 */
export interface TunnelLogger {
  /** Failures of the application's code, such as `exposure.task.error`. */
  error?(message: string, data?: unknown): void;
  /** Requests that authentication has rejected. */
  warn?(message: string, data?: unknown): void;
  /** The server listens, or is closed. */
  info?(message: string, data?: unknown): void;
  /** Errors of handlers whose client has left, or has broken a limit. */
  debug?(message: string, data?: unknown): void;
}

/** How the workers of all pools and the main thread share the calls. */
export interface WorkersOptions {
  /**
   * Which calls the handlers of the main thread get: `'fallback'` those that no worker has a handler for, `'share'` as
   * many as a worker gets, `'never'` none.
   *
   * @defaultValue `'fallback'`
   */
  mainThread?: 'fallback' | 'share' | 'never';

  /**
   * Longest time that a call waits for a worker that has its handler, where there is none at the moment, 0 to
   * 2147483647, in milliseconds. Over it: 503 `NO_WORKER` with `Retry-After: 1`.
   *
   * @defaultValue `2000`
   */
  acquireTimeoutMs?: number;
}

/** Limits of a server. Timeouts of connections are precise to 50 ms. */
export interface LimitsOptions {
  /**
   * Largest JSON body, 1 to 268435456, in bytes. Over it: 413 `PAYLOAD_TOO_LARGE`. A {@link CallContext.body} has no
   * such limit.
   *
   * @defaultValue `2097152`
   */
  maxJsonBytes?: number;

  /** Limits of multipart calls. Each that is missing has its default. */
  multipart?: MultipartLimitsOptions;

  /**
   * Largest request head, 8192 to 1048576, in bytes. Over it: 431, and the connection is closed.
   *
   * @defaultValue `32768`
   */
  maxHeaderBytes?: number;

  /**
   * Most headers in a request, 1 to 3000. Over it: 431, and the connection is closed.
   *
   * @defaultValue `1000`
   */
  maxHeaderCount?: number;

  /**
   * Most open connections, 1 to 1000000. Over it: 503 `OVERLOADED` with `Retry-After`, and the connection is closed.
   *
   * @defaultValue `16384`
   */
  maxConnections?: number;

  /**
   * Most calls that wait for the JavaScript thread, 1 to 1000000. Over it: 503 `OVERLOADED` with `Retry-After: 1`.
   *
   * @defaultValue `4096`
   */
  maxQueuedCalls?: number;

  /**
   * Most bytes of bodies that are held before their calls start, over all connections, 1 to 1099511627776. Over it: 503
   * `OVERLOADED` with `Retry-After: 1`. docs/reference/options.md lists what counts.
   *
   * @defaultValue `134217728`
   */
  maxBufferedBodyBytes?: number;

  /**
   * Longest time for a request head to arrive, 1 to 2147483647, in milliseconds. Over it: 408, and the connection is
   * closed.
   *
   * @defaultValue `10000`
   */
  headersTimeoutMs?: number;

  /**
   * Longest time for a whole request to arrive, from its first byte to the last of its body, 0 to 2147483647, in
   * milliseconds; 0 for no limit. Over it: 408, or a response that has begun is cut, and the connection is closed.
   *
   * @defaultValue `300000`
   */
  requestTimeoutMs?: number;

  /**
   * Window over which {@link minBodyBytesPerSecond} is measured, 1 to 2147483647, in milliseconds. Time in which the
   * task does not read its body does not count. Also the longest time for a discarded body to arrive, and for the
   * reader of a file to stall once its call is over.
   *
   * @defaultValue `30000`
   */
  bodyTimeoutMs?: number;

  /**
   * Lowest rate of a body, 0 to 1000000, in bytes per second, measured over windows of {@link bodyTimeoutMs}; with 0,
   * one byte per window is enough. Below it: 408 `REQUEST_TIMEOUT`, or a response that has begun is cut, and the
   * connection is closed.
   *
   * @defaultValue `240`
   */
  minBodyBytesPerSecond?: number;

  /**
   * Longest time for a connection to be idle between requests, or to stall while a response is written (streamed ones
   * included), 1 to 2147483647, in milliseconds. Over it the connection is closed.
   *
   * @defaultValue `75000`
   */
  keepAliveTimeoutMs?: number;

  /**
   * Longest time for a client to close its side of a connection that the server has closed, 1 to 60000, in
   * milliseconds. Until then it can read what was written last. {@link TunnelServer.close} waits for it.
   *
   * @defaultValue `1000`
   */
  lingerTimeoutMs?: number;

  /**
   * Longest time for a handler to return or settle, and for the validators of a request, 1 to 2147483647, in
   * milliseconds; no limit by default. Over it: 504 `HANDLER_TIMEOUT`, and the call's signal aborts; the handler is not
   * stopped. A streamed response may take any time once it has begun.
   */
  handlerTimeoutMs?: number;
}

/** Limits of multipart calls. Over a limit: 413 `PAYLOAD_TOO_LARGE`, unless another response is given. */
export interface MultipartLimitsOptions {
  /**
   * Size from which a file is too large, 1 to 1099511627776, in bytes.
   *
   * @defaultValue `20971520`
   */
  maxFileBytes?: number;

  /**
   * Most files, among the parts and in the manifest, 0 to 4294967295.
   *
   * @defaultValue `10`
   */
  maxFiles?: number;

  /**
   * Size from which a field is too large, 1 to 268435456, in bytes. The manifest is a field.
   *
   * @defaultValue `1048576`
   */
  maxFieldBytes?: number;

  /**
   * Most fields, the manifest included, 1 to 4294967295.
   *
   * @defaultValue `100`
   */
  maxFields?: number;

  /**
   * Longest name of a field, 1 to 4294967295, in bytes.
   *
   * @defaultValue `16384`
   */
  maxFieldNameBytes?: number;

  /**
   * Number of parts from which a form has too many, 1 to 4294967295. All parts count.
   *
   * @defaultValue `100000`
   */
  maxParts?: number;

  /**
   * Most headers of a part, 1 to 32. Over it: 400 `INVALID_MULTIPART`.
   *
   * @defaultValue `32`
   */
  maxPartHeaders?: number;
}

/** Options of one task. */
export interface TaskOptions {
  /**
   * Longest time for the handler to return or settle, 1 to 2147483647, in milliseconds; overrides
   * `limits.handlerTimeoutMs`.
   */
  timeoutMs?: number;

  /**
   * Runs a call once more, in another worker, if the worker that ran it is lost. Set it where running twice does no
   * harm.
   *
   * @defaultValue `false`
   */
  idempotent?: boolean;
}

/** Options of one event. */
export interface EventOptions extends TaskOptions {
  /**
   * Marks an event whose listeners run in parallel, so that it has no single payload to return: a request with
   * `returnPayload` gets 400 `PARALLEL_EVENT_RETURN_UNSUPPORTED`.
   *
   * @defaultValue `false`
   */
  parallel?: boolean;
}

/** Options of {@link TunnelServer.close}. */
export interface CloseOptions {
  /**
   * Longest time to wait for requests in flight, 0 to 2147483647, in milliseconds. After it their connections are cut.
   *
   * @defaultValue `10000`
   */
  timeoutMs?: number;
}

/**
 * The handler of a task. The result must be JSON data or a {@link StreamedAnswer}. For `undefined` the client gets
 * `{"ok":true}`, for a bigint, cycle, function or symbol 500 `INTERNAL_ERROR`. Throw a {@link TunnelError} to tell the
 * client why a call failed; any other thrown value is a 500 without details.
 */
export type TaskHandler<Input = unknown, Output = unknown> = (
  input: Input,
  context: CallContext,
) => Output | PromiseLike<Output>;

/**
 * The handler of an event. If the client asks for the payload, it gets what the handler returned, or for `undefined`
 * the payload with the handler's changes. Errors are handled as in {@link TaskHandler}.
 */
export type EventHandler<Payload = unknown> = (
  payload: Payload,
  context: CallContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing has type void
) => Payload | void | PromiseLike<Payload | void>;

/**
 * A streamed response, which a task may return in place of JSON data. It is sent as it is produced, no faster than the
 * client reads. When the client leaves, the producer is stopped (by `destroy`, `cancel` or `return`), and the call's
 * signal aborts. An error of the producer cuts the connection, and is logged. Events cannot stream.
 *
 * - A {@link ByteStream}: 200 and `application/octet-stream`.
 * - A {@link StreamAnswer} or a {@link BodyAnswer}: bytes with their own status and headers.
 * - Any other async iterable, such as an async generator: its values as server-sent events if the request accepts
 *   `text/event-stream`, else as lines of JSON (`application/x-ndjson`).
 *
 * `Value` is the type of the values of an async iterable.
 */
export type StreamedAnswer<Value = unknown> = ByteStream | StreamAnswer | BodyAnswer | AsyncIterable<Value>;

/** A Node `Readable`, or a web `ReadableStream`, of bytes or text. */
export type ByteStream = NodeStream | WebStream;

/** A stream of bytes or text, with a status and headers. */
export interface StreamAnswer extends AnswerHead {
  /** The chunks. Text is sent as UTF-8. */
  stream: ByteStream | AsyncIterable<Uint8Array | string>;
}

/** Bytes, with a status and headers. */
export interface BodyAnswer extends AnswerHead {
  /** The bytes. */
  body: Uint8Array;
}

/** Status and headers of a response that is not JSON. */
export interface AnswerHead {
  /**
   * Status of the response, an integer from 200 to 599.
   *
   * @defaultValue `200`
   */
  status?: number;

  /**
   * Media type of the bytes.
   *
   * @defaultValue `'application/octet-stream'`
   */
  contentType?: string;

  /**
   * Further headers. These are set by the server, and ignored here: `set-cookie`, `access-control-allow-origin`,
   * `access-control-allow-credentials`, `x-content-type-options`, `x-frame-options`, `connection`, `transfer-encoding`
   * and `upgrade`.
   */
  headers?: AnswerHeaders;
}

/** Headers of a response by name. */
export type AnswerHeaders = { readonly [name: string]: string | number };

/** The members of a Node `Readable` that are used. */
export interface NodeStream extends AsyncIterable<unknown> {
  /** Pipes the chunks into a writable stream. */
  pipe(destination: never, options?: never): unknown;
  /** Whether it was destroyed. */
  readonly destroyed: boolean;
  /** Ends the stream early. */
  destroy(error?: Error): this;
}

/** The members of a web `ReadableStream` that are used. */
export interface WebStream {
  /** Locks the stream. */
  getReader(): WebStreamReader;
}

/** The members of a `ReadableStreamDefaultReader` that are used. */
export interface WebStreamReader {
  /** The next chunk. */
  read(): PromiseLike<{ done: boolean; value?: unknown }>;
  /** Ends the stream early. */
  cancel(reason?: unknown): PromiseLike<void>;
}

/** The bytes of a request: a `Readable` of `node:stream`, if the types of Node are loaded. */
export type RequestBody = [unknown] extends [Readable] ? AsyncIterable<Uint8Array> & NodeStream : Readable;

/** The context of a call. It can be read after the response, too. */
export interface CallContext {
  /** Id of the task or event. */
  readonly id: string;
  /** The kind of handler that was called. */
  readonly kind: 'task' | 'event';
  /** Id of the request, sent back as `x-runner-request-id`: that of the client, or a generated UUIDv4. */
  readonly requestId: string;
  /** Request headers by lower-case name; repeated ones joined by `, ` (`cookie` by `; `). */
  readonly headers: RequestHeaders;
  /** HTTP method. */
  readonly method: string;
  /** Path and query as received. */
  readonly path: string;
  /** IP address of the client, or of the proxy in front. */
  readonly remoteAddress: string;
  /** Port of the client, or of the proxy in front. */
  readonly remotePort: number;
  /** Whether the client wants the payload of an event back; false for a task. */
  readonly returnPayload: boolean;
  /**
   * Aborts when the client leaves before the response is complete (with an `AbortError`), and when the handler's time
   * is over (with a `TimeoutError`). It does not abort after a complete response.
   */
  readonly signal: AbortSignal;
  /**
   * The bytes of the request as they arrive, if a task is called with `content-type: application/octet-stream`;
   * undefined for any other call. The input is `undefined` then. The size is not limited, and bytes arrive no faster
   * than the task reads them. If the client leaves early, the stream is destroyed with an error whose code is
   * `ECONNRESET`.
   */
  readonly body: RequestBody | undefined;
}

/**
 * A file in the input of a task that is called with a multipart form, in the place where the manifest names it. Its
 * bytes can be read once, as they arrive. While a task does not read a file, the files after it do not arrive. If the
 * client leaves early, the stream is destroyed with an error whose code is `ECONNRESET`; if the form breaks a limit or
 * is malformed, with an error that has the code of the response.
 */
export interface InputFile {
  /** Name that the client gives, or `'upload'`. Not safe to use as a path. */
  name: string;
  /** Media type. If the manifest has none, it is known only once the file has begun to arrive. */
  type?: string;
  /** Size in bytes that the client announces. Not checked. */
  size?: number;
  /** Time of the last change that the client announces, in milliseconds since 1970. */
  lastModified?: number;
  /** Other data that the client sends about the file. */
  extra?: Record<string, unknown>;
  /**
   * The bytes, once.
   *
   * @throws {@link TunnelApiError} `FILE_CONSUMED`: asked for before; `FILE_UNAVAILABLE`: the call is over.
   */
  stream(): RequestBody;
  /** {@link InputFile.stream} as a promise; rejects with the same errors. */
  resolve(): Promise<{ stream: RequestBody }>;
  /**
   * Writes the bytes into a new file in `dir`, which is created if it is missing; by default in the system's folder for
   * temporary files. The file is not deleted later. If the form breaks off, what was written is removed.
   *
   * @throws {@link TunnelApiError} As {@link InputFile.stream}; and the errors of the stream and of the file system.
   */
  toTempFile(dir?: string): Promise<{ path: string; bytesWritten: number }>;
}

/** Request headers by lower-case name. */
export type RequestHeaders = { readonly [name: string]: string | undefined };

/** The address that {@link TunnelServer.listen} has bound. */
export interface ListenAddress {
  /** The bound host. */
  host: string;
  /** The bound port, never 0. */
  port: number;
}

/** The bound address in the form of `net.Server.address()`. */
export interface TunnelAddress {
  /** The bound IP address. */
  address: string;
  /** Its family. */
  family: 'IPv4' | 'IPv6';
  /** The bound port, never 0. */
  port: number;
}

/** The options of a {@link TunnelError}. */
export interface TunnelErrorOptions<Data = unknown> {
  /** Text for the client. */
  message: string;
  /**
   * Code for the client.
   *
   * @defaultValue `'INTERNAL_ERROR'`
   */
  code?: string;
  /** Status of the response, an integer from 400 to 599, also sent in the body; without it the status is 500. */
  httpCode?: number;
  /** Id of the error's type. */
  id?: string;
  /** Details for the client; must be JSON data. */
  data?: Data;
  /** What caused the error. It is not sent. */
  cause?: unknown;
}

/** An error that is sent to the client, without its stack and cause. */
export class TunnelError<Data = unknown> extends Error {
  /**
   * Checks the options.
   *
   * @throws {@link ConfigError} `CONFIG_INVALID`: a missing message, a status out of range, an unknown key.
   */
  constructor(options: TunnelErrorOptions<Data>);
  /** Code for the client. */
  readonly code: string;
  /** Status of the response, if given. */
  readonly httpCode?: number;
  /** Id of the error's type. */
  readonly id?: string;
  /** Details for the client. */
  readonly data?: Data;
}

/** Codes of the errors that this package throws or rejects with. */
export type ApiErrorCode =
  | 'BINARY_UNAVAILABLE'
  | 'CONFIG_INVALID'
  | 'ID_INVALID'
  | 'HANDLER_INVALID'
  | 'ID_TAKEN'
  | 'HANDLER_CONFLICT'
  | 'STATE_INVALID'
  | 'WORKER_START_FAILED'
  | 'FILE_CONSUMED'
  | 'FILE_UNAVAILABLE'
  | ListenErrorCode;

/** Codes of a failed {@link TunnelServer.listen}. */
export type ListenErrorCode = 'EADDRINUSE' | 'EACCES' | 'EADDRNOTAVAIL' | 'ENOTFOUND' | 'LISTEN_FAILED';

/** Codes that the server itself sends in `error.code`. A {@link TunnelError} may have any other. */
export type WireErrorCode =
  | 'INVALID_JSON'
  | 'INVALID_MULTIPART'
  | 'MISSING_MANIFEST'
  | 'PARALLEL_EVENT_RETURN_UNSUPPORTED'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'REQUEST_TIMEOUT'
  | 'PAYLOAD_TOO_LARGE'
  | 'REQUEST_ABORTED'
  | 'INTERNAL_ERROR'
  | 'STREAM_ERROR'
  | 'MISSING_FILE_PART'
  | 'AUTH_NOT_CONFIGURED'
  | 'OVERLOADED'
  | 'WORKER_LOST'
  | 'NO_WORKER'
  | 'HANDLER_TIMEOUT';

/** An error of the API: misuse of a method, invalid options, or an address that cannot be bound. */
export interface TunnelApiError extends Error {
  /** What went wrong. Codes are stable, messages are not. */
  readonly code: ApiErrorCode;
}

/** Thrown by `require` and `import` of this package if the native binary cannot be loaded. */
export interface BinaryError extends TunnelApiError {
  /** Always this code. */
  readonly code: 'BINARY_UNAVAILABLE';
  /** The reason for each file and package that was tried, in that order. */
  readonly reasons: readonly string[];
}

/** A worker of a pool could not be started. */
export interface WorkerStartError extends TunnelApiError {
  /** Always this code. */
  readonly code: 'WORKER_START_FAILED';
  /** The reason, in one line. */
  readonly reason: string;
  /** What a worker thread has thrown. */
  readonly cause?: unknown;
}

/** Invalid options. A `TypeError`. */
export interface ConfigError extends TunnelApiError {
  /** Always this code. */
  readonly code: 'CONFIG_INVALID';
  /** All problems. */
  readonly problems: readonly ConfigProblem[];
}

/** One invalid option. */
export interface ConfigProblem {
  /** Path of the option, such as `limits.maxJsonBytes`. */
  path: string;
  /** The value that was given, as text. */
  received: string;
  /** The values that are accepted, as text. */
  expected: string;
}

/** An address that cannot be bound. The message names host and port. */
export interface ListenError extends TunnelApiError {
  /** The system's code, or `LISTEN_FAILED`. */
  readonly code: ListenErrorCode;
  /** Always `'listen'`. */
  readonly syscall: 'listen';
  /** The configured host. */
  readonly address: string;
  /** The configured port. */
  readonly port: number;
}
