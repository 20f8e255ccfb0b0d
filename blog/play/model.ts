import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';

/** Arrays by the names of a graph's inputs or outputs. */
export type Arrays = Readonly<Record<string, { readonly data: Float32Array | Int32Array; readonly shape: readonly number[] }>>;

/** A graph that runs in the page. */
export interface Model {
  run(inputs: Arrays): Promise<Record<string, { data: Float32Array; shape: readonly number[] }>>;
}

/** The address of a file beside the page. */
export const beside = (name: string) => new URL(name, document.baseURI).href;

let runtime: Promise<void> | undefined;

/** ONNX Runtime for one thread, from the site's own folder. */
async function loadRuntime(told: (megabytes: number) => void): Promise<void> {
  const address = beside('../../assets/ort/ort-wasm-simd-threaded.wasm');
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (await fetched(address)).body as unknown as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.length;
    told(bytes / 1e6);
  }
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = beside('../../assets/ort/');
  env.wasm.wasmBinary = await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer();
}

/**
 * Loads graphs that lie beside the page, and says in the page's element `status` how far it is.
 *
 * @throws when this browser cannot, which the page says then
 */
export async function loadModels<N extends string>(names: readonly N[]): Promise<Record<N, Model>> {
  const status = document.getElementById('status')!;
  const bar = document.createElement('progress');
  const words = document.createElement('span');
  status.replaceChildren(bar, words);
  bar.setAttribute('aria-label', 'Loading');
  try {
    if (typeof WebAssembly !== 'object') throw new Error('it has no WebAssembly');
    runtime ??= loadRuntime((megabytes) => {
      words.textContent = ` Loading ONNX Runtime: ${megabytes.toFixed(1)} MB`;
    });
    await runtime;
    const models: Partial<Record<N, Model>> = {};
    for (const name of names) {
      words.textContent = ` Loading ${name}.onnx`;
      models[name] = await open(name);
    }
    status.replaceChildren();
    return models as Record<N, Model>;
  } catch (error) {
    status.setAttribute('role', 'alert');
    status.textContent = `This browser did not load the model: ${(error as Error).message}. It takes WebAssembly with SIMD, which browsers have had since 2021 to 2023; reload the page, or try another browser.`;
    throw error;
  }
}

async function open(name: string): Promise<Model> {
  const bytes = new Uint8Array(await (await fetched(beside(`${name}.onnx`))).arrayBuffer());
  const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  return {
    async run(inputs) {
      const feeds = Object.fromEntries(session.inputNames.map((input) => [input, tensorOf(inputs, input)]));
      const outputs = await session.run(feeds);
      return Object.fromEntries(Object.entries(outputs).map(([key, { data, dims }]) => [key, { data: data as Float32Array, shape: dims }]));
    },
  };
}

function tensorOf(inputs: Arrays, name: string): Tensor {
  if (!inputs[name])
    throw new Error(`the graph asks for '${name}', which the page does not give; it gives ${Object.keys(inputs).join(', ')}`);
  const { data, shape } = inputs[name];
  return data instanceof Int32Array ? new Tensor('int32', data, shape) : new Tensor('float32', data, shape);
}

async function fetched(address: string): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answers ${response.status}`);
  return response;
}
