import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import { OPTIONS } from './search-words.mjs';
import { textOf } from './text.mjs';

/**
 * The index of the site's search: posts and the log as they were written, notebooks by section, theorems, names of the library.
 *
 * @param {import('./collect.mjs').Site} site
 * @param {string} out  the site's folder, its pages written
 */
export function writeIndex({ notebooks, theorems, api }, out) {
  const written = globSync('{posts,progress,play}/*/index.html', { cwd: out }).sort();
  const pages = written.map((file) => {
    const html = readFileSync(join(out, file), 'utf8');
    const main = /<main[^>]*>([\s\S]*)<\/main>/.exec(html)?.[1] ?? '';
    const title = textOf(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(main)?.[1] ?? file);
    const about = /<meta name="description" content="([^"]*)"/.exec(html)?.[1] ?? '';
    return {
      title,
      kind: file.split('/')[0].replace(/^posts$/, 'post'),
      url: `/${file.replace('index.html', '')}`,
      about: textOf(about),
      text: textOf(main),
    };
  });
  const sections = notebooks.flatMap(({ html, title, url }) =>
    html
      .replace(/<pre[\s\S]*?<\/pre>/g, ' ')
      .split(/(?=<h[2-4] id=)/)
      .map((part) => {
        const [, id, heading] = /^<h[2-4] id="([^"]+)">([\s\S]*?)<\/h[2-4]>/.exec(part) ?? [];
        const text = textOf(part);
        return {
          title: id ? `${title}: ${textOf(heading)}` : title,
          kind: 'notebook',
          url: id ? `${url}#${id}` : url,
          about: short(textOf(part.replace(/^<h[2-4][\s\S]*?<\/h[2-4]>/, ''))),
          text,
        };
      }),
  );
  const proved = theorems.map(({ kind, number, plainTitle, url, summary, statement, body }) => ({
    title: `${kind} ${number}: ${plainTitle}`,
    kind: 'theorem',
    url,
    about: summary,
    text: textOf(`${url.split('/').at(-2)} ${summary} ${statement} ${body}`), // its name in the source too
  }));
  const names = api.entries
    .filter(({ kind }) => kind !== 'reference')
    .map(({ name, room, url, first }) => ({
      title: name,
      kind: `lemmata/${room}`,
      url,
      about: first,
      text: `${room} ${first}`,
    }));
  const index = new MiniSearch(OPTIONS);
  index.addAll([...pages, ...sections, ...proved, ...names].map((page, id) => ({ id, ...page })));
  writeFileSync(join(out, 'search.json'), JSON.stringify(index));
}

/** @param {string} text */
const short = (text) => (text.length > 160 ? `${text.slice(0, 160).replace(/\s\S*$/, '')} …` : text);
