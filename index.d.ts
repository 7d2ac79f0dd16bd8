/**
 * HTTP server for Runner tunnels. Rust owns the wire, JavaScript runs the registered tasks and events.
 *
 * @packageDocumentation
 */

// The types of Node are used where they are loaded; `NodeStream` and `any` stand in for them where they are not:
// only there are these errors.
// @ts-ignore
import type { IncomingMessage, ServerResponse } from 'node:http';
// @ts-ignore
import type { Readable } from 'node:stream';

// Both are merged with the declarations of `lib` and of `@types/node` where those are loaded. They are
// repeated here so that this file compiles with `lib: ["ES2022"]` alone.
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
 * It keeps the process alive while it listens, as `http.Server` does (see {@link TunnelServer.unref}).
 */
export class TunnelServer {
  /**
   * Checks the options; nothing is bound before {@link TunnelServer.listen}.
   *
   * @param options - The options, or the port alone.
   * @throws {@link ConfigError} `CONFIG_INVALID`: one error that lists every problem.
   */
  constructor(options: TunnelServerOptions | number);

  /** Where the server stands in its life. */
  readonly state: TunnelServerState;

  /**
   * Makes a task reachable at `POST {basePath}/task/{id}`, before or after {@link TunnelServer.listen}.
   *
   * `Input` and `Output` are what you declare; the input that a client sends is not checked against them. For a response
   * that is streamed, `Output` is a {@link StreamedAnswer}.
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
   * `Payload` is what you declare; the payload that a client sends is not checked against it.
   *
   * @throws {@link TunnelApiError} `ID_INVALID`, `HANDLER_INVALID`, `ID_TAKEN`, `STATE_INVALID` (closing or closed).
   */
  registerEvent<Payload = unknown>(id: string, handler: EventHandler<Payload>, options?: EventOptions): this;

  /**
   * Takes a task away; later calls get 404. False where the id was not registered.
   *
   * @throws {@link TunnelApiError} `ID_INVALID`.
   */
  unregisterTask(id: string): boolean;

  /**
   * Takes an event away; later calls get 404. False where the id was not registered.
   *
   * @throws {@link TunnelApiError} `ID_INVALID`.
   */
  unregisterEvent(id: string): boolean;

  /** The ids of the registered tasks, in order of registration. */
  getTaskIds(): Promise<string[]>;

  /** The ids of the registered events, in order of registration. */
  getEventIds(): Promise<string[]>;

  /**
   * Binds the address and starts to serve. Resolves once bound, with the real port. After a {@link ListenError} it may
   * be called again.
   *
   * Requests begin with the `AsyncLocalStorage` stores of this call, as under `http.Server`; what their code enters ends
   * with them.
   *
   * @throws {@link TunnelApiError} `STATE_INVALID`: called twice, or after {@link TunnelServer.close}.
   * @throws {@link ListenError} `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, `ENOTFOUND`, `LISTEN_FAILED`.
   */
  listen(): Promise<ListenAddress>;

  /** The bound address; null before it is bound and after the server is closed. */
  address(): TunnelAddress | null;

  /**
   * Stops accepting, lets the requests in flight finish, cuts what is left after `timeoutMs`, and resolves.
   * Legal in every state. A further call waits for the same end, and can only bring it forward.
   *
   * @throws {@link ConfigError} `CONFIG_INVALID`: a `timeoutMs` that is no integer from 0 to 2147483647.
   */
  close(options?: CloseOptions): Promise<void>;

  /** Lets the listening server keep the process alive (the initial state). */
  ref(): this;

  /** Lets the process end although the server is listening. */
  unref(): this;

  /** Closes the server with the default timeout: `await using server = new TunnelServer(…)`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** `starting` holds while `listen()` runs; `closing` while requests in flight finish. */
export type TunnelServerState = 'new' | 'starting' | 'listening' | 'closing' | 'closed';

/** The options of a {@link TunnelServer}. Unknown keys and values out of range are refused, never adapted. */
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
   * Path that all routes start with. A leading `/` is added and one trailing `/` removed; `/` serves from the root.
   * No query, fragment, bad escape, white space, backslash, empty segment or dot segment. Requests are held against it
   * as they are written, escapes included.
   *
   * @defaultValue `'/__runner'`
   */
  basePath?: string;

  /** Short form of {@link CorsOptions.origin}; giving both is a problem. */
  corsOrigins?: CorsOrigin;

