"""`/health/`: for whoever starts and watches the service."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from service.deps import RunningDep

router = APIRouter(prefix="/health", tags=["Health"])


@router.head("/live", include_in_schema=False)
@router.get("/live", summary="Is the process alive?")
async def live() -> dict[str, str]:
    """Answer as long as the process runs."""
    return {"status": "live"}


@router.head("/ready", include_in_schema=False)
@router.get(
    "/ready",
    summary="Can it answer queries?",
    responses={503: {"description": "Not yet, or no more; `stage` says what it does"}},
)
async def ready(parts: RunningDep) -> JSONResponse:
    """Answer 200 with the version served, or 503 with the stage of the start or of the stop."""
    if parts.stage != "ready":
        return JSONResponse(
            {"status": "stopping" if parts.stage == "stopping" else "starting", "stage": parts.stage},
            status_code=HTTPStatus.SERVICE_UNAVAILABLE,
            headers={"Retry-After": "1"},
        )
    return JSONResponse({"status": "ready", "version": parts.current.read().manifest.number})
