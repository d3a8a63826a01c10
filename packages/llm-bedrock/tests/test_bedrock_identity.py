"""Who asks and where, found by the real botocore in files, processes and a token service on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

from penguiflow_llm_bedrock import create
from penguiflow_llm_bedrock._options import read_settings
from penguiflow_llm_bedrock._transport._identity import Identities, Identity
from penguiflow_llm_testing import Failure, Simulator
from penguiflow_llm_types import (
    LLMAuthError,
    LLMConfigurationError,
    LLMConnectionError,
    LLMError,
    LLMMessage,
    LLMRequest,
)

REQUEST: Final = LLMRequest(model="amazon.nova-lite-v1:0", messages=(LLMMessage.user("hello"),))
PROCESS: Final = """
import json, sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
calls = Path(sys.argv[1])
calls.write_text((calls.read_text() if calls.exists() else "") + "x")
number = len(calls.read_text())
ends = datetime.now(timezone.utc) + timedelta(seconds=float(sys.argv[2]))
print(json.dumps({"Version": 1, "AccessKeyId": f"AKIAPROCESS{number:09}", "SecretAccessKey": "s", "SessionToken": "t",
                  "Expiration": ends.isoformat()}))
"""


def find(environ: dict[str, str] | None = None, **options: Any) -> Identity:
    return Identities(read_settings(None, options.pop("base_url", None), options, environ or {})).find()


@pytest.fixture
def process(aws: Path) -> Path:
    """A profile `process` whose credentials come from a program; the file that counts its runs by a letter each."""
    (aws / "process.py").write_text(PROCESS)
    return aws / "calls"


def runs(calls: Path) -> int:
    """How often the program was run."""
    return len(calls.read_text())


def _use_process(aws: Path, calls: Path, *, life_s: float) -> None:
    command = f"{sys.executable} {aws / 'process.py'} {calls} {life_s}"
    (aws / "config").write_text(f"[profile process]\nregion = eu-north-1\ncredential_process = {command}\n")


def test_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the region's endpoint, as botocore's rules have it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT00000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET-SENTINEL")
    identity = find(region="eu-central-1")
    assert identity.url == "https://bedrock-runtime.eu-central-1.amazonaws.com"
    assert identity.keys is not None
    assert (identity.keys.access_key.reveal(), identity.keys.token) == ("AKIAENVIRONMENT00000", None)
    assert "SENTINEL" not in repr(identity)


@pytest.mark.parametrize(
    ("options", "environ", "url"),
    [
        ({"use_fips": True}, {}, "https://bedrock-runtime-fips.us-east-1.amazonaws.com"),
        ({"region": "us-gov-west-1"}, {}, "https://bedrock-runtime.us-gov-west-1.amazonaws.com"),
        ({"base_url": "https://vpce.example.org/x/"}, {}, "https://vpce.example.org/x"),
        ({}, {"AWS_ENDPOINT_URL": "https://one.example.org"}, "https://one.example.org"),
        (
            {},
            {"AWS_ENDPOINT_URL": "https://one.example.org", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:9"},
            "http://127.0.0.1:9",
        ),
    ],
)
def test_endpoint(options: dict[str, Any], environ: dict[str, str], url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments, then the environment, then the region."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "s"}
    assert url == find(**{"region": "us-east-1", **keys, **options}).url


def test_an_endpoint_of_the_environment_is_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would send a session token in the clear."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://example.org")
    with pytest.raises(LLMConfigurationError, match="in the clear"):
        find(region="us-east-1", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="s")


def test_a_token_at_a_base_url_needs_nothing_else() -> None:
    """No region, no files, no boto3."""
    identities = Identities(read_settings("token", "https://gateway.example.org:8443/bedrock", {}, {}))
    identity = identities.find()
    assert (identity.host, identity.path, identity.keys) == ("gateway.example.org:8443", "/bedrock", None)
    assert identities.current() is identity


_MISSING: list[tuple[dict[str, Any], type[LLMError], str]] = [
    ({}, LLMConfigurationError, "no AWS region; pass region=... or set AWS_REGION"),
    ({"region": "us-east-1"}, LLMConfigurationError, "no credential for AWS; pass api_key=..."),
    ({"region": "us-east-1", "profile": "nobody"}, LLMConfigurationError, "AWS is not configured: ProfileNotFound"),
    ({"region": "not a region", "base_url": None}, LLMConfigurationError, "AWS is not configured: InvalidRegionError"),
]


@pytest.mark.parametrize(("options", "cls", "why"), _MISSING)
def test_what_is_missing_is_told(options: dict[str, Any], cls: type[LLMError], why: str) -> None:
    """With what to do about it, before anything is sent."""
    with pytest.raises(cls) as caught:
        find(**options)
    assert why in caught.value.message
    assert (caught.value.phase, caught.value.retryable) == ("local", False)


def test_credentials_are_renewed_before_they_end(aws: Path, process: Path) -> None:
    """A call waits for it when less than five minutes are left; what holds long is not asked for again."""
    _use_process(aws, process, life_s=60)
    identities = Identities(read_settings(None, "http://127.0.0.1:9", {"profile": "process"}, {}))
    first = identities.find()
    assert first.region == "eu-north-1"
    assert identities.current() is None
    second = identities.find()
    assert first.keys is not None
    assert second.keys is not None
    assert first.keys.access_key.reveal() != second.keys.access_key.reveal()
    _use_process(aws, process, life_s=7200)
    identities = Identities(read_settings(None, "http://127.0.0.1:9", {"profile": "process"}, {}))
    kept = identities.find()
    assert identities.current() is kept is identities.find()
    assert not identities.is_due()


async def test_a_renewal_in_good_time_keeps_nobody_waiting(aws: Path, process: Path, llm_simulator: Simulator) -> None:
    """With ten minutes left, the call goes out with what there is; the new is found beside it."""
    _use_process(aws, process, life_s=600)
    provider = create(base_url=llm_simulator.base_url("bedrock"), profile="process")
    task = asyncio.current_task()
    assert task is not None
    await provider.complete(REQUEST)
    (renewal,) = asyncio.all_tasks() - {task}
    await renewal
    await provider.aclose()
    assert runs(process) == 3  # once to load, once as botocore hands out what is due, once beside the call


def test_a_process_that_fails_is_told_as_a_credential(aws: Path) -> None:
    """Neither a crash nor something to send again."""
    (aws / "config").write_text(f"[profile broken]\nregion = us-east-1\ncredential_process = {sys.executable} -c 1/0\n")
    with pytest.raises(LLMAuthError) as caught:
        find(profile="broken", base_url="http://127.0.0.1:9")
    assert (caught.value.kind, caught.value.phase) == ("invalid", "local")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


async def test_one_search_for_many_calls(aws: Path, process: Path, llm_simulator: Simulator) -> None:
    """Twenty calls that begin at once wait for one run of the program, while the event loop goes on."""
    _use_process(aws, process, life_s=7200)
    provider = create(base_url=llm_simulator.base_url("bedrock"), profile="process")
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    responses = await asyncio.gather(*(provider.complete(REQUEST) for _ in range(20)))
    ticking.cancel()
    await provider.aclose()
    assert all(response.text for response in responses)
    assert runs(process) == 1
    assert ticks > 100


async def test_a_failed_search_is_each_calls_own_error(aws: Path) -> None:
    """The client writes attempts and costs on an error, so two calls never share one."""
    provider = create(base_url="http://127.0.0.1:9", region="us-east-1")
    errors = await asyncio.gather(*(provider.complete(REQUEST) for _ in range(3)), return_exceptions=True)
    await provider.aclose()
    assert len({id(error) for error in errors}) == 3
    assert all(isinstance(error, LLMConfigurationError) for error in errors)


async def test_a_call_cancelled_while_the_search_runs(aws: Path, process: Path, llm_simulator: Simulator) -> None:
    """It leaves at once; the search goes on for the others."""
    _use_process(aws, process, life_s=7200)
    provider = create(base_url=llm_simulator.base_url("bedrock"), profile="process")
    first, second = (asyncio.create_task(provider.complete(REQUEST)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await second).text
    await provider.aclose()
    assert runs(process) == 1


async def test_what_bedrock_says_has_expired_is_looked_for_again(
    aws: Path, process: Path, llm_simulator: Simulator
) -> None:
    """The error says to renew and try once; the next call signs with new keys."""
    _use_process(aws, process, life_s=7200)
    provider = create(base_url=llm_simulator.base_url("bedrock"), profile="process")
    expired = Failure(status=403, json={"message": "expired"}, headers=(("x-amzn-errortype", "ExpiredTokenException"),))
    llm_simulator.script(expired)
    with pytest.raises(LLMAuthError) as caught:
        await provider.complete(REQUEST)
    assert caught.value.retry_rule == "refresh"
    assert (await provider.complete(REQUEST)).text
    await provider.aclose()
    assert runs(process) == 2


ROLE: Final = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAROLE000000000000</AccessKeyId><SecretAccessKey>ROLE-SENTINEL</SecretAccessKey>
<SessionToken>TOKEN-SENTINEL</SessionToken><Expiration>{ends}</Expiration></Credentials></AssumeRoleResult>
</AssumeRoleResponse>"""


