import koffi from 'koffi';

/**
 * Both runtimes are told to flush denormals (numbers below 1e-38), which are slow: a trained DQN's step takes 90 µs with them,
 * 33 µs without. They do it by setting a flag of the thread that loads a model, and leave it set: JavaScript's own 1e-310 / 2
 * would be 0 from then on. So the flag is taken back after loading, and set again around the calls that need it.
 */
interface Environment {
  get(state: Uint8Array): number;
  set(state: Uint8Array): number;
}

const SIZE = 64; // fenv_t has 32 bytes on x86-64, 16 on arm64
const TINY = new Float64Array([Number.MIN_VALUE]);
const plain = new Uint8Array(SIZE);
let flushing: Uint8Array | undefined; // the environment that a runtime left behind
let environment: Environment | undefined;

const flushesNow = () => TINY[0]! * 1 === 0;

/** Loads a model with `load`, and leaves JavaScript's own arithmetic as it was. */
export function keepingDenormals<T>(load: () => T): T {
  environment ??= open();
  environment?.get(plain);
  try {
    return load();
  } finally {
    if (environment && flushesNow()) {
      if (!flushing) environment.get((flushing = new Uint8Array(SIZE)));
      environment.set(plain);
    }
  }
}

/** Runs `call` with denormals flushed, once a model that wants it has been loaded. */
export function flushingDenormals(call: () => void): void {
  if (!flushing) return call();
  environment!.set(flushing);
  try {
    call();
  } finally {
    environment!.set(plain);
  }
}

/** C99's own two functions, from the C library that this process already uses; undefined where it has none. */
function open(): Environment | undefined {
  try {
    const libc = koffi.load(process.platform === 'win32' ? 'ucrtbase.dll' : null);
    return { get: libc.func('int fegetenv(void *state)'), set: libc.func('int fesetenv(void *state)') };
  } catch {
    return undefined;
  }
}
