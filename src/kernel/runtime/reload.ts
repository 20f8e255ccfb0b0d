import { buildIfStale } from '../build.js';
import type { Modules } from './modules.js';

let modules: Modules | undefined;

export function connectReload(to: Modules): void {
  modules = to;
}

/**
 * After an edit: rebuilds the library if its sources changed, and loads every changed module again. Names that cells imported
 * then mean the new code, in functions already defined too; objects made before keep their old methods.
 */
export async function reload(): Promise<void> {
  const problems = await buildIfStale();
  await modules?.reload();
  if (problems) console.error(problems);
}
