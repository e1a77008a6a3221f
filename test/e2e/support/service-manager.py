# A service manager's side of sd_notify(3): prints each message as one line of JSON, with the number of descriptors that came.
# usage: service-manager.py ADDRESS [busy]       `@name` is abstract; busy: its queue is full until it reads a line
import json, socket, sys

manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
address = sys.argv[1]
manager.bind("\0" + address[1:] if address[0] == "@" else address)
if sys.argv[2:] == ["busy"]:
    filler = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    filler.connect("\0" + address[1:] if address[0] == "@" else address)
    filler.setblocking(False)
    try:
        while True:
            filler.send(b"FULL=1")
    except BlockingIOError:
        pass
print("ready", flush=True)
if sys.argv[2:] == ["busy"]:
    sys.stdin.readline()
while True:
    text, descriptors, _, _ = socket.recv_fds(manager, 4096, 64)
    if text != b"FULL=1":
        print(json.dumps({"text": text.decode(), "descriptors": len(descriptors)}), flush=True)
