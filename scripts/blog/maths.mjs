import katex from 'katex';

/**
 * A formula as HTML and MathML, made when the site is built, so that no page runs a program for it.
 *
 * @param {string} tex
 * @param {{ display?: boolean, macros?: Record<string, string>, where?: string }} [options]  `where` stands in the error
 * @throws when KaTeX cannot set it, with the formula and what stands wrong
 */
export function maths(tex, { display = false, macros = {}, where = 'a formula' } = {}) {
  try {
    const html = katex.renderToString(known(tex), {
      displayMode: display,
      throwOnError: true,
      strict: 'ignore',
      trust: false,
      macros: { ...macros },
    });
    return html.replace(/<semantics>([\s\S]*?)<annotation[\s\S]*?<\/annotation><\/semantics>/g, '$1'); // its TeX, which no reader needs twice
  } catch (thrown) {
    const { message } = /** @type {Error} */ (thrown);
    throw new Error(`${where}: KaTeX cannot set $${tex.length > 120 ? `${tex.slice(0, 120)}…` : tex}$: ${message}`);
  }
}

/** What TeX and MathJax take and KaTeX does not, in its own words. @param {string} tex */
const known = (tex) =>
  tex
    .replace(/\\begin\{psmallmatrix\}/g, '\\left(\\begin{smallmatrix}')
    .replace(/\\end\{psmallmatrix\}/g, '\\end{smallmatrix}\\right)')
    .replace(/\\(hat|bar|tilde|check|dot)\s*(\\math(?:bf|cal|rm|sf)\s*(?:\{[^{}]*\}|\w))/g, '\\$1{$2}')
    .replace(/\\([lr][Vv]ert|[lr]angle)(?=[A-Za-z])/g, '\\$1 ');

/**
 * A formula with the punctuation that follows it in its last box, so that no line begins with a comma and long formulas may still break.
 *
 * @param {string} html
 * @param {string} rest  what follows in the source
 * @returns {{ html: string, length: number }}  `length` is how much of it was taken
 */
export function held(html, rest) {
  const [mark = ''] = /^[.,;:)?!]+(?![.,])/.exec(rest) ?? [];
  const last = html.lastIndexOf('</span></span></span>');
  const inside = () => `${html.slice(0, last)}<span class="held">${mark}</span>${html.slice(last)}`;
  return { html: mark && last > 0 ? inside() : html, length: mark.length };
}
