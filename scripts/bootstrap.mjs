// Brings the checkout up to date: `node scripts/bootstrap.mjs [step…]`. Safe to kill at any moment, quick when there is nothing to do.
import { setUp } from './bootstrap/set-up.mjs';

await setUp({ only: process.argv.slice(2) });
