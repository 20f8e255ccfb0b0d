import ts from 'typescript6';
import { describe, expect, it } from 'vitest';
import { compiled, compiledFrom, exportsOf, type Public, place, publicRooms } from './support/house.js';

/** A parameter of one of these types has a shape, or a unit, that its type does not say. */
const ARRAYS = /\b(Tensor\d?D?|Input|HostArray|Matrix|(Float|Int)(32|64)Array)\b|\bnumber\[\]/;
/** `[B, T, F]`, a size in words, or a unit. */
const SHAPE_OR_UNIT =
  /\[[^\]\n]*\]|\b(shapes?|scalars?|lengths?|rows?|columns?|elements?|units?|returns|prices|probabilit\w+|days?|years?)\b|%|×/i;
const EMPTY_WORDS = /^(the|an?|of|for|to|is|it|its|by|in|as|and|or)$/;
const FEWEST_WORDS = 2;

/** Modules with the complaint that each must give. */
const REFUSED: Record<string, [code: string, complaint: string]> = {
  'no docstring': ['export const rate = 0.1;', ':1 rate has no docstring; write one sentence that says what it is'],
  'the name again': ['/** The learning rate. */\nexport const learningRate = 0.1;', 'says no more than its name'],
  'no shape': ['/** Adds up all given numbers. */\nexport const sum = (x: Float64Array): number => x[0];', 'takes x without a shape'],
  'no error': [
    "/** Halves an even integer. */\nexport function half(n: number) { if (n % 2) throw new Error('odd'); }",
    'half throws, and its docstring does not say when; add @throws',
  ],
  'a field without words': [
    '/** How long a training goes on. */\nexport interface Options {\n  rate: number;\n}',
    ':3 Options.rate has no docstring; write one, or name rate in that of Options',
  ],
};
const TAKEN: Record<string, string> = {
  'a shape': '/** The sum over all of x [B, F]. */\nexport const sum = (x: Float64Array): number => x[0];',
  'a stated error':
    "/** Halves an integer.\n * @throws when it is odd */\nexport function half(n: number) { if (n % 2) throw new Error('odd'); }",
  'fields that their type names': '/** Inputs x [B, F] with targets y [B]. */\nexport type Batch = { x: Float64Array; y: Float64Array };',
  'a function that makes one that throws': "/** Refuses every call later. */\nexport const never = () => () => { throw new Error('no'); };",
};

const fileOf = (name: string) => `src/${name.replaceAll(' ', '-')}.ts`;
const codeOf = [...Object.entries(REFUSED).map(([name, [code]]) => [name, code]), ...Object.entries(TAKEN)];
let samples: ts.Program | undefined;

/** The complaints on one of the modules above. */
function complaintsOn(name: string): string[] {
  samples ??= compiledFrom(Object.fromEntries(codeOf.map(([name, code]) => [fileOf(name), code])));
  const checker = samples.getTypeChecker();
  return exportsOf(fileOf(name), samples).flatMap((one) => complaints(one, checker));
}

// The first asks the type checker for the whole house.
describe('a public name has a docstring that says what its name does not', { timeout: 120_000 }, () => {
  it.each(publicRooms)('%s', (room) => {
    const checker = compiled().getTypeChecker();
    const own = exportsOf(`src/${room}/index.ts`).filter(({ declarations: [first] }) => first && place(first).startsWith(`src/${room}/`));
    const found = own.flatMap((one) => complaints(one, checker));
    expect(found).toEqual([]);
  });

  it.each(Object.entries(REFUSED))('would notice %s', (name, [, complaint]) => {
    expect(complaintsOn(name)).toEqual([expect.stringContaining(complaint)]);
  });

  it.each(Object.keys(TAKEN))('takes %s', (name) => {
    expect(complaintsOn(name)).toEqual([]);
  });
});

