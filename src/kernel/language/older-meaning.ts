import ts from 'typescript6';
import { namesIn } from './bindings.js';

/** A cell's text in which the older meaning of a name has another name of the same length, so that no place moves. */
export interface Renamed {
  code: string;
  /** other name → name */
  aliases: Map<string, string>;
}

const FIRST_LETTER = 0x4e00;

/**
 * `const prices = prices.slice(1)` means the older `prices` on its right, which a module could not say: those places get a name of
 * their own, for the type checker only. Functions on the right are called later, and mean the new one.
 */
export function renameOlderMeanings(source: ts.SourceFile, isDeclared: (name: string) => boolean): Renamed {
  const letters = source.text.split('');
  const aliases = new Map<string, string>();
  let letter = FIRST_LETTER;
  const aliasOf = (name: string) => {
    for (const [alias, known] of aliases) if (known === name) return alias;
    while (source.text.includes(String.fromCharCode(letter))) letter++;
    const first = widthOf(name);
    const alias = String.fromCharCode(letter++).repeat(first) + name.slice(first);
    aliases.set(alias, name);
    return alias;
  };
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      const older = new Set(namesIn(name).filter(isDeclared));
      const rename = (node: ts.Node): void => {
        if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isTypeNode(node)) return;
        if (ts.isIdentifier(node) && older.has(node.text) && isMention(node))
          letters.fill(aliasOf(node.text)[0], node.getStart(source), node.getStart(source) + widthOf(node.text));
        ts.forEachChild(node, rename);
      };
      if (older.size && initializer) rename(initializer);
    }
  }
  return { code: aliases.size ? letters.join('') : source.text, aliases };
}

/** How many units of UTF-16 the first letter takes: 2 of 𝒳. */
const widthOf = (name: string) => String.fromCodePoint(name.codePointAt(0)!).length;

/** Not the name of a property. A shorthand property is both, so it keeps its name. */
const isMention = (node: ts.Identifier) =>
  !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) &&
  !(ts.isPropertyAssignment(node.parent) && node.parent.name === node) &&
  !ts.isShorthandPropertyAssignment(node.parent);