  /**
   * CORS headers. Without it (and without `corsOrigins`) every origin is allowed (`*`) where {@link auth} is given; with
   * neither, only loopback hosts and origins are answered, others get a 403.
   */
  cors?: CorsOptions;

  /** Who may call. Without it anyone may, and only a loopback host is accepted. */
  auth?: AuthOptions;

  /** The ids that can be reached: another id gets 403. Without it every registered id can. */
  allowList?: AllowListOptions;

  /**
   * Responds with 404 to `GET {basePath}/discovery`, before authentication.
   *
   * @defaultValue `false`
   */
  disableDiscovery?: boolean;

  /** Serves every request outside of {@link basePath}. Without it they get 404. */
  fallback?: FallbackListener;

  /**
   * Threads that read and write sockets, an integer from 1 to 64. Handlers always run on the JavaScript thread.
   *
   * @defaultValue `1`
   */
  ioThreads?: number;

  /** Receives the errors that clients are not told about. Without it nothing is written anywhere. */
  logger?: TunnelLogger;

  /** Sizes, counts and times beyond which a request or a connection is refused. */
  limits?: LimitsOptions;
}

/**
 * A listener as `http.createServer` takes it, such as an application of Express. It gets Node's own request and response.
 * One that throws, or rejects, before it responds is a 500 `INTERNAL_ERROR` and goes to the logger.
 */
export type FallbackListener = (req: IncomingMessage, res: ServerResponse) => unknown;

/**
 * Decides the allowed origin for one request: the value to send, or null or undefined for none. Synchronous: a promise is
 * not waited for, allows no origin and is logged (`exposure.cors.origin.error`), as is what the function throws.
 */
export type CorsOriginFunction = (origin: string | undefined) => string | null | undefined;

/** `'*'`, one origin (`scheme://host[:port]` or `'null'`), a list of origins (without `'*'`), a pattern, or a function. */
export type CorsOrigin = string | readonly string[] | RegExp | CorsOriginFunction;

/** CORS headers, sent on errors too. */
export interface CorsOptions {
  /** The allowed origins. Anything but a string is compared with the request's origin and adds `Vary: Origin`. */
  origin?: CorsOrigin;

  /**
   * Methods that a preflight allows.
   *
   * @defaultValue `['POST', 'OPTIONS']`
   */
  methods?: readonly string[];

  /** Request headers that a preflight allows. Without it the requested ones are echoed. */
  allowedHeaders?: readonly string[];

  /** Response headers that a browser script may read. */
  exposedHeaders?: readonly string[];

  /**
   * Sends `Access-Control-Allow-Credentials: true`. Needs an `origin`: without one no origin is allowed.
   *
   * @defaultValue `false`
   */
  credentials?: boolean;

  /** How long a browser may keep a preflight's response, an integer from 0 to 31536000, in seconds. */
  maxAge?: number;

  /**
   * Adds `Vary: Origin` where the response depends on the request's origin.
   *
   * @defaultValue `true`
   */
  varyOrigin?: boolean;
}

/**
 * Who may call: a matching token, or a validator that says so. With neither, and without `allowAnonymous`, every
 * request gets 500 `AUTH_NOT_CONFIGURED`.
 */
export interface AuthOptions {
  /**
   * Name of the header that carries the token.
   *
   * @defaultValue `'x-runner-token'`
   */
  header?: string;

  /** The accepted token, or several (to rotate them). Empty tokens and an empty list are refused. */
  token?: string | readonly string[];

  /** Asked in order when no token matched; the first `{ ok: true }` lets the request in, a throw is a no. */
  validate?: AuthValidator | readonly AuthValidator[];

  /**
   * Lets requests in where neither `token` nor `validate` is given.
   *
   * @defaultValue `false`
   */
  allowAnonymous?: boolean;
}

/** Accepts or refuses a request. Runs on the JavaScript thread. */
export type AuthValidator = (request: AuthRequest) => AuthVerdict | PromiseLike<AuthVerdict>;

/** The outcome of an {@link AuthValidator}. */
export interface AuthVerdict {
  /** Lets the request in if it is an own property that is `true`; any other value, truthy ones too, is a no. */
  ok: boolean;
}

/** What an {@link AuthValidator} sees of a request. */
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

/** The ids that can be reached. A half that is left out allows none of its kind. */
export interface AllowListOptions {
  /** Ids of tasks. */
  tasks?: readonly string[];
  /** Ids of events. */
  events?: readonly string[];
}

