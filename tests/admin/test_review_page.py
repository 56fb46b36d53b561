"""The review as a page: for whoever has the link alone, and in a real browser by key and by touch."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import threading
from http.client import HTTPConnection
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import pytest

from bot.admin.review_page import ReviewServer
from bot.authoring.review import open_review
from knowledge.pack import load_pack
from tests.admin.test_pack_review import made, voices

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from tests.conftest import Program

__all__ = ["made"]

CHROMIUM: Final = shutil.which("chromium") or shutil.which("google-chrome") or ""
PHONE: Final = (390, 844)


@pytest.fixture
def server(made: Program) -> Iterator[ReviewServer]:
    """Serve the review of a small pack."""
    with ReviewServer(open_review(made.folder / "phones")) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def asked(
    server: ReviewServer, method: str, path: str, body: str | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Ask as any program on this machine could."""
    connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def pressed(server: ReviewServer, mark: str, key: str, place: object = None) -> dict[str, Any]:
    """Press a key as the page does."""
    body = json.dumps({"mark": mark, "key": key, "place": place})
    status, _, told = asked(server, "POST", f"/{server.token}/do", body, Content_Type="application/json")
    assert status == 200
    return dict(json.loads(told))


def test_only_whoever_has_the_link_is_answered(server: ReviewServer) -> None:
    """Neither without the token, nor from a page that calls this machine by another name, nor for what is no key."""
    page, state, do = f"/{server.token}/", f"/{server.token}/state", f"/{server.token}/do"
    status, headers, body = asked(server, "GET", page)
    assert (status, headers["Cache-Control"], b"{nonce}" in body) == (200, "no-store", False)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for method, path, body_, named in (
        ("GET", "/", None, {}),
        ("GET", "/state", None, {}),
        ("GET", "/x/state", None, {}),
        ("GET", f"{page}other", None, {}),
        ("GET", state, None, {"Host": "evil.example:80"}),
        ("POST", do, "{}", {"Content_Type": "text/plain"}),
        ("POST", "/x/do", "{}", {"Content_Type": "application/json"}),
        ("POST", do, "x" * 10_001, {"Content_Type": "application/json"}),
    ):
        assert asked(server, method, path, body_, **named)[0] == 404, path
    for broken in ("{", "[]", '{"mark": 1}'):
        assert asked(server, "POST", do, broken, Content_Type="application/json")[0] == 400


def test_keys_of_the_page_do_what_those_of_the_terminal_do(server: ReviewServer) -> None:
    """Saved at once; what cannot be done is said, and changes nothing."""
    folder = server.review.folder
    state = json.loads(asked(server, "GET", f"/{server.token}/state")[2])
    assert (state["left"], state["undecided"]) == (5, 2)
    assert [side["name"] for side in state["sides"]] == ["For", "Against"]
    text = "".join(piece["text"] for line in state["articles"][0]["paragraphs"] for piece in line)
    assert text == load_pack(folder).articles[0].text.split("\n\n", 1)[1].strip()
    following = pressed(server, state["next"], "1")
    assert voices(folder)["Eva Lind said"] == "for"
    assert pressed(server, "", "u")["next"] == state["next"]
    assert "Eva Lind said" not in voices(folder)
    assert pressed(server, state["next"], "")["said"] == "nobody is proposed here: say who speaks, or skip it"
    assert pressed(server, "gone", "1")["said"] == "this sentence is no longer marked: look at another one"
    assert pressed(server, state["next"], "/", 1)["said"] == "there is no place in it where it could be divided"
    (place, *_) = following["marks"][state["next"]]["places"]
    parted = pressed(server, state["next"], "/", place["at"])
    assert (parted["said"], parted["left"]) == ("", 6)


Call = "Callable[..., Awaitable[dict[str, Any]]]"


async def in_browser(link: str, profile: Path, held: Callable[[Any], Awaitable[None]]) -> None:
    """Open a link in Chromium, as wide as a phone, and hand over what drives it."""
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", f"--user-data-dir={profile}")
    browser = subprocess.Popen([CHROMIUM, *options, "about:blank"], stderr=subprocess.DEVNULL)  # noqa: ASYNC220 - short
    try:
        port_file = profile / "DevToolsActivePort"
        async with asyncio.timeout(60):
            while not port_file.exists() or not port_file.read_text():  # noqa: ASYNC110 - another program writes it
                await asyncio.sleep(0.05)
        port = port_file.read_text().splitlines()[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as listed:
                (page,) = [each for each in await listed.json() if each["type"] == "page"]
            async with session.ws_connect(page["webSocketDebuggerUrl"]) as socket:
                numbers = count(1)

                async def call(method: str, **parameters: object) -> dict[str, Any]:
                    number = next(numbers)
                    await socket.send_json({"id": number, "method": method, "params": parameters})
                    async with asyncio.timeout(30):
                        while (told := await socket.receive_json()).get("id") != number:
                            pass
                    return dict(told["result"])

                width, height = PHONE
                await call(
                    "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=True
                )
                await call("Page.navigate", url=link)
                await held(call)
    finally:
        browser.terminate()
        browser.wait(30)


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed here")
async def test_a_browser_reviews_by_key_and_by_touch(server: ReviewServer, tmp_path: Path) -> None:
    """On a phone's screen nothing is too wide; a key decides, a tap chooses a sentence, a button takes back."""
    folder = server.review.folder

    async def held(call: Any) -> None:  # noqa: ANN401 - the protocol's own values
        async def value(expression: str) -> Any:  # noqa: ANN401 - as above
            return (await call("Runtime.evaluate", expression=expression))["result"].get("value")

        async def until(expression: str) -> None:
            async with asyncio.timeout(30):
                while not await value(expression):  # noqa: ASYNC110 - another program draws
                    await asyncio.sleep(0.02)

        async def tap(element: str) -> None:
            place = await value(
                f"(() => {{ const r = {element}.getClientRects()[0]; return r.left + 3 + ',' + (r.top + 5) }})()"
            )
            x, y = map(float, place.split(","))
            for kind in ("mousePressed", "mouseReleased"):
                await call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

        await until("!!document.querySelector('.current')")
        assert await value("document.documentElement.scrollWidth") == PHONE[0]
        assert (await value("document.getElementById('proposal').textContent")).startswith(
            "undecided · “Eva Lind said”"
        )
        for kind in ("keyDown", "keyUp"):
            await call("Input.dispatchKeyEvent", type=kind, key="2", text="2" if kind == "keyDown" else "")
        await until("document.getElementById('count').textContent.startsWith('4 left')")
        assert voices(folder)["Eva Lind said"] == "against"
        await tap("[...document.querySelectorAll('.mark')].find(one => one.textContent.startsWith('The town'))")
        await until("document.querySelector('.current').textContent.startsWith('The town')")
        await tap("document.querySelector('button[data-key=s]')")
        await until("document.getElementById('count').textContent.startsWith('3 left')")
        assert "The town has" not in voices(folder)
        await tap("document.querySelector('button[data-key=u]')")
        await until("document.getElementById('count').textContent.startsWith('4 left')")
        assert "The town has" in voices(folder)

    await in_browser(server.link, tmp_path / "profile", held)
