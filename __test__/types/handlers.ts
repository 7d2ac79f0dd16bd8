import type { CallContext, EventHandler, TaskHandler } from '@bluelibs/runner-native';
import { TunnelServer } from '@bluelibs/runner-native';

interface Pair {
  a: number;
  b: number;
}

const server = new TunnelServer(0);

const add: TaskHandler<Pair, number> = ({ a, b }) => a + b;
const addLater: TaskHandler<Pair, number> = async ({ a, b }) => a + b;
const seen: EventHandler<{ count: number }> = (payload) => {
  payload.count += 1;
};
const replaced: EventHandler<{ count: number }> = async (payload) => ({ count: payload.count + 1 });

export const chained: TunnelServer = server
  .registerTask('math.add', add, { timeoutMs: 1000 })
  .registerTask('math.add-later', addLater)
  .registerTask('math.inline', (input: Pair, context) => `${context.requestId}: ${input.a + input.b}`)
  .registerTask<Pair, number>('math.explicit', async (input) => input.a)
  .registerTask('math.nothing', () => {})
  .registerEvent('count.seen', seen, { timeoutMs: 1000, parallel: true })
  .registerEvent('count.replaced', replaced)
  .registerEvent('count.inline', (payload: { count: number }) => {
    payload.count += 1;
  })
  .unref()
  .ref();

export function readContext(context: CallContext): string {
  const kind: 'task' | 'event' = context.kind;
  const type: string | undefined = context.headers['content-type'];
  const aborted: boolean = context.signal.aborted;
  const returnPayload: boolean = context.returnPayload;
  return [
    context.id,
    kind,
    context.requestId,
    type,
    context.method,
    context.path,
    context.remoteAddress,
    context.remotePort + 1,
    returnPayload,
    aborted,
  ].join();
}

export async function live(): Promise<void> {
  const tasks: string[] = await server.getTaskIds();
  const events: string[] = await server.getEventIds();
  const bound: { host: string; port: number } = await server.listen();
  const address: { address: string; family: 'IPv4' | 'IPv6'; port: number } | null = server.address();
  const gone: boolean = server.unregisterTask('math.add') && server.unregisterEvent('count.seen');
  const state: 'new' | 'starting' | 'listening' | 'closing' | 'closed' = server.state;
  await server.close();
  await server.close({ timeoutMs: 500 });
  await server[Symbol.asyncDispose]();
  return void [tasks, events, bound, address, gone, state];
}

export function refused(context: CallContext): void {
  // @ts-expect-error without a declared type the input is unknown
  server.registerTask('math.add', (input) => input.a);
  // @ts-expect-error an id is text
  server.registerTask(7, add);
  // @ts-expect-error a task needs a handler
  server.registerTask('math.add');
  // @ts-expect-error a handler is a function
  server.registerTask('math.add', 'add');
  // @ts-expect-error only events run in parallel
  server.registerTask('math.add', add, { parallel: true });
  // @ts-expect-error the declared result holds
  server.registerTask<Pair, string>('math.add', ({ a, b }) => a + b);
  // @ts-expect-error an event gives back its payload or nothing
  server.registerEvent<{ count: number }>('count.seen', () => 'seen');
  // @ts-expect-error times are numbers
  server.registerEvent('count.seen', seen, { timeoutMs: '1s' });
  // @ts-expect-error the context is read-only
  context.requestId = 'mine';
  // @ts-expect-error and says no more than the client did
  context.returnPayload = true;
  // @ts-expect-error a header may be absent
  context.headers['x-key'].length;
  // @ts-expect-error the state is the server's to change
  server.state = 'closed';
  // @ts-expect-error the server listens where its options say
  server.listen(7070);
  // @ts-expect-error an address may be absent
  server.address().port;
}
