import { TunnelError, TunnelServer } from '@bluelibs/runner-native';

const server = new TunnelServer({ port: 0, auth: { token: 'secret' } });
server.registerTask<{ id: string }, { name: string }>('users.find', ({ id }) => {
  throw new TunnelError({ message: `No user ${id}`, code: 'USER_NOT_FOUND', httpCode: 404 });
});

// @ts-expect-error an option that does not exist
new TunnelServer({ port: 0, prot: 1 });
