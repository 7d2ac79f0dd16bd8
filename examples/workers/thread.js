// @ts-check
'use strict';

const { threadId } = require('node:worker_threads');

const { TunnelWorker } = require('@bluelibs/runner-native');

TunnelWorker.current()
  .registerTask('primes.count', (/** @type {{ upTo: number }} */ { upTo }) => {
    let primes = 0;
    for (let n = 2; n <= upTo; n += 1) if (isPrime(n)) primes += 1;
    return primes;
  })
  .registerTask('thread.id', () => threadId)
  .ready();

/** @param {number} n */
function isPrime(n) {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) if (n % divisor === 0) return false;
  return true;
}
