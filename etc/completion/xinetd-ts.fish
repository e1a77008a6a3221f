# Completion of xinetd-ts for fish; made by `npm run gen`.
function __xinetd_ts_is_daemon
    set -l words (commandline -opc) (commandline -ct)
    not set -q words[2]; or string match -q -- '-*' $words[2]
end
function __xinetd_ts_words
    set -l words (commandline -opc) (commandline -ct)
    SHELL=bash $words[1] --get-yargs-completions $words 2>/dev/null
end
complete -c xinetd-ts -f
complete -c xinetd-ts -n 'not __xinetd_ts_is_daemon; or test (count (commandline -opc)) -eq 1' -a '(__xinetd_ts_words)'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o d -d 'Stay in the foreground and log everything to the terminal.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o f -x -a '(__fish_complete_path)' -d 'Read this file instead of /etc/xinetd.conf.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o filelog -x -a '(__fish_complete_path)' -d 'Append daemon messages to this file.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o syslog -x -a 'daemon auth authpriv user mail lpr news uucp ftp local0 local1 local2 local3 local4 local5 local6 local7' -d 'Send daemon messages to this syslog facility.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o pidfile -x -a '(__fish_complete_path)' -d 'Write the process id to this file.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o dontfork -d 'Stay in the foreground; implies -stayalive.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o stayalive -d 'Keep running with no services.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o limit -x -d 'Run at most this many servers at a time.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o logprocs -x -d 'Ask at most this many identity servers at a time.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o cc -x -d 'Check the daemon’s own tables every so many seconds; 0 is off.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o shutdownprocs -x -d 'Ignored; kept for old scripts.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o reuse -d 'Ignored; addresses are always reused.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o inetd_compat -d 'Also read /etc/inetd.conf.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o inetd_ipv6 -d 'Ignored; kept for Debian’s init script.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o version -d 'Print the version and exit.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o t -d 'Test the configuration and exit.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o T -d 'Print the effective configuration and exit.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -l json -d 'With -t: findings as JSON.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o statedir -x -a '(__fish_complete_directories)' -d 'Keep bans over a restart here; otherwise in /var/lib/xinetd-ts for /etc/xinetd.conf only.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o nostate -d 'Forget bans at the end.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o control -x -a '(__fish_complete_path)' -d 'Answer questions on this socket; otherwise on /run/xinetd-ts.sock when root.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o nocontrol -d 'Open no control socket.'
complete -c xinetd-ts -n __xinetd_ts_is_daemon -o insecure_conf -d 'Accept configuration files that anybody may write.'
complete -c xinetd-ts -l control -r -F
complete -c xinetd-ts -s o -l output -x -a '(__fish_complete_directories)'
