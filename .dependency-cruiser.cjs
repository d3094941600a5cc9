// Directions between folders. The reasons are in docs/where-logic-lives.md.
const strictly = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: {path: from},
  to: {pathNot: allowed},
});
const project = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: {path: from},
  to: {path: '^(src|drivers|test|bench)/', pathNot: allowed},
});

module.exports = {
  forbidden: [
    {name: 'no-cycles', severity: 'error', from: {}, to: {circular: true}},
    // A folder is a subject: two that need each other are one subject in two folders, or lack a third below them.
    {name: 'no-folder-cycles', severity: 'error', scope: 'folder', from: {}, to: {circular: true}},
    // tfjs-node is optional: it is missing where its library cannot be fetched, and the program says so.
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: {couldNotResolve: true, pathNot: '^@tensorflow/tfjs-node$'},
    },
    strictly('base-is-leaf', '^src/base/', '^src/base/'),
    strictly('contract-is-leaf', '^src/contract/', [
      '^src/(contract|base)/',
      '(^|node_modules/)(zod|@orpc/contract)(/|$)',
    ]),
    strictly('twin-is-pure', '^src/twin/(?!training/)', '^src/(twin|contract|base)/'),
    strictly('twin-training-may-use-tfjs-core', '^src/twin/training/', [
      '^src/(twin|contract|base)/',
      '(^|node_modules/)@tensorflow/tfjs-core(/|$)',
    ]),
    strictly('drivers-are-islands', '^drivers/([^/]+)/', [
      '^drivers/$1/',
      '^drivers/kit/',
      '^src/(contract|base)/',
    ]),
    project('virtual-never-sees-drivers', '^src/virtual/', '^src/(virtual|twin|contract|base)/'),
    project('host-directions', '^src/host/', '^(src/(host|twin|virtual|contract|base)|drivers)/'),
    {
      name: 'one-door-to-drivers',
      severity: 'error',
      from: {path: '^src/', pathNot: '^src/host/devices/driver-catalogue\\.ts$'},
      to: {path: '^drivers/'},
    },
    {
      name: 'one-door-to-virtual',
      severity: 'error',
      from: {path: '^(src|drivers)/', pathNot: '^src/(host/compose\\.ts$|virtual/)'},
      to: {path: '^src/virtual/'},
    },
    strictly('plans-are-pure', '^src/host/plans/', '^src/(host/plans|contract|base)/'),
    {
      name: 'api-on-top',
      severity: 'error',
      from: {path: '^src/host/(serial|devices|engine|plans|store|export|compare|report)/'},
      to: {path: '^src/host/(api/|compose|index)'},
    },
    {
      name: 'store-knows-no-hardware',
      severity: 'error',
      from: {path: '^src/host/(store|export)/'},
      to: {path: '^src/host/(engine|devices|serial|plans)/'},
    },
    project('cli-through-contract', '^src/cli/', ['^src/(cli|contract|base)/', '^src/host/compose\\.ts$']),
    project('main-is-a-shell', '^src/main/', '^src/(main|contract|base)/'),
    project(
      'renderer-sees-contract',
      '^src/renderer/(?!compute/gpu-worker\\.ts$)',
      '^src/(renderer|contract|base)/',
    ),
    project('one-door-to-gpu-optics', '^src/renderer/compute/gpu-worker\\.ts$', [
      '^src/(renderer|contract|base)/',
      '^src/twin/gpu/',
    ]),
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: {path: '^src/renderer/'},
      to: {dependencyTypes: ['core']},
    },
    {
      name: 'features-do-not-mix',
      severity: 'error',
      from: {path: '^src/renderer/features/([^/]+)/'},
      to: {path: '^src/renderer/features/', pathNot: '^src/renderer/features/$1/'},
    },
    {
      name: 'viewer-knows-no-feature',
      severity: 'error',
      from: {path: '^src/renderer/viewer/'},
      to: {path: '^src/renderer/', pathNot: '^src/renderer/viewer/'},
    },
    {
      name: 'electron-only-in-main',
      severity: 'error',
      from: {path: '^(src|drivers)/', pathNot: '^src/main/'},
      to: {path: 'node_modules/electron/'},
    },
    {
      name: 'serialport-only-in-host-serial',
      severity: 'error',
      from: {path: '^(src|drivers)/', pathNot: '^src/host/serial/'},
      to: {path: 'node_modules/serialport'},
    },
    {
      name: 'sqlite-only-in-store',
      severity: 'error',
      from: {path: '^(src|drivers)/', pathNot: '^src/host/store/'},
      to: {path: 'node_modules/better-sqlite3'},
    },
    {
      name: 'no-test-code-in-product',
      severity: 'error',
      from: {path: '^(src|drivers)/'},
      to: {path: '^(test|bench)/'},
    },
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    exclude: {path: 'src/twin/kernel/assembly'},
    tsPreCompilationDeps: true,
    tsConfig: {fileName: 'tsconfig.json'},
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
};
