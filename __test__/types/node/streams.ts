import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestBody, StreamedAnswer } from '@bluelibs/runner-native';
import { TunnelServer } from '@bluelibs/runner-native';

const server = new TunnelServer(0);

export const responses: StreamedAnswer[] = [
  createReadStream('report.csv'),
  Readable.from(['a', 'b']),
  new ReadableStream<Uint8Array>(),
  new Blob(['text']).stream(),
  Readable.toWeb(createReadStream('report.csv')),
  { stream: createReadStream('report.csv'), contentType: 'text/csv' },
  { stream: new ReadableStream<Uint8Array>() },
  { body: Buffer.from('text'), status: 201 },
];

server.registerTask<string, StreamedAnswer>('files.fetch', async (url, { signal }) => {
  const { body, status } = await fetch(url, { signal });
  return body === null ? { body: Buffer.alloc(0), status } : { stream: body, status };
});

server.registerTask('files.upload', async (_input, { body, signal }) => {
  if (body === undefined) return 0;
  const readable: Readable = body;
  const file = createWriteStream('upload.bin');
  await pipeline(readable, file, { signal });
  return file.bytesWritten;
});

export const body: RequestBody = Readable.from([Buffer.from('text')]);

export function refused(): void {
  // @ts-expect-error what is written to is no response
  responses.push({ stream: createWriteStream('report.csv') });
  // @ts-expect-error a web stream is no body of a request
  take(new ReadableStream<Uint8Array>());
}

function take(_body: RequestBody): void {}
