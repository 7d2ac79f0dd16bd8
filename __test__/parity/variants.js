// @ts-check
'use strict';

/**
 * @typedef {object} Variant how an app is exposed
 * @property {() => Record<string, any>} http the exposure's configuration but `listen`; made anew for each app
 * @property {string[]} [tunnels] by name; `everything` without it
 * @property {string[]} [validators] by name
 */

const ANYONE = { allowAnonymous: true };

/** @param {Record<string, any>} cors @returns {Variant} */
const withCors = (cors) => ({ http: () => ({ auth: { token: 'secret' }, cors }) });

/** @param {Record<string, any>} multipart @returns {Variant} */
const withMultipart = (multipart) => ({ http: () => ({ auth: ANYONE, limits: { multipart } }) });

/** @param {Record<string, any> | undefined} auth @param {string[]} [validators] @returns {Variant} */
const withAuth = (auth, validators) => ({ http: () => ({ auth }), validators });

/** @param {string[]} tunnels @param {Record<string, any>} [more] @returns {Variant} */
const withTunnels = (tunnels, more) => ({ http: () => ({ auth: ANYONE, ...more }), tunnels });

/** The caps that nodeExposure drops as soon as one is given: with all of them, both sides have the same. */
const ALL_CAPS = { fileSize: 1000, files: 3, fields: 4, fieldSize: 500 };

/** @type {Record<string, Variant>} */
const variants = {
  plain: { http: () => ({ auth: { token: 'secret' } }), tunnels: ['everything', 'guarded'] },

  'token list': withAuth({ token: ['old', 'new'] }),
  'token under another header': withAuth({ token: 'secret', header: 'X-Api-Key' }),
  'token beyond ASCII': withAuth({ token: 'tøken' }),
  'empty token list': withAuth({ token: [] }),
  'empty token': withAuth({ token: ['secret', ''] }),
  'token and allowAnonymous': withAuth({ token: 'secret', allowAnonymous: true }),
  anonymous: withAuth(ANYONE),
  'no auth': withAuth(undefined),
  'empty auth': withAuth({}),
  'anonymous refused': withAuth({ allowAnonymous: false }),
  'one validator': withAuth(undefined, ['byHeader']),
  'refusing validators': withAuth(ANYONE, ['refuses', 'throws', 'nothing', 'notes']),
  'several validators': withAuth(undefined, ['throws', 'refuses', 'notes', 'byHeader']),
  'truthy validator': withAuth(undefined, ['truthy']),
  'token and validators': withAuth({ token: 'secret' }, ['notes', 'byHeader']),

  'no tunnel': withTunnels([]),
  'other tunnels': withTunnels(['otherTransport', 'unset', 'none', 'client']),
  'empty tunnel': withTunnels(['empty']),
  listed: withTunnels(['listed', 'unnamedTransport', 'otherTransport', 'none']),
  selecting: withTunnels(['selecting']),
  both: withTunnels(['both']),
  guarded: withTunnels(['everything', 'guardedToo']),
  open: withTunnels([], { dangerouslyAllowOpenExposure: true }),
  'open in vain': withTunnels(['listed'], { dangerouslyAllowOpenExposure: true }),
  changing: withTunnels(['listed']),

  'other base': { http: () => ({ auth: ANYONE, basePath: 'api/v1/' }) },
  'base with escapes': { http: () => ({ auth: ANYONE, basePath: '/a%20b' }) },
  'base is root': { http: () => ({ auth: ANYONE, basePath: '/' }) },
  'no discovery': { http: () => ({ auth: { token: 'secret' }, disableDiscovery: true }) },

  'small json': { http: () => ({ auth: ANYONE, limits: { json: { maxSize: 64 } } }) },
  'all caps': withMultipart(ALL_CAPS),
  'few parts': withMultipart({ ...ALL_CAPS, parts: 2 }),
  'one cap': withMultipart({ files: 2 }),

  'cors empty': withCors({}),
  'cors string': withCors({ origin: 'https://a.test' }),
  'cors star': withCors({ origin: '*', credentials: true }),
  'cors list': withCors({ origin: ['https://a.test', 'https://b.test'], credentials: true }),
  'cors empty list': withCors({ origin: [] }),
  'cors regexp': withCors({ origin: /^https:\/\/[a-z]+\.test$/i }),
  'cors function': withCors({
    origin: (/** @type {string | undefined} */ origin) => {
      if (origin === undefined) return 'https://nobody.test';
      if (origin === 'https://a.test') return 'https://other.test';
      return origin === 'https://none.test' ? '' : null;
    },
  }),
  'cors credentials only': withCors({ credentials: true }),
  'cors without vary': withCors({ origin: ['https://a.test'], varyOrigin: false }),
  'cors full': withCors({
    origin: ['https://a.test'],
    methods: ['POST', 'GET'],
    allowedHeaders: ['x-runner-token', 'content-type'],
    exposedHeaders: ['x-runner-request-id', 'x-own'],
    credentials: true,
    maxAge: 600,
  }),
  'cors empty lists': withCors({ methods: [], allowedHeaders: [], exposedHeaders: [], maxAge: 0 }),
};

module.exports = { variants };
