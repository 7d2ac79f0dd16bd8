import assert from 'node:assert/strict';
import { TunnelError, TunnelServer, version } from '@bluelibs/runner-native';

assert.equal(typeof version, 'string');
assert.equal(new TunnelServer(0).state, 'new');
assert.equal(new TunnelError({ message: 'gone', code: 'GONE' }).code, 'GONE');
