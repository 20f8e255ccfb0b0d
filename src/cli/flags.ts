const kebab = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What the library says of an option, in the words of the command line: `calendar: 'none'` is `--calendar none` there. */
export const asFlags = (message: string): string =>
  message
    .replace(/\b(allowMissing|force): true\b/g, (_, name: string) => kebab(name))
    .replace(
      /\b(asset|calendar|kind|decimal|header|encoding|separator): (?:'([^']*)'|(\d))/g,
      (_, name, text, digit) => `${kebab(name)} ${text ?? digit}`,
    )
    .replace(/\b(set|or set) (asset|date|dateFormat|columns)\b/g, (_, verb: string, name: string) => `${verb} ${kebab(name)}`)
    .replace(/\b(with|under) (columns|missing)\b/g, (_, word: string, name: string) => `${word} ${kebab(name)}`);
