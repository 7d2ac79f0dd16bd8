import type {
  ApiErrorCode,
  ConfigError,
  ConfigProblem,
  ListenError,
  TunnelApiError,
  TunnelErrorOptions,
  WireErrorCode,
} from '@bluelibs/runner-native';
import { TunnelError } from '@bluelibs/runner-native';

const options: TunnelErrorOptions<{ account: number }> = {
  message: 'No such account',
  code: 'NO_ACCOUNT',
  httpCode: 404,
  id: 'app.errors.no-account',
  data: { account: 7 },
  cause: new RangeError('7 is not in the table'),
};
const error = new TunnelError(options);
export const account: number | undefined = error.data?.account;
export const code: string = error.code;
export const status: number | undefined = error.httpCode;
export const known: WireErrorCode[] = ['INTERNAL_ERROR', 'OVERLOADED'];
export const api: ApiErrorCode[] = ['CONFIG_INVALID', 'EADDRINUSE'];

export function describe(failure: TunnelApiError | ConfigError | ListenError): string {
  if (failure.code === 'CONFIG_INVALID' && 'problems' in failure) {
    const problems: readonly ConfigProblem[] = failure.problems;
    return problems.map(({ path, received, expected }) => `${path}: ${received}, not ${expected}`).join('\n');
  }
  if ('syscall' in failure) return `${failure.syscall} ${failure.address}:${failure.port}`;
  return failure.message;
}

export function refused(): void {
  // @ts-expect-error a message is required
  new TunnelError({ code: 'NO_ACCOUNT' });
  // @ts-expect-error and it comes in an object
  new TunnelError('No such account');
  // @ts-expect-error the status is a number
  new TunnelError({ message: 'No such account', httpCode: '404' });
  // @ts-expect-error unknown keys are refused
  new TunnelError({ message: 'No such account', status: 404 });
  // @ts-expect-error an error does not change
  error.code = 'OTHER';
  // @ts-expect-error no such code
  known.push('TEAPOT');
  // @ts-expect-error nor here
  api.push('ECONNRESET');
}
