// What teaches a shell to complete the command line: one script each for bash, zsh and fish. Pure.
// xinetd's own options and their values stand in the script; commands, their options and the services they may name are asked
// of the program itself when somebody presses TAB.

import { OPTIONS } from './options.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Asks the program for the words that fit, which yargs answers. */
export const ASK = '--get-yargs-completions';

/** Options of commands whose value is a file or a folder. */
const COMMAND_FILES = ['--control'];
const COMMAND_FOLDERS = ['--output', '-o'];

/** The script of a shell. */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return bashScript();
    case 'zsh':
      return zshScript();
    case 'fish':
      return fishScript();
  }
}

function namesWith(choices: 'file' | 'folder'): readonly string[] {
  const own = OPTIONS.filter((option) => option.choices === choices).map(({ name }) => name);
  return [...own, ...(choices === 'file' ? COMMAND_FILES : COMMAND_FOLDERS)];
}

/** Options that take a word nobody can guess. */
function namesWithout(): readonly string[] {
  return OPTIONS.filter(({ value, choices }) => value !== undefined && choices === undefined).map(({ name }) => name);
}

function lists(): readonly { readonly name: string; readonly words: readonly string[] }[] {
  return OPTIONS.flatMap(({ name, choices }) => (Array.isArray(choices) ? [{ name, words: choices }] : []));
}

function bashScript(): string {
  const cases = lists().map(
    ({ name, words }) => `    ${name}) mapfile -t COMPREPLY < <(compgen -W '${words.join(' ')}' -- "$word"); return ;;`,
  );
  return `# Completion of xinetd-ts for bash; made by \`npm run gen\`.
_xinetd_ts() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} first=\${COMP_WORDS[1]}
  COMPREPLY=()
  case $before in
    ${namesWith('file').join('|')}) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    ${namesWith('folder').join('|')}) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
${cases.join('\n')}
    ${namesWithout().join('|')}) return ;;
  esac
  if [[ $first == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '${OPTIONS.map(({ name }) => name).join(' ')} --help --version' -- "$word")
    return
  fi
  mapfile -t COMPREPLY < <(SHELL=bash "\${COMP_WORDS[0]}" ${ASK} "\${COMP_WORDS[@]}" 2>/dev/null)
  mapfile -t COMPREPLY < <(compgen -W "\${COMPREPLY[*]}" -- "$word")
}
complete -F _xinetd_ts xinetd-ts
`;
}

function zshScript(): string {
  const options = OPTIONS.map(({ name, summary }) => `    '${zshText(name)}:${zshText(summary)}'`);
  const cases = lists().map(({ name, words }) => `    ${name}) compadd -- ${words.join(' ')}; return ;;`);
  return `#compdef xinetd-ts
# Completion of xinetd-ts for zsh; made by \`npm run gen\`.
_xinetd_ts() {
  local -a found options=(
${options.join('\n')}
    '--help:Show help.'
    '--version:Show the version.'
  )
  case $words[CURRENT-1] in
    ${namesWith('file').join('|')}) _files; return ;;
    ${namesWith('folder').join('|')}) _files -/; return ;;
${cases.join('\n')}
    ${namesWithout().join('|')}) return ;;
  esac
  if [[ $words[2] == -* ]]; then
    _describe option options
    return
  fi
  found=(\${(f)"$(SHELL=zsh $words[1] ${ASK} "\${words[@]}" 2>/dev/null)"})
  _describe command found
}
_xinetd_ts "$@"
`;
}

function zshText(text: string): string {
  return text.replaceAll("'", "'\\''").replaceAll(':', '\\:');
}

function fishScript(): string {
  const options = OPTIONS.map(({ name, value, choices, summary }) =>
    [
      `complete -c xinetd-ts -n __xinetd_ts_is_daemon`,
      name.startsWith('--') ? `-l ${name.slice(2)}` : `-o ${name.slice(1)}`,
      ...(value === undefined ? [] : ['-x']),
      ...fishChoices(choices),
      `-d '${summary.replaceAll("'", "\\'")}'`,
    ].join(' '),
  );
  return `# Completion of xinetd-ts for fish; made by \`npm run gen\`.
function __xinetd_ts_is_daemon
    set -l words (commandline -opc) (commandline -ct)
    not set -q words[2]; or string match -q -- '-*' $words[2]
end
function __xinetd_ts_words
    set -l words (commandline -opc) (commandline -ct)
    SHELL=bash $words[1] ${ASK} $words 2>/dev/null
end
complete -c xinetd-ts -f
complete -c xinetd-ts -n 'not __xinetd_ts_is_daemon; or test (count (commandline -opc)) -eq 1' -a '(__xinetd_ts_words)'
${options.join('\n')}
complete -c xinetd-ts -l control -r -F
complete -c xinetd-ts -s o -l output -x -a '(__fish_complete_directories)'
`;
}

function fishChoices(choices: (typeof OPTIONS)[number]['choices']): readonly string[] {
  if (choices === undefined) return [];
  if (choices === 'file') return ["-a '(__fish_complete_path)'"];
  return [choices === 'folder' ? "-a '(__fish_complete_directories)'" : `-a '${choices.join(' ')}'`];
}
