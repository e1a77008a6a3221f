// Diagnostics of lexical structure, syntax and files: XC001 – XC099. Pure table.
// XC001–XC010 the grammar, XC011–XC039 files and lint of the text; XC040–XC059 are in codes-inetd.ts.

import type { CodeRow } from './codes.ts';
import { INETD_CODES } from './codes-inetd.ts';

/** What most rows share: an error of the parser that a reload refuses. */
const PARSER = { severity: 'error', hasPlace: true, reload: 'reject' } as const;

/** Findings for people only: the daemon's log stays as silent as the reference's. */
const LINT = { severity: 'warning', hasPlace: true, func: 'lint', reload: 'allow' } as const;

const GRAMMAR_CODES = {
  XC001: {
    ...PARSER,
    func: 'find_next_entry',
    log: 'missing service keyword',
    text: 'expected "service", "defaults", "include" or "includedir"',
    explanation:
      'Outside an entry a line must begin with one of the four keywords. Everything from here to the next line that is only "}" is skipped, other entries included.',
    fix: 'Begin the line with a keyword, or make it a comment with "#".',
  },
  XC002: {
    ...PARSER,
    func: 'find_next_entry',
    log: 'service name missing',
    text: 'the keyword needs a name or path after it',
    explanation:
      '"service", "include" and "includedir" take one word. Everything from here to the next line that is only "}" is skipped.',
    fix: 'Write the name or path on the same line.',
  },
  XC003: {
    ...PARSER,
    func: 'find_next_entry',
    log: "Service %s: missing '{'",
    text: 'service %s: the next line must be only "{"',
    explanation:
      'The opening brace stands alone on the line after the header. The entry is left out and everything to the next line that is only "}" is skipped.',
    fix: 'Put "{" on a line of its own after the header.',
  },
  XC004: {
    ...PARSER,
    severity: 'warning',
    func: 'skip_entry',
    log: 'missing } in last service entry',
    text: 'the file ends before a line that is only "}"',
    explanation: 'The rest of the file was skipped while looking for the closing brace of a broken entry.',
    fix: 'End the entry with "}" on a line of its own.',
  },
  XC005: {
    ...PARSER,
    func: 'parse_entry',
    log: 'incomplete entry',
    text: 'this entry is never closed',
    explanation: 'The file ends inside the entry. A service is left out; a defaults entry keeps what was read.',
    fix: 'End the entry with "}" on a line of its own.',
  },
  XC006: {
    ...PARSER,
    func: 'get_attr_op',
    log: 'Attribute %s needs a space before operator',
    text: 'attribute "%s" needs a blank before the operator',
    explanation:
      'The name of an attribute ends at a blank. The whole service is left out; a defaults entry ends here and the lines after it are read as if outside.',
    fix: 'Write "name = value".',
  },
  XC007: {
    ...PARSER,
    func: 'get_attr_op',
    log: 'Bad operator for attribute: %s',
    text: 'expected "=", "+=" or "-=" after "%s"',
    explanation:
      'A line inside an entry is "name operator values". The whole service is left out; a defaults entry ends here and the lines after it are read as if outside.',
    fix: 'Write "name = value", or close the entry with "}" before this line.',
  },
  XC008: {
    ...PARSER,
    func: 'get_attr_op',
    log: 'Nothing after attribute: %s',
    text: 'nothing follows "%s"',
    explanation: 'A line inside an entry is "name operator values". The whole service is left out.',
    fix: 'Write "name = value", or remove the line.',
  },
  XC009: {
    ...PARSER,
    func: 'parse_conf_file',
    log: 'only 1 defaults entry is allowed. This entry will be ignored',
    text: 'this file has a defaults entry already; this one is ignored',
    explanation: 'Each file may have one defaults entry. Several files may have one each: they add up.',
    fix: 'Join the two entries.',
  },
  XC010: {
    ...PARSER,
    func: 'next_line',
    log: 'line longer than %s bytes',
    explanation:
      'No real configuration has such a line; the file is probably not a configuration. The entry it stands in is left out.',
    fix: 'Split the line, for example with "+=" on a second one.',
  },
} as const satisfies Record<string, CodeRow>;

