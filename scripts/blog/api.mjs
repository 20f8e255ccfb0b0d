import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript6';

/**
 * A public name of a room: what it is called by, where it is declared, and what its docstring says, in Markdown.
 *
 * @typedef {{ room: string, name: string, kind: string, file: string, line: number, signature: string, summary: string, parameters: { name: string, text: string }[],
 *   returns: string, throws: string[], from?: string }} Entry
 */

/** TypeDoc's kinds. @type {Record<number, string>} */
const KINDS = { 32: 'constant', 64: 'function', 128: 'class', 256: 'interface', 2097152: 'type', 4194304: 'reference' };

/**
 * Every public name of the library, by TypeDoc. It takes some seconds, so what came of these sources is kept in build/cache.
 *
 * @param {string} root
 * @returns {Promise<Entry[]>}
 * @throws when a name has no docstring, with its file and line
 */
export async function publicNames(root) {
  const files = globSync('src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .sort();
  const digest = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(readFileSync(join(root, 'package-lock.json')));
  for (const file of files) digest.update(`${file}\n`).update(readFileSync(join(root, file)));
  const cache = join(root, 'build/cache', `api-${digest.digest('hex').slice(0, 16)}.json`);
  if (existsSync(cache)) return JSON.parse(readFileSync(cache, 'utf8'));
  const entries = await extracted(root);
  const bare = entries.filter(({ kind, summary }) => !summary && kind !== 'reference');
  if (bare.length)
    throw new Error(
      bare
        .map(({ file, line, name }) => `${file}:${line}: ${name} is public and has no docstring; say in a sentence what it is`)
        .join('\n'),
    );
  mkdirSync(join(root, 'build/cache'), { recursive: true });
  writeFileSync(`${cache}.draft-${process.pid}`, JSON.stringify(entries));
  renameSync(`${cache}.draft-${process.pid}`, cache);
  return entries;
}

/** @param {string} root @returns {Promise<Entry[]>} */
async function extracted(root) {
  // TypeDoc works with TypeScript 6, whose package has another name here.
  const hooks = registerHooks({
    resolve: (specifier, context, next) => next(specifier === 'typescript' ? 'typescript6' : specifier, context),
  });
  const typedoc = await import('typedoc');
  const app = await typedoc.Application.bootstrap({
    entryPoints: globSync('src/*/index.ts', { cwd: root })
      .sort()
      .map((file) => join(root, file)),
    tsconfig: join(root, 'tsconfig.json'),
    skipErrorChecking: true,
    disableGit: true,
    sourceLinkTemplate: '{path}',
    basePath: root,
    logLevel: 'Error',
    readme: 'none',
  });
  const project = await withoutHeads(() => app.convert());
  hooks.deregister();
  if (!project) throw new Error('TypeDoc could not read src/; npm run lint says what is wrong there');
  const { children = [] } = /** @type {any} */ (app.serializer.projectToObject(project, /** @type {any} */ (root)));
  /** @type {Map<number, { room: string, name: string }>} */
  const byId = new Map();
  const rooms = children.map((/** @type {any} */ module) => ({
    room: module.name.replace(/^src\/|\/index$/g, ''),
    members: module.children ?? [],
  }));
  for (const { room, members } of /** @type {{ room: string, members: any[] }[]} */ (rooms))
    for (const { id, name } of members) byId.set(id, { room, name });
  return rooms
    .flatMap((/** @type {{ room: string, members: any[] }} */ { room, members }) =>
      members.flatMap(opened).map((/** @type {any} */ member) => entryOf(root, room, member, byId)),
    )
    .sort((/** @type {Entry} */ a, /** @type {Entry} */ b) => (key(a) < key(b) ? -1 : 1));
}

/**
 * A docstring at the head of a room's index.ts is of the room. TypeDoc takes it for that of the first name there, whose own is then lost: so it
 * is read as a plain comment, of the same length.
 *
 * @template T
 * @param {() => Promise<T>} read
 */
async function withoutHeads(read) {
  const { readFile } = ts.sys;
  ts.sys.readFile = (path, encoding) => {
    const text = readFile(path, encoding);
    return /\/src\/\w+\/index\.ts$/.test(path.replaceAll('\\', '/')) ? text?.replace(/^\/\*\*/, '/* ') : text;
  };
  try {
    return await read();
  } finally {
    ts.sys.readFile = readFile;
  }
}

/** The members of a namespace in its place, as `operators.rank`. @param {any} member */
const opened = (member) =>
  member.kind === 4 ? (member.children ?? []).map((/** @type {any} */ one) => ({ ...one, name: `${member.name}.${one.name}` })) : [member];

/** @param {Entry} entry */
const key = ({ room, name, kind }) => `${room} ${name.toLowerCase()} ${name} ${kind}`;

/**
 * @param {string} root
 * @param {string} room
 * @param {any} member  of TypeDoc's JSON
 * @param {ReadonlyMap<number, { room: string, name: string }>} byId
 * @returns {Entry}
 */
function entryOf(root, room, member, byId) {
  const signatures = member.signatures ?? member.type?.declaration?.signatures ?? [];
  const comment = member.comment ?? signatures.find((/** @type {any} */ one) => one.comment)?.comment ?? {};
  const [source = { fileName: '', line: 0 }] = member.sources ?? signatures[0]?.sources ?? [];
  const tags = (/** @type {string} */ name) =>
    (comment.blockTags ?? []).filter((/** @type {any} */ { tag }) => tag === name).map((/** @type {any} */ { content }) => words(content));
  const target = byId.get(member.target);
  return {
    room,
    name: member.name,
    kind: KINDS[member.kind] ?? 'name',
    file: source.fileName,
    line: source.line,
    signature: member.kind === 4194304 || !source.fileName ? '' : signatureOf(root, source.fileName, member.name.split('.').at(-1)),
    summary: [words(comment.summary), ...tags('@remarks'), ...tags('@example')].filter(Boolean).join('\n\n'),
    parameters: (signatures.at(-1)?.parameters ?? [])
      .filter((/** @type {any} */ parameter) => parameter.comment)
      .map((/** @type {any} */ { name, comment: said }) => ({
        name: name === '__namedParameters' ? 'options' : name,
        text: words(said.summary),
      })),
    returns: tags('@returns').join('\n\n'),
    throws: tags('@throws'),
    ...(target && { from: target.room }),
  };
}

/** @param {{ text: string }[] | undefined} parts */
const words = (parts) =>
  (parts ?? [])
    .map(({ text }) => text)
    .join('')
    .trim();

/** @type {Map<string, ts.SourceFile>} */
const parsed = new Map();

/**
 * A declaration as its author wrote it, without bodies and values: all overloads of a function, a type in full.
 *
 * @param {string} root
 * @param {string} file
 * @param {string} name
 */
function signatureOf(root, file, name) {
  const source = parsed.get(file) ?? ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  parsed.set(file, source);
  const found = source.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.filter((one) => one.name.getText() === name).map((one) => constant(one));
    const named = /** @type {ts.DeclarationStatement} */ (statement).name?.getText() === name;
    return named ? [{ text: withoutBody(statement), hasBody: 'body' in statement && !!statement.body }] : [];
  });
  const overloads = found.filter(({ hasBody }) => !hasBody);
  return (overloads.length && found.length > 1 ? overloads : found)
    .map(({ text }) => text.replace(/^export (?:default )?(?:declare )?/, ''))
    .join('\n');
}

/** @param {ts.Node} node */
function withoutBody(node) {
  const body = /** @type {any} */ (node).body;
  const text = node.getText();
  return ts.isFunctionDeclaration(node) && body ? text.slice(0, body.getStart() - node.getStart()).trim() : text;
}

/** @param {ts.VariableDeclaration} node */
function constant(node) {
  const value = node.initializer;
  const text = node.getText();
  if (!value || node.type)
    return {
      text: `const ${text.slice(0, value ? value.getFullStart() - node.getStart() : undefined).replace(/\s*=\s*$/, '')}`,
      hasBody: false,
    };
  if (ts.isArrowFunction(value))
    return { text: `const ${text.slice(0, value.equalsGreaterThanToken.getStart() - node.getStart())}=> …`, hasBody: false };
  return { text: `const ${text.length > 400 ? `${node.name.getText()} = …` : text}`, hasBody: false };
}
