import MiniSearch from 'minisearch';
import { find, OPTIONS } from '../../scripts/blog/search-words.mjs';

// The search: the index is fetched when the first word is typed, and stays in the page. The address holds the words.
const input = document.querySelector<HTMLInputElement>('input[name=q]')!;
const list = document.querySelector<HTMLElement>('.results')!;
const status = document.querySelector<HTMLElement>('[role=status]')!;
const address = input.dataset.index!;
const base = address.replace(/search\.json$/, '');
let index: Promise<MiniSearch> | undefined;

async function load(): Promise<MiniSearch> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the index did not come (${response.status})`);
  return MiniSearch.loadJSON(await response.text(), OPTIONS);
}

async function show(words: string): Promise<void> {
  if (words.trim().length < 2) {
    list.replaceChildren();
    status.textContent = '';
    return;
  }
  index ??= load();
  try {
    const found = find(await index, words);
    if (words !== input.value) return; // more was typed meanwhile
    status.textContent = found.length
      ? `${found.length} found${found.length > 40 ? ', the best 40 shown' : ''}`
      : 'Nothing found: try fewer or other words.';
    list.replaceChildren(...found.slice(0, 40).map(({ title, kind, url, about }) => entry(title, kind, url, about)));
  } catch (error) {
    index = undefined;
    status.textContent = `The search does not work just now: ${error instanceof Error ? error.message : error}. Try again.`;
  }
}

function entry(title: string, kind: string, url: string, about: string): HTMLElement {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = base + url.slice(1);
  link.textContent = title;
  const of = document.createElement('span');
  of.className = 'quiet';
  of.textContent = ` ${kind}`;
  const text = document.createElement('p');
  text.textContent = about;
  item.append(link, of, text);
  return item;
}

input.addEventListener('input', () => {
  history.replaceState(null, '', input.value ? `?q=${encodeURIComponent(input.value)}` : location.pathname);
  show(input.value);
});
input.form?.addEventListener('submit', (event) => event.preventDefault());
input.value = new URLSearchParams(location.search).get('q') ?? '';
if (input.value) show(input.value);
else input.focus({ preventScroll: true });
