import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf } from '../latex/links.mjs';
import { escapeHtml } from './highlight.mjs';
import { sourceUrl } from './source.mjs';

/**
 * What a post may say beside Markdown: {{ num('week01.beta', '.2f') }}, {% chart 'week01.marketLine' %}, {% theorem 'thm:ridge' %},
 * {% notebook 'week01' %}, {% pdf 'week01' %}. A name that is not there stops the build with file and line.
 *
 * @param {any} eleventy
 * @param {import('./collect.mjs').Site} site
 */
export function shortcodes(eleventy, site) {
  const { root, quotable, notebooks, pdfs } = site;
  eleventy.addNunjucksGlobal('num', (/** @type {string} */ key, /** @type {string} */ format) => quotable.num(key, format));

  // A file of the repository: the site's own page of it, where there is one; else the repository, where its address is known; else its name.
  eleventy.addFilter('code', (/** @type {string} */ file, /** @type {number | undefined} */ line) => {
    const text = `<code>${escapeHtml(file)}</code>`;
    const address = site.sourceUrls.has(file) ? `${sourceUrl(file)}${line ? `#L${line}` : ''}` : addressOf(root, file, line);
    return address ? `<a href="${address}">${text}</a>` : text;
  });
  eleventy.addFilter('address', (/** @type {string} */ file) => addressOf(root, file));

  eleventy.addShortcode(
    'chart',
    /** @this {any} */ function (/** @type {string} */ key, /** @type {string} */ caption) {
      const [result, name] = split(key);
      const file = join(root, 'results', result, `${name}.svg`);
      const known = quotable.result(result)?.figures ?? {};
      if (!existsSync(file))
        throw new Error(
          `${place(this, root, key)}: chart '${key}': results/${result}/ has no ${name}.svg; it has ${Object.keys(known).sort().join(', ') || 'none'}`,
        );
      const drawn = {
        key: `${result}/${name}`,
        svg: readFileSync(file, 'utf8'),
        spec: JSON.parse(readFileSync(file.replace(/svg$/, 'vl.json'), 'utf8')),
      };
      site.charts.set(drawn.key, drawn);
      return `\n${chart({ ...drawn, alt: known[name]?.title ?? name, caption })}\n\n`;
    },
  );

  eleventy.addShortcode(
    'notebook',
    /** @this {any} */ function (/** @type {string} */ name, /** @type {string} */ text) {
      const found = notebooks.find(({ file, slug }) => slug === name || file.includes(`/${name}`));
      if (!found)
        throw new Error(`${place(this, root, name)}: notebook '${name}': there are ${notebooks.map(({ slug }) => slug).join(', ')}`);
      return `<a href="${found.url}">${text ?? found.title}</a>`;
    },
  );

  eleventy.addShortcode(
    'theorem',
    /** @this {any} */ function (/** @type {string} */ label, /** @type {string} */ text) {
      const found = site.theorems.find((theorem) => theorem.label === label);
      if (!found)
        throw new Error(`${place(this, root, label)}: theorem '${label}': no proof has that label; is it spelt as in proofs/*.tex?`);
      return `<a href="${found.url}">${text ?? `${found.kind} ${found.number} (${found.title})`}</a>`;
    },
  );

  eleventy.addShortcode('pdf', (/** @type {string} */ name, /** @type {string} */ text) => {
    const found = pdfs.find((pdf) => pdf.file === `${name}.pdf` || pdf.name === name);
    return found ? `<a href="${found.url}">${text ?? `${name}.pdf`}</a>` : `${text ?? `${name}.pdf`}`;
  });
}

/** 'week03' and 'calibration', of 'week03.calibration'. @param {string} key */
const split = (key) => [key.slice(0, key.lastIndexOf('.')), key.slice(key.lastIndexOf('.') + 1)];

/**
 * A chart: a picture that needs no program, which the live one takes the place of where programs run.
 *
 * @param {{ key: string, alt: string, svg: string, caption?: string }} chart
 */
export function chart({ key, alt, svg, caption }) {
  const [, width = '', height = ''] = /<svg[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"/.exec(svg) ?? [];
  const image = `<img src="/charts/${key}.svg" alt="${escapeHtml(alt)}"${width && ` width="${Math.round(Number(width))}" height="${Math.round(Number(height))}"`} loading="lazy">`;
  return `<figure class="chart" data-chart="/charts/${key}.json">${image}${caption ? `<figcaption>${caption}</figcaption>` : ''}</figure>`;
}

/**
 * `blog/posts/week01.md:12`: where a page says something, found by its text.
 *
 * @param {any} context  of a shortcode
 * @param {string} root
 * @param {string} text
 */
function place(context, root, text) {
  const file = String(context?.page?.inputPath ?? 'blog').replace(/^\.\//, '');
  if (!existsSync(join(root, file))) return file;
  const line = readFileSync(join(root, file), 'utf8')
    .split('\n')
    .findIndex((one) => one.includes(text));
  return `${file}:${line + 1}`;
}