const FILE_CODES = {
  XC011: {
    ...PARSER,
    severity: 'debug',
    func: 'parse_conf_file',
    log: 'Reading included configuration file: %s',
    text: false,
    reload: 'allow',
    explanation: 'Says which file is read next.',
    fix: 'Nothing to mend.',
  },
  XC012: {
    ...PARSER,
    func: 'parse_conf_file',
    log: 'Unable to open included configuration file: %s',
    text: 'cannot read the included file %s',
    explanation: 'The file is left out and the rest is read.',
    fix: 'Create the file, mend its permissions, or remove the include.',
  },
  XC013: {
    ...PARSER,
    func: 'handle_includedir',
    log: 'Unable to read included directory: %s',
    text: 'cannot read the included directory %s',
    explanation: 'None of its files are read.',
    fix: 'Create the directory, mend its permissions, or remove the includedir.',
  },
  XC014: {
    ...PARSER,
    func: 'handle_includedir',
    log: 'Unable to stat includedir file %s',
    text: '%s is in the included directory but cannot be found',
    explanation: 'Usually a symbolic link to nothing. The file is left out.',
    fix: 'Mend or remove the link.',
  },
  XC015: {
    ...PARSER,
    hasPlace: false,
    func: 'handle_includedir',
    log: '%s is not a regular file. It is being skipped.',
    reload: 'allow',
    explanation: 'Directories, pipes, sockets and devices are never read as configuration.',
    fix: 'Move it out of the directory.',
  },
  XC016: {
    ...PARSER,
    hasPlace: false,
    func: 'parse_conf_file',
    log: 'open( %s ) failed: %s (errno = %s)',
    text: 'cannot read %s: %s',
    explanation: 'Without its main file the daemon does not start; on a reload the old configuration stays.',
    fix: 'Name the right file with -f, or mend its permissions.',
  },
  XC017: {
    ...LINT,
    text: 'the configuration has no entries',
    reload: 'reject',
    explanation: 'No service is started. On a reload an empty main file is taken for an accident.',
    fix: 'Add a service, or an includedir.',
  },
  XC018: {
    ...PARSER,
    func: 'parse_conf_file',
    log: 'File %s includes itself. It is being skipped.',
    explanation: 'The file is being read already; reading it again here would never end.',
    fix: 'Remove the include.',
  },
  XC019: {
    ...PARSER,
    func: 'parse_conf_file',
    log: 'Files are included more than %s deep: %s is being skipped.',
    explanation: 'So deep a chain of includes is taken for a loop.',
    fix: 'Include the files from the main file.',
  },
  XC020: {
    ...PARSER,
    func: 'parse_conf_file',
    log: 'More than %s configuration files: %s is being skipped.',
    explanation: 'The number of files of one configuration is bounded, so that a mistake cannot exhaust the memory.',
    fix: 'Include fewer files.',
  },
  XC021: {
    ...PARSER,
    func: 'parse_conf_file',
    log: 'The configuration is larger than %s bytes: %s is being skipped.',
    explanation: 'The text of one configuration is bounded, so that a mistake cannot exhaust the memory.',
    fix: 'Look whether the file is a configuration at all.',
  },
  XC022: {
    ...PARSER,
    hasPlace: false,
    func: 'parse_conf_file',
    log: 'Configuration file %s is writable by everybody. It is being skipped.',
    explanation:
      'Whoever can write a configuration file can run any program as root, so a daemon that is root refuses it. -insecure_conf accepts it.',
    fix: 'Run "chmod o-w" on the file.',
  },
  XC023: {
    ...PARSER,
    severity: 'warning',
    hasPlace: false,
    func: 'parse_conf_file',
    log: 'Configuration file %s is writable by its group.',
    reload: 'allow',
    explanation: 'Members of that group can run any program as root through this daemon.',
    fix: 'Run "chmod g-w" on the file.',
  },
  XC024: {
    ...PARSER,
    severity: 'warning',
    hasPlace: false,
    func: 'parse_conf_file',
    log: 'Configuration file %s does not belong to root.',
    reload: 'allow',
    explanation: 'Its owner can run any program as root through this daemon.',
    fix: 'Run "chown root" on the file.',
  },
  XC025: {
    ...LINT,
    text: '%s is a directory: include reads nothing from it',
    explanation: 'As in the reference, including a directory is no error and reads nothing.',
    fix: 'Use includedir.',
  },
  XC026: {
    ...LINT,
    text: 'the rest of the line after a NUL byte is ignored',
    explanation: 'A NUL byte ends the line. The file was perhaps damaged or is not text.',
    fix: 'Remove the NUL bytes.',
  },
  XC027: {
    ...LINT,
    text: 'quote marks have no meaning here: they are part of the value',
    explanation: 'Values are separated by blanks and taken byte for byte; a value cannot contain a blank.',
    fix: 'Remove the quote marks; put a command with blanks into a script.',
  },
  XC028: {
    ...LINT,
    text: 'no comment begins here: "#" and what follows are values',
    explanation: 'A comment is a whole line whose first character that is no blank is "#".',
    fix: 'Move the comment to a line of its own.',
  },
  XC030: {
    ...PARSER,
    severity: 'debug',
    func: 'handle_includedir',
    log: 'Reading included configuration file: %s',
    text: false,
    reload: 'allow',
    explanation: 'Says which file of an included directory is read next.',
    fix: 'Nothing to mend.',
  },
  XC029: {
    ...PARSER,
    func: 'parse_entry',
    log: 'The configuration has more than %s words. The rest is being skipped.',
    explanation: 'The size of one configuration is bounded, so that a mistake cannot exhaust the memory.',
    fix: 'Look whether the file is a configuration at all.',
  },
  XC031: {
    ...PARSER,
    func: 'parse_entry',
    log: 'more than %s attributes in one entry',
    text: 'this entry has more than %s attributes',
    explanation: 'The size of an entry is bounded, so that a mistake cannot exhaust the memory. The entry is left out.',
    fix: 'Look whether the file is a configuration at all.',
  },
} as const satisfies Record<string, CodeRow>;

/** All rows of this file. */
export const SYNTAX_CODES = { ...GRAMMAR_CODES, ...FILE_CODES, ...INETD_CODES } as const;
