import * as prompts from './runtime/input.js';

declare global {
  /** Asks the reader of the notebook for a line of text. */
  function input(prompt?: string): Promise<string>;
  /** As `input`, without showing what is typed. */
  function password(prompt?: string): Promise<string>;
}

/** Puts `input` and `password` into the global scope that cells see. */
export function defineGlobals(): void {
  Object.assign(globalThis, { input: prompts.input, password: prompts.password });
}
