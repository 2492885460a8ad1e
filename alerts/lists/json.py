"""JSON documents: where the rows are and what each jmespath answers there. Understands no words."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final, NoReturn

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from alerts.lists.sheet import Sheet, check_count, check_size, refusal
from alerts.lists.text import decode
from alerts.lists.watched import WatchedList

_Ask = Callable[[Any], Any]
_ABSENT: Final = object()


def read(document: bytes, watched: WatchedList) -> Sheet:
    """Read what the wanted jmespaths answer, row by row. ListError when it is not whole JSON within the bounds."""
    check_size(document, watched)
    rows = _rows(_load(document, watched), watched)
    check_count(len(rows), watched)
    asks = [_compile(path) for path in watched.wanted]
    answered = [False] * len(asks)
    records = []
    for number, row in enumerate(rows, start=1):
        record = []
        for place, ask in enumerate(asks):
            try:
                answer = ask(row)
            except JMESPathError as error:
                raise refusal(
                    watched, "wrong_shape", f"row {number}: {watched.wanted[place]!r} fails: {error}"
                ) from error
            if answer is _ABSENT:
                record.append("")
                continue
            answered[place] = True
            record.append(_text(answer, number, watched.wanted[place], watched))
        records.append(tuple(record))
    absent = frozenset(path for path, has in zip(watched.wanted, answered, strict=True) if not has)
    return Sheet(records, absent)


def _load(document: bytes, watched: WatchedList) -> Any:
    text = decode(document, watched)
    try:
        return json.loads(text, parse_constant=partial(_refuse_constant, watched))
    except json.JSONDecodeError as error:
        # A cut file fails at its very end; anything else fails where it is wrong.
        half = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string")
        raise refusal(
            watched,
            "half_a_file" if half else "not_json",
            f"line {error.lineno}, column {error.colno}: {error.msg}"
            + (". The document breaks off." if half else "."),
        ) from error
    except (RecursionError, ValueError) as error:
        raise refusal(watched, "not_json", f"the document cannot be read as JSON: {error}") from error


def _refuse_constant(watched: WatchedList, word: str) -> NoReturn:
    raise refusal(watched, "not_json", f"{word} is not JSON.")


def _rows(whole: Any, watched: WatchedList) -> list[Any]:
    try:
        rows = jmespath.search(watched.rows, whole) if watched.rows else whole
    except JMESPathError as error:
        raise refusal(watched, "wrong_shape", f"rows = {watched.rows!r} fails: {error}") from error
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        return rows
    where = f"rows = {watched.rows!r} gives" if watched.rows else "the document is"
    raise refusal(watched, "wrong_shape", f"{where} {_kind(rows)}, not a list of objects.")


def _compile(path: str) -> _Ask:
    """What a row answers to a jmespath, None for a null that is there, _ABSENT when nothing is."""
    expression = jmespath.compile(path)
    tree = expression.parsed
    if tree["type"] == "field":
        return partial(_field, tree["value"])
    return partial(_search, expression, tree)


def _field(name: str, row: dict[str, Any]) -> Any:
    return row.get(name, _ABSENT)


def _search(expression: ParsedResult, tree: dict[str, Any], row: dict[str, Any]) -> Any:
    answer = expression.search(row)
    if answer is not None:
        return answer
    if tree["type"] != "subexpression" or tree["children"][-1]["type"] != "field":
        return _ABSENT
    # jmespath gives null both for a null and for nothing: look whether the parent has the last name.
    parent = ParsedResult(expression.expression, tree["children"][0]).search(row)
    return None if isinstance(parent, dict) and tree["children"][-1]["value"] in parent else _ABSENT


def _text(answer: Any, number: int, path: str, watched: WatchedList) -> str:
    if answer is None:
        return ""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, bool):
        return "true" if answer else "false"
    if isinstance(answer, int | float):
        return str(int(answer)) if isinstance(answer, float) and answer.is_integer() else str(answer)
    if isinstance(answer, list) and not any(isinstance(part, list | dict) for part in answer):
        return "; ".join(filter(None, (_text(part, number, path, watched) for part in answer)))
    raise refusal(
        watched,
        "wrong_shape",
        f"row {number}: {path!r} gives {_kind(answer)}, not a text; name a field inside it.",
    )


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number")
