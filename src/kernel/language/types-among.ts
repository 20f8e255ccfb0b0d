import { type Project, SymbolFlags } from 'typescript/unstable/sync';
import type ts from 'typescript6';

/** Where the imported names stand that are types and nothing else: their modules need not be loaded for them. */
export function typesAmong(imported: readonly ts.Identifier[], { checker }: Project, file: string): Set<number> {
  const positions = imported.map((name) => name.getStart());
  const symbols = positions.length ? checker.getSymbolAtPosition(file, positions) : [];
  return new Set(
    positions.filter((_, i) => {
      const symbol = symbols[i];
      if (!symbol) return false;
      const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      // What comes from a module without types has no declaration: it is a value.
      return !(target.flags & SymbolFlags.Value) && target.declarations.length > 0;
    }),
  );
}
