"""Pages on loopback: what they are made of, and whom they answer."""

from aiohttp import ClientSession, web

from jimbot_stream import live


async def hello(_: web.Request) -> web.Response:
    return live.answer_html("<p>hello</p>")


def test_what_is_named_is_escaped_and_what_is_shown_is_not() -> None:
    text = live.page("a <b>", "<p>$title</p>", heading="c & d")
    assert "<title>a &lt;b&gt;</title>" in text
    assert "<h1>c &amp; d</h1>" in text
    assert "<p>$title</p>" in text


def test_a_page_refreshes_itself_where_it_is_told_to() -> None:
    still = live.page("a", "", heading="a")
    moving = live.page("a", "", heading="a", refresh_s=2.5)
    assert "script" not in still
    assert f'fetch("{live.PIECE}"' in moving
    assert "setInterval(refresh, 2500)" in moving
    assert "://" not in moving


async def test_it_answers_on_this_machine_only() -> None:
    async with live.serve({"/": hello}, 0) as address, ClientSession() as session:
        answer = await session.get(address)
        assert await answer.text() == "<p>hello</p>"
        assert answer.headers["Content-Security-Policy"] == live.POLICY
        refused = await session.get(address, headers={"Host": "elsewhere.example"})
        assert refused.status == 403
        assert (await session.get(f"{address}nowhere")).status == 404
