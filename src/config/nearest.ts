// "Did you mean …": the known name closest to one nobody knows.
// Pure. Compared without regard to case and with `-` and `_` alike; insertions, deletions, substitutions
// and swaps of neighbours count one each (optimal string alignment).

/** The closest candidate, or undefined when none is close enough to be meant: a third of the letters may differ. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(word);
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.max(1, Math.floor(wanted.length / 3))) + 1;
  if (wanted.length > 64) return undefined;
  for (const candidate of candidates) {
    const distance = distanceBelow(wanted, fold(candidate), bestDistance);
    if (distance === undefined) continue;
    best = candidate;
    bestDistance = distance;
    if (distance === 0) break;
  }
  return best;
}

function fold(word: string): string {
  return word.toLowerCase().replaceAll('-', '_');
}

/** The distance of two words if it is below `limit`. */
function distanceBelow(a: string, b: string, limit: number): number | undefined {
  if (Math.abs(a.length - b.length) >= limit) return undefined;
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = nextRow(a, b, row, [beforeLast, last]);
    if (Math.min(...current) >= limit) return undefined;
    beforeLast = last;
    last = current;
  }
  const distance = last[b.length] ?? Infinity;
  return distance < limit ? distance : undefined;
}

function nextRow(
  a: string,
  b: string,
  row: number,
  [beforeLast, last]: readonly [readonly number[], readonly number[]],
): number[] {
  const current = [row];
  for (let column = 1; column <= b.length; column += 1) {
    const isSame = a[row - 1] === b[column - 1];
    const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
    const swapped = isSwap ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity;
    const changed = (last[column - 1] ?? Infinity) + (isSame ? 0 : 1);
    const removed = (last[column] ?? Infinity) + 1;
    const added = (current[column - 1] ?? Infinity) + 1;
    current.push(Math.min(swapped, changed, removed, added));
  }
  return current;
}
