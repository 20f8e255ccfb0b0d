import { whoAsked } from './misuse.js';
import { operators } from './scope.js';

/** What is done about a random number: an operator of tfjs that draws some is an error, and a call of the function's own a warning, once. */
const warned = new WeakSet<object>();

/**
 * Runs `record` with every Math.random that it can reach watched: what it gives would be a constant of the graph, the same in every call.
 * Numbers from a given seed are the same in every call of eager code too, and are not seen.
 *
 * @param fn  the function that is recorded, whose realm, as that of a notebook's cell, may have a Math of its own
 * @throws    where an operator of tfjs draws random numbers
 */
export function watchingRandom<T>(fn: (...args: never[]) => unknown, record: () => T): T {
  const maths = new Set([Math, mathOf(fn)]);
  const originals = [...maths].map((math) => [math, math.random] as const);
  for (const [math, random] of originals)
    math.random = () => {
      refuseOperator();
      if (!warned.has(fn)) {
        warned.add(fn);
        console.warn(
          `${whoAsked().caller} calls Math.random in a function that is compiled: it is recorded once, so the number is a constant, the same ` +
            'in every call. Pass noise as an argument instead: uniform(fold(key, step), shape)',
        );
      }
      return random();
    };
  try {
    return record();
  } finally {
    for (const [math, random] of originals) math.random = random;
  }
}

/** Whether `fn` was seen to draw random numbers. */
export const drawsRandom = (fn: object): boolean => warned.has(fn);

function refuseOperator(): void {
  const [operator] = operators();
  if (!operator) return;
  const instead = operator === 'dropout' ? 'use dropout of lemmata/nn, with a mask that is an argument' : 'pass noise as an argument';
  throw new Error(
    `${whoAsked().caller} calls tf.${operator} in a function that is compiled: it is recorded once, so its random numbers would be constants, ` +
      `the same in every call; ${instead}, made from a key at each step: normal(fold(key, step), shape), uniform or dropoutMask`,
  );
}

function mathOf(fn: (...args: never[]) => unknown): Math {
  try {
    return (fn.constructor as FunctionConstructor)('return Math')();
  } catch {
    return Math; // where code may not be made from strings
  }
}
