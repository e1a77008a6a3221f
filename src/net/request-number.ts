// Every request of this daemon's life has a number: accepted connections, datagrams, waiting listeners. It stands in
// XINETD_CONN_ID and in the records of the audit log.

let given = 0;

/** The next number, from 1. */
export function nextRequestNumber(): number {
  given += 1;
  return given;
}

/** The number given last, 0 before the first. */
export function lastRequestNumber(): number {
  return given;
}

/** Goes on after the numbers of an earlier program of this process. */
export function continueRequestNumbers(last: number): void {
  given = last;
}
