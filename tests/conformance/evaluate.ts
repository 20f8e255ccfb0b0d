import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { sizeOf } from '../../src/base/shape.js';
import { allocate, type Memory, type TypedArray } from '../../src/tensor/buffers/memory.js';
import type { Graph, Value } from '../../src/tensor/graph/graph.js';
import { leavesOf, subgraph } from '../../src/tensor/graph/subgraph.js';
import { toOnnx } from '../../src/tensor/onnx/emit.js';
import { lower } from '../../src/tensor/runtime/onnxruntime/lower/lower.js';
import { openvino } from '../../src/tensor/runtime/openvino/openvino.js';
import type { GraphRuntime, Program } from '../../src/tensor/runtime/runtime.js';

export type Numbers = TypedArray;

/** What ran where. OpenVINO's refusals are counted by reason. */
export const counts = { onnxruntime: 0, openvino: 0, refused: new Map<string, number>() };

const ov = required(openvino());

function required(runtime: GraphRuntime | string): GraphRuntime {
  if (typeof runtime === 'string') throw new Error(`conformance needs both runtimes: ${runtime}`);
  return runtime;
}

/** A value's graph with everything known so far as its inputs. */
function graphOf(value: Value, known: WeakMap<Value, Numbers>): { graph: Graph; inputs: Numbers[] } {
  const leaves = leavesOf([value], (leaf) => known.has(leaf));
  return { graph: subgraph(leaves, [value]), inputs: leaves.map((leaf) => known.get(leaf)!) };
}

/** Evaluates `value` on ONNX Runtime now; the promise settles when OpenVINO, where it may, has given the same. */
export function evaluate(value: Value, known: WeakMap<Value, Numbers>): { result: Numbers; agreed: Promise<void> } {
  const { graph, inputs } = graphOf(value, known);
  const onnx = toOnnx(lower(graph));
  const result = runSync(graph, onnx, inputs);
  counts.onnxruntime++;
  return { result, agreed: compare(graph, onnx, inputs, result) };
}

async function compare(graph: Graph, onnx: Uint8Array, inputs: readonly Numbers[], expected: Numbers): Promise<void> {
  const may = ov.canRun(graph);
  if (may !== true) {
    counts.refused.set(may, (counts.refused.get(may) ?? 0) + 1);
    return;
  }
  const actual = await run(graph, onnx, inputs);
  counts.openvino++;
  const isFloat = graph.outputs[0].dtype === 'float32';
  const at = expected.findIndex((x, i) => !agree(x, actual[i], isFloat));
  if (at < 0) return;
  const lossy = graph.nodes.find(({ op }) => SPREADS_NO_NAN.has(op));
  if (lossy && inputs.some((x) => x.some(Number.isNaN)) && expected.every((x, i) => Number.isNaN(x) || agree(x, actual[i], true))) {
    counts.openvino--;
    const reason = `an input holds NaN, which its ${lossy.op} does not spread over the row`;
    counts.refused.set(reason, (counts.refused.get(reason) ?? 0) + 1);
    return;
  }
  const ops = [...new Set(graph.nodes.map((node) => node.op))].join(' ');
  throw new Error(`runtimes differ at ${at}: onnxruntime ${expected[at]}, openvino ${actual[at]} (${ops}; [${graph.outputs[0].shape}])
    inputs ${inputs.map((x) => `[${x.slice(0, 8)}]`)}\n    onnxruntime ${expected.slice(0, 12)}\n    openvino    ${actual.slice(0, 12)}`);
}

/** OpenVINO's softmax of a row with a NaN is NaN there only. No graph tells beforehand, and writing softmax out would be slower. */
const SPREADS_NO_NAN = new Set(['Softmax', 'LogSoftmax']);

/** Sums and transcendental functions differ in their last digits; integers and truth values may not. */
function agree(x: number, y: number, isFloat: boolean): boolean {
  if (Object.is(x, y) || x === y) return true;
  return isFloat && Math.abs(x - y) <= 1e-5 + 1e-4 * Math.max(Math.abs(x), Math.abs(y));
}

const programs = new Map<string, Promise<Program>>();

async function run(graph: Graph, onnx: Uint8Array, inputs: readonly Numbers[]): Promise<Numbers> {
  const key = createHash('sha1').update(onnx).digest('hex');
  let loading = programs.get(key);
  if (!loading) {
    loading = ov.load(graph, { threads: 1 });
    programs.set(key, loading);
  }
  const program = await loading;
  if (programs.size > 500) await forgetOldest();
  const output = memoryFor(graph.outputs[0]);
  const request = program.bind(
    graph.inputs.map((value, i) => memoryFor(value, inputs[i])),
    [output],
  );
  request.run();
  request.release();
  return output.data;
}

async function forgetOldest(): Promise<void> {
  const [key, program] = programs.entries().next().value!;
  programs.delete(key);
  (await program).release();
}

function memoryFor(value: Value, data?: Numbers): Memory {
  const memory = allocate(value.shape, value.dtype as Memory['dtype']);
  if (data) memory.data.set(data);
  return memory;
}

/** ONNX Runtime below its promises: `tensor.dataSync()` cannot wait. */
const require = createRequire(import.meta.url);
const { binding, initOrt } = require('onnxruntime-node/dist/binding.js') as typeof import('onnxruntime-node/dist/binding.js');
const { Tensor, env } = require('onnxruntime-node') as typeof import('onnxruntime-node');
initOrt();

function runSync(graph: Graph, onnx: Uint8Array, inputs: readonly Numbers[]): Numbers {
  const session = new binding.InferenceSession();
  session.loadModel(onnx.buffer as ArrayBuffer, onnx.byteOffset, onnx.byteLength, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const tensor = (value: Value, data: Numbers) => new Tensor(value.dtype as 'float32', data as Float32Array, value.shape);
  const feeds = Object.fromEntries(graph.inputs.map((value, i) => [value.name, tensor(value, inputs[i])]));
  const output = memoryFor(graph.outputs[0]);
  session.run(feeds, { [graph.outputs[0].name]: tensor(graph.outputs[0], output.data) }, {});
  session.dispose();
  return output.data;
}

export const versions = { onnxruntime: env.versions.node, openvino: ov.version };
export const isEmpty = (value: Value): boolean => sizeOf(value.shape) === 0;
