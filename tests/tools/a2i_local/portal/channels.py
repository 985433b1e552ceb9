"""Every way out that a page has, tried against a listener on 127.0.0.1."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CHANNELS_WITHOUT_REQUEST = ("preconnect", "dns-prefetch", "prerender")
"""Headless Chromium does none of these: their absence shows little, in a window it shows more."""
TRIED = "tried"
"""What a page that goes on says in the console once it is loaded with all that it tried."""
_SAY_TRIED = f"<script>addEventListener('load', () => console.log('{TRIED}'))</script>"


class Listener:
    """Takes connections and datagrams, and notes the name of the channel that each came through."""

    def __init__(self) -> None:
        self.arrived: set[str] = set()
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._tcp.getsockname()[1]}"

    @property
    def tcp_port(self) -> int:
        port: int = self._tcp.getsockname()[1]
        return port

    @property
    def udp_port(self) -> int:
        port: int = self._udp.getsockname()[1]
        return port

    def start(self) -> None:
        for take in (self._take_connections, self._take_datagrams):
            threading.Thread(target=take, daemon=True).start()

    def close(self) -> None:
        self._tcp.close()
        self._udp.close()

    def _take_connections(self) -> None:
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                line = connection.recv(2000).decode("latin-1").partition("\r\n")[0]
                path = line.split(" ")[1] if " HTTP/1" in line else "/rtc-tcp"
                self.arrived.add(path.strip("/").partition("?")[0])
                connection.sendall(b"HTTP/1.1 204 None\r\nAccess-Control-Allow-Origin: *\r\n\r\n")
            except (OSError, IndexError):
                self.arrived.add("connection")

    def _take_datagrams(self) -> None:
        while True:
            try:
                self._udp.recvfrom(2000)
            except OSError:
                return
            self.arrived.add("rtc")


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    listener.start()
    try:
        yield listener
    finally:
        listener.close()


def tries(listener: Listener) -> dict[str, tuple[str, set[str]]]:
    """HTML of tries to reach the listener, by name, each with the channels that it hears of it."""
    alone = {
        name: (html, {name.partition(" ")[0]})
        for name, html in {**_navigations(listener), **_peer_connections(listener)}.items()
    }
    return {"all at once": _at_once(listener), **alone}


def _at_once(listener: Listener) -> tuple[str, set[str]]:
    """HTML that tries all channels which leave the page as it is, and their names."""
    out = listener.url
    calls = {
        "fetch": f"fetch('{out}/fetch', {{mode: 'no-cors'}})",
        "xhr": (
            f"(() => {{ const x = new XMLHttpRequest(); x.open('GET', '{out}/xhr'); x.send(); }})()"
        ),
        "beacon": f"navigator.sendBeacon('{out}/beacon', 'x')",
        "websocket": f"new WebSocket('{out.replace('http', 'ws')}/websocket')",
        "eventsource": f"new EventSource('{out}/eventsource')",
        "image": f"(new Image()).src = '{out}/image'",
        "font": f"new FontFace('f', 'url({out}/font)').load()",
        "import": f"import('{out}/import')",
        "window": f"open('{out}/window')",
        "later": f"fetchLater('{out}/later', {{activateAfter: 0}})",
        "worker": (
            "new Worker(URL.createObjectURL(new Blob("
            f"[\"fetch('{out}/worker', {{mode: 'no-cors'}})\"])))"
        ),
        "ping": (
            "(() => { const a = document.createElement('a'); a.href = '#x';"
            f" a.ping = '{out}/ping'; document.body.append(a); a.click(); }})()"
        ),
        "webtransport": f"new WebTransport('https://127.0.0.1:{listener.udp_port}/')",
    }
    speculation = {
        "prefetch": [{"source": "list", "urls": [f"{out}/prerender"], "eagerness": "immediate"}]
    }
    elements = {
        "script": f"<script src='{out}/script'></script>",
        "style": f"<link rel=stylesheet href='{out}/style'>",
        "css-import": f"<style>@import url({out}/css-import);</style>",
        "css-url": f"<p style='background: url({out}/css-url)'>x</p>",
        "css-font": f"<style>@font-face {{font-family: g; src: url({out}/css-font)}}</style>"
        "<p style='font-family: g'>x</p>",
        "prefetch": f"<link rel=prefetch href='{out}/prefetch'>",
        "preload": f"<link rel=preload as=fetch crossorigin href='{out}/preload'>",
        "modulepreload": f"<link rel=modulepreload href='{out}/modulepreload'>",
        "preconnect": f"<link rel=preconnect href='{out}'>",
        "dns-prefetch": f"<link rel=dns-prefetch href='{out}'>",
        "prerender": f"<script type=speculationrules>{json.dumps(speculation)}</script>",
        "iframe": f"<iframe src='{out}/iframe'></iframe>",
        "object": f"<object data='{out}/object'></object>",
        "embed": f"<embed src='{out}/embed'>",
        "video": f"<video src='{out}/video' preload=auto></video>",
        "svg-image": f"<svg><image href='{out}/svg-image'/></svg>",
        "frame-fetch": f"<iframe srcdoc=\"<script>fetch('{out}/frame-fetch',"
        " {mode: 'no-cors'}).catch(() => 0)</script>\"></iframe>",
    }
    calls_caught = "".join(f"(async () => ({call}))().catch(() => 0);\n" for call in calls.values())
    html = f"{_SAY_TRIED}{''.join(elements.values())}<script>{calls_caught}</script>"
    names = {*calls, *elements} - {*CHANNELS_WITHOUT_REQUEST, "webtransport"}
    return html, names


def _navigations(listener: Listener) -> dict[str, str]:
    """HTML of each channel that shows another page instead."""
    out = listener.url
    return {
        "location": f"<script>location = '{out}/location?secret'</script>",
        "refresh": f"<meta http-equiv=refresh content='0; url={out}/refresh?secret'>",
        "form": f"<form action='{out}/form'></form><script>document.forms[0].submit()</script>",
        "link": f"<a href='{out}/link'>x</a><script>document.links[0].click()</script>",
    }


def _peer_connections(listener: Listener) -> dict[str, str]:
    """HTML of each way to a peer connection; Chromium ends processes that it catches at some."""
    call = (
        "try { const c = new RTCPeerConnection({iceServers: ["
        f"{{urls: 'stun:127.0.0.1:{listener.udp_port}'}}, {{username: 'secret', credential: 'x',"
        f" urls: 'turn:127.0.0.1:{listener.tcp_port}?transport=tcp'}}"
        "]}); c.createDataChannel('x');"
        " c.createOffer().then((offer) => c.setLocalDescription(offer)); } catch {}"
    )
    frame = "const f = document.createElement('iframe');"
    ways = {
        "rtc": f"<script>{call}</script>",
        "rtc in a frame of the template": f'<iframe srcdoc="<script>{call}</script>"></iframe>',
        "rtc in a frame of a script": f"<script>{frame} f.srcdoc = `<script>{call}<\\/script>`;"
        " document.body.append(f)</script>",
        "rtc in a frame with script": f"<script>{frame} f.src = `javascript:{call}`;"
        " document.body.append(f)</script>",
        "rtc of an empty frame": f"<script>{frame} document.body.append(f); try {{ const"
        f" RTCPeerConnection = f.contentWindow.RTCPeerConnection; {call} }} catch {{}}</script>",
    }
    return {name: _SAY_TRIED + way for name, way in ways.items()}
