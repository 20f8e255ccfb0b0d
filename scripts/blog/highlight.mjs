import { createCssVariablesTheme, createHighlighter } from 'shiki';

const LANGUAGES = ['typescript', 'javascript', 'json', 'shell', 'python', 'latex', 'html', 'css', 'yaml', 'sql'];
/** @type {Record<string, string>} */
const ALIASES = { ts: 'typescript', js: 'javascript', sh: 'shell', bash: 'shell', py: 'python', tex: 'latex', yml: 'yaml' };

/** The classes of tokens, by the colour that Shiki gives them: two letters, because a page has thousands. */
const CLASSES = {
  keyword: 'k',
  'string-expression': 's',
  string: 's',
  comment: 'c',
  function: 'f',
  constant: 'n',
};

const theme = createCssVariablesTheme({ name: 'site', variablePrefix: '--t-' });
const highlighter = await createHighlighter({ themes: [theme], langs: LANGUAGES });

/**
 * Code as HTML, its tokens by class; `site.css` gives each class a colour for light and one for dark.
 *
 * @param {string} code
 * @param {string} [language]  a language that is not known is left plain
 */
export function highlight(code, language = 'typescript') {
  const name = ALIASES[language] ?? language;
  if (!LANGUAGES.includes(name)) return pre(escapeHtml(code), language);
  // Without a limit of time, which would colour a page otherwise on a busy machine.
  const html = highlighter.codeToHtml(code.replace(/\n+$/, ''), { lang: name, theme: 'site', tokenizeTimeLimit: 0 });
  const inner = html.replace(/^<pre[^>]*><code>/, '').replace(/<\/code><\/pre>$/, '');
  const lines = inner.replace(/<span class="line">(.*?)<\/span>(?=\n|$)/gs, '$1');
  return pre(lines.replace(/<span style="color:var\(--t-(?:token-)?([a-z-]+)\)">([^<]*)<\/span>/g, token), name);
}

/** @param {string} _ @param {string} kind @param {string} text */
function token(_, kind, text) {
  const name = CLASSES[/** @type {keyof typeof CLASSES} */ (kind)];
  return name ? `<i class="${name}">${text}</i>` : text;
}

/** @param {string} html @param {string} language */
const pre = (html, language) => `<pre class="code" tabindex="0"><code class="${escapeHtml(language)}">${html}</code></pre>`;

/** @param {string} text */
export const escapeHtml = (text) =>
  text.replace(/[&<>"]/g, (c) => /** @type {Record<string, string>} */ ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
