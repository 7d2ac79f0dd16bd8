import type { TunnelServerOptions } from '@bluelibs/runner-native';
import * as native from '@bluelibs/runner-native';
import { TunnelError, TunnelServer, version } from '@bluelibs/runner-native';

const options: TunnelServerOptions = { port: 0 };
export const server: TunnelServer = new TunnelServer(options);
export const error: Error = new TunnelError({ message: 'No such account' });
export const text: string = version;
export const same: typeof TunnelServer = native.TunnelServer;

// @ts-expect-error there is no default export of this name
export const missing = native.Server;

// @ts-expect-error exports cannot be assigned to
native.version = '2';
