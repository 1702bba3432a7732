"""Bodies of several parts: all of them are read, or the body is refused as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

PART = "--XX\r\nContent-Type: text/turtle\r\n\r\n<http://e.test/s> <http://e.test/p> 1 .\r\n"
END = "--XX--\r\n"
INNER = "--XX\r\nContent-Type: multipart/mixed; boundary=YY\r\n\r\n" + PART.replace("XX", "YY") + "--YY--\r\n"
LETTER = "--XX\r\nContent-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\nb\r\n"
BASE64 = "--XX\r\nContent-Type: text/turtle\r\nContent-Transfer-Encoding: base64\r\n\r\nIyBhI\r\n"
HEADLESS = "--XX\r\nContent-Type: text/turtle\r\nno header\r\n\r\n<http://e.test/s> <http://e.test/p> 1 .\r\n"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(PART * 2, "does not end with the line --XX--", id="no end"),
        pytest.param(PART + "--XX\r\nContent-Disp", "send all of it", id="cut off in a header"),
        pytest.param(PART + INNER + END, "part 2 is of type multipart/mixed", id="parts of a part"),
        pytest.param(PART + LETTER + END, "part 2 is of type message/rfc822", id="a letter"),
        pytest.param(PART + BASE64 + END, "part 2 is broken", id="half of a base64 group"),
        pytest.param(PART + HEADLESS + END, "part 2 is broken", id="no empty line"),
        pytest.param(PART + END + PART, "behind the last", id="parts behind the end"),
        pytest.param("<http://e.test/s> a <http://e.test/c> .\r\n" + PART + END, "before the first", id="before"),
    ],
)
def test_nothing_of_a_form_is_passed_over(plain: httpx.Client, body: str, says: str) -> None:
    """400 says what to do, and not even the part that could be read is stored."""
    headers = {"Content-Type": "multipart/form-data; boundary=XX"}
    refused = plain.post("/store?graph=http://e.test/posted", content=body, headers=headers)
    assert refused.status_code == 400, refused.text
    assert says in refused.json()["detail"]
    assert plain.get("/store?graph=http://e.test/posted").status_code == 404


def test_white_space_around_the_parts_is_none_of_them(plain: httpx.Client) -> None:
    """What clients put there: line ends before the first boundary and behind the last."""
    headers = {"Content-Type": "multipart/form-data; boundary=XX"}
    body = f"\r\n{PART}{END}\r\n"
    assert plain.post("/store?graph=http://e.test/around", content=body, headers=headers).status_code == 201
