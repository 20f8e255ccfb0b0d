// On every page: the switch of the theme; charts and the search load what they need when they are seen.
const dark = matchMedia('(prefers-color-scheme: dark)');
const button = document.querySelector<HTMLButtonElement>('button.theme');

const isDark = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';

function label(): void {
  if (!button) return;
  button.hidden = false;
  button.textContent = isDark() ? 'Light' : 'Dark';
  button.title = `Show this site ${isDark() ? 'light' : 'dark'}`;
}

button?.addEventListener('click', () => {
  const theme = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem('theme', theme);
  } catch {} // a browser without storage forgets the choice
  label();
});
dark.addEventListener('change', label);
label();

const charts = document.querySelectorAll<HTMLElement>('[data-chart]');
if (charts.length) {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        import('./charts.js').then(({ draw }) => draw(target as HTMLElement)).catch((error) => console.warn(`${error}`)); // the picture stays
      }
    },
    { rootMargin: '200px' },
  );
  for (const chart of charts) seen.observe(chart);
}