/** Functions that take what the server has to say. `console` fits. */
export interface TunnelLogger {
  /** Failures of your JavaScript, such as `exposure.task.error`; docs/reference/log-events.md lists the messages and their data. */
  error?(message: string, data?: unknown): void;
  /** Requests that authentication refused. */
  warn?(message: string, data?: unknown): void;
  /** The server is bound, or closed. */
  info?(message: string, data?: unknown): void;
  /** What a handler throws because its client has left, or has sent what it may not. */
  debug?(message: string, data?: unknown): void;
}

/** Limits of a server. Times of connections are checked every 50 ms. */
export interface LimitsOptions {
  /**
   * Largest JSON body, 1 to 268435456, in bytes. Over it: 413 `PAYLOAD_TOO_LARGE`. A {@link CallContext.body} has no
   * such limit.
   *
   * @defaultValue `2097152`
   */
  maxJsonBytes?: number;

  /** Limits of multipart calls. What is left out keeps its default. */
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
   * Most bytes of bodies that are held until they are complete, 1 to 1099511627776, those of all connections together.
   * Over it: 503 `OVERLOADED` with `Retry-After: 1`.
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
   * milliseconds; 0: no limit. Over it: 408, and the connection is closed; a response that has begun is cut.
   *
   * @defaultValue `300000`
   */
  requestTimeoutMs?: number;

  /**
   * Window over which {@link minBodyBytesPerSecond} is measured, 1 to 2147483647, in milliseconds. Time in which the body
   * is not read, because its task is slow, does not count. It is also the longest time for a body that is not wanted, and
   * for a reader of a file to stall once its call is over.
   *
   * @defaultValue `30000`
   */
  bodyTimeoutMs?: number;

  /**
   * Slowest rate at which a body may arrive, 0 to 1000000, in bytes per second, measured over windows of
   * {@link bodyTimeoutMs}; 0: one byte in a window. Under it: 408 `REQUEST_TIMEOUT`, or the response that has begun is cut,
   * and the connection is closed.
   *
   * @defaultValue `240`
   */
  minBodyBytesPerSecond?: number;

  /**
   * Longest time that a connection is idle between requests, or stalls while a response is written to it (a streamed one
   * too), 1 to 2147483647, in milliseconds. Over it the connection is closed.
   *
   * @defaultValue `75000`
   */
  keepAliveTimeoutMs?: number;

  /**
   * Longest time that a client may take to close its side of a connection that the server has ended, 1 to 60000, in
   * milliseconds: until then what was written last can still be read. {@link TunnelServer.close} waits for it.
   *
   * @defaultValue `1000`
   */
  lingerTimeoutMs?: number;

  /**
   * Longest time for a handler to respond, and for the validators of a request, 1 to 2147483647, in milliseconds;
   * without it there is no limit. Over it: 504 `HANDLER_TIMEOUT`, and the call's signal aborts. A streamed response may
   * take any time once it has begun.
   */
  handlerTimeoutMs?: number;
}

/** Limits of multipart calls; over one: 413 `PAYLOAD_TOO_LARGE`, where nothing else is said. */
export interface MultipartLimitsOptions {
  /**
   * Size of a file that is too large, 1 to 1099511627776, in bytes.
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
   * Size of a field that is too large, 1 to 268435456, in bytes. The manifest is a field.
   *
   * @defaultValue `1048576`
   */
  maxFieldBytes?: number;

  /**
   * Most fields, 1 to 4294967295.
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
   * Number of parts, whatever they are, that is too large, 1 to 4294967295.
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
  /** Longest time for the handler to respond, 1 to 2147483647, in milliseconds; overrides `limits.handlerTimeoutMs`. */
  timeoutMs?: number;
}

/** Options of one event. */
export interface EventOptions extends TaskOptions {
  /**
   * Marks an event whose listeners run in parallel, so that there is no one payload to give back: a request with
   * `returnPayload` gets 400 `PARALLEL_EVENT_RETURN_UNSUPPORTED`.
   *
   * @defaultValue `false`
   */
  parallel?: boolean;
}

/** Options of {@link TunnelServer.close}. */
export interface CloseOptions {
  /**
   * Longest time to wait for the requests in flight, 0 to 2147483647, in milliseconds; their connections are cut then.
   *
   * @defaultValue `10000`
   */
  timeoutMs?: number;
}

