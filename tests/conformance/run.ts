import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { GraphBuilder } from '../../src/tensor/trace/builder.js';
import { registerKernels } from '../../src/tensor/trace/kernels/index.js';
import { EvaluatingBackend, spec } from './backend.js';
import { counts, versions } from './evaluate.js';
import { registerUnsupported, writeTable } from './unsupported.js';

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, grep: { type: 'string' }, verbose: { type: 'boolean' }, table: { type: 'boolean' } },
});

const require = createRequire(import.meta.url);
const jasmine: Jasmine = require('jasmine-core');
jasmine.installGlobals();
const dist = pathToFileURL(`${require.resolve('@tensorflow/tfjs-core/package.json').replace(/package\.json$/, '')}dist/`);

let backend: EvaluatingBackend;
tf.registerBackend('trace', () => (backend = new EvaluatingBackend()));
registerKernels('trace');
registerUnsupported('trace', (kernel) => spec.unsupported.add(kernel));

// What `@tensorflow/tfjs` adds to its core: gradients, and operators as methods.
await import(new URL('register_all_gradients.js', dist).href);
await import(new URL('public/chained_ops/register_all_chained_ops.js', dist).href);
const { setTestEnvs } = await import(new URL('jasmine_util.js', dist).href);
setTestEnvs([{ name: 'trace', backendName: 'trace', isDataSync: true }]);

/** What this file uses of jasmine-core. */
interface Jasmine {
  installGlobals(): void;
  jasmine: { getEnv(): Env };
}
interface Env {
  configure(options: object): void;
  beforeEach(hook: () => void): void;
  afterEach(hook: () => Promise<void>): void;
  addReporter(reporter: { specDone(result: SpecResult): void }): void;
  execute(): Promise<unknown>;
}
interface SpecResult {
  fullName: string;
  status: string;
  failedExpectations: { message: string; stack: string }[];
}
const passed: string[] = [];
const failed: SpecResult[] = [];
const unsupported = new Map<string, string[]>();

const env = jasmine.jasmine.getEnv();
env.configure({ random: false, forbidDuplicateNames: false });
if (options.grep) env.configure({ specFilter: (one: { getFullName(): string }) => one.getFullName().includes(options.grep!) });

env.beforeEach(() => {
  spec.unsupported = new Set();
  spec.comparisons = [];
  if (backend) backend.graph = new GraphBuilder();
});
env.afterEach(async () => {
  await Promise.all(spec.comparisons);
});
env.addReporter({
  specDone(done) {
    if (done.status === 'excluded' || done.status === 'pending') return;
    if (spec.unsupported.size > 0) unsupported.set(done.fullName, [...spec.unsupported]);
    else if (done.status === 'passed') passed.push(done.fullName);
    else failed.push(done);
    const total = passed.length + failed.length + unsupported.size;
    if (process.stderr.isTTY && total % 50 === 0) process.stderr.write(`\r${total} specs, ${failed.length} failed`);
  },
});

await import(new URL('tests.js', dist).href);
const started = performance.now();
await env.execute();

for (const { fullName, failedExpectations } of failed) {
  const [first] = failedExpectations;
  console.log(`FAILED ${fullName.replace(/ trace \{\}/, '')}\n  ${first?.message.split('\n').join('\n  ')}`);
  if (options.verbose) console.log(first?.stack.split('\n').slice(0, 14).join('\n'));
}
if (options.table) writeTable([...unsupported.values()]);
console.log(
  `onnxruntime ${versions.onnxruntime} ran ${counts.onnxruntime} graphs, openvino ${versions.openvino} ${counts.openvino} of them`,
);
for (const [reason, n] of counts.refused) console.log(`  ${n} not on openvino: ${reason}`);
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
console.log(`${passed.length} passed, ${failed.length} failed, ${unsupported.size} unsupported`);
process.exitCode = failed.length > 0 ? 1 : 0;
