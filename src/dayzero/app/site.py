"""The pages: run a study and read its report, check a file, take an empty workbook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.routing import Route

from dayzero.app.security import middleware
from dayzero.errors import DayzeroError

if TYPE_CHECKING:
    from jinja2 import Environment
    from starlette.datastructures import UploadFile
    from starlette.requests import Request
    from starlette.responses import Response

#: A workbook of a large centre has a few megabytes; what is far larger is not one.
UPLOAD_LIMIT = 200_000_000


@dataclass(frozen=True)
class Offer:
    """A study that the page can run: its name in addresses, where its file is, and what it is."""

    name: str
    path: Path
    text: str


def create_site(*, key: str, work: Path, study: Path | None = None) -> Starlette:
    """Build the application.

    Parameters
    ----------
    key : str
        What every request must carry (:mod:`dayzero.app.security`).
    work : pathlib.Path
        A folder of its own for reports and uploaded files; whoever made it removes it.
    study : pathlib.Path or None
        The user's own study file.
    """
    site = _Site(work, {offer.name: offer for offer in _offers(study)}, _templates())
    routes = [
        Route("/", site.home),
        Route("/run", site.run, methods=["POST"]),
        Route("/reports/{name}/{path:path}", site.report),
        Route("/check", site.check, methods=["POST"]),
        Route("/template.xlsx", site.template),
    ]
    return Starlette(routes=routes, middleware=middleware(key))


def _offers(study: Path | None) -> list[Offer]:
    from dayzero import examples

    own = [] if study is None else [Offer("study", study, f"Your study: {study.name}")]
    shipped = [Offer(name, examples.study_path(name), examples.describe(name)) for name in examples.names()]
    return own + shipped


def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader

    return Environment(
        loader=PackageLoader("dayzero.app"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


class _Site:
    """The pages' shared state: where reports go and which studies are on offer."""

    def __init__(self, work: Path, offers: dict[str, Offer], templates: Environment) -> None:
        self.work = work
        self.offers = offers
        self.templates = templates

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        return HTMLResponse(self.templates.get_template(template).render(**values), status_code=status)

    def refused(self, error: Exception) -> HTMLResponse:
        return self.page("message.html", 422, heading="This could not be done", text=str(error))

    async def home(self, _: Request) -> Response:
        done = {name for name in self.offers if (self.work / name / "report.html").exists()}
        return self.page("home.html", offers=self.offers.values(), done=done)

    async def run(self, request: Request) -> Response:
        name = str((await request.form()).get("study", ""))
        offer = self.offers.get(name)
        if offer is None:
            return self.page(
                "message.html", 404, heading="No such study", text="It is not among those offered."
            )
        try:
            await run_in_threadpool(_write_report, offer.path, self.work / name)
        except DayzeroError as error:
            return self.refused(error)
        return RedirectResponse(f"/reports/{name}/report.html", status_code=303)

    async def report(self, request: Request) -> Response:
        name, path = request.path_params["name"], request.path_params["path"]
        folder = (self.work / name).resolve()
        wanted = (folder / path).resolve()
        if name not in self.offers or not wanted.is_relative_to(folder) or not wanted.is_file():
            return self.page("message.html", 404, heading="No such file", text="Run the study first.")
        return FileResponse(wanted)

    async def check(self, request: Request) -> Response:
        async with request.form(max_files=1) as form:
            upload = form.get("file")
            if not _is_file(upload):
                return self.page("message.html", 422, heading="No file", text="Choose a workbook first.")
            if (upload.size or 0) > UPLOAD_LIMIT:
                return self.page(
                    "message.html", 413, heading="Too large", text="A workbook has at most 200 MB."
                )
            path = self.work / "uploads" / _safe_name(upload.filename or "")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(await upload.read())
        try:
            findings = await run_in_threadpool(_findings, path, str(form.get("date_order", "")))
        except DayzeroError as error:
            return self.refused(error)
        finally:
            path.unlink()
        return self.page("findings.html", name=path.name, findings=findings)

    async def template(self, _: Request) -> Response:
        from dayzero import records

        path = self.work / "cohort.xlsx"
        if not path.exists():
            await run_in_threadpool(records.template, path)
        return FileResponse(path, filename="cohort.xlsx")


def _is_file(upload: UploadFile | str | None) -> TypeGuard[UploadFile]:
    return upload is not None and not isinstance(upload, str) and bool(upload.filename)


def _safe_name(name: str) -> str:
    """Keep what tells the kind of file; a name may hold a patient's."""
    suffix = re.sub(r"[^a-z0-9.]", "", Path(name).suffix.lower())
    return f"uploaded{suffix}"


def _write_report(study: Path, folder: Path) -> None:
    from dayzero.report.run_folder import run_into

    run_into(study, folder)


def _findings(path: Path, date_order: str) -> list[dict[str, object]]:
    from dayzero import records

    read = records.read(path, date_order=date_order)
    from dayzero.records.findings import worst_first

    found = worst_first([*read.findings, *records.check(read)])
    return [{**finding.as_dict(), "place": str(finding.where)} for finding in found]
