import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion, replaceFolder } from '../base/internal.js';

/**
 * Teaches papermill to write parameters in TypeScript: puts a translator into the Python environment at `prefix`, where papermill
 * finds it by its entry point, today or when it is installed later.
 *
 *     papermill -p seed 7 <in>.ipynb <out>.ipynb        injects the cell `%%parameters` with `seed = 7;`
 *
 * Papermill has entry points for engines only, and loads them all as it starts; so the translator comes beside one, which is
 * papermill's own.
 */
export function installTranslator(prefix: string): void {
  const version = packageVersion();
  for (const packages of sitePackages(prefix)) {
    writeFileSync(join(packages, 'lemmata_papermill.py'), TRANSLATOR);
    replaceFolder(join(packages, 'lemmata_papermill.dist-info'), (draft) => {
      writeFileSync(join(draft, 'METADATA'), `Metadata-Version: 2.1\nName: lemmata-papermill\nVersion: ${version}\n`);
      writeFileSync(join(draft, 'entry_points.txt'), '[papermill.engine]\nlemmata = lemmata_papermill:Engine\n');
      writeFileSync(join(draft, 'INSTALLER'), 'lemmata\n');
      writeFileSync(join(draft, 'RECORD'), '');
    });
  }
}

/** Where the Pythons of an environment find packages; empty where there is none. */
function sitePackages(prefix: string): string[] {
  const windows = join(prefix, 'Lib', 'site-packages');
  if (process.platform === 'win32') return existsSync(windows) ? [windows] : [];
  const lib = join(prefix, 'lib');
  const pythons = existsSync(lib) ? readdirSync(lib).filter((name) => /^python3\.\d+$/.test(name)) : [];
  return pythons.map((name) => join(lib, name, 'site-packages')).filter((folder) => existsSync(folder));
}

const TRANSLATOR = `"""Parameters of papermill in TypeScript, for the kernel of Lemmata."""
import json
import math

from papermill.engines import NBClientEngine
from papermill.translators import Translator, papermill_translators


class TypeScriptTranslator(Translator):
    @classmethod
    def translate(cls, value):
        if isinstance(value, float) and not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        if isinstance(value, dict):
            return "{ " + ", ".join(json.dumps(str(key)) + ": " + cls.translate(part) for key, part in value.items()) + " }"
        if isinstance(value, (list, tuple)):
            return "[" + ", ".join(cls.translate(part) for part in value) + "]"
        if value is None or isinstance(value, (bool, int, float)):
            return json.dumps(value)
        return json.dumps(str(value))

    @classmethod
    def comment(cls, text):
        return "// " + text

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        lines = ["%%parameters", cls.comment(comment)]
        lines += [str(name) + " = " + cls.translate(value) + ";" for name, value in parameters.items()]
        return "\\n".join(lines) + "\\n"


papermill_translators.register("typescript", TypeScriptTranslator)

Engine = NBClientEngine
`;
