"""The process that turns HTML into PDF: started by `pdf`, warm between jobs, without database or secrets.

    python -m evaluations.documents.worker SOCKET STYLESHEET MEGABYTES IDLE_SECONDS

One job is one JSON message `{html, identifier, seconds}`; the answer is `P` and the PDF, or `F` and a word
(memory, depth, font, fetch, fault). It ends when its web process does, when nothing was asked for a while,
or after a failure that may have left something broken.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from evaluations.documents import justify, pitch, spans

#: Subsets of Fandol and Noto stay far below. Where the subsetter fails WeasyPrint embeds the whole font.
LARGEST_FONT = 3_000_000
#: Has the faces loaded that every report uses.
WARM_UP = "<html lang=zh-CN><body><h1>绩</h1><h2>效</h2><h3>自</h3><p>评1</p><table><tr><th>一<td>二</table>"


class TooLargeFont(Exception):
    """A font would be embedded whole."""


class Sealed(URLFetcher):
    """Fetches nothing: a report consists of its text and our style sheet. Any attempt ends the rendering."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())
        self.refused = ""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> NoReturn:
        self.refused = f"refused to fetch {url[:200]}"
        raise FatalURLFetchingError(self.refused)


class Renderer:
    """WeasyPrint with our style sheet, parsed once, and one font configuration (fresh ones cost memory)."""

    def __init__(self, stylesheet: str) -> None:
        self.installed = {patch.__name__: patch.install() for patch in (justify, pitch, spans)}
        self.fonts = FontConfiguration()
        with open(stylesheet, encoding="utf-8") as file:
            self.css = CSS(string=file.read(), font_config=self.fonts, url_fetcher=Sealed())

    def render(self, html: str, identifier: str) -> bytes:
        """The PDF of `html`; equal arguments give equal bytes."""
        fetcher = Sealed()
        pdf = HTML(string=html, url_fetcher=fetcher).write_pdf(
            stylesheets=[self.css],
            font_config=self.fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=identifier.encode("ascii"),
            finisher=_refuse_whole_fonts,
        )
        if fetcher.refused:  # pictures inside SVG: WeasyPrint leaves them out and goes on
            raise FatalURLFetchingError(fetcher.refused)
        return pdf


def _refuse_whole_fonts(document: Any, pdf: Any) -> None:
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Type") == "/FontDescriptor":
            for key in ("FontFile2", "FontFile3"):
                if key in item and len(_stream(pdf, item[key])) > LARGEST_FONT:
                    raise TooLargeFont(item["FontName"].decode())


def _stream(pdf: Any, reference: bytes) -> bytes:
    return b"".join(pdf.objects[int(reference.split()[0])].stream)


def serve(connection: Connection, renderer: Renderer, idle_seconds: float) -> None:
    """Answer jobs until the other end is gone or silent for `idle_seconds`."""
    while connection.poll(idle_seconds):
        try:
            job = json.loads(connection.recv_bytes())
        except EOFError:
            return
        failure = ""
        _allow_cpu(job["seconds"])
        gc.disable()
        try:
            answer = b"P" + renderer.render(job["html"], job["identifier"])
        except MemoryError:
            failure = "memory"
        except RecursionError:
            failure = "depth"
        except TooLargeFont as error:
            failure = "font"
            print(f"a font would be embedded whole: {error}", file=sys.stderr, flush=True)
        except FatalURLFetchingError as error:
            failure = "fetch"
            print(error, file=sys.stderr, flush=True)
        except (
            Exception
        ):  # the worker's last line of defence: what happened is logged, and the process replaced
            failure = "fault"
            sys.excepthook(*sys.exc_info())
        finally:
            gc.enable()
        connection.send_bytes(b"F" + failure.encode() if failure else answer)
        if failure:
            return
        del answer
        gc.collect()


def _allow_cpu(seconds: int) -> None:
    """RLIMIT_CPU counts the whole life of a process: raise it by one job's allowance."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def main(socket: str, stylesheet: str, megabytes: str, idle_seconds: str) -> None:
    bytes_allowed = int(megabytes) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (bytes_allowed, bytes_allowed))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    renderer = Renderer(stylesheet)
    renderer.render(WARM_UP, "0")
    serve(Connection(int(socket)), renderer, float(idle_seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
