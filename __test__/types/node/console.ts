import { createServer } from 'node:net';
import type { TunnelAddress } from '@bluelibs/runner-native';
import { TunnelServer } from '@bluelibs/runner-native';

export const logging: TunnelServer = new TunnelServer({ port: 0, logger: console });

export async function fetchInTask(url: string): Promise<void> {
  logging.registerTask('fetch.text', async (_input, { signal }) => (await fetch(url, { signal })).text());
}

const address = createServer().address();
export const alike: TunnelAddress | null =
  typeof address === 'object' ? (address as TunnelAddress | null) : null;
