import type { MimeBundle } from '../protocol.js';

const JSON_MIME = /^application\/(?:[\w.+-]+\+)?json$/;

/**
 * A bundle as front ends expect it: what a JSON type carries as text is parsed, because Jupyter sends objects; and a formula that
 * KaTeX set is shown once.
 *
 * @throws when the text of a JSON type is no JSON
 */
export function normalise(bundle: MimeBundle): MimeBundle {
  const forms = { ...bundle };
  for (const [mime, form] of Object.entries(forms))
    if (typeof form !== 'string') continue;
    else if (JSON_MIME.test(mime)) forms[mime] = parsed(mime, form);
    else if (mime === 'text/html') forms[mime] = katexOnce(form);
  return forms;
}

function parsed(mime: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(
      `display: ${mime} carries text that is no JSON (${(error as Error).message}); give an object or JSON.stringify(object)`,
    );
  }
}

const KATEX_HTML = '<span class="katex-html" aria-hidden="true">';

/**
 * KaTeX writes every formula twice: in MathML, and in HTML for browsers without it, of which its style sheet hides one. A notebook
 * has no such style sheet, so the MathML stays, unless the output brings one.
 */
function katexOnce(html: string): string {
  if (!html.includes(KATEX_HTML) || html.includes('katex.min.css') || html.includes('katex.css')) return html;
  let kept = '';
  let at = 0;
  for (let start = html.indexOf(KATEX_HTML); start >= 0; start = html.indexOf(KATEX_HTML, at)) {
    kept += html.slice(at, start);
    at = endOfSpan(html, start);
  }
  return kept + html.slice(at);
}

/** Behind the `</span>` that closes the one which opens at `start`. */
function endOfSpan(html: string, start: number): number {
  const tags = /<(\/?)span\b/g;
  tags.lastIndex = start;
  let depth = 0;
  for (let tag = tags.exec(html); tag; tag = tags.exec(html)) {
    depth += tag[1] ? -1 : 1;
    if (depth === 0) return html.indexOf('>', tag.index) + 1;
  }
  return html.length;
}
