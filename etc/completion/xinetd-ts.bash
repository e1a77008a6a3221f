# Completion of xinetd-ts for bash; made by `npm run gen`.
_xinetd_ts() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} first=${COMP_WORDS[1]}
  COMPREPLY=()
  case $before in
    -f|-filelog|-pidfile|-control|--control) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    -statedir|--output|-o) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    -syslog) mapfile -t COMPREPLY < <(compgen -W 'daemon auth authpriv user mail lpr news uucp ftp local0 local1 local2 local3 local4 local5 local6 local7' -- "$word"); return ;;
    -limit|-logprocs|-cc|-shutdownprocs) return ;;
  esac
  if [[ $first == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '-d -f -filelog -syslog -pidfile -dontfork -stayalive -limit -logprocs -cc -shutdownprocs -reuse -inetd_compat -inetd_ipv6 -version -t -T --json -statedir -nostate -control -nocontrol -insecure_conf --help --version' -- "$word")
    return
  fi
  mapfile -t COMPREPLY < <(SHELL=bash "${COMP_WORDS[0]}" --get-yargs-completions "${COMP_WORDS[@]}" 2>/dev/null)
  mapfile -t COMPREPLY < <(compgen -W "${COMPREPLY[*]}" -- "$word")
}
complete -F _xinetd_ts xinetd-ts
