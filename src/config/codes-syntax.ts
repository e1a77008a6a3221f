// Diagnostics of lexical structure, syntax and files: XC001 – XC099. Pure table.

export const SYNTAX_CODES = {} as const;
