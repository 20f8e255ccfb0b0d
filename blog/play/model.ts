import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';

/** Arrays by the names of a graph's inputs or outputs. */
export type Arrays = Readonly<Record<string, { readonly data: Float32Array | Int32Array; readonly shape: readonly number[] }>>;

/** A graph that runs in the page. */
export interface Model {
  run(inputs: Arrays): Promise<Record<string, { data: Float32Array; shape: readonly number[] }>>;
}

/** The address of a file beside the page, or of another by its path from there. */
const beside = (name: string) => new URL(name, document.baseURI).href;

let runtime: Promise<void> | undefined;

/** The smallest module with an instruction of SIMD: a function that gives i8x16.popcnt of a splat. */
const SIMD = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

/** ONNX Runtime for one thread, from the site's own folder. */
async function loadRuntime(told: (megabytes: number) => void): Promise<void> {
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(SIMD))
    throw new Error(
      'This browser has no WebAssembly with SIMD, which Chrome and Firefox have since 2021 and Safari since 2023. Try a newer one.',
    );
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = beside('../../assets/ort/');
  env.wasm.wasmBinary = await fetched('../../assets/ort/ort-wasm-simd-threaded.wasm', (bytes) => told(bytes / 1e6));
}

/**
 * Loads graphs that lie beside the page, and says in the page's element `status` how far it is.
 *
 * @throws when this browser cannot, which the page says then
 */
export function loadModels<N extends string>(names: readonly N[]): Promise<Record<N, Model>> {
  return shown(async (tell) => {
    runtime ??= loadRuntime((megabytes) => tell(` Loading ONNX Runtime: ${megabytes.toFixed(1)} MB`));
    await runtime;
    const models: Partial<Record<N, Model>> = {};
    for (const name of names) {
      tell(` Loading ${name}.onnx`);
      models[name] = await open(name);
    }
    return models as Record<N, Model>;
  });
}

/**
 * Loads data that lie beside the page, `starts.json`.
 *
 * @throws when they do not come, which the page says then
 */
export const loadData = <T>(name: string): Promise<T> =>
  shown(async (tell) => {
    tell(` Loading ${name}`);
    const text = new TextDecoder().decode(await fetched(name));
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Error(`${name} ${cut(text.length, error)}`);
    }
  });

/** Loads with a bar of progress; what fails is said in its place. */
async function shown<T>(load: (tell: (words: string) => void) => Promise<T>): Promise<T> {
  const status = document.getElementById('status')!;
  const bar = document.createElement('progress');
  const words = document.createElement('span');
  bar.setAttribute('aria-label', 'Loading');
  status.replaceChildren(bar, words);
  try {
    const found = await load((text) => {
      words.textContent = text;
    });
    status.replaceChildren();
    return found;
  } catch (error) {
    status.setAttribute('role', 'alert');
    status.textContent = (error as Error).message;
    throw error;
  }
}

async function open(name: string): Promise<Model> {
  const bytes = new Uint8Array(await fetched(`${name}.onnx`));
  const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] }).catch((error) => {
    throw new Error(
      /backend/.test(error.message)
        ? `ONNX Runtime did not start (${reason(error)}). Reload the page, or try another browser.`
        : `${name}.onnx ${cut(bytes.length, error)}`,
    );
  });
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

/** A file beside the page, told how many bytes of it are here as they come. */
async function fetched(path: string, told?: (bytes: number) => void): Promise<ArrayBuffer> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const failed = (why: string) => new Error(`${name} could not be fetched (${why}). Look at the connection, then reload the page.`);
  const response = await fetch(beside(path)).catch((error) => {
    throw failed(reason(error));
  });
  if (!response.ok || !response.body) throw failed(`the site answered ${response.status}`);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  try {
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      bytes += value.length;
      told?.(bytes);
    }
  } catch (error) {
    throw failed(`after ${bytes} bytes: ${reason(error)}`);
  }
  return new Blob(chunks).arrayBuffer();
}

/** What is said of a file that came and cannot be read. */
const cut = (bytes: number, error: unknown) =>
  `came, ${bytes} bytes of it, and cannot be read (${reason(error)}). It was cut or changed on its way: reload the page without its cache (Ctrl-Shift-R).`;

/** What an error says, in one line without its end. */
const reason = (error: unknown) =>
  String((error as Error)?.message ?? error)
    .split('\n')[0]
    .replace(/\.$/, '')
    .slice(0, 160);
