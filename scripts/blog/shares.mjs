const LINKEDIN = 1300;
const X = 280;

/**
 * An entry of the log as plain text for LinkedIn, at most 1,300 characters, and for X, at most 280, and the title and the chart of the
 * picture that goes with both. What is too long
 * loses its last lines, or its last words.
 *
 * @param {string} text  of the entry, edited or not
 * @param {(key: string, format: string | undefined) => string} num
 */
export function sharesOf(text, num) {
  const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  const field = (/** @type {string} */ name) => {
    const value = new RegExp(`^${name}: (.*)$`, 'm').exec(head)?.[1] ?? '';
    return value.startsWith('"') ? JSON.parse(value) : value;
  };
  const start = `Lemmata, ${field('title')}. ${field('description')}`;
  const told = plain(body, num);
  const first = /^- (?:.*?\(\d+\): )?(.*)$/m.exec(told)?.[1];
  return {
    linkedin: `${lines([start, '', ...told.split('\n')], LINKEDIN - 1)}\n`,
    x: `${words(first ? `${start} ${first}` : start, X - 1)}\n`,
    title: field('title'),
    about: field('description'),
    chart: /\{% chart '([^']+)'/.exec(body)?.[1],
  };
}

/** Markdown without its signs. @param {string} body @param {(key: string, format: string | undefined) => string} num */
const plain = (body, num) =>
  body
    .replace(/\{\{\s*num\('([^']*)'(?:,\s*'([^']*)')?\)\s*\}\}/g, (_, key, format) => num(key, format))
    .replace(/\{% (?:notebook|pdf|theorem) '[^']*'(?:, '([^']*)')? %\}/g, (_, words) => words ?? '')
    .replace(/\{%[\s\S]*?%\}/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*?([^*]+)\*\*?/g, '$1')
    .replace(/^#+ /gm, '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\n{3,}/g, '\n\n')
    .trim();

/** As many whole lines as there is room for. @param {string[]} all @param {number} room */
function lines(all, room) {
  let text = words(all[0], room);
  for (const line of all.slice(1)) {
    if (text.length + 1 + line.length > room) break;
    text += `\n${line}`;
  }
  return text.trimEnd();
}

/** As many whole words as there is room for. @param {string} text @param {number} room */
const words = (text, room) => (text.length <= room ? text : `${text.slice(0, room - 1).replace(/\s+\S*$/, '')}…`);
