import * as prompts from './runtime/input.js';

declare global {
  /** Asks the reader of the notebook for a line of text. */
  function input(prompt?: string): Promise<string>;
  /** As `input`, by the name that it has in browsers; but there it waits by itself, here with `await`. */
  function prompt(message?: string): Promise<string>;
  /** As `input`, without showing what is typed. */
  function password(prompt?: string): Promise<string>;
}

/** Puts `input`, `prompt` and `password` into the global scope that cells see. */
export function defineGlobals(): void {
  Object.assign(globalThis, { input: prompts.input, prompt: prompts.input, password: prompts.password });
}
