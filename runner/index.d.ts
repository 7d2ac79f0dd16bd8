/**
 * `nodeExposure` of Runner, served by the native server: a drop-in for applications of `@bluelibs/runner`.
 *
 * @packageDocumentation
 */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type {
  definitions,
  NodeExposureConfig,
  NodeExposureDependencyMap,
  NodeExposureDeps,
  NodeExposureHandlers,
  NodeExposureHttpConfig,
  RunResult,
} from '@bluelibs/runner/node';
import type { CloseOptions, LimitsOptions, TunnelServer } from '../index';

/**
 * Exposes the tasks and events that the tunnels of an application name, as `nodeExposure` does, with the same
 * configuration. It starts `nodeExposure` itself where the environment variable `RUNNER_NATIVE` is `off`, where the
 * binary cannot be loaded, with `http.server`, and without `http.listen`; the application's log says which of the two
 * serves, and why (`node.exposure.server`).
 */
export const nativeExposure: definitions.IResource<
  NativeExposureConfig,
  Promise<NativeExposure>,
  NodeExposureDependencyMap
>;

/**
 * Exposes an application that is already running. Close the returned value before the application is disposed.
 *
 * @param runtime - What `run()` resolved to.
 * @throws {@link ConfigError} `CONFIG_INVALID`: one error that lists every problem.
 */
export function exposeRuntime(
  runtime: Pick<RunResult<unknown>, 'getResourceValue'>,
  config: NativeExposureConfig,
): Promise<NativeExposure>;

/** The configuration of `nodeExposure`, and what the native server has besides. */
export interface NativeExposureConfig extends NodeExposureConfig {
  /** Where and how the application is served. */
  http?: NativeExposureHttpConfig;
  /** Settings of the native server, which `nodeExposure` does not have. */
  native?: NativeServerConfig;
}

/** The configuration of `nodeExposure`, and a listener for requests outside of the base path. */
export interface NativeExposureHttpConfig extends NodeExposureHttpConfig {
  /**
   * Serves requests outside of the base path: a listener as `http.createServer` takes it, such as an application of
   * Express. Without it they are 404. Needs {@link NodeExposureHttpConfig.listen}.
   */
  fallback?: FallbackListener;
}

/** A listener as `http.createServer` takes it. */
export type FallbackListener = (req: IncomingMessage, res: ServerResponse) => unknown;

/** Settings of the native server, which `nodeExposure` does not have. */
export interface NativeServerConfig {
  /**
   * Threads that read and write sockets, an integer from 1 to 64.
   *
   * @defaultValue `1`
   */
  ioThreads?: number;
  /**
   * How long requests in flight may take once the application is disposed, 0 to 2147483647, in milliseconds. Those that
   * take longer are cut.
   *
   * @defaultValue `10000`
   */
  closeTimeoutMs?: number;
  /**
   * Streams web streams and async iterables that tasks return, as a `TunnelServer` does. `nodeExposure` sends their own
   * properties as JSON.
   *
   * @defaultValue `false`
   */
  streamIterables?: boolean;
  /** Limits that nodeExposure does not have. */
  limits?: Omit<LimitsOptions, 'maxJsonBytes' | 'multipart'>;
}

/** The value of `nativeExposure`, for resources that depend on it. */
export interface NativeExposure extends Partial<NodeExposureExtras> {
  /** The path that all routes start with. */
  readonly basePath: string;
  /**
   * The server; `address()` returns its port. If `nodeExposure` serves, a `Server` of Node, or null.
   */
  readonly server: TunnelServer | Server | null;
  /** Computes anew what the tunnels expose. Only needed if a tunnel changes after the application is ready. */
  refresh(): void;
  /** Stops accepting, lets requests in flight finish until the timeout, cuts those that are left, and resolves. */
  close(options?: CloseOptions): Promise<void>;
}

/** Members that the value has only if `nodeExposure` serves. */
export type NodeExposureExtras = Omit<NodeExposureHandlers, 'basePath' | 'close' | 'server'>;

/** The resources of an application that are needed. */
export type ExposureDependencies = NodeExposureDeps;
