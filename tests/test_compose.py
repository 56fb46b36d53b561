"""compose.yaml: two bots and their database, each healthy before it is used, none with more rights than it needs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot.config.loading import load_config
from bot.config.sections import Server

ROOT: Final = Path(__file__).parent.parent
COMPOSED: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: Final[dict[str, Any]] = COMPOSED["services"]
BOTS: Final = ("bot-1", "bot-2")


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_is_read_only_without_root_and_watched(name: str) -> None:
    """It can write to its volume and to memory alone, and gains no rights."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["user"] in {"10001:10001", "postgres"}
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert service["healthcheck"]["test"][0] == "CMD"
    assert {"interval", "timeout", "retries"} <= service["healthcheck"].keys()
    assert "ports" not in service
    (volume,) = service["volumes"]
    assert volume.partition(":")[0] in COMPOSED["volumes"]


def test_secrets_are_files_and_stand_nowhere_else() -> None:
    """Each that a service reads is declared, and read where Compose puts it."""
    assert {name: secret["file"] for name, secret in COMPOSED["secrets"].items()} == {
        name: f"./secrets/{name}" for name in ("database_password", "dilemma_secret", "discord_token")
    }
    for service in SERVICES.values():
        told = {name: value for name, value in service["environment"].items() if "FILE" in name}
        assert sorted(told.values()) == sorted(f"/run/secrets/{name}" for name in service["secrets"])
        hidden = {name for name in service["environment"] if "PASSWORD" in name or "TOKEN" in name or "SECRET" in name}
        assert hidden == told.keys()


def test_bots_share_what_they_must_and_nothing_else(tmp_path: Path) -> None:
    """One database and one set of settings, which the program takes as they are; a volume for each."""
    first, second = (SERVICES[name] for name in BOTS)
    assert first["volumes"] != second["volumes"]
    assert {**first, "volumes": None} == {**second, "volumes": None}
    assert first["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert (first["command"], first["restart"]) == (["run"], "on-failure")
    password = tmp_path / "password"
    password.write_text("hush", encoding="utf-8")
    password.chmod(0o600)
    environ = {**first["environment"], "DILEMMA_LOG_PASSWORD_FILE": str(password)}
    config = load_config(None, environ)
    assert config.discord.shards == "auto"
    assert isinstance(config.log_place, Server)
    assert str(config.log_place) == "postgresql://dilemma@database/dilemma"


def test_bots_are_of_the_image_that_the_dockerfile_makes() -> None:
    """With what PostgreSQL needs, its folder in a volume, its account, and its health asked at its port."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    port, state = (re.search(pattern, dockerfile) for pattern in (r"__READY_PORT=(\d+)", r"(?m)^VOLUME (\S+)$"))
    assert port is not None
    assert state is not None
    for bot in (SERVICES[name] for name in BOTS):
        (argument,) = bot["build"]["args"].items()
        assert argument == ("EXTRAS", "[postgres]")
        assert argument[1].strip("[]") in extras
        assert "ARG EXTRAS" in dockerfile
        assert "${EXTRAS}" in dockerfile
        assert f"127.0.0.1:{port[1]}/ready" in bot["healthcheck"]["test"][-1]
        assert [volume.partition(":")[2] for volume in bot["volumes"]] == [state[1]]
        assert f"USER {bot['user']}" in dockerfile
