import { createServer } from 'node:http';
import type { NodeExposureConfig } from '@bluelibs/runner/node';
import { r, run } from '@bluelibs/runner/node';
import type { NativeExposure, NativeExposureConfig } from '@bluelibs/runner-native/runner';
import { exposeRuntime, nativeExposure } from '@bluelibs/runner-native/runner';

export const asBefore: NodeExposureConfig = {
  http: {
    basePath: '/__runner',
    listen: { port: 7070 },
    auth: { token: ['new', 'old'] },
    limits: { json: { maxSize: 1024 }, multipart: { files: 2 } },
  },
};
export const config: NativeExposureConfig = {
  ...asBefore,
  http: { ...asBefore.http, fallback: (req, res) => res.end(req.url) },
  native: { ioThreads: 2, limits: { keepAliveTimeoutMs: 5000 } },
};

export const withoutIt: NativeExposureConfig = { http: { server: createServer() } };

const app = r
  .resource('app')
  .register([nativeExposure.with(config), nativeExposure.fork('app.second').with(asBefore)])
  .dependencies({ exposure: nativeExposure })
  .init(async (_config, { exposure }) => {
    exposure.refresh();
    return exposure.basePath;
  })
  .build();

export async function running(): Promise<NativeExposure> {
  const runtime = await run(app);
  const exposure = await exposeRuntime(runtime, asBefore);
  await exposure.close({ timeoutMs: 100 });
  await exposure.handleRequest?.(undefined as never, undefined as never);
  const text: string = runtime.value;
  // @ts-expect-error the value of the application is a text
  const count: number = runtime.value;
  return text && count ? exposure : nativeValue(exposure);
}

function nativeValue(exposure: NativeExposure): NativeExposure {
  // @ts-expect-error where nodeExposure does not serve there are no handlers
  exposure.handleRequest(undefined as never, undefined as never);
  // @ts-expect-error there may be no server
  exposure.server.address();
  return exposure;
}

// @ts-expect-error no option of the server's own
nativeExposure.with({ native: { port: 7070 } });
// @ts-expect-error the size of a JSON body is set in http.limits
nativeExposure.with({ native: { limits: { maxJsonBytes: 1024 } } });
// @ts-expect-error a listener is a function
nativeExposure.with({ http: { fallback: 'express' } });
// @ts-expect-error a runtime is what run() gave
exposeRuntime({}, asBefore);
