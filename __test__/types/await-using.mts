import { TunnelServer } from '@bluelibs/runner-native';

export async function serveOnce(): Promise<number> {
  await using server = new TunnelServer(0);
  const disposable: AsyncDisposable = server;
  const signals: AbortSignal[] = [];
  server.registerTask('abort.seen', (_input, { signal }) => {
    signals.push(signal);
    signal.throwIfAborted();
    signal.addEventListener('abort', () => {});
  });
  const { port } = await server.listen();
  return disposable === server ? port : 0;
}
