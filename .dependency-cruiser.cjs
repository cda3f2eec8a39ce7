/** The layers, lowest first. A layer may import itself and those below it. */
const layers = [
  { name: 'text', path: '^src/text/' },
  { name: 'errors', path: '^src/errors/' },
  { name: 'system', path: '^src/system/' },
  { name: 'changes', path: '^src/changes/' },
  { name: 'step', path: '^src/step/' },
  { name: 'gateway', path: '^src/gateway/' },
  { name: 'steps', path: '^steps/' },
  { name: 'plan', path: '^src/plan/' },
  { name: 'engine', path: '^src/engine/' },
  { name: 'report', path: '^src/report/' },
  { name: 'cli', path: '^src/cli/' },
];

const upwards = layers.slice(0, -1).map((layer, index) => ({
  name: `${layer.name}-imports-nothing-above-it`,
  severity: 'error',
  from: { path: layer.path },
  to: { path: layers.slice(index + 1).map((above) => above.path) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upwards,
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-the-report-paints',
      severity: 'error',
      from: { pathNot: '^src/report/' },
      to: { path: 'node_modules/chalk/' },
    },
    {
      name: 'steps-see-the-world-through-a-port',
      severity: 'error',
      from: { path: '^(steps|src/step|src/gateway|src/changes|src/plan)/' },
      to: { path: '^(src/system/real/|(node:)?(fs|child_process)(/|$))' },
    },
    {
      name: 'only-the-real-system-starts-processes',
      severity: 'error',
      from: { pathNot: '^src/system/real/' },
      to: { path: '(node_modules/execa/|^(node:)?child_process$)' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node'] },
  },
};
