// Diagnostics of whole services and the table: XC200 – XC299. Pure table.

export const SERVICE_CODES = {} as const;
