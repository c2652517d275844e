"""The tracker's calls as a script with an HTTP library makes them: section 4 of
docs/protocol.md, row by row, right and wrong. Two accounts, alice and bob, with one
password exist at the room server.

usage: calls.py URL PASSWORD

Prints one line for each row that does not hold, and ends with how many rows there were.
"""

import sys

import requests

URL, PASSWORD = sys.argv[1:]
rows = wrong = 0


def call(method, path, body=None, token=None, raw=None, headers=None):
    headers = dict(headers or {})
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if raw is not None:
        return requests.request(method, URL + path, data=raw, headers=headers, timeout=10)
    return requests.request(method, URL + path, json=body, headers=headers, timeout=10)


def check(what, answer, status, **members):
    """The status, and JSON with `status` and either `message` or the members named."""
    global rows, wrong
    rows += 1
    try:
        said = answer.json()
    except ValueError:
        said = None
    expected = "success" if status == 200 else "failed"
    holds = (
        answer.status_code == status
        and answer.headers.get("Content-Type", "").startswith("application/json")
        and isinstance(said, dict)
        and said.get("status") == expected
        and (status == 200 or isinstance(said.get("message"), str) and said["message"])
        and all(
            test(said.get(name)) if callable(test) else said.get(name) == test
            for name, test in members.items()
        )
    )
    if not holds:
        wrong += 1
        print(f"{what}: {answer.status_code} {answer.text[:300]!r}, wanted {status} {members}")
    return said or {}


def text(value):
    return isinstance(value, str) and value != ""


def sign_in(username):
    answer = call("POST", "/login", {"username": username, "password": PASSWORD})
    return check(f"{username} signs in", answer, 200, token=text)["token"]


# Who it is, without a token.
check("info", call("GET", "/info"), 200, tracker=text, udp_port=lambda port: 0 < port < 65536)
alice, bob = sign_in("alice"), sign_in("bob")
for what, body in [
    ("a wrong password", {"username": "alice", "password": PASSWORD + "!"}),
    ("nobody", {"username": "nobody", "password": PASSWORD}),
]:
    answer = call("POST", "/login", body)
    check(what, answer, 401, message="Invalid credentials")
for what, body in [
    ("no password", {"username": "alice"}),
    ("no username", {"password": PASSWORD}),
    ("a username that is a number", {"username": 7, "password": PASSWORD}),
    ("no object", ["alice", PASSWORD]),
]:
    check(what, call("POST", "/login", body), 400)
check("login, no JSON", call("POST", "/login", raw=b"username=alice"), 400)
check("login, no UTF-8", call("POST", "/login", raw=b'{"username":"\xff"}'), 400)

# An entry.
entry = {"username": "alice", "ip": "192.0.2.7", "port": 9000, "channels": ["general"]}
said = check("alice submits", call("POST", "/submit-info", entry, alice), 200, total_peers=1)
if not text(said.get("peer_id")) and not isinstance(said.get("peer_id"), int):
    wrong += 1
    print(f"peer_id: {said}")
check("again", call("POST", "/submit-info", entry, alice), 200, total_peers=1, peer_id=said.get("peer_id"))
for what, change in [
    ("no port", {"port": None}),
    ("port 0", {"port": 0}),
    ("port 65536", {"port": 65536}),
    ("port -1", {"port": -1}),
    ("a port that is text", {"port": "9000"}),
    ("a port that is a fraction", {"port": 9000.5}),
    ("an ip that is none", {"ip": "300.1.2.3"}),
    ("an ip with a port", {"ip": "192.0.2.7:9000"}),
    ("an ip that is a name", {"ip": "example.org"}),
    ("an ip that is a number", {"ip": 7}),
    ("channels that are text", {"channels": "general"}),
    ("a channel that is a number", {"channels": [7]}),
    ("a channel with a bad name", {"channels": ["a b"]}),
    ("a device that is none", {"device": "xyz"}),
    ("hidden that is text", {"hidden": "yes"}),
    ("no username", {"username": None}),
]:
    body = {**entry, **change}
    body = {name: value for name, value in body.items() if value is not None}
    check(what, call("POST", "/submit-info", body, alice), 400)
check("bad JSON", call("POST", "/submit-info", token=alice, raw=b"{"), 400)
check("no body", call("POST", "/submit-info", token=alice, raw=b""), 400)