/**
 * The work of a task. The result must be what JSON can carry, or a {@link StreamedAnswer}; `undefined` responses
 * `{"ok":true}`, and a bigint, cycle, function or symbol is 500 `INTERNAL_ERROR`. Throw a {@link TunnelError} to tell
 * the client why; any other throw is a 500 without details.
 */
export type TaskHandler<Input = unknown, Output = unknown> = (
  input: Input,
  context: CallContext,
) => Output | PromiseLike<Output>;

/**
 * The work of an event. Where the client asks for the payload, the response is what the handler returned, or the payload
 * (with the handler's changes) when it returned `undefined`. Throws as in {@link TaskHandler}.
 */
export type EventHandler<Payload = unknown> = (
  payload: Payload,
  context: CallContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing has type void
) => Payload | void | PromiseLike<Payload | void>;

/**
 * What a task may return in place of JSON data; it goes out as it is made. A slow client slows its producer. A client
 * that leaves ends it (`destroy`, `cancel` or `return`) and aborts the call's signal. An error on the way cuts the
 * connection, and goes to the logger. An event cannot respond with one.
 *
 * - A {@link ByteStream}: 200 and `application/octet-stream`.
 * - A {@link StreamAnswer} or a {@link BodyAnswer}: bytes with a status and headers of their own.
 * - Any other async iterable, such as an async generator: its values as server-sent events where the request accepts
 *   `text/event-stream`, and as lines of JSON (`application/x-ndjson`) where it does not.
 *
 * `Value` is what the values of an async iterable are.
 */
export type StreamedAnswer<Value = unknown> = ByteStream | StreamAnswer | BodyAnswer | AsyncIterable<Value>;

/** A Node `Readable`, or a web `ReadableStream`, of bytes or text. */
export type ByteStream = NodeStream | WebStream;

/** Bytes or text as they are made, with a status and headers. */
export interface StreamAnswer extends AnswerHead {
  /** What makes the chunks; text is sent as UTF-8. */
  stream: ByteStream | AsyncIterable<Uint8Array | string>;
}

/** Bytes that are there already, with a status and headers. */
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
   * What the bytes are.
   *
   * @defaultValue `'application/octet-stream'`
   */
  contentType?: string;

  /**
   * Further headers. These are the server's own and left out: `set-cookie`, `access-control-allow-origin`,
   * `access-control-allow-credentials`, `x-content-type-options`, `x-frame-options`, `connection`, `transfer-encoding`
   * and `upgrade`.
   */
  headers?: AnswerHeaders;
}

/** Headers of a response by name. */
export type AnswerHeaders = { readonly [name: string]: string | number };

/** What is needed of a Node `Readable`. Every `stream.Readable` is one. */
export interface NodeStream extends AsyncIterable<unknown> {
  /** Sends the chunks on to a writable stream. */
  pipe(destination: never, options?: never): unknown;
  /** Whether it was destroyed. */
  readonly destroyed: boolean;
  /** Ends it before its time. */
  destroy(error?: Error): this;
}

/** What is needed of a web `ReadableStream`. Every one of Node, `fetch` and browsers is one. */
export interface WebStream {
  /** Takes the stream over. */
  getReader(): WebStreamReader;
}

/** What is needed of a `ReadableStreamDefaultReader`. */
export interface WebStreamReader {
  /** The next chunk. */
  read(): PromiseLike<{ done: boolean; value?: unknown }>;
  /** Ends the stream before its time. */
  cancel(reason?: unknown): PromiseLike<void>;
}

/** The bytes of a request: a `Readable` of `node:stream` where the types of Node are loaded. */
export type RequestBody = [unknown] extends [Readable] ? AsyncIterable<Uint8Array> & NodeStream : Readable;

/** One call. Made on first use, and readable after the response too. */
export interface CallContext {
  /** Id of the task or event. */
  readonly id: string;
  /** What was called. */
  readonly kind: 'task' | 'event';
  /** Id of the request, sent back as `x-runner-request-id`: the client's own, or a UUIDv4. */
  readonly requestId: string;
  /** Request headers by lower-case name; repeated ones joined by `, ` (`cookie` by `; `). */
  readonly headers: RequestHeaders;
  /** HTTP method. */
  readonly method: string;
  /** Path and query as received. */
  readonly path: string;
  /** IP address of the peer of the connection. */
  readonly remoteAddress: string;
  /** Port of the peer of the connection. */
  readonly remotePort: number;
  /** Whether the client wants the payload of an event back; false for a task. */
  readonly returnPayload: boolean;
  /**
   * Aborts when the client leaves before the response is complete, a streamed one included, and when the handler's time is
   * over.
   */
  readonly signal: AbortSignal;
  /**
   * The bytes of the request as they arrive, where a task was called with `content-type: application/octet-stream`: its
   * input is `undefined` then, and no size is too large. What the task does not read waits at the client. When the
   * client breaks off, the stream is destroyed with an error whose code is `ECONNRESET`. Undefined for every other call.
   */
  readonly body: RequestBody | undefined;
}

