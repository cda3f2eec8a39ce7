/** Deals items to so many hands in turn: neighbours in a tree tend to be alike in size. */
export function dealt<T>(items: readonly T[], most: number): T[][] {
  const hands = Array.from({ length: Math.min(most, items.length) }, (): T[] => []);
  items.forEach((item, index) => hands[index % hands.length]?.push(item));
  return hands;
}
