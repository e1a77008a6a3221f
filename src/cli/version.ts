// Which version this is and what it can do, in the words of `-version` and of the start-up notice.

declare const XINETD_TS_VERSION: string | undefined;

/** From package.json, put in by the build; a run from source has none. */
export const VERSION = typeof XINETD_TS_VERSION === 'string' ? XINETD_TS_VERSION : '0.0.0';

/** The reference's words for what was compiled in. */
export const FEATURES = 'libwrap loadavg';

/** What `-version` prints. */
export function versionLine(): string {
  return `${VERSION} ${FEATURES}`;
}
