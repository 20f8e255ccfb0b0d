import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { numbers } from '../latex/numbers.mjs';
import { notebooksIn } from '../notebooks/files.mjs';

/**
 * What the site's words may quote: numbers of results/, by the rules of the PDFs, so that a missing or a stale one stops the build.
 *
 * @param {string} root  where the repository is
 */
export function quotable(root) {
  const json = (/** @type {string} */ file) =>
    existsSync(join(root, file)) ? JSON.parse(readFileSync(join(root, file), 'utf8')) : undefined;
  /** @type {Map<string, any>} */
  const loaded = new Map();
  const load = (/** @type {string} */ result) => {
    if (!loaded.has(result)) loaded.set(result, json(`results/${result}.json`));
    return loaded.get(result);
  };
  const stamps = new Set(
    notebooksIn(root)
      .map((file) => json(file).metadata.lemmata?.provenance?.stamp)
      .filter(Boolean),
  );

  /**
   * A number as words of a page: `num('week01.beta', '.2f')`.
   *
   * @param {string} key
   * @param {string} [format]  '.2f' decimals, .3g digits, .1% per cent, .0b basis points
   * @param {string} [where]   file and line, for errors
   * @throws when it is missing or stale, naming the file, the line and the command that makes it
   */
  function num(key, format = '.3g', where = 'num') {
    const { problems, texts } = numbers([{ format, key, where }], load, stamps);
    if (problems.length) throw new Error(problems[0].replace('\\resnum{', "num('").replace(/\}: /, "'): "));
    return texts.get(`${format}|${key}`) ?? '';
  }

  return { num, result: load };
}
