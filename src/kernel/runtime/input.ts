import { currentCell } from './cell-context.js';
import { send } from './link.js';

let waiting: ((answer: string) => void)[] = [];

/** Asks the reader of the notebook for a line of text. */
export const input = (prompt = ''): Promise<string> => ask(prompt, false);

/** As `input`, without showing what is typed. */
export const password = (prompt = ''): Promise<string> => ask(prompt, true);

export function answerInput(value: string): void {
  waiting.shift()?.(value);
}

/** Questions of an interrupted cell get no answer any more. */
export function forgetQuestions(): void {
  waiting = [];
}

function ask(prompt: string, password: boolean): Promise<string> {
  const cell = currentCell();
  if (!cell?.allowsInput)
    throw new Error('input: nobody is there to answer; run this cell in a notebook, or set the value in the code instead of asking for it');
  send({ type: 'input', cell: cell.id, prompt: String(prompt), password });
  return new Promise((resolve) => waiting.push(resolve));
}
