"""From a picture to the bytes of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.explore.cooperation import cooperation_page
from service.explore.network import network_page
from service.explore.picture import COOPERATION, NETWORK
from service.explore.timeline import timeline_page
from service.formats import HTML
from service.rendering import render

if TYPE_CHECKING:
    import pyoxigraph as ox

    from service.explore.picture import Picture
    from service.jobs import Begin

PAGES: Final = ("cooperation.html", "network.html", "timeline.html")
"""Templates of what is rendered here."""


def write_picture(store: ox.Store, picture: Picture, begin: Begin) -> None:
    """Answer with the page of a picture.

    Args:
        store: open on the picture's version.
        picture: which, of what, within which bounds.
        begin: called once it is known that there is such a thing; the page is written to what it returns.

    Raises:
        EntityUnknown: there is none.
        ParameterRefused: a bound is not what a question takes.
    """
    if picture.kind == COOPERATION:
        body = render(PAGES[0], site=picture.site, page=cooperation_page(store, picture))
    elif picture.kind == NETWORK:
        body = render(PAGES[1], site=picture.site, page=network_page(store, picture))
    else:
        body = render(PAGES[2], site=picture.site, page=timeline_page(store, picture))
    begin(HTML, form="PICTURE", volatile=False).write(body)
