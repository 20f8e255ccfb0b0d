import { cellHook } from './cell-hooks.js';

/** One output in several forms, by MIME type; a front end shows the richest form that it knows. */
export interface Bundle {
  /** The form that a terminal shows. */
  readonly 'text/plain': string;
  readonly [mime: string]: unknown;
}

/**
 * Shows outputs in order, below the cell that runs. Outside the kernel it prints their text forms.
 *
 *     await show(table(rows), line({ … }))
 */
export async function show(...outputs: (Bundle | Promise<Bundle>)[]): Promise<void> {
  for (const output of outputs) display(await output);
}

/** One display; those with the same `update` id replace one another. */
export function display(bundle: Bundle, options: { update?: string } = {}): void {
  const hook = cellHook('display');
  if (hook) hook(bundle, options);
  else console.log(bundle['text/plain']);
}