# Who speaks.
for path, body in [
    ("/submit-info", entry),
    ("/add-list", {"username": "alice", "channel": "general"}),
    ("/get-list", {}),
    ("/leave", {"username": "alice"}),
]:
    check(f"{path} without a token", call("POST", path, body), 401)
    check(f"{path}, a wrong token", call("POST", path, body, "nonsense"), 401)
    check(f"{path}, a dotted wrong token", call("POST", path, body, "bm9u.c2Vuc2U"), 401)
    basic = {"Authorization": "Basic YWxpY2U6eA=="}
    check(f"{path}, another scheme", call("POST", path, body, headers=basic), 401)
    if "username" in body:
        check(f"{path}, another's token", call("POST", path, body, bob), 403)
check("/get-list by GET without a token", call("GET", "/get-list"), 401)

# Lists.
bobs = {"username": "bob", "port": 9001, "channels": []}
check("bob submits without an ip", call("POST", "/submit-info", bobs, bob), 200, total_peers=2)


def users(*names):
    return lambda peers: sorted(peer["username"] for peer in peers) == sorted(names)


for method, body in [("GET", None), ("POST", None), ("POST", {})]:
    check(f"{method} {body}", call(method, "/get-list", body, alice), 200, peers=users("alice", "bob"))
check("POST with an empty body", call("POST", "/get-list", token=alice, raw=b""), 200, peers=users("alice", "bob"))
listed = call("GET", "/get-list", token=bob).json()["peers"]
mine = next(peer for peer in listed if peer["username"] == "alice")
seen = next(peer for peer in listed if peer["username"] == "bob")
rows += 1
if (mine["ip"], mine["port"], seen["port"]) != ("192.0.2.7", 9000, 9001) or not seen["ip"].startswith("127."):
    wrong += 1
    print(f"listed: {listed}")
check("one channel", call("POST", "/get-list", {"channel": "general"}, bob), 200, peers=users("alice"))
check("one channel by GET", call("GET", "/get-list?channel=general", token=bob), 200, peers=users("alice"))
check("nobody's channel", call("POST", "/get-list", {"channel": "empty"}, bob), 200, peers=[])
check("a channel that is a number", call("POST", "/get-list", {"channel": 7}, bob), 400)
joined = call("POST", "/add-list", {"username": "bob", "channel": "general"}, bob)
check("bob joins", joined, 200, channel="general", members=lambda m: sorted(m) == ["alice", "bob"])
check("both are in it", call("GET", "/get-list?channel=general", token=bob), 200, peers=users("alice", "bob"))
check("join without a channel", call("POST", "/add-list", {"username": "bob"}, bob), 400)
check("join a bad channel", call("POST", "/add-list", {"username": "bob", "channel": ""}, bob), 400)
leave = {"username": "bob", "channel": "general"}
check("bob leaves the channel", call("POST", "/leave", leave, bob), 200)
check("alice is left", call("GET", "/get-list?channel=general", token=bob), 200, peers=users("alice"))
hidden = {**entry, "hidden": True}
check("alice hides", call("POST", "/submit-info", hidden, alice), 200)
listed = call("GET", "/get-list", token=bob).json()["peers"]
mine = next(peer for peer in listed if peer["username"] == "alice")
rows += 1
if (mine["ip"], mine["port"]) != ("", 0):
    wrong += 1
    print(f"hidden: {mine}")

# Devices have entries of their own.
device = {**bobs, "device": "ab" * 32}
check("a device of bob's", call("POST", "/submit-info", device, bob), 200, total_peers=3)
check("it goes", call("POST", "/leave", {"username": "bob", "device": "ab" * 32}, bob), 200)
check("bob is left", call("GET", "/get-list", token=bob), 200, peers=users("alice", "bob"))
check("bob goes", call("POST", "/leave", {"username": "bob"}, bob), 200)
check("again", call("POST", "/leave", {"username": "bob"}, bob), 200)
check("alice is left", call("GET", "/get-list", token=alice), 200, peers=users("alice"))

# What is no call.
check("no such path", call("GET", "/nowhere"), 404)
check("no such path, posted", call("POST", "/submit-info/more", {}, alice), 404)
for method, path in [("GET", "/login"), ("GET", "/submit-info"), ("PUT", "/get-list"), ("POST", "/info"), ("DELETE", "/leave")]:
    check(f"{method} {path}", call(method, path, token=alice), 405)
check("a huge body", call("POST", "/submit-info", token=alice, raw=b" " * (4 << 20)), 413)

print(f"{rows} rows, {wrong} wrong")
sys.exit(1 if wrong else 0)
