"""What the wrappers library itself says: cases in, verdicts out, one JSON line each. Used by wrappers-library.e2e.test.ts.

A case: {"allow", "deny", "daemon", "name", "address", "serverName", "serverAddress"}; files are byte strings.
Answer: {"isAllowed"}. Each case runs in a process of its own, for options may change it; commands are not run.
"""
import ctypes, json, os, sys, tempfile

LIBRARY = ctypes.CDLL('libwrap.so.0')
KEYS = {'daemon': 2, 'name': 4, 'address': 5, 'serverName': 7, 'serverAddress': 8}
FOLDER = tempfile.mkdtemp()
KEPT = []


def use_table(symbol, path, text):
    with open(path, 'wb') as file:
        file.write(text.encode('latin1'))
    name = ctypes.create_string_buffer(path.encode())
    KEPT.append(name)
    ctypes.c_void_p.in_dll(LIBRARY, symbol).value = ctypes.addressof(name)


def ask(case):
    use_table('hosts_allow_table', FOLDER + '/allow', case['allow'])
    use_table('hosts_deny_table', FOLDER + '/deny', case['deny'])
    ctypes.c_int.in_dll(LIBRARY, 'dry_run').value = 1
    request = ctypes.create_string_buffer(16384)
    arguments = []
    for key, number in KEYS.items():
        if key in case:
            arguments += [ctypes.c_int(number), ctypes.c_char_p(case[key].encode('latin1'))]
    LIBRARY.request_init(request, *arguments, ctypes.c_int(0))
    return LIBRARY.hosts_access(request) == 1


def ask_apart(case):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, b'1' if ask(case) else b'0')
        os._exit(0)
    os.close(writer)
    answer = os.read(reader, 1)
    os.close(reader)
    os.waitpid(pid, 0)
    return {'isAllowed': answer == b'1'}


for line in sys.stdin:
    print(json.dumps(ask_apart(json.loads(line))))
