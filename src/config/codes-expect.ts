// Diagnostics of access tests in the configuration: XC260 – XC269. Found by `-t` alone. Pure table, part of codes.ts.

const TEST = { severity: 'error', hasPlace: false, func: 'expect', reload: 'allow' } as const;

export const EXPECT_CODES = {
  XC260: {
    ...TEST,
    text: 'service %s: expected to %s %s, but: %s',
    explanation:
      'The rules of the service do not do what an access test in its block expects. The daemon does not look at such tests.',
    fix: 'Change the rule or the expectation; "xinetd-ts explain" shows every check.',
  },
  XC261: {
    ...TEST,
    text: 'not an access test: %s',
    explanation:
      'A comment that begins with "#: expect" is an access test, and this one cannot be read. The daemon does not look at it.',
    fix: 'Write "#: expect allow ADDRESS" or "#: expect deny ADDRESS", and after it "name HOST" and "at HH:MM" where they matter.',
  },
} as const;
