import native = require('@bluelibs/runner-native');

const { TunnelServer, TunnelError, version } = native;

export const server: native.TunnelServer = new TunnelServer(7070);
export const error: native.TunnelError = new TunnelError({ message: 'No such account' });
export const text: string = version;

// @ts-expect-error the package is an object of exports, not a class
export const called = new native(7070);
