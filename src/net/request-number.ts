// Every request of this daemon's life has a number: accepted connections, datagrams, waiting listeners. It stands in
// XINETD_CONN_ID and in the records of the audit log.

let given = 0;

/** The next number, from 1. */
export function nextRequestNumber(): number {
  given += 1;
  return given;
}
