"""What the simulated Bedrock refuses, in its words; and recorded requests, which it treats as Bedrock did."""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from penguiflow_llm_testing import Answer
from penguiflow_llm_testing._exchange import WireRequest
from penguiflow_llm_testing._personalities import BedrockPersonality, Refused

CLAUDE: Final = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
OPUS: Final = "us.anthropic.claude-opus-5"
NOVA: Final = "us.amazon.nova-lite-v1:0"
SIGNED: Final = {
    "authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261126/us-east-1/bedrock/aws4_request, "
    f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}",
    "x-amz-date": "20261126T010203Z",
}
THINK: Final = {"thinking": {"type": "enabled", "budget_tokens": 2000}}
SCHEMA: Final = {"type": "object", "properties": {}, "additionalProperties": False}


def ask(
    body: Any, *, model: str = CLAUDE, headers: Mapping[str, str] = SIGNED, path: str = "converse", method: str = "POST"
) -> tuple[int, str, str]:
    """Status, error type and message."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = WireRequest(method=method, path=f"/model/{model}/{path}", query="", headers=headers, body=data)
    try:
        reply = BedrockPersonality(seed=1).answer(request, Answer(), 1, None)
    except Refused as refused:
        reply = refused.reply
    said = dict(reply.headers)
    kind = said.get("x-amzn-errortype", "").partition(":")[0]
    return reply.status, kind, json.loads(b"".join(reply.pieces)).get("message", "") if kind else ""


def user(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(blocks) or [{"text": "hi"}]}], **more}


def said(*blocks: dict[str, Any], then: Any = None, **more: Any) -> dict[str, Any]:
    """A conversation in which the assistant said `blocks`."""
    turns = [
        {"role": "user", "content": [{"text": "q"}]},
        {"role": "assistant", "content": list(blocks)},
        {"role": "user", "content": then or [{"text": "r"}]},
    ]
    return {"messages": turns, **more}


def use(call: str = "t1", **more: Any) -> dict[str, Any]:
    return {"toolUse": {"toolUseId": call, "name": "f", "input": {}} | more}


def result(call: str = "t1", *content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"toolResult": {"toolUseId": call, "content": list(content), **more}}


def tools(*specs: dict[str, Any], **more: Any) -> dict[str, Any]:
    listed = specs or (spec("f"),)
    return {"toolConfig": {"tools": list(listed), **more}}


def spec(name: str, schema: Any = SCHEMA, **more: Any) -> dict[str, Any]:
    return {"toolSpec": {"name": name, "inputSchema": {"json": schema}, **more}}


def image(kind: str = "png", **source: Any) -> dict[str, Any]:
    return {"image": {"format": kind, "source": source or {"bytes": "AAAA"}}}


def document(name: Any = "Report", **source: Any) -> dict[str, Any]:
    return {"document": {"format": "pdf", "name": name, "source": source or {"bytes": "AAAA"}}}


def output(schema: Any) -> dict[str, Any]:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    return {"outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": text}}}}}


_TEXT: Final = {"text": "hi"}
_THOUGHT: Final = {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "A" * 80}}}

_REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (CLAUDE, {"messages": []}, "A conversation must start with a user message"),
    (CLAUDE, {"messages": [{"role": "tool", "content": [_TEXT]}]}, "satisfy enum value set: [user, assistant, system]"),
    (CLAUDE, {"messages": [{"role": "user", "content": []}]}, "The content field in the Message object at messages.0"),
    (CLAUDE, user({"text": ""}), "The text field in the ContentBlock object at messages.0.content.0 is blank"),
    (CLAUDE, user({"hologram": 1}), "must set one of the following keys: text, image"),
    (CLAUDE, user(_TEXT, image("tiff")), "satisfy enum value set: [png, jpeg, gif, webp]"),
    (CLAUDE, user(_TEXT, image(bytes="")), "have length greater than or equal to 1"),
    (CLAUDE, user(_TEXT, image(bytes="!!")), "have length greater than or equal to 1"),
    (CLAUDE, user(_TEXT, image(url="x")), "must set one of the following keys: bytes, s3Location"),
    (CLAUDE, user(_TEXT, {"image": {"format": "png"}}), "image.source' failed to satisfy constraint"),
    (CLAUDE, user(_TEXT, image(s3Location={"uri": "s3://a/b"})), "doesn't support the s3Uri field"),
    ("meta.llama3-1-8b-instruct-v1:0", user(_TEXT, {"audio": {"format": "wav", "source": {"bytes": "AAAA"}}}), "audio"),
    ("us.amazon.nova-micro-v1:0", user(_TEXT, image()), "doesn't support the image content block"),
    (CLAUDE, user(_TEXT, {"video": {"format": "mp4", "source": {"bytes": "AAAA"}}}), "the video content block"),
    (CLAUDE, user(document()), "A text block must be included"),
    (CLAUDE, user(_TEXT, document(None)), "document.name"),
    (CLAUDE, user(_TEXT, document("a/b")), "can only contain alphanumeric characters"),
    (CLAUDE, user(_TEXT, document("a  b")), "more than one consecutive whitespace"),
    (CLAUDE, user(_TEXT, document("n" * 201)), "have length less than or equal to 200"),
    (CLAUDE, user(_TEXT, {"document": "x"}), "be a structure"),
    (CLAUDE, user(_TEXT, {"cachePoint": {"type": "always"}}), "satisfy enum value set: [default]"),
    (CLAUDE, user(_TEXT, {"cachePoint": {"type": "default", "ttl": "2h"}}), "satisfy enum value set: [5m, 1h]"),
    (CLAUDE, user(use()), "must be in a message with the assistant role"),
    (CLAUDE, user(_TEXT, _THOUGHT), "must be in a message with the assistant role"),
    (CLAUDE, said(image(), **tools()), "must be in a message with the user role"),
    (CLAUDE, said(use(), **tools()), "Expected toolResult blocks at messages.2.content for the following Ids: t1"),
    (CLAUDE, said(use(), then=[result("t2")], **tools()), "for the following Ids: t1, but found: t2"),
    (CLAUDE, said(_TEXT, then=[result()], **tools()), "exceeds the number of toolUse blocks of previous turn"),
    (CLAUDE, {"messages": said(use())["messages"][:2], **tools()}, "Expected toolResult blocks at messages.2.content"),
    (CLAUDE, said(use(), then=[result()]), "The toolConfig field must be defined"),
    (CLAUDE, said(use("t 1"), then=[result("t 1")], **tools()), "[a-zA-Z0-9_.:-]+"),
    (CLAUDE, said(use(input="x"), then=[result()], **tools()), "Provide a json object for the field"),
    (CLAUDE, said(use(), then=[result("t1", status="odd")], **tools()), "satisfy enum value set: [success, error]"),
    (CLAUDE, said(use(), then=[result("t1", {"odd": 1})], **tools()), "ToolResultContentBlock object"),
    (CLAUDE, said(use(), then=[{"toolResult": {"toolUseId": "t1"}}], **tools()), "toolResult.content"),
    (CLAUDE, said({"reasoningContent": {"odd": 1}}), "must set one of the following keys: reasoningText"),
    (CLAUDE, said({"reasoningContent": {"reasoningText": {"text": "x"}}}), "thinking.signature: Field required"),
    (
        CLAUDE,
        said({"reasoningContent": {"reasoningText": {"text": "x", "signature": "short"}}}),
        "Invalid `signature` in `thinking` block",
    ),
    (CLAUDE, user(system=[{"text": ""}]), "SystemContentBlock object at system.0 is blank"),
    (CLAUDE, user(inferenceConfig={"maxTokens": 0}), "have value greater than or equal to 1"),
    (CLAUDE, user(inferenceConfig={"temperature": 1.5}), "have value less than or equal to 1"),
    (CLAUDE, user(inferenceConfig={"stopSequences": [""]}), "inferenceConfig.stopSequences"),
    (OPUS, user(inferenceConfig={"temperature": 0.5}), "temperature is deprecated for this model."),
    (CLAUDE, user(serviceTier={"type": "gold"}), "[priority, default, flex, reserved]"),
    (CLAUDE, user(performanceConfig={"latency": "none"}), "[standard, optimized]"),
    (CLAUDE, user(requestMetadata={}), "requestMetadata"),
    (CLAUDE, user(toolConfig={"tools": []}), "have length greater than or equal to 1"),
    (CLAUDE, user(**tools({"odd": 1})), "toolSpec, systemTool, cachePoint"),
    (CLAUDE, user(**tools(spec("a b"))), "[a-zA-Z0-9_-]+"),
    (CLAUDE, user(**tools({"toolSpec": {"name": "f"}})), "inputSchema.json"),
    (
        CLAUDE,
        user(**tools(spec("f", description=""))),
        "toolSpec.description",
    ),
    (
        CLAUDE,
        user(**tools(spec("f", {"type": "array"}))),
        "toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object",
    ),
    (
        CLAUDE,
        user(**tools(spec("f", {"type": "object"}, strict=True))),
        "The model returned the following errors: tools.0.custom: ",
    ),
    (
        CLAUDE,
        user(**tools(*(spec(f"f{n}", strict=True) for n in range(21)))),
        "At most 20 strict tools",
    ),
    (CLAUDE, user(**tools(spec("f"), spec("f"))), "must be unique"),
    (CLAUDE, user(**tools(toolChoice={"none": {}})), "auto, any, tool"),
    (CLAUDE, user(**tools(toolChoice={"tool": {"name": "g"}})), "Tool 'g' not found"),
    ("meta.llama3-1-8b-instruct-v1:0", user(**tools(toolChoice={"any": {}})), "toolConfig.toolChoice.any field"),
    ("meta.llama3-1-8b-instruct-v1:0", user(**tools(toolChoice={"tool": {"name": "f"}})), "toolChoice.tool field"),
    ("amazon.titan-text-express-v1", user(**tools()), "This model doesn't support tool use."),
    (NOVA, user(**output(SCHEMA)), "This model doesn't support the outputConfig field"),
    (CLAUDE, user(**output({"type": "object", "properties": {}})), "output_config.format.schema: "),
    (CLAUDE, user(**output("{half")), "is not valid JSON"),
    (
        CLAUDE,
        user(outputConfig={"textFormat": {"structure": {"jsonSchema": {"schema": SCHEMA}}}}),
        "must be a JSON string",
    ),
    (CLAUDE, user(outputConfig={"textFormat": {}}), "outputConfig.textFormat.structure"),
    (OPUS, user(outputConfig={"effort": "huge"}), "output_config.effort: Input should be 'low'"),
    (
        CLAUDE,
        user(additionalModelRequestFields={"thinking": {"type": "enabled", "budget_tokens": 10}}),
        "Input should be greater than or equal to 1024",
    ),
    (
        CLAUDE,
        user(additionalModelRequestFields=THINK, inferenceConfig={"maxTokens": 2000}),
        "`max_tokens` must be greater than `thinking.budget_tokens`",
    ),
    (
        CLAUDE,
        user(additionalModelRequestFields=THINK, **tools(toolChoice={"any": {}})),
        "Thinking may not be enabled when tool_choice forces tool use",
    ),
    (
        CLAUDE,
        user(additionalModelRequestFields=THINK, inferenceConfig={"temperature": 0.5}),
        "`temperature` may only be set to 1",
    ),
    (
        CLAUDE,
        said(use(), then=[result()], additionalModelRequestFields=THINK, **tools()),
        "Expected `thinking` or `redacted_thinking`, but found `tool_use`",
    ),
    (
        CLAUDE,
        said(_TEXT, use(), then=[result()], additionalModelRequestFields=THINK, **tools()),
        "but found `text`",
    ),
    ("anthropic.claude-sonnet-4-20250514-v1:0", user(), "with on-demand throughput isn’t supported"),
    ("us.amazon.does-not-exist", user(), "The provided model identifier is invalid."),
]


@pytest.mark.parametrize(("model", "body", "words"), _REFUSED, ids=[row[2][:50] for row in _REFUSED])
def test_refused(model: str, body: dict[str, Any], words: str) -> None:
    """As a ValidationException that says where and why."""
    status, kind, message = ask(body, model=model)
    assert (status, kind) == (400, "ValidationException")
    assert words in message


_ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    (CLAUDE, user()),
    (CLAUDE, said(use(), then=[result("t1", _TEXT, image(), status="error")], **tools())),
    (CLAUDE, said(use(), then=[result("t1", {"text": ""}, {"json": {}})], **tools())),
    (CLAUDE, said(_THOUGHT, use(), then=[result()], additionalModelRequestFields=THINK, **tools())),
    (CLAUDE, said({"reasoningContent": {"redactedContent": "AAAA"}})),
    (NOVA, user(_TEXT, {"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://a/b"}}}})),
    (CLAUDE, user(_TEXT, document(content=[_TEXT]), document("B", text="x"))),
    (CLAUDE, user(system=[_TEXT, {"guardContent": {}}, {"cachePoint": {"type": "default"}}])),
    (CLAUDE, user(**tools({"systemTool": {"name": "nova_code_interpreter"}}, {"cachePoint": {"type": "default"}}))),
    (CLAUDE, user(**output(SCHEMA))),
    (OPUS, user(outputConfig={"effort": "max"}, additionalModelRequestFields={"thinking": {"type": "adaptive"}})),
    ("tomorrow.model-v1:0", user(**tools())),
    ("arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.anthropic.claude-opus-5", user()),
]


@pytest.mark.parametrize(("model", "body"), _ACCEPTED)
def test_accepted(model: str, body: dict[str, Any]) -> None:
    """The control of the table above."""
    assert (200, "", "") == ask(body, model=model)


_UNAUTHORIZED: list[tuple[dict[str, str], str]] = [
    ({}, "MissingAuthenticationTokenException"),
    ({"authorization": "Bearer "}, "AccessDeniedException"),
    ({"authorization": "Bearer invalid-key"}, "AccessDeniedException"),
    ({"authorization": "Basic eDp5"}, "IncompleteSignatureException"),
    ({"authorization": "AWS4-HMAC-SHA256 Credential=x"}, "IncompleteSignatureException"),
    ({"authorization": SIGNED["authorization"]}, "IncompleteSignatureException"),
    ({**SIGNED, "x-amz-date": "20261127T010203Z"}, "UnrecognizedClientException"),
    ({**SIGNED, "x-amz-security-token": "t"}, "UnrecognizedClientException"),
    ({**SIGNED, "authorization": SIGNED["authorization"].replace("/bedrock/", "/s3/")}, "UnrecognizedClientException"),
    ({**SIGNED, "authorization": SIGNED["authorization"].replace("host;", "")}, "UnrecognizedClientException"),
    ({**SIGNED, "authorization": SIGNED["authorization"][:-1]}, "UnrecognizedClientException"),
]


@pytest.mark.parametrize(("headers", "kind"), _UNAUTHORIZED)
def test_who_asks(headers: dict[str, str], kind: str) -> None:
    """Shapes are checked: a credential that could be none is refused."""
    assert (403, kind) == ask(user(), headers=headers)[:2]
    assert ask(user(), headers={"authorization": "Bearer any"})[0] == 200


def test_a_signature_is_checked_when_it_comes_back() -> None:
    """One given out here belongs to its text."""
    request = user(additionalModelRequestFields=THINK)
    wire = WireRequest(
        method="POST", path=f"/model/{CLAUDE}/converse", query="", headers=SIGNED, body=json.dumps(request).encode()
    )
    reply = BedrockPersonality(seed=1).answer(wire, Answer(), 1, None)
    thought = json.loads(reply.pieces[0])["output"]["message"]["content"][0]
    assert ask(said(thought))[0] == 200
    thought["reasoningContent"]["reasoningText"]["text"] += "!"
    assert "Invalid `signature`" in ask(said(thought))[2]


@pytest.mark.parametrize(
    ("path", "method", "body", "status", "kind"),
    [
        ("invoke", "POST", user(), 404, "UnknownOperationException"),
        ("converse", "GET", user(), 404, "UnknownOperationException"),
        ("converse", "POST", b"{half", 400, "SerializationException"),
        ("converse", "POST", [], 400, "SerializationException"),
    ],
)
def test_no_such_operation(path: str, method: str, body: Any, status: int, kind: str) -> None:
    """And no such body."""
    assert (status, kind) == ask(body, path=path, method=method)[:2]


def test_a_schema_without_a_value_is_the_simulators_own_limit() -> None:
    """And says so."""
    schema = {**SCHEMA, "properties": {"a": {"type": "string", "pattern": "(?!)"}}, "required": ["a"]}
    status, kind, message = ask(user(**tools(spec("f", schema), toolChoice={"any": {}})))
    assert (status, kind) == (500, "InternalServerException")
    assert "The simulator cannot answer" in message


_ELIDED: Final = re.compile(r'"ELIDED:[^"]*"')
# A recording of a mock, which took an outputConfig for a model that has none.
_NOT_BEDROCK: Final = {"bedrock.converse-39f5822b8505"}


def _recorded(shared: Path) -> Iterator[tuple[dict[str, Any], tuple[int, str, str]]]:
    for api in ("bedrock.converse", "bedrock.converse_stream"):
        with gzip.open(shared / "recordings" / f"{api}.jsonl.gz", "rt") as lines:
            for record in map(json.loads, lines):
                body = _ELIDED.sub('"AAAA"', json.dumps(record["request"]["json"])).encode()
                model = record["request"]["path"].split("/")[2]
                yield record, ask(body, model=model)


def test_recorded_requests(shared: Path) -> None:
    """What was accepted is accepted, what was refused is refused in the same words."""
    refused, same, different = [], 0, []
    for record, (status, _, message) in _recorded(shared):
        if record["response"]["status"] == 200:
            if status != 200 and record["id"] not in _NOT_BEDROCK:
                refused.append((record["id"], message))
        elif status == record["response"]["status"] and message == json.loads(record["response"]["body"])["message"]:
            same += 1
        else:
            different.append(json.loads(record["response"]["body"])["message"][:40])
    assert refused == []
    assert same >= 13
    assert sorted(different) == UNKNOWABLE


# What only AWS's own servers can know: an expired token, a retired model, how long a prompt is too long.
UNKNOWABLE: Final = [
    "The model returned the following errors:",
    "The security token included in the reque",
    "This model version has reached the end o",
]
