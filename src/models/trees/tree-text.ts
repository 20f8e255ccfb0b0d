type Fields = ReadonlyMap<string, string>;

/**
 * Checks that a text is a whole model of one number per row, whose trees lead from their roots to leaves and nowhere else. LightGBM trusts what it
 * reads: a damaged text would end the process.
 *
 * @throws with the tree and its line when the text was cut or changed
 */
export function checkTreeText(who: string, text: string): void {
  const fail = (what: string): never => {
    throw new Error(`${who}: the text of the model is damaged: ${what}; was it cut short or edited? Save all of fit.text`);
  };
  if (typeof text !== 'string' || !text.startsWith('tree\n'))
    throw new Error(
      `${who}: the text of a model begins with the line 'tree', got '${String(text).slice(0, 20)}'; give a fit, or { text: fit.text } with all of it`,
    );
  const begin = text.indexOf('\nTree=') + 1;
  const end = text.indexOf('\nend of trees\n') + 1;
  if (begin === 0 || end < begin) fail("it has no trees, or no line 'end of trees' behind them");
  const header = fieldsOf(text.slice(0, begin));
  for (const one of ['num_class', 'num_tree_per_iteration'])
    if (header.get(one) !== '1') fail(`${one} is ${header.get(one)}, and boostedTrees makes models of 1`);
  const features = Number(header.get('max_feature_idx')) + 1;
  if (!(Number.isInteger(features) && features > 0)) fail(`max_feature_idx is '${header.get('max_feature_idx')}'`);
  const sizes = numbersOf(header.get('tree_sizes'));
  const whole = Buffer.from(text.slice(begin, end), 'utf8');
  if (whole.length !== sizes.reduce((sum, size) => sum + size, 0)) fail(`its trees have ${whole.length} bytes, not those of tree_sizes`);
  let at = 0;
  for (const [i, size] of sizes.entries()) {
    const [head, ...lines] = whole.toString('utf8', at, at + size).split('\n');
    if (head !== `Tree=${i}`) fail(`'${head.slice(0, 20)}' stands where Tree=${i} begins`);
    const wrong = wrongOf(fieldsOf(lines.join('\n')), features);
    if (wrong) fail(`tree ${i}: ${wrong}`);
    at += size;
  }
}

/** What is wrong with a tree. */
function wrongOf(fields: Fields, features: number): string | undefined {
  const leaves = Number(fields.get('num_leaves'));
  if (!(Number.isInteger(leaves) && leaves > 0)) return `num_leaves is '${fields.get('num_leaves')}'`;
  for (const one of ['num_cat', 'is_linear'])
    if (fields.get(one) !== '0') return `${one} is ${fields.get(one)}, and boostedTrees makes trees of 0`;
  const columns = new Map(
    (['split_feature', 'threshold', 'decision_type', 'left_child', 'right_child', 'leaf_value'] as const).map((name) => [
      name,
      numbersOf(fields.get(name)),
    ]),
  );
  for (const [name, values] of columns) {
    const wanted = name === 'leaf_value' ? leaves : leaves - 1;
    if (values.length !== wanted) return `${name} has ${values.length} numbers, not ${wanted}`;
    const bad = values.findIndex((value) => !Number.isFinite(value) || (!/value|threshold/.test(name) && !Number.isInteger(value)));
    if (bad >= 0) return `number ${bad} of ${name} is none`;
  }
  if (!columns.get('split_feature')!.every((feature) => feature >= 0 && feature < features))
    return `split_feature names a column beyond the ${features}`;
  // A split comes before those below it, and every split but the root, and every leaf, is below one: leaf l is written as −1 − l.
  const below = (['left_child', 'right_child'] as const).flatMap((side) => [...columns.get(side)!.entries()]);
  const reached = new Set(below.map(([, child]) => child));
  const fits = below.every(([split, child]) => (child < 0 ? child >= -leaves : child > split && child < leaves - 1));
  if (!fits || reached.size !== below.length) return 'left_child and right_child lead to no leaf, or twice to one';
  return undefined;
}

function fieldsOf(text: string): Fields {
  const pairs = text.split('\n').map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, Math.max(at, 0)), line.slice(at + 1)];
  });
  return new Map(pairs);
}

const numbersOf = (written = ''): number[] =>
  written
    .split(' ')
    .filter(Boolean)
    .map((part) => (/^[-+.\deE]+$/.test(part) ? Number(part) : Number.NaN));
