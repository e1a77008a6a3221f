// A number with its noun: `1 server`, `2 servers`. Pure.

/** The noun is given in the singular and makes its plural with s. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
