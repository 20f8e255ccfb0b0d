// Runs before the page is drawn, so that a chosen theme never flashes. Without a choice the system's holds.
try {
  const chosen = localStorage.getItem('theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {} // a browser without storage has kept no choice
