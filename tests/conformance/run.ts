import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { GraphBuilder } from '../../src/tensor/graph/builder.js';
import { registerKernels } from '../../src/tensor/trace/kernels/index.js';
import { EvaluatingBackend, spec } from './backend.js';
import { counts, versions } from './evaluate.js';
import { writeTable } from './unsupported.js';

/**
 * Runs tfjs-core's own tests on the tracing backend: `npm run conformance -- [options]`. Every value a test reads is computed from an ONNX graph, on
 * both runtimes.
 *
 *     --only add,matmul    the files add_test.js and mat_mul_test.js alone
 *     --grep text          the tests whose names contain it
 *     --verbose            with stacks
 *     --table              writes unsupported.md
 */
const { values: options } = parseArgs({
  options: { only: { type: 'string' }, grep: { type: 'string' }, verbose: { type: 'boolean' }, table: { type: 'boolean' } },
});

/** Tests in the files of `dist/tests.js`, those for browsers and other backends included. */
const ALL_TESTS = 4359;

const require = createRequire(import.meta.url);
const jasmine: Jasmine = require('jasmine-core');
jasmine.installGlobals();
const dist = pathToFileURL(`${require.resolve('@tensorflow/tfjs-core/package.json').replace(/package\.json$/, '')}dist/`);

let backend: EvaluatingBackend;
tf.registerBackend('trace', () => (backend = new EvaluatingBackend()));
registerKernels('trace');

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
const unsupported: string[][] = [];

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
    if (spec.unsupported.size > 0) unsupported.push([...spec.unsupported]);
    else if (done.status === 'passed') passed.push(done.fullName);
    else failed.push(done);
    const total = passed.length + failed.length + unsupported.length;
    if (process.stderr.isTTY && total % 50 === 0) process.stderr.write(`\r${total} specs, ${failed.length} failed`);
  },
});

const files = [...readFileSync(new URL('tests.js', dist), 'utf8').matchAll(/'(\.\/.*_test)'/g)].map(([, file]) => file);
const wanted = options.only?.split(',').map((name) => `/${name}_test`);
for (const file of files) if (!wanted || wanted.some((name) => file.endsWith(name))) await import(new URL(`${file}.js`, dist).href);
const started = performance.now();
await env.execute();

for (const { fullName, failedExpectations } of failed) {
  const [first] = failedExpectations;
  console.log(`FAILED ${fullName.replace(/ trace \{\}/, '')}\n  ${first?.message.split('\n').join('\n  ')}`);
  if (options.verbose) console.log(first?.stack.split('\n').slice(0, 14).join('\n'));
}
if (options.table) writeTable(unsupported);
console.log(
  `ONNX Runtime ${versions.onnxruntime} ran ${counts.onnxruntime} graphs, OpenVINO ${versions.openvino} ${counts.openvino} of them, with equal results`,
);
for (const [reason, n] of counts.refused) console.log(`  ${n} not compared on OpenVINO: ${reason}`);
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
if (!options.only && !options.grep)
  console.log(
    `${((100 * passed.length) / ALL_TESTS).toFixed(1)} % of all ${ALL_TESTS} tests pass; the rest of them needs a browser or another backend`,
  );
console.log(`${passed.length} passed, ${failed.length} failed, ${unsupported.length} unsupported`);
process.exitCode = failed.length > 0 ? 1 : 0;
