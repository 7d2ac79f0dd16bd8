import type { WorkerOptions, WorkerTasks } from '@bluelibs/runner-native/worker';
import { serveWorker, TunnelError } from '@bluelibs/runner-native/worker';

const tasks: WorkerTasks = {
  add: ({ a, b }: { a: number; b: number }) => a + b,
  find: {
    handler: async ({ id }: { id: string }, { signal, requestId }) => {
      if (signal.aborted)
        throw new TunnelError({ message: `No user ${id}`, httpCode: 404, data: { requestId } });
      return { id };
    },
    timeoutMs: 1000,
    idempotent: true,
  },
};

export const options: WorkerOptions = {
  tasks,
  events: {
    notify: (payload: { user: string }) => {
      payload.user = payload.user.trim();
    },
    both: { handler: () => undefined, parallel: true },
  },
  maxInFlight: 8,
  onShutdown: async () => {},
};

serveWorker(options);

// @ts-expect-error tasks have no order of listeners
serveWorker({ tasks: { add: { handler: () => 1, parallel: true } } });

// @ts-expect-error a handler is a function
serveWorker({ tasks: { add: 1 } });

// @ts-expect-error an option that does not exist
serveWorker({ tasks, port: 7070 });
