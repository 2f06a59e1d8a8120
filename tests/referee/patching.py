"""Twilio's OpenAPI description, changed mechanically so that Prism can referee with it. Nothing is loosened by hand.

Four steps, each for one reason: lists in forms are sent as repeated names, which Prism takes for text unless it is
told so (stoplightio/prism#2473); Twilio's `uri` fields are relative, and its own examples with them; what is empty in
Twilio's own examples (why a conference ended that goes on, the app of a number that has none) may be empty; what is
not used makes Prism start slowly.
"""

import copy
from collections.abc import Iterator
from typing import Any

FORM = "application/x-www-form-urlencoded"
ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
IN_USE = [
    "/2010-04-01/Accounts/{Sid}.json",
    *(
        f"{ACCOUNT}/{path}.json"
        for path in (
            "Balance",
            "Calls",
            "Calls/{Sid}",
            "Calls/{CallSid}/Recordings",
            "Calls/{CallSid}/Recordings/{Sid}",
            "Conferences",
            "Conferences/{Sid}",
            "Conferences/{ConferenceSid}/Participants",
            "Conferences/{ConferenceSid}/Participants/{CallSid}",
            "Conferences/{ConferenceSid}/Recordings",
            "Conferences/{ConferenceSid}/Recordings/{Sid}",
            "IncomingPhoneNumbers",
            "IncomingPhoneNumbers/{Sid}",
            "Messages",
            "Messages/{Sid}",
            "Queues",
            "Queues/{Sid}",
            "Queues/{QueueSid}/Members",
            "Queues/{QueueSid}/Members/{CallSid}",
            "Recordings",
            "Recordings/{Sid}",
        )
    ),
]


def patched(spec: dict[str, Any]) -> dict[str, Any]:
    """A copy that Prism understands. KeyError when Twilio no longer describes a path that we use."""
    made = copy.deepcopy({**spec, "paths": {path: spec["paths"][path] for path in IN_USE}})
    for operation in _operations(made):
        _say_how_lists_are_sent(operation)
        _allow_what_examples_leave_empty(operation, made["components"]["schemas"])
    _drop_uri_formats(made["paths"])
    _keep_named_schemas(made)
    return made


def _operations(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in spec["paths"].values():
        yield from (value for key, value in item.items() if key in {"get", "post", "put", "delete"})


def _say_how_lists_are_sent(operation: dict[str, Any]) -> None:
    form = operation.get("requestBody", {}).get("content", {}).get(FORM)
    if form is None:
        return
    properties = form["schema"].get("properties", {})
    lists = [name for name, schema in properties.items() if schema.get("type") == "array"]
    form["encoding"] = {**form.get("encoding", {}), **{name: {"style": "form", "explode": True} for name in lists}}


def _allow_what_examples_leave_empty(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    for answer in operation["responses"].values():
        for content in answer.get("content", {}).values():
            for example in content.get("examples", {}).values():
                _allow_emptiness(content["schema"], example["value"], schemas)


def _allow_emptiness(schema: dict[str, Any], value: object, schemas: dict[str, Any]) -> None:
    named = schemas[_name(schema["$ref"])] if "$ref" in schema else schema
    if value is None and named is not schema:  # others say for themselves that they may be null
        named["nullable"] = True
        named["enum"] = [*(one for one in named.get("enum", []) if one is not None), None]
    elif value == "" and "^$|" not in named.get("pattern", "^$|"):
        named["pattern"], named["minLength"] = f"^$|{named['pattern']}", 0
    elif isinstance(value, dict):
        for name in value.keys() & named.get("properties", {}).keys():
            _allow_emptiness(named["properties"][name], value[name], schemas)
    elif isinstance(value, list):
        for one in value:
            _allow_emptiness(named.get("items", {}), one, schemas)


def _keep_named_schemas(spec: dict[str, Any]) -> None:
    """The schemas that the paths name, and those that these name; their formats are answers' formats."""
    all_schemas, wanted = spec["components"]["schemas"], set[str]()
    new = set(_references(spec["paths"]))
    while new:
        wanted |= new
        new = {name for found in new for name in _references(all_schemas[found])} - wanted
    spec["components"]["schemas"] = {name: all_schemas[name] for name in sorted(wanted)}
    _drop_uri_formats(spec["components"]["schemas"])


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str):
            yield _name(reference)
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _name(reference: str) -> str:
    return reference.removeprefix("#/components/schemas/")


def _drop_uri_formats(node: object) -> None:
    """In answers alone: a callback address of ours that is none is still a mistake."""
    if isinstance(node, dict):
        if node.get("format") == "uri":
            del node["format"]
        for name, value in node.items():
            if name != "requestBody":
                _drop_uri_formats(value)
    elif isinstance(node, list):
        for value in node:
            _drop_uri_formats(value)