/**
 * A file in the input of a task that was called with a multipart form: it stands where the manifest names it. Its bytes
 * can be read once, as they arrive; what the task does not read waits at the client, the files behind it too. A stream
 * that breaks off is destroyed with an error whose code is `ECONNRESET` where the client has left, and that of the
 * response where the form breaks a limit or is malformed.
 */
export interface InputFile {
  /** Name as the client gives it, `'upload'` where it gives none. It is no safe path. */
  name: string;
  /** Media type. What the manifest leaves out may be known only once the file has begun to arrive. */
  type?: string;
  /** Size in bytes as the client announces it; nothing checks it. */
  size?: number;
  /** When the file was changed, in milliseconds since 1970, as the client announces it. */
  lastModified?: number;
  /** Whatever else the client says of the file. */
  extra?: Record<string, unknown>;
  /**
   * The bytes, once.
   *
   * @throws {@link TunnelApiError} `FILE_CONSUMED`: asked for before; `FILE_UNAVAILABLE`: the call is over.
   */
  stream(): RequestBody;
  /** The same as a promise. */
  resolve(): Promise<{ stream: RequestBody }>;
  /** Writes the bytes into a new file in `dir` (default: the system's folder for such), which is made where missing. */
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

/** What a {@link TunnelError} says to the client. */
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
  /** Details for the client; must be what JSON can carry. */
  data?: Data;
  /** What led to the error, for your own logs; it stays here. */
  cause?: unknown;
}

/** An error that reaches the client as it is. The stack and the cause stay here. */
export class TunnelError<Data = unknown> extends Error {
  /**
   * Checks the options.
   *
   * @throws {@link ConfigError} `CONFIG_INVALID`: a missing message, a status out of range, an unknown key.
   */
  constructor(options: TunnelErrorOptions<Data>);
  /** Code for the client. */
  readonly code: string;
  /** Status of the response, where one was given. */
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
  | 'STATE_INVALID'
  | 'FILE_CONSUMED'
  | 'FILE_UNAVAILABLE'
  | ListenErrorCode;

/** Codes of a failed {@link TunnelServer.listen}. */
export type ListenErrorCode = 'EADDRINUSE' | 'EACCES' | 'EADDRNOTAVAIL' | 'ENOTFOUND' | 'LISTEN_FAILED';

/** Codes that the server itself puts into `error.code` of a response. A {@link TunnelError} may carry any other. */
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
  | 'HANDLER_TIMEOUT';

/** An error of the API: misuse of a method, bad options, or an address that cannot be bound. */
export interface TunnelApiError extends Error {
  /** What went wrong; the codes are stable, the messages are not. */
  readonly code: ApiErrorCode;
}

/** The native binary cannot be loaded: what `require` and `import` of this package throw. */
export interface BinaryError extends TunnelApiError {
  /** Always this code. */
  readonly code: 'BINARY_UNAVAILABLE';
  /** Why, for each file and package that was tried, in that order. */
  readonly reasons: readonly string[];
}

/** Bad options. A `TypeError`. */
export interface ConfigError extends TunnelApiError {
  /** Always this code. */
  readonly code: 'CONFIG_INVALID';
  /** Every problem that was found. */
  readonly problems: readonly ConfigProblem[];
}

/** One bad option. */
export interface ConfigProblem {
  /** Path of the option, such as `limits.maxJsonBytes`. */
  path: string;
  /** What was given, as text. */
  received: string;
  /** What is accepted, as text. */
  expected: string;
}

/** An address that cannot be bound. The message names host and port. */
export interface ListenError extends TunnelApiError {
  /** The system's code, or `LISTEN_FAILED`. */
  readonly code: ListenErrorCode;
  /** What failed. */
  readonly syscall: 'listen';
  /** The host that was to be bound. */
  readonly address: string;
  /** The port that was to be bound. */
  readonly port: number;
}
