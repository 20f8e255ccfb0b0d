import { cpSync, existsSync, globSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bundle } from './bundle.mjs';
import { writeCards } from './cards.mjs';
import { writeCharts } from './charts.mjs';
import { collect } from './collect.mjs';
import { writeIndex } from './search.mjs';

/**
 * Builds the website aside and puts it in place when it is complete: a build that fails leaves the one before as it was.
 *
 * @param {{ root: string, out?: string, prefix?: string, url?: string }} options  `prefix` is the path under which the site will stand, `/lemmata/`
 * @returns {Promise<{ out: string, pages: number }>}
 */
export async function buildSite({ root, out = join(root, 'build/site'), prefix = '/', url }) {
  const base = `/${prefix.split('/').filter(Boolean).join('/')}/`.replace('//', '/');
  const draft = `${out}.draft-${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  process.env.LEMMATA_SITE_PREFIX = base;
  process.env.LEMMATA_SITE_OUT = draft;
  if (url) process.env.LEMMATA_SITE_URL = url;
  process.chdir(root);
  try {
    const { default: Eleventy } = await import('@11ty/eleventy');
    const eleventy = new Eleventy('blog', draft, { quietMode: true, configPath: 'blog/eleventy.config.mjs' });
    eleventy.disableLogger?.();
    await eleventy.write();
    const site = await collect(root);
    writeCharts(site.charts, draft);
    writeIndex(site, draft);
    writeMap(draft, `${site.data.site.url}${base}`);
    if (site.data.site.cards) writeCards(draft);
    await bundle(root, draft);
    copyAssets(root, draft);
    const old = `${out}.old-${process.pid}`;
    mkdirSync(dirname(out), { recursive: true });
    if (existsSync(out)) renameSync(out, old);
    renameSync(draft, out);
    rmSync(old, { recursive: true, force: true });
    return { out, pages: globSync('**/*.html', { cwd: out }).length };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * The list of pages for those who search the web.
 *
 * @param {string} out
 * @param {string} base  the site's full address
 */
function writeMap(out, base) {
  const pages = globSync('**/index.html', { cwd: out })
    .sort()
    .map((file) => `<url><loc>${encodeURI(base + file.replace('index.html', ''))}</loc></url>`);
  writeFileSync(
    join(out, 'sitemap.xml'),
    `<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${pages.join('\n')}\n</urlset>\n`,
  );
  writeFileSync(join(out, 'robots.txt'), `User-agent: *\nAllow: /\nSitemap: ${base}sitemap.xml\n`);
}

/**
 * Style sheets, fonts, pictures, models and PDFs, as they are.
 *
 * @param {string} root
 * @param {string} out
 */
export function copyAssets(root, out) {
  const copy = (/** @type {string} */ from, /** @type {string} */ to) => {
    mkdirSync(dirname(join(out, to)), { recursive: true });
    cpSync(join(root, from), join(out, to), { recursive: true });
  };
  for (const file of globSync('blog/assets/*', { cwd: root })) copy(file, `assets/${basename(file)}`);
  copy('node_modules/katex/dist/katex.min.css', 'assets/katex/katex.min.css');
  for (const file of globSync('node_modules/katex/dist/fonts/*.woff2', { cwd: root })) copy(file, `assets/katex/fonts/${basename(file)}`);
  for (const folder of ['proofs', 'summaries', 'paper', 'slides'])
    for (const file of globSync(`${folder}/*.pdf`, { cwd: root })) copy(file, `pdf/${file}`);
  for (const file of globSync('blog/{posts,progress}/*.{svg,png,jpg}', { cwd: root })) copy(file, file.replace(/^blog\//, ''));
  for (const file of globSync('blog/play/*/*.{onnx,json,svg,png,css}', { cwd: root })) copy(file, file.replace(/^blog\//, ''));
  if (globSync('blog/play/*/main.ts', { cwd: root }).length)
    for (const file of ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'])
      copy(`node_modules/onnxruntime-web/dist/${file}`, `assets/ort/${file}`);
  writeFileSync(join(out, '.nojekyll'), '');
}
