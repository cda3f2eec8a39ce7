/** What the comments of types say about their schemas: descriptions, formats, patterns, fractions. */
import ts from 'typescript';

/** What a comment says about a value besides its description. */
export interface Hints {
  /** Keywords for a text. */
  readonly keywords?: Readonly<Record<string, string>>;
  /** Whether a number need not be whole. */
  readonly isFraction?: boolean;
}

const KEYWORDS: readonly string[] = ['format', 'pattern'];

/** The comment of a symbol as a description; empty where it has none. */
export function comment(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const whole = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  return whole.replaceAll(/\s+/g, ' ').trim();
}

/** What the comment of a property, and those of the aliases in its type, say about its values. */
export function hintsOf(property: ts.Symbol, description: string, checker: ts.TypeChecker): Hints {
  const found = [property, ...aliasesOf(property, checker)].flatMap((symbol) =>
    symbol
      .getJsDocTags(checker)
      .filter(({ name }) => KEYWORDS.includes(name))
      .map(({ name, text }) => [name, ts.displayPartsToString(text)] as const),
  );
  return {
    keywords: Object.fromEntries(found),
    isFraction: /\bmilliseconds\b/.test(description),
  };
}

/** The aliases of text that the declared type of a property names. */
function aliasesOf(property: ts.Symbol, checker: ts.TypeChecker): ts.Symbol[] {
  return (property.declarations ?? []).flatMap((declaration) => {
    const node = ts.isPropertySignature(declaration) ? declaration.type : undefined;
    const parts = node !== undefined && ts.isUnionTypeNode(node) ? [...node.types] : [node ?? []];
    return parts.flat().flatMap((part) => {
      if (!ts.isTypeReferenceNode(part)) return [];
      const symbol = checker.getSymbolAtLocation(part.typeName);
      const isText = (checker.getTypeAtLocation(part).flags & ts.TypeFlags.String) !== 0;
      return symbol !== undefined && isText ? [symbol] : [];
    });
  });
}
