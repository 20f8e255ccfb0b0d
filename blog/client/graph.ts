// The graph of theorems: under the pointer or in focus, a theorem shows all that it stands on and all that stands on it.
const svg = document.querySelector<SVGSVGElement>('svg.graph');
const edges = [...(svg?.querySelectorAll<SVGPathElement>('path[data-from]') ?? [])];

function reach(start: string, from: 'from' | 'to', to: 'from' | 'to'): Set<string> {
  const found = new Set([start]);
  for (const name of found) for (const edge of edges) if (edge.dataset[from] === name) found.add(edge.dataset[to]!);
  return found;
}

function show(name: string | undefined): void {
  const [below, above] = name ? [reach(name, 'to', 'from'), reach(name, 'from', 'to')] : [new Set<string>(), new Set<string>()];
  const near = name ? new Set([...below, ...above]) : undefined;
  svg?.classList.toggle('chosen', near !== undefined);
  for (const node of svg?.querySelectorAll<SVGAElement>('[data-node]') ?? [])
    node.classList.toggle('near', near?.has(node.dataset.node!) ?? false);
  for (const edge of edges) {
    const within = (set: Set<string>) => set.has(edge.dataset.from!) && set.has(edge.dataset.to!);
    edge.classList.toggle('near', within(below));
    edge.classList.toggle('after', within(above));
  }
}

for (const node of svg?.querySelectorAll<SVGAElement>('[data-node]') ?? []) {
  for (const event of ['pointerenter', 'focus']) node.addEventListener(event, () => show(node.dataset.node));
  for (const event of ['pointerleave', 'blur']) node.addEventListener(event, () => show(undefined));
}