@pytest.fixture
def token_service() -> Iterator[str]:
    """An STS on loopback that lends one role."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            ends = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
            body = ROLE.format(ends=ends).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _role(aws: Path) -> None:
    (aws / "config").write_text(
        "[profile base]\naws_access_key_id = AKIABASE000000000000\naws_secret_access_key = BASE\n"
        "[profile role]\nregion = us-west-2\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\n"
    )


async def test_an_assumed_role(
    aws: Path, token_service: str, llm_simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its token is sent and signed, its region is where to sign for, and no text shows it."""
    _role(aws)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", token_service)
    provider = create(base_url=llm_simulator.base_url("bedrock"), profile="role")
    assert (await provider.complete(REQUEST)).text
    await provider.aclose()
    sent = llm_simulator.journal[0]
    assert sent.was_sent_with("TOKEN-SENTINEL")
    assert (sent.header("authorization") or "").startswith("AWS4-HMAC-SHA256")


async def test_a_token_service_that_cannot_be_reached(aws: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is the network's fault, not the credential's."""
    _role(aws)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(LLMConnectionError) as caught:
        await create(base_url="http://127.0.0.1:9", profile="role").complete(REQUEST)
    assert caught.value.retry_rule == "connect"


async def test_a_session_token_is_in_no_log(llm_simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    """Nor the prompt: nothing here writes requests into botocore's log, as its own signer does."""
    caplog.set_level(logging.DEBUG)
    keys = {
        "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key": "SECRET-SENTINEL",
        "aws_session_token": "TOKEN-SENTINEL",
    }
    provider = create(base_url=llm_simulator.base_url("bedrock"), region="us-east-1", **keys)
    await provider.complete(LLMRequest(model=REQUEST.model, messages=(LLMMessage.user("PROMPT-SENTINEL"),)))
    await provider.aclose()
    assert "SENTINEL" not in caplog.text
    assert json.loads(llm_simulator.journal[0].body)["messages"]
