# A service manager's side of sd_notify(3): prints each message as one line of JSON, with the number of descriptors that came,
# keeps those of FDSTORE=1, and starts programs with them as systemd does (sd_listen_fds(3)).
# usage: service-manager.py ADDRESS [busy]       `@name` is abstract; busy: its queue is full until it reads a line
# Each line of standard input is the command line of a program to start, a JSON list; an empty one only ends being busy.
import array, json, os, select, socket, sys

address = sys.argv[1]
name = "\0" + address[1:] if address[0] == "@" else address
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(name)
is_busy = sys.argv[2:] == ["busy"]
store = []


def fill():
    filler = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    filler.connect(name)
    filler.setblocking(False)
    try:
        while True:
            filler.send(b"FULL=1")
    except BlockingIOError:
        pass


def hear():
    text, descriptors, _, _ = socket.recv_fds(manager, 4096, 64)
    lines = text.decode().split("\n")
    label = next((line[7:] for line in lines if line.startswith("FDNAME=")), "stored")
    if "FDSTORE=1" in lines:
        store.extend((label, fd) for fd in descriptors)
    if "FDSTOREREMOVE=1" in lines:
        for entry in [entry for entry in store if entry[0] == label]:
            os.close(entry[1])
            store.remove(entry)
    if text != b"FULL=1":
        print(json.dumps({"text": text.decode(), "descriptors": len(descriptors)}), flush=True)


def start(words):
    if os.fork() != 0:
        return
    # Out of the way of the numbers that the program is to find them under.
    high = [os.dup2(fd, 500 + index) for index, (_, fd) in enumerate(store)]
    for index, fd in enumerate(high):
        os.dup2(fd, 3 + index, inheritable=True)
    os.closerange(3 + len(high), 600)
    null = os.open("/dev/null", os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd, inheritable=True)
    names = ":".join(label for label, _ in store)
    listening = {"LISTEN_FDS": str(len(high)), "LISTEN_PID": str(os.getpid()), "LISTEN_FDNAMES": names}
    os.execve(words[0], words, {**os.environ, "NOTIFY_SOCKET": address, **(listening if high else {})})


if is_busy:
    fill()
print("ready", flush=True)
while True:
    readable, _, _ = select.select([sys.stdin] + ([] if is_busy else [manager]), [], [])
    if manager in readable:
        hear()
    if sys.stdin in readable:
        line = sys.stdin.readline()
        is_busy = False
        if line.strip():
            start(json.loads(line))
