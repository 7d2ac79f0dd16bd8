import { createServer, type RequestListener } from 'node:http';
import type { FallbackListener } from '@bluelibs/runner-native';
import { TunnelServer } from '@bluelibs/runner-native';
import fastify from 'fastify';

const listener: RequestListener = (req, res) => res.writeHead(200).end(req.headers.host);
const web = fastify();
const plain = createServer(listener);

export const listeners: FallbackListener[] = [
  listener,
  (req, res) => web.routing(req, res),
  (req, res) => plain.emit('request', req, res),
  async (req, res) => {
    for await (const chunk of req) res.write(chunk);
    res.end();
  },
];
for (const fallback of listeners) new TunnelServer({ port: 0, fallback });

export function refused(): void {
  // @ts-expect-error a request of a server is no request of a client
  new TunnelServer({ port: 0, fallback: (req: Request) => req.url });
  new TunnelServer({
    port: 0,
    fallback: (req) => {
      // @ts-expect-error the method may be absent in the types of Node
      req.method.toLowerCase();
    },
  });
}
