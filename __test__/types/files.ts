import type { InputFile } from '@bluelibs/runner-native';
import { TunnelServer } from '@bluelibs/runner-native';

interface Photo {
  album: string;
  photo: InputFile;
}

export const server: TunnelServer = new TunnelServer(0)
  .registerTask<Photo, number>('photos.measured', async ({ photo }) => {
    let bytes = 0;
    for await (const chunk of photo.stream()) bytes += chunk.length;
    return bytes;
  })
  .registerTask<Photo, string>('photos.kept', async ({ photo }) => (await photo.toTempFile('/tmp')).path)
  .registerTask<Photo, unknown>('photos.echoed', async ({ photo }) => (await photo.resolve()).stream)
  .registerTask<Photo, string>('photos.described', ({ photo }) => {
    const size: number | undefined = photo.size;
    const changed: number | undefined = photo.lastModified;
    const extra: Record<string, unknown> | undefined = photo.extra;
    return [photo.name, photo.type ?? '', size, changed, extra].join();
  });

// @ts-expect-error Files can be read, not made.
export const made: InputFile = { name: 'a.txt' };
