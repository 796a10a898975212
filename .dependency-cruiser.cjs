// Who may import whom. Each rule is a sentence of ARCHITECTURE.md; `npm test` fails on the first import that breaks one,
// and scripts/dependency-rules.test.ts tries a forbidden import for every rule.
const tests = '(\\.test\\.tsx?$|\\.check\\.ts$|/testing/|^lib/db/testing)'
const domains = 'connections|credentials|connectors|data-sources|keys|members|pipelines|queries|rotations|workspaces'
const clientSafe = [
  '^lib/[^/]+/schema\\.ts$',
  '^lib/connections/(columns|tags)\\.ts$',
  '^lib/connectors/(contract|catalog|registry\\.gen|icons\\.gen|preset-icons\\.gen)\\.ts$',
  '^lib/connectors/[^/]+/manifest\\.ts$',
  '^lib/credentials/(kinds|destination)\\.ts$',
  '^lib/auth/(permissions|grant-levels|password-rules)\\.ts$',
  '^lib/audit/events\\.ts$',
  '^lib/data-sources/(cost|object-names|tabs)\\.ts$',
  '^lib/core/(errors|page|text|parse|id|slip)\\.ts$',
  '^lib/(client|format)/',
]
const drivers = '(^|/)node_modules/(pg|pg-[^/]+|mysql2|@aws-sdk|kafkajs|ssh2)/'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: { pathNot: '^lib/db/generated/' },
      to: { couldNotResolve: true },
    },

    // Layers: app -> components -> client-safe lib; nothing points back up.
    { name: 'lib-knows-no-ui', severity: 'error', from: { path: '^lib/' }, to: { path: '^(app|components)/' } },
    { name: 'components-know-no-app', severity: 'error', from: { path: '^components/' }, to: { path: '^app/' } },
    {
      name: 'nothing-knows-scripts',
      severity: 'error',
      from: { path: '^(app|components|lib)/' },
      to: { path: '^(scripts|bench|e2e)/' },
    },
    {
      name: 'components-are-client-safe',
      severity: 'error',
      from: { path: '^components/', pathNot: tests },
      to: { path: '^lib/', pathNot: clientSafe, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'components-never-reach-the-server',
      severity: 'error',
      comment: 'Reachability, not just direct imports.',
      from: { path: '^components/', pathNot: tests },
      to: {
        reachable: true,
        path: `(/driver\\.ts$|^lib/(vault|db|engine/(?!protocol)|runner)/|${drivers}|(^|/)node_modules/@prisma/)`,
      },
    },
    {
      name: 'no-react-in-lib',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/(client|auth/page\\.ts)' },
      to: { path: '(^|/)node_modules/(react|react-dom|@mantine|@tabler)/' },
    },

    // Pages and routes are thin.
    {
      name: 'routes-only-wire-operations',
      severity: 'error',
      from: { path: '^app/.+/route\\.ts$' },
      to: {
        path: ['^(lib|components)/', '(^|/)node_modules/'],
        pathNot: [
          '^lib/api/',
          '^lib/[^/]+/(schema|[a-z-]*operations)\\.ts$',
          '^lib/web/health\\.ts$',
          '^lib/(auth/(handler|setup|fresh-cookie)|members/joining)\\.ts$',
          '(^|/)node_modules/next-auth/',
        ],
      },
    },
    {
      name: 'pages-only-await-operations',
      severity: 'error',
      from: { path: '^app/.+\\.tsx$' },
      to: {
        path: '^lib/',
        pathNot: [
          '^lib/[^/]+/(schema|[a-z-]*operations)\\.ts$',
          '^lib/auth/(page|setup)\\.ts$',
          '^lib/api/openapi\\.gen\\.ts$',
          ...clientSafe,
        ],
        dependencyTypesNot: ['type-only'],
      },
    },

    // One place each.
    {
      name: 'only-stores-touch-the-database',
      severity: 'error',
      from: {
        pathNot: [
          '^lib/db/',
          '^lib/[^/]+/[a-z-]*store\\.ts$',
          // Needs no sign-in, so it is no operation and opens its own transaction, like the set-up.
          '^lib/members/joining\\.ts$',
          '^lib/core/operation\\.ts$',
          '^lib/engine/main\\.ts$',
          '^lib/web/',
          '^lib/supervisor/',
          '^lib/sample/',
          '^lib/auth/',
          '^lib/audit/',
          '^prisma/',
          '^(e2e|bench|scripts)/',
          tests,
        ],
      },
      to: { path: '(^lib/db/|(^|/)node_modules/(@prisma|\\.prisma)/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'stores-are-private',
      severity: 'error',
      comment: 'The engine evaluates the alerts of the audit trail; nothing else reaches past the operations.',
      from: { path: '^((?:app|components|lib)/[^/]+)/', pathNot: ['^lib/engine/alerts\\.ts$', tests] },
      to: { path: '^lib/[^/]+/[a-z-]*store\\.ts$', pathNot: '^$1/' },
    },
    {
      name: 'only-the-engine-has-the-vault',
      severity: 'error',
      comment: 'Commands and the supervisor may make keys, never open secrets.',
      from: { pathNot: ['^lib/vault/', '^lib/engine/', '^lib/supervisor/', '^scripts/', '^bench/', '^e2e/', tests] },
      to: { path: '^lib/vault/' },
    },
    {
      name: 'only-dispatch-opens-secrets',
      severity: 'error',
      from: { path: '^lib/', pathNot: ['^lib/vault/', '^lib/engine/', tests] },
      to: { path: '^lib/vault/seal\\.ts$' },
    },
    {
      name: 'vault-knows-nothing',
      severity: 'error',
      from: { path: '^lib/vault/', pathNot: tests },
      to: {
        path: ['^(lib|app|components)/', '(^|/)node_modules/'],
        pathNot: ['^lib/vault/', '^lib/core/', '(^|/)node_modules/(aws4fetch|jose|shamir-secret-sharing)/'],
      },
    },
    {
      name: 'ciphers-only-in-the-vault',
      severity: 'error',
      from: {
        pathNot: [
          '^lib/(vault|auth|audit|engine|supervisor|db|core|web)/',
          '^(scripts|bench|e2e)/',
          '^lib/sample/',
          // The fingerprint of a host key, and what a certificate says of itself: nothing is encrypted there.
          '^lib/connectors/_ssh/session\\.ts$',
          '^lib/credentials/certificate\\.ts$',
          tests,
        ],
      },
      to: { path: '^(node:)?crypto$' },
    },
    {
      name: 'engine-is-reached-by-its-client',
      severity: 'error',
      from: { path: '^(app|components|lib)/', pathNot: ['^lib/engine/', tests] },
      to: { path: '^lib/engine/', pathNot: '^lib/engine/(client|protocol)\\.ts$' },
    },
    {
      name: 'web-loads-no-driver',
      severity: 'error',
      from: { path: '^lib/web/' },
      to: { path: '(^lib/runner/|/driver\\.ts$)' },
    },
    {
      name: 'runner-has-no-database-and-no-vault',
      severity: 'error',
      from: { path: '^lib/runner/', pathNot: tests },
      to: { reachable: true, path: '^lib/(db|vault)/|(^|/)node_modules/@prisma/' },
    },
    {
      name: 'only-env-reads-the-environment',
      severity: 'error',
      from: { path: '^(app|components)/' },
      to: { path: '^lib/config/' },
    },

    // Operations are the only door into another domain.
    {
      name: 'domains-meet-at-operations',
      severity: 'error',
      from: { path: `^lib/(${domains})/`, pathNot: tests },
      to: {
        path: `^lib/(${domains})/`,
        pathNot: [
          '^lib/$1/',
          '/(schema|[a-z-]*operations|kinds)\\.ts$',
          // A connection's form carries its credential: both are stored in one transaction.
          '^lib/credentials/(attach|bundle|destination|doing|locks|seal-version|view)\\.ts$',
          // A pipeline's references are bound by the rule that names connections.
          '^lib/connections/references\\.ts$',
          // What belongs to a connection is there for those who may see the connection.
          '^lib/connections/found\\.ts$',
          // A statement is run within what its data source allows.
          '^lib/data-sources/(cost|querying)\\.ts$',
          '^lib/connectors/(contract|catalog|registry\\.gen)\\.ts$',
        ],
      },
    },

    // Connectors are islands.
    {
      name: 'connector-sees-only-the-contract',
      severity: 'error',
      from: { path: '^lib/connectors/([a-z][^/]*)/', pathNot: tests },
      to: {
        path: '^(lib|app|components)/',
        pathNot: [
          '^lib/connectors/$1/',
          '^lib/connectors/contract\\.ts$',
          '^lib/connectors/_',
          '^lib/core/(errors|ndjson|redact|secret|text|within)\\.ts$',
        ],
      },
    },
    {
      name: 'manifest-is-data',
      severity: 'error',
      from: { path: '/manifest\\.ts$' },
      to: {
        pathNot: [
          '^lib/connectors/contract\\.ts$',
          '^lib/connectors/[^/]+/(fields|presets|parse-url|ssl)\\.ts$',
          '(^|/)node_modules/zod/',
        ],
      },
    },
    {
      name: 'driver-is-lazy',
      severity: 'error',
      from: {
        pathNot: [
          '^lib/connectors/drivers\\.gen\\.ts$',
          '^lib/connectors/[^/]+/.*\\.(test|check)\\.ts$',
          '^bench/',
          tests,
        ],
      },
      to: { path: '^lib/connectors/[^/]+/driver\\.ts$' },
    },
    {
      name: 'driver-import-is-dynamic',
      severity: 'error',
      from: { path: '^lib/connectors/drivers\\.gen\\.ts$' },
      to: { path: '/driver\\.ts$', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'drivers-only-in-the-runner',
      severity: 'error',
      from: { pathNot: ['^lib/runner/', tests] },
      to: { path: '^lib/connectors/drivers\\.gen\\.ts$' },
    },
    {
      name: 'vendor-sdks-stay-in-connectors',
      severity: 'error',
      from: {
        pathNot: [
          '^lib/connectors/[^/]+/',
          '^lib/db/',
          '^lib/supervisor/',
          '^lib/sample/',
          '^(e2e|bench|scripts)/',
          tests,
        ],
      },
      to: { path: drivers },
    },
    {
      name: 'drivers-open-no-socket-themselves',
      severity: 'error',
      comment: 'Only net.dial of the runner reaches the network.',
      from: {
        path: '^lib/connectors/[^/]+/',
        pathNot: [
          '^lib/connectors/_sql/tls\\.ts$',
          '^lib/connectors/[^/]+/tls\\.ts$',
          // Takes HTTP apart on a socket that it is given.
          '^lib/connectors/_http/exchange\\.ts$',
          tests,
        ],
      },
      to: { path: '^(node:)?(net|dns|dgram|http|https|http2|fs|fs/promises|child_process)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^lib/db/generated/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