/** What is wrong with the docstring of one public name, with file, line and fix. */
function complaints({ name, declarations }: Public, checker: ts.TypeChecker): string[] {
  const declaration = declarations.find((one) => docOf(one)) ?? declarations[0];
  if (!declaration || ts.isSourceFile(declaration)) return [];
  const doc = docOf(declaration);
  const signatures = isType(declaration) ? [] : checker.getTypeAtLocation(declaration).getCallSignatures();
  if (!doc) return [`${place(declaration)} ${name} has no docstring; write one sentence that says what it is`];
  const found: string[] = [];
  if (isTrivial(name, doc)) found.push(`the docstring of ${name} says no more than its name; say what it does, with its formula`);
  if (signatures.length > 0 && throwsItself(declaration) && !/@throws/.test(doc))
    found.push(`${name} throws, and its docstring does not say when; add @throws`);
  const arrays = SHAPE_OR_UNIT.test(doc) ? [] : arraysOf(signatures, checker);
  if (arrays.length > 0) found.push(`${name} takes ${arrays.join(', ')} without a shape or a unit; write it as in x [B, F]`);
  return [
    ...found.map((complaint) => `${place(declaration)} ${complaint}`),
    ...fieldsOf(declaration).flatMap((field) => onField(name, doc, field)),
  ];
}

/** A field needs a docstring of its own, or a word in that of its type. */
function onField(type: string, doc: string, field: ts.TypeElement): string[] {
  const name = field.name && (ts.isStringLiteral(field.name) ? field.name.text : field.name.getText());
  if (!name || docOf(field) || doc.match(/[\p{L}\d_/+.-]*[\p{L}\d_]/gu)?.includes(name)) return [];
  return [`${place(field)} ${type}.${name} has no docstring; write one, or name ${name} in that of ${type}`];
}

/** The text of a docstring, tags and all. */
function docOf(node: ts.Node): string | undefined {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  if (docs.length === 0) return undefined;
  return docs.map((doc) => doc.getText().replace(/^\/\*\*|\*\/$|^\s*\* ?/gm, '')).join('\n');
}

/** Whether a first sentence holds next to nothing that is not in the name already, and no formula follows. */
function isTrivial(name: string, doc: string): boolean {
  if (/^ {4}\S/m.test(doc)) return false;
  const [first] = doc.trim().split(/(?<=\.)\s|\n\s*\n|\n\s*@/);
  const said = new Set(words(name));
  return words(first).filter((word) => !said.has(word) && !EMPTY_WORDS.test(word)).length < FEWEST_WORDS;
}

const words = (phrase: string): string[] =>
  phrase
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\d_]+|[=≥≤∈Σ√·−+⁻²]/gu) ?? [];

const isType = (node: ts.Node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);

/** Parameters that hold arrays. */
function arraysOf(signatures: readonly ts.Signature[], checker: ts.TypeChecker): string[] {
  const parameters = signatures.flatMap((signature) => signature.parameters);
  const arrays = parameters.filter((one) => {
    const type = checker.getTypeOfSymbol(one);
    return one.name !== 'shape' && type.getCallSignatures().length === 0 && ARRAYS.test(checker.typeToString(type));
  });
  return [...new Set(arrays.map(({ name, valueDeclaration: from }) => (from && ts.isParameter(from) ? from.name.getText() : name)))];
}

/** Whether a body throws; functions that it makes or hands on do not count. */
function throwsItself(declaration: ts.Declaration): boolean {
  const made = ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
  const visit = (node: ts.Node): boolean =>
    ts.isThrowStatement(node) || (!ts.isFunctionLike(node) && (ts.forEachChild(node, (child) => visit(child) || undefined) ?? false));
  return !!made && ts.isFunctionLike(made) && 'body' in made && !!made.body && visit(made.body as ts.Node);
}

function fieldsOf(declaration: ts.Declaration): readonly ts.TypeElement[] {
  if (ts.isInterfaceDeclaration(declaration)) return declaration.members;
  if (!ts.isTypeAliasDeclaration(declaration)) return [];
  const { type } = declaration;
  return (ts.isIntersectionTypeNode(type) ? [...type.types] : [type]).flatMap((part) =>
    ts.isTypeLiteralNode(part) ? [...part.members] : [],
  );
}
