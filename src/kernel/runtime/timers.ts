import { createRequire, syncBuiltinESMExports } from 'node:module';
import { type CellContext, currentCell } from './cell-context.js';

// biome-ignore lint/suspicious/noExplicitAny: the arguments of a timer's callback are its own affair
type Callback = (...args: any[]) => void;
type Start = (callback: Callback, ...rest: unknown[]) => NodeJS.Timeout | NodeJS.Immediate;

const timers = createRequire(import.meta.url)('node:timers');
const { clearTimeout, clearImmediate } = timers;
/** Of no cell: it runs whatever is interrupted. Node's own, for it is taken before cells get theirs. */
export const unboundTimeout: (callback: () => void, ms: number) => NodeJS.Timeout = timers.setTimeout;

/** Ends the timers of a cell that was interrupted: nobody may have kept their handles. A promise that waits for one still resolves. */
export function bindTimersToCells(): void {
  for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
    const bound = boundToCell(timers[name], name === 'setInterval');
    for (const holder of [timers, globalThis]) holder[name] = bound;
  }
  syncBuiltinESMExports();
}

function boundToCell(start: Start, repeats: boolean): Start {
  const bound: Start = (callback, ...rest) => {
    const cell = currentCell();
    if (!cell || typeof callback !== 'function' || (!repeats && resolvesPromise(callback))) return start(callback, ...rest);
    function call(this: unknown, ...args: unknown[]): void {
      if (hasEnded(cell!)) end(timer);
      else callback.apply(this, args);
    }
    const timer = start(call, ...rest);
    if (hasEnded(cell)) end(timer);
    return timer;
  };
  return Object.defineProperties(bound, Object.getOwnPropertyDescriptors(start)); // `util.promisify` asks for one of them
}

/** A cell that was told to stop may use its timers until its prompt is back: what it does last may need them. */
const hasEnded = ({ abort, done }: CellContext) => done && abort.signal.aborted;

function end(timer: NodeJS.Timeout | NodeJS.Immediate): void {
  clearTimeout(timer);
  clearImmediate(timer);
}

const sourceOf = Function.prototype.toString;

/** The functions that `new Promise` hands out have no name and no source. */
const resolvesPromise = (callback: Callback) =>
  callback.name === '' && callback.length === 1 && Reflect.apply(sourceOf, callback, []).endsWith('{ [native code] }');
