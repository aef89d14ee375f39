"""page_chromium_test.py CHROMIUM FIXTURE: the page in headless Chromium, driven through its pipe."""
import base64
import json
import os
import subprocess
import sys
import tempfile
import zlib


class Browser:
    """The DevTools protocol over file descriptors 3 and 4."""

    def __init__(self, program, folder):
        ours_read, theirs_write = os.pipe()
        theirs_read, ours_write = os.pipe()

        def places():
            os.dup2(os.dup(theirs_read), 3)
            os.dup2(os.dup(theirs_write), 4)
            os.set_inheritable(3, True)
            os.set_inheritable(4, True)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--remote-debugging-pipe", "--use-angle=swiftshader",
             "--enable-unsafe-swiftshader", "--force-prefers-reduced-motion", "--window-size=1200,800",
             "--no-first-run", "--disable-background-networking", "--user-data-dir=" + folder],
            preexec_fn=places, close_fds=False, stderr=subprocess.DEVNULL)
        os.close(theirs_read)
        os.close(theirs_write)
        self.incoming = os.fdopen(ours_read, "rb")
        self.outgoing = ours_write
        self.buffer, self.count, self.session, self.events = b"", 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")

    def receive(self):
        while b"\0" not in self.buffer:
            more = os.read(self.incoming.fileno(), 1 << 20)
            if not more:
                raise SystemExit("Chromium ended")
            self.buffer += more
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.outgoing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.count:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def open(self, address):
        self.call("Page.navigate", url=address)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def settled(self):
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.settled()

    def key(self, key):
        text = {"text": key} if len(key) == 1 else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)
        self.settled()


def pixels(png):
    """Rows of an 8-bit PNG without interlace, filters undone."""
    at, data, width, height, depth = 8, b"", 0, 0, 3
    while at < len(png):
        size, kind = int.from_bytes(png[at:at + 4], "big"), png[at + 4:at + 8]
        body = png[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
            depth = 4 if body[9] == 6 else 3
        data += body if kind == b"IDAT" else b""
        at += 12 + size
    raw, rows, before, wide = zlib.decompress(data), [], bytearray(width * depth), width * depth
    for y in range(height):
        kind, row = raw[y * (wide + 1)], bytearray(raw[y * (wide + 1) + 1:(y + 1) * (wide + 1)])
        for i in range(wide):
            a, b = row[i - depth] if i >= depth else 0, before[i]
            c = before[i - depth] if i >= depth else 0
            if kind == 1:
                row[i] = row[i] + a & 255
            elif kind == 2:
                row[i] = row[i] + b & 255
            elif kind == 3:
                row[i] = row[i] + (a + b) // 2 & 255
            elif kind == 4:
                p = a + b - c
                near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))
                row[i] = row[i] + near[2] & 255
        rows.append(row)
        before = row
    return rows, depth


def value_shown(browser):
    return browser.run("document.getElementById('card-value').textContent").replace("\u2212", "-")


def main(program, fixture):
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "map.html")
        subprocess.run([fixture, page], check=True)
        browser = Browser(program, os.path.join(folder, "profile"))
        try:
            check(browser, "file://" + page)
        finally:
            browser.process.terminate()
            browser.process.wait()


def check(browser, address):
    browser.open(address)
    browser.settled()
    assert browser.run("document.getElementById('message').hidden"), "WebGL is there"

    # A vertex with a value, drawn where a lateral view sees it: clicked, it is the one picked.
    side, vertex, gray = browser.run("""(() => {
      for (const side of [0, 1]) {
        const at = corticast.values(side);
        for (let v = 5000; v < at.length; v++) {
          if (!Number.isFinite(at[v])) continue;
          const p = corticast.drawnAt(side, v), under = p && corticast.under(p.x, p.y);
          if (under && under.side === side && under.vertex === v) return [side, v, 0];
        }
      }
    })()""")
    spot = browser.run(f"corticast.drawnAt({side}, {vertex})")
    browser.click(spot["x"], spot["y"])
    assert browser.run("corticast.state.picked") == {"side": side, "vertex": vertex}
    facts = browser.run("[...document.querySelectorAll('#card-facts dd')].map(e => e.textContent)")
    gray = int(facts[2].replace(",", ""))
    assert int(facts[1].replace(",", "")) == vertex
    area = browser.run("document.getElementById('card-area').textContent")
    assert area[:2] == ("L_", "R_")[side], area

    def expect(plus):
        found = float(value_shown(browser))
        assert found == gray % 1000 + plus, (found, gray, plus)

    expect(0)
    browser.key(".")
    expect(1000)
    assert browser.run("document.getElementById('title').textContent") == "<b>cat</b>.jpg"
    browser.key("s")
    expect(11000)
    browser.key(",")
    expect(10000)
    browser.key("2")
    assert browser.run("corticast.state.surface") == "sphere"
    expect(10000)
    browser.key("m")
    assert browser.run("corticast.state.preset") == "medial"
    before = browser.run("JSON.stringify(corticast.state.turned)")
    browser.key("ArrowLeft")
    assert browser.run("JSON.stringify(corticast.state.turned)") != before
    browser.run("document.getElementById('search').value = 'R_V1';"
                "document.getElementById('search').dispatchEvent(new Event('change'))")
    browser.settled()
    assert browser.run("document.getElementById('card-area').textContent") == "R_V1"
    browser.run("new Promise(done => setTimeout(done, 400))")
    assert "picked=1" in browser.run("location.hash")

    shot = base64.b64decode(browser.call("Page.captureScreenshot", format="png")["data"])
    if os.environ.get("CORTICAST_SCREENSHOT"):
        with open(os.environ["CORTICAST_SCREENSHOT"], "wb") as file:
            file.write(shot)
    rows, depth = pixels(shot)
    colours = {bytes(row[i:i + 3]) for row in rows[100:600:3] for i in range(0, 850 * depth, 3 * depth)}
    assert len(colours) > 300, f"{len(colours)} colours: a blank picture"

    for event in browser.events:
        method, params = event.get("method"), event.get("params", {})
        assert method not in ("Runtime.exceptionThrown",), params
        assert method != "Runtime.consoleAPICalled" or params["type"] not in ("error", "assert"), params
        assert method != "Log.entryAdded" or params["entry"]["level"] != "error", params
        if method == "Network.requestWillBeSent":
            where = params["request"]["url"]
            assert where.split("#")[0] in (address, "about:blank") or where.startswith(("data:", "blob:")), where


main(*sys.argv[1:])
