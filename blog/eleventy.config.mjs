// The website. `npm run blog` builds it into build/site: see README.md here.
import { join, resolve } from 'node:path';
import rss from '@11ty/eleventy-plugin-rss';
import { collect } from '../scripts/blog/collect.mjs';
import { markdown } from '../scripts/blog/markdown.mjs';
import { shortcodes } from '../scripts/blog/shortcodes.mjs';
import { withoutDrawings } from '../scripts/blog/text.mjs';

const root = resolve(import.meta.dirname, '..');

/** @param {any} eleventy  what Eleventy configures by */
export default async function configure(eleventy) {
  const site = await collect(root);
  eleventy.setUseGitIgnore(false);
  eleventy.setQuietMode(true);
  eleventy.ignores.add('blog/README.md');
  eleventy.ignores.add('blog/client/**');
  eleventy.ignores.add('blog/play/**/*.{ts,md}');
  eleventy.setNunjucksEnvironmentOptions({ throwOnUndefined: false, trimBlocks: true, lstripBlocks: true });
  eleventy.setLibrary('md', markdown());

  eleventy.addPlugin(rss);
  for (const [name, value] of Object.entries(site.data)) eleventy.addGlobalData(name, value);
  shortcodes(eleventy, site);
  eleventy.addFilter('card', (/** @type {string} */ url) => /^\/((?:posts|notebooks|play|progress)\/[^/]+)\/$/.exec(url)?.[1] ?? 'site');
  eleventy.addFilter('clauses', (/** @type {string} */ letters) => [...letters].map((letter) => `(${letter})`).join(', '));

  eleventy.addCollection('posts', (/** @type {any} */ all) => ordered(all.getFilteredByGlob('blog/posts/*.md')));
  eleventy.addCollection('progress', (/** @type {any} */ all) => all.getFilteredByGlob('blog/progress/*.md').reverse());
  eleventy.addCollection('play', (/** @type {any} */ all) => ordered(all.getFilteredByGlob('blog/play/*/index.njk')));

  // The whole site speaks of its pages from '/': under another base path the addresses are moved as they are written.
  const prefix = process.env.LEMMATA_SITE_PREFIX ?? '/';
  eleventy.addTransform('base path', (/** @type {string} */ html, /** @type {string} */ file) =>
    file?.endsWith('.html') ? under(html, prefix) : html,
  );
  eleventy.addFilter('absolute', (/** @type {string} */ html) => under(html, `${site.data.site.url}${prefix}`));
  eleventy.addFilter('withoutDrawings', withoutDrawings);
  return {
    dir: { input: join('blog'), includes: '_includes', output: process.env.LEMMATA_SITE_OUT ?? 'build/site' },
    templateFormats: ['njk', 'md'],
    markdownTemplateEngine: 'njk',
    htmlTemplateEngine: 'njk',
  };
}

/**
 * Addresses that begin with '/' moved under another path.
 *
 * @param {string} html
 * @param {string} prefix
 */
const under = (html, prefix) => (prefix === '/' ? html : html.replace(/ (href|src|action|data-[a-z]+)="\/(?!\/)/g, ` $1="${prefix}`));

/**
 * By their number, then by their name.
 *
 * @param {any[]} pages
 */
const ordered = (pages) => pages.sort((a, b) => (a.data.order ?? 1000) - (b.data.order ?? 1000) || (a.fileSlug < b.fileSlug ? -1 : 1));
