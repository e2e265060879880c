"""``python -m api``: the gateway under uvicorn, with settings from the environment."""

import sys

import uvicorn
from pydantic import ValidationError

from api.app import create_app
from api.settings import Settings


def manual() -> str:
    """Every setting: its variable, what it is unless given, and what it means."""
    lines = ["python -m api: the gateway; settings come from the environment.", ""]
    for name, field in Settings.model_fields.items():
        given = "must be given" if field.is_required() else f"default: {field.default}"
        lines.append(f"PASSAVANT_{name.upper()} ({given})\n    {field.description}")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM or SIGINT; then finish what was begun, drain and persist."""
    if arguments:
        print(manual())  # noqa: T201 - a program's answer
        return 0 if arguments == ["--help"] else 2
    try:
        settings = Settings()
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            print(f"PASSAVANT_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}", file=sys.stderr)  # noqa: T201
        return 2
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies or None,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=int(settings.stop_seconds),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
