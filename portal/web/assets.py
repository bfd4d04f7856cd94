"""What the browser is given besides pages: sheets, scripts and icons, built by ``static/build.mjs``."""

import json
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from litestar import Request, Response, Router, get
from litestar.datastructures import State
from litestar.params import FromPath
from markupsafe import Markup

from portal.errors import Misconfigured, NotFound

PREFIX = "/static/built"
BUILT = Path(__file__).parents[2] / "static" / "built"

_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the first that the browser takes
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_A_DAY = "public, max-age=86400"


@dataclass(frozen=True)
class File:
    """A built file as it is sent: plain, and under each encoding."""

    media_type: str
    encoded: MappingProxyType[str, bytes]

    def answer(self, accepted: str, *, cache: str) -> Response[bytes]:
        """The smallest form that the browser's Accept-Encoding allows."""
        offers = _accepted(accepted)
        encoding = next((encoding for encoding in _ENCODINGS if encoding in offers), "identity")
        headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
        return Response(self.encoded[encoding], media_type=self.media_type, headers=headers)


class Assets:
    """The built files, read once and kept in memory, each under a name that changes with its content."""

    def __init__(self, folder: Path = BUILT) -> None:
        """Read what was built.

        Raises:
            Misconfigured: if nothing was.
        """
        try:
            self._names: dict[str, str] = json.loads((folder / "manifest.json").read_text("utf-8"))
        except FileNotFoundError as missing:
            raise Misconfigured(f"there are no built assets in {folder}: run make install") from missing
        self._files = {hashed: _read(folder / hashed) for hashed in self._names.values()}
        self.entry_css = Markup(self._plain("entry.css").decode())  # noqa: S704 - our own sheet
        """The sheet that entry pages carry inside their <style>."""
        self.entry_css_source = f"'sha256-{b64encode(sha256(self._plain('entry.css')).digest()).decode()}'"
        """What a Content-Security-Policy says in style-src to allow that sheet."""

    def url(self, name: str) -> str:
        """Where the browser finds a file that our templates know as ``name``, like "app.css"."""
        return f"{PREFIX}/{self._names[name]}"

    def router(self) -> Router:
        """The pages' own files, open to everybody."""

        @get(f"{PREFIX}/{{name:str}}", name="assets.built", sync_to_thread=False)
        def built(name: FromPath[str], request: Request[object, object, State]) -> Response[bytes]:
            if name not in self._files:
                raise NotFound(f"no asset is called {name}")
            return self._files[name].answer(request.headers.get("accept-encoding", ""), cache=_FOR_EVER)

        @get("/favicon.ico", name="assets.favicon", sync_to_thread=False)
        def favicon() -> Response[bytes]:
            return self._files[self._names["icon.png"]].answer("", cache=_FOR_A_DAY)

        opt = {"surface": "public", "audience": "public"}
        return Router("/", route_handlers=[built, favicon], opt=opt, include_in_schema=False)

    def _plain(self, name: str) -> bytes:
        return self._files[self._names[name]].encoded["identity"]


def _read(path: Path) -> File:
    encoded = {name: path.with_name(path.name + suffix).read_bytes() for name, suffix in _ENCODINGS.items()}
    return File(_TYPES[path.suffix], MappingProxyType({"identity": path.read_bytes(), **encoded}))


def _accepted(header: str) -> set[str]:
    """The encodings that an Accept-Encoding names and does not refuse with a weight of nought."""
    offers = (offer.replace(" ", "").lower().partition(";q=") for offer in header.split(","))
    return {encoding for encoding, _, weight in offers if not weight or weight.strip("0.")}
