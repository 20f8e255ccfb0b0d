// The graph of theorems: under the pointer or in focus, a theorem shows all that it stands on and all that stands on it.
const svg = document.querySelector<SVGSVGElement>('svg.graph');
const edges = [...(svg?.querySelectorAll<SVGPathElement>('path[data-from]') ?? [])];

function reach(start: string, from: 'from' | 'to', to: 'from' | 'to'): Set<string> {
  const found = new Set([start]);
  for (const name of found) for (const edge of edges) if (edge.dataset[from] === name) found.add(edge.dataset[to]!);
  return found;
}

function show(name: string | undefined): void {
  const near = name ? new Set([...reach(name, 'to', 'from'), ...reach(name, 'from', 'to')]) : undefined;
  svg?.classList.toggle('chosen', near !== undefined);
  for (const node of svg?.querySelectorAll<SVGAElement>('[data-node]') ?? [])
    node.classList.toggle('near', near?.has(node.dataset.node!) ?? false);
  for (const edge of edges) edge.classList.toggle('near', (near?.has(edge.dataset.from!) && near.has(edge.dataset.to!)) ?? false);
}

for (const node of svg?.querySelectorAll<SVGAElement>('[data-node]') ?? []) {
  for (const event of ['pointerenter', 'focus']) node.addEventListener(event, () => show(node.dataset.node));
  for (const event of ['pointerleave', 'blur']) node.addEventListener(event, () => show(undefined));
}
