import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const NUMBER = /\bnum\(\s*'([^']*)'(?:\s*,\s*'([^']*)')?\s*\)/g;
const PICTURE = /!\[[^\]]*\]\(([^)\s]+)\)/g;

/**
 * What is wrong with posts and the log before a page is made of them, one line each: a head that lacks something, a number that is missing or stale, a
 * picture that is not there.
 *
 * @param {string} root
 * @param {(key: string, format: string | undefined, where: string) => string} num
 */
export function wordProblems(root, num) {
  return globSync('blog/{posts,progress}/*.md', { cwd: root })
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const at = (/** @type {number} */ index) => `${file}:${text.slice(0, index).split('\n').length}`;
      const numbers = [...text.matchAll(NUMBER)].flatMap(({ 1: key, 2: format, index }) => {
        try {
          num(key, format, at(index));
          return [];
        } catch (error) {
          return [/** @type {Error} */ (error).message];
        }
      });
      const pictures = [...text.matchAll(PICTURE)]
        .filter(([, path]) => !/^(https?:|\/)/.test(path) && !existsSync(join(root, dirname(file), path)))
        .map(
          ({ 1: path, index }) =>
            `${at(index)}: the picture ${path} is not there; put it beside the post, or show a saved chart by {% chart '…' %}`,
        );
      return [...headProblems(file, text), ...numbers, ...pictures];
    });
}

/** @param {string} file @param {string} text */
function headProblems(file, text) {
  const head = /^---\n([\s\S]*?)\n---\n/.exec(text)?.[1];
  if (head === undefined) return [`${file}:1: a page begins with its head: ---, title, description and date, ---`];
  const lines = head.split('\n');
  const bad = lines.findIndex((line) => line.trim() && !/^\s|^#|^- /.test(line) && !/^[a-zA-Z]\w*:(\s|$)/.test(line));
  if (bad >= 0) return [`${file}:${bad + 2}: '${lines[bad]}' is no line of a head; it has a name, a colon and a value`];
  const unquoted = lines.findIndex((line) => /^\w+:\s+[^'"\s[{|>][^'"]*:\s/.test(line));
  if (unquoted >= 0) return [`${file}:${unquoted + 2}: a value with a colon in it stands in quotes: '${lines[unquoted]}'`];
  const missing = ['title', 'description', 'date'].filter((name) => !lines.some((line) => line.startsWith(`${name}: `)));
  return missing.map((name) => `${file}:1: the head has no ${name}${name === 'date' ? ', as in 2026-01-05' : ''}`);
}
