import ts from 'typescript6';

/** The notebook's names and values as one object: an expression for the notebook's thread. */
export const NAMES = "Object.fromEntries(globalThis[Symbol.for('lemmata.cell')]?.[0]?.names() ?? [])";

const record = (name: string) => `globalThis[Symbol.for('lemmata.cell')][0].name(${JSON.stringify(name)}).value`;

/**
 * TypeScript that was typed at a stop, as the JavaScript that V8 evaluates there: types go, and a name of the notebook, which no
 * variable nearby hides, becomes the record that holds it.
 */
export function expressionFor(code: string, isNotebooks: (name: string) => boolean): string {
  const rename: ts.TransformerFactory<ts.SourceFile> = (context) => (source) => {
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isIdentifier(node) && isReference(node) && isNotebooks(node.text)) return ts.factory.createIdentifier(record(node.text));
      if (ts.isShorthandPropertyAssignment(node) && isNotebooks(node.name.text))
        return ts.factory.createPropertyAssignment(node.name, ts.factory.createIdentifier(record(node.name.text)));
      return ts.visitEachChild(node, visit, context);
    };
    return ts.visitNode(source, visit) as ts.SourceFile;
  };
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
    transformers: { before: [rename] },
  });
  return outputText.trim().replace(/;$/, '');
}

function isReference(node: ts.Identifier): boolean {
  const { name, propertyName, label } = (node.parent ?? {}) as { name?: ts.Node; propertyName?: ts.Node; label?: ts.Node };
  return node !== name && node !== propertyName && node !== label;
}
