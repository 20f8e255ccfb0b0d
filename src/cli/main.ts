#!/usr/bin/env node
import { runCommand } from './program.js';

runCommand(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
