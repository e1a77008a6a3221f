// Diagnostics of attribute values: XC100 – XC199. Pure table.

export const VALUE_CODES = {} as const;
