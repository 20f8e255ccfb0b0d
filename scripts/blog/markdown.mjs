import markdownIt from 'markdown-it';
import { escapeHtml, highlight } from './highlight.mjs';
import { held, maths } from './maths.mjs';

/**
 * Markdown as the site sets it: CommonMark with tables, $maths$, highlighted code, headings that can be linked to, and tables that
 * scroll within themselves.
 *
 * @param {{ where?: string, slugs?: (text: string) => string, plain?: boolean }} [options]  `plain` leaves HTML and dollars as they are; `where` names the source in errors; `slugs` makes the ids of headings, of each page anew where it is left out
 */
export function markdown({ where = 'Markdown', slugs, plain = false } = {}) {
  /** @type {WeakMap<object, ReturnType<typeof slugger>>} */
  const ofPage = new WeakMap();
  const slugsOf = (/** @type {object} */ page) => {
    if (!ofPage.has(page)) ofPage.set(page, slugger());
    return /** @type {ReturnType<typeof slugger>} */ (ofPage.get(page));
  };
  const md = markdownIt({ html: !plain, linkify: false, typographer: false, highlight: (code, language) => highlight(code, language) });
  md.renderer.rules.fence = (tokens, at) => highlight(tokens[at].content, tokens[at].info.trim().split(/\s+/)[0] || 'text');
  md.renderer.rules.code_block = (tokens, at) => `<pre tabindex="0"><code>${escapeHtml(tokens[at].content)}</code></pre>\n`; // it scrolls, by keyboard too
  md.renderer.rules.table_open = () => '<div class="wide" tabindex="0" role="region" aria-label="table"><table>';
  md.renderer.rules.table_close = () => '</table></div>';
  md.renderer.rules.heading_open = (tokens, at, _options, env) => {
    const text = (tokens[at + 1].children ?? []).map(({ content }) => content).join('');
    return `<${tokens[at].tag} id="${(slugs ?? slugsOf(env))(text)}">`;
  };
  // A picture beside its page is copied into the page's folder of the site.
  md.renderer.rules.image = (tokens, at, _options, env) => {
    const folder = /blog\/(\w+)\//.exec(/** @type {any} */ (env)?.page?.inputPath ?? '')?.[1];
    const address = String(new Map(tokens[at].attrs).get('src'));
    const beside = folder && !/^(\/|[a-z]+:)/.test(address);
    return `<img src="${beside ? `/${folder}/${address}` : address}" alt="${escapeHtml(tokens[at].content)}" loading="lazy">`;
  };
  if (!plain) formulas(md, where);
  return md;
}

/**
 * $a$ within a line and $$a$$ on lines of its own or within one; a dollar before a digit's price, as in $5, is a dollar.
 *
 * @param {any} md
 * @param {string} where
 */
function formulas(md, where) {
  md.inline.ruler.before('escape', 'formula', (/** @type {any} */ state, /** @type {boolean} */ silent) => {
    const rest = state.src.slice(state.pos);
    const match = /^\$\$([\s\S]+?)\$\$/.exec(rest) ?? /^\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)/.exec(rest);
    if (!match) return false;
    const display = match[0].startsWith('$$');
    const { length } = display ? { length: 0 } : held('', rest.slice(match[0].length));
    if (!silent)
      state.push('formula', '', 0).meta = { tex: match[1], display, after: rest.slice(match[0].length, match[0].length + length) };
    state.pos += match[0].length + length;
    return true;
  });
  md.block.ruler.before(
    'paragraph',
    'formula_block',
    (/** @type {any} */ state, /** @type {number} */ start, /** @type {number} */ end, /** @type {boolean} */ silent) => {
      const line = (/** @type {number} */ i) => state.src.slice(state.bMarks[i] + state.tShift[i], state.eMarks[i]);
      if (!line(start).startsWith('$$')) return false;
      let last = start;
      let text = line(start).slice(2);
      while (!text.trimEnd().endsWith('$$') && last + 1 < end) text += `\n${line(++last)}`;
      if (!text.trimEnd().endsWith('$$') || text.trimEnd().slice(0, -2).includes('$$')) return false;
      if (silent) return true;
      const token = state.push('formula_block', '', 0);
      token.meta = { tex: text.trimEnd().slice(0, -2), display: true };
      token.map = [start, last + 1];
      state.line = last + 1;
      return true;
    },
    { alt: ['paragraph', 'blockquote', 'list'] },
  );
  const render = (/** @type {any[]} */ tokens, /** @type {number} */ at, /** @type {any} */ _options, /** @type {any} */ env) =>
    formula(tokens[at].meta, env?.page?.inputPath ?? where);
  md.renderer.rules.formula = render;
  md.renderer.rules.formula_block = render;
}

/** @param {{ tex: string, display: boolean, after?: string }} meta @param {string} where */
const formula = ({ tex, display, after = '' }, where) => {
  const html = maths(tex, { display, where });
  return display ? `<span class="formula" tabindex="0" role="group" aria-label="formula">${html}</span>` : held(html, after).html;
};

/** Ids of headings within one page: `the-line`, and `the-line-2` for the second of that name. */
export function slugger() {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return (/** @type {string} */ text) => {
    const slug = slugOf(text) || 'section';
    const count = (seen.get(slug) ?? 0) + 1;
    seen.set(slug, count);
    return escapeHtml(count === 1 ? slug : `${slug}-${count}`);
  };
}

/** `gauss-markov`, of 'Gauss–Markov': letters and digits in lower case, all else a dash. @param {string} text */
export const slugOf = (text) =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
