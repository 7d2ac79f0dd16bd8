// Runs in the browser, on a page of another origin: does what the page of an application would do, and reports it.
import { createHttpClient, Serializer } from '@bluelibs/runner';

/** The addresses of three servers. @type {any} */
const { open, strict, own } = await (await fetch('/settings.json')).json();

/** @param {string} baseUrl @param {object} [more] */
const clientOf = (baseUrl, more = {}) =>
  createHttpClient({ baseUrl, auth: { token: 'secret' }, serializer: new Serializer(), ...more });

const client = clientOf(open);

/** @param {string} url @param {RequestInit} [more] */
const post = (url, more = {}) =>
  fetch(url, {
    method: 'POST',
    body: '{"input":{"a":1,"b":2}}',
    ...more,
    headers: { 'content-type': 'application/json', 'x-runner-token': 'secret', ...more.headers },
  });

/** @param {Response} response */
const told = async (response) => ({ status: response.status, body: await response.json() });

/** What the page does, by the name under which it is reported. @type {Record<string, () => Promise<unknown>>} */
const steps = {
  sum: () => client.task('add', { a: 2, b: 3 }),
  async records() {
    const input = { at: new Date(0), map: new Map([['k', 1n]]), text: 'é漢😀' };
    const { at, map, text } = /** @type {typeof input} */ (await client.task('echo', input));
    return [at instanceof Date, at.getTime(), map instanceof Map, String(map.get('k')), text];
  },
  event: () =>
    client.eventWithResult?.('enrich', { a: 1 }) ?? Promise.reject(new Error('no eventWithResult')),
  async context() {
    const headers = { 'x-runner-context': JSON.stringify({ 'ctx.user': '{"id":7}' }) };
    return told(await post(`${open}/task/who`, { headers }));
  },
  upload() {
    const blob = new Blob(['x'.repeat(300_000)], { type: 'text/plain' });
    const file = { $runnerFile: 'File', id: 'F1', meta: { name: 'é.txt', type: 'text/x' }, _web: { blob } };
    return client.task('upload', { file });
  },
  async stream() {
    const { body } = await post(`${open}/task/stream`);
    const reader = /** @type {ReadableStream<Uint8Array>} */ (body).getReader();
    const first = await reader.read();
    await client.task('goOn');
    const texts = [new TextDecoder().decode(first.value)];
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      texts.push(new TextDecoder().decode(next.value));
    }
    return texts;
  },
  typed: () => client.task('find', { id: 7 }),
  broken: () => client.task('broken'),
  unauthorized: () => clientOf(open, { auth: { token: 'wrong' } }).task('add', { a: 1, b: 1 }),
  status401: async () => told(await post(`${open}/task/add`, { headers: { 'x-runner-token': 'wrong' } })),
  status404: async () => told(await post(`${open}/nowhere`)),
  status500: async () => told(await post(`${open}/task/broken`)),
  refused: () => clientOf(strict).task('note', 'refused'),
  /** No preflight is needed for this: it arrives, but its response is not for the page. */
  unreadable: async () => told(await fetch(`${strict}/task/note`, { method: 'POST', body: '"simple"' })),
  async withCredentials() {
    const response = await post(`${own}/task/add`, { credentials: 'include' });
    return { ...(await told(response)), id: response.headers.get('x-runner-request-id')?.length };
  },
  withCredentialsToAnyone: async () => told(await post(`${open}/task/add`, { credentials: 'include' })),
  hiddenHeaders: async () => (await post(`${open}/task/add`)).headers.get('x-runner-request-id'),
  async leaves() {
    const controller = new AbortController();
    const response = post(`${open}/task/wait`, { signal: controller.signal });
    await client.task('begun');
    controller.abort();
    return (await response).status;
  },
};

/** @type {Record<string, unknown>} */
const report = {};
for (const [name, step] of Object.entries(steps)) {
  try {
    report[name] = { value: await step() };
  } catch (error) {
    const { name: type, message, code, id, data, httpCode } = /** @type {any} */ (error);
    report[name] = { error: { type, message, code, id, data, httpCode } };
  }
}
await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
