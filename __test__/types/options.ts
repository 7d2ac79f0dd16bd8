import type {
  AuthValidator,
  CorsOrigin,
  FallbackListener,
  TunnelLogger,
  TunnelServerOptions,
} from '@bluelibs/runner-native';
import { TunnelServer } from '@bluelibs/runner-native';

new TunnelServer(7070);
new TunnelServer({ port: 0 });

export const everything: TunnelServerOptions = {
  port: 7070,
  host: '127.0.0.1',
  basePath: '/__runner',
  cors: {
    origin: ['https://app.example.com'],
    methods: ['POST', 'OPTIONS'],
    allowedHeaders: ['content-type'],
    exposedHeaders: ['x-runner-request-id'],
    credentials: true,
    maxAge: 600,
    varyOrigin: true,
  },
  auth: {
    header: 'x-runner-token',
    token: ['new', 'old'],
    validate: () => ({ ok: false }),
    allowAnonymous: false,
  },
  allowList: { tasks: ['math.add'], events: [] },
  disableDiscovery: false,
  fallback: (req, res) => res.end(req.url),
  ioThreads: 1,
  logger: {},
  limits: {
    maxJsonBytes: 2097152,
    multipart: {
      maxFileBytes: 20971520,
      maxFiles: 10,
      maxFieldBytes: 1048576,
      maxFields: 100,
      maxFieldNameBytes: 16384,
      maxParts: 100000,
      maxPartHeaders: 32,
    },
    maxHeaderBytes: 32768,
    maxHeaderCount: 1000,
    maxConnections: 16384,
    maxQueuedCalls: 4096,
    maxBufferedBodyBytes: 134217728,
    headersTimeoutMs: 10000,
    requestTimeoutMs: 300000,
    bodyTimeoutMs: 30000,
    minBodyBytesPerSecond: 240,
    keepAliveTimeoutMs: 75000,
    lingerTimeoutMs: 1000,
    handlerTimeoutMs: 5000,
  },
};

export const origins: CorsOrigin[] = [
  '*',
  'https://app.example.com',
  ['https://a.example', 'https://b.example'] as const,
  /\.example\.com$/,
  (origin) => (origin?.endsWith('.example.com') ? origin : null),
  () => undefined,
];

export const validators: AuthValidator[] = [
  ({ headers, method, url, path }) => ({ ok: headers.authorization === `${method} ${url} ${path}` }),
  async (request) => ({ ok: request.headers['x-key'] !== undefined }),
];
new TunnelServer({ port: 0, auth: { validate: validators } });

export const logger: TunnelLogger = { error: (message: string, data: unknown) => [message, data] };

// Of any type, since the types of Node may not be loaded.
export const listener: FallbackListener = async (req, res) => {
  res.statusCode = 404;
  res.end(`${req.method} ${req.url}`);
};
new TunnelServer({ port: 0, fallback: listener });
new TunnelServer({ port: 0, fallback: () => {} });

export function refused(): void {
  // @ts-expect-error the port is required
  new TunnelServer({});
  // @ts-expect-error and so is the argument
  new TunnelServer();
  // @ts-expect-error a port is a number
  new TunnelServer('7070');
  // @ts-expect-error unknown keys are refused
  new TunnelServer({ port: 0, hostname: '127.0.0.1' });
  // @ts-expect-error and so are unknown limits
  new TunnelServer({ port: 0, limits: { maxBodyBytes: 1 } });
  // @ts-expect-error sizes are numbers
  new TunnelServer({ port: 0, limits: { maxJsonBytes: '2mb' } });
  // @ts-expect-error an origin is text, a list, a pattern or a function
  new TunnelServer({ port: 0, corsOrigins: true });
  // @ts-expect-error the origin function is synchronous
  new TunnelServer({ port: 0, cors: { origin: async () => '*' } });
  // @ts-expect-error a validator returns an object
  new TunnelServer({ port: 0, auth: { validate: () => true } });
  // @ts-expect-error a listener is a function
  new TunnelServer({ port: 0, fallback: { handle: listener } });
  // @ts-expect-error that takes a request and a response
  new TunnelServer({ port: 0, fallback: (req, res, next) => next(req, res) });
  // @ts-expect-error the allow-list has two halves
  new TunnelServer({ port: 0, allowList: ['math.add'] });
  new TunnelServer({
    port: 0,
    auth: {
      validate: (request) => {
        // @ts-expect-error what the validator sees is read-only
        request.method = 'GET';
        return { ok: true };
      },
    },
  });
}
