import type ts from 'typescript6';

export interface Completions {
  start: number;
  end: number;
  matches: { text: string; kind: string }[];
}

const PREFERENCES: ts.GetCompletionsAtPositionOptions = {
  includeCompletionsWithInsertText: false,
  includeCompletionsForModuleExports: false,
  includeCompletionsForImportStatements: false,
};

/** What may stand at `offset`, narrowed to what the word before it begins with. */
export function complete(service: ts.LanguageService, file: string, code: string, offset: number): Completions {
  const found = service.getCompletionsAtPosition(file, offset, PREFERENCES);
  const span = found?.optionalReplacementSpan ?? found?.entries.find(({ replacementSpan }) => replacementSpan)?.replacementSpan;
  const start = Math.min(span?.start ?? wordBefore(code, offset), offset);
  const prefix = code.slice(start, offset).toLowerCase();
  const matches = (found?.entries ?? [])
    .filter(({ name }) => name.toLowerCase().startsWith(prefix) && !name.startsWith('$'))
    .toSorted((a, b) => a.sortText.localeCompare(b.sortText) || a.name.localeCompare(b.name))
    .map(({ name, kind }) => ({ text: name, kind }));
  return { start, end: offset, matches };
}

const wordBefore = (code: string, offset: number) => offset - /[\p{ID_Continue}$]*$/u.exec(code.slice(0, offset))![0].length;
