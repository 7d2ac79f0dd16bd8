import type {
  AnswerHead,
  BodyAnswer,
  ByteStream,
  CallContext,
  NodeStream,
  StreamAnswer,
  StreamedAnswer,
  TaskHandler,
  WebStream,
} from '@bluelibs/runner-native';
import { TunnelServer } from '@bluelibs/runner-native';

interface Tick {
  at: number;
}

declare const node: NodeStream;
declare const web: WebStream;
declare const text: AsyncIterable<string>;
declare const bytes: AsyncGenerator<Uint8Array>;

const server = new TunnelServer(0);

async function* ticks(count: number): AsyncGenerator<Tick> {
  for (let at = 0; at < count; at += 1) yield { at };
}

const head: AnswerHead = {
  status: 201,
  contentType: 'text/csv',
  headers: { 'content-disposition': 'attachment', 'content-length': 4 },
};
const counting: TaskHandler<number, StreamedAnswer<Tick>> = (count) => ticks(count);
const later: TaskHandler<number, StreamedAnswer> = async (count) => ticks(count);

export const responses: StreamedAnswer[] = [
  node,
  web,
  ticks(3),
  { stream: node },
  { stream: web, ...head },
  { stream: text, contentType: 'text/plain' },
  { stream: bytes, status: 206 },
  { body: new Uint8Array(3) },
  { body: new Uint8Array(3), ...head },
];
export const streams: ByteStream[] = [node, web];

export const chained: TunnelServer = server
  .registerTask('ticks.counted', counting)
  .registerTask('ticks.later', later)
  .registerTask('ticks.generated', async function* (count: number) {
    yield* ticks(count);
  })
  .registerTask<number, AsyncIterable<Tick>>('ticks.iterable', (count) => ticks(count))
  .registerTask<string, StreamedAnswer>('files.read', async () => ({ stream: node, ...head }))
  .registerTask<string, StreamAnswer>('files.stream', () => ({ stream: web }))
  .registerTask<string, BodyAnswer>('files.body', () => ({ body: new Uint8Array(3), status: 404 }))
  .registerTask<string, StreamedAnswer | number>('files.either', (name) => (name === '' ? 0 : node));

export async function upload(_input: undefined, { body }: CallContext): Promise<number> {
  if (body === undefined || body.destroyed) return 0;
  let size = 0;
  for await (const chunk of body) size += chunk.length;
  body.destroy();
  return size;
}
server.registerTask('files.upload', upload);
server.registerTask('files.echo', (_input, { body }) => body);

export async function refused(context: CallContext): Promise<void> {
  // @ts-expect-error text is no stream
  responses.push({ stream: 'text' });
  // @ts-expect-error nor is a list
  responses.push({ stream: [new Uint8Array(3)] });
  // @ts-expect-error the chunks of a stream are bytes or text
  responses.push({ stream: ticks(3) });
  // @ts-expect-error a body is bytes
  responses.push({ body: 'text' });
  // @ts-expect-error a status is a number
  responses.push({ stream: node, status: '200' });
  // @ts-expect-error a content type is text
  responses.push({ stream: node, contentType: ['text/plain'] });
  // @ts-expect-error a header has one value
  responses.push({ stream: node, headers: { link: ['a', 'b'] } });
  // @ts-expect-error a head alone is no response
  responses.push({ status: 200 });
  // @ts-expect-error plain data is no streamed response
  responses.push({ at: 1 });
  // @ts-expect-error the declared values hold
  server.registerTask<number, StreamedAnswer<Tick>>('ticks.wrong', async function* () {
    yield 'tick';
  });
  // @ts-expect-error a task that returns data does not stream
  server.registerTask<number, number>('ticks.wrong', () => node);
  // @ts-expect-error events do not stream
  server.registerEvent<Tick>('ticks.wrong', () => ({ stream: node }));
  // @ts-expect-error only a call with octets has a body
  context.body.destroy();
  // @ts-expect-error the body is the server's to give
  context.body = undefined;
}
