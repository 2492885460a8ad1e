"""Placeholders: what letters and forms may use, and what each kind of letter must, found by walking the template.

What a letter takes from `form` counts as used when that form is built from it, so a letter whose name stands in
`form.full_who` has the name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, TemplateError, meta, nodes

from alerts.errors import LetterError
from alerts.letter.template import FORMS, Demands, LetterTemplate
from alerts.letter.words import LetterKind

FACTS: Final = frozenset({
    *("name", "full_name", "names", "gender", "many", "group_size", "country", "country_code", "place"),
    *("charges", "status", "execution_date", "minor", "political", "protest", "drug", "unfair_trial"),
    *("torture", "hunger_strike", "pass_on", "own_line"),
})  # fmt: skip
"""Values that forms, demands and letters may use; `form` is there for the last two, the others for letters only."""
KNOWN: Final = FACTS | {"form", "demands", "salutation"}

_ALWAYS: Final = frozenset({
    *("full_name", "place", "charges", "status", "demands", "own_line", "salutation"),
    *("political", "protest", "drug", "unfair_trial", "torture", "form.sender"),
})  # fmt: skip
REQUIRED: Final[Mapping[LetterKind, frozenset[str]]] = {
    LetterKind.SENTENCED: _ALWAYS | {"name", "pass_on"},
    LetterKind.IMMINENT: _ALWAYS | {"name", "pass_on", "execution_date"},
    LetterKind.STAYED: (_ALWAYS - {"status"}) | {"name", "pass_on", "minor"},
    LetterKind.MINOR: _ALWAYS | {"name", "pass_on"},
    LetterKind.GROUP: _ALWAYS | {"names", "pass_on", "minor", "group_size", "hunger_strike"},
    LetterKind.OWN_GOVERNMENT: _ALWAYS | {"name", "country", "minor", "hunger_strike"},
}
"""What every variant of a kind must use; what its kind itself says is not among it."""

Forms = Mapping[str, frozenset[str]]
"""What a language's forms set, and what each of them is built from."""


def read_forms(path: Path, environment: Environment) -> Forms:
    """The forms of a language; LetterError when the file is missing, does not parse or uses what there is not."""
    try:
        tree = environment.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LetterError(f"{path}: the file is missing; write the forms of this language") from error
    except (TemplateError, UnicodeDecodeError) as error:
        raise LetterError(f"{path}: {error}; correct the forms") from error
    if unknown := sorted(_given(tree) - FACTS):
        raise _unknown(path, unknown, FACTS)
    built: dict[str, frozenset[str]] = {}
    for statement in tree.body:
        names = list(statement.find_all(nodes.Name)) if not isinstance(statement, nodes.Output) else []
        sources = {name.name for name in names if name.ctx == "load"}
        made_of = sources.union(*(built.get(source, frozenset()) for source in sources))
        for name in (*_set_by(statement), *(name.name for name in names if name.ctx == "store")):
            built[name] = built.get(name, frozenset()) | made_of
    if missing := [name for name in ("sender", "salutations") if name not in built]:
        raise LetterError(f"{path}: {', '.join(missing)} must be set here")
    return built


def check_letter(
    template: LetterTemplate, kind: LetterKind, forms: Forms, environment: Environment
) -> list[str]:
    """What is wrong with the placeholders of one letter."""
    try:
        used = _used(f"{template.body}\n{template.subject}", forms, environment)
    except TemplateError as error:
        return [f"{template.path}: {error}; correct the letter"]
    problems = _strange(template.path, used, forms, KNOWN)
    if missing := sorted(REQUIRED[kind] - used):
        problems.append(f"{template.path}: the letter lacks the placeholder {', '.join(missing)}")
    return problems


def check_demands(demands: Demands, forms: Forms, environment: Environment) -> list[str]:
    """What is wrong with the placeholders of the demands."""
    problems: list[str] = []
    for demand, text in demands.texts.items():
        try:
            used = _used(text, forms, environment)
        except TemplateError as error:
            problems.append(f"{demands.path}: {demand.value}: {error}; correct the demand")
        else:
            problems += _strange(demands.path, used, forms, FACTS | {"form"})
    return problems


def _used(source: str, forms: Forms, environment: Environment) -> frozenset[str]:
    """Names that are used, `form.x` among them, and what those forms are built from."""
    tree = environment.parse(source)
    taken = {
        node.attr
        for node in tree.find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "form"
    }
    behind = frozenset[str]().union(*(forms.get(name, frozenset()) for name in taken))
    return behind & FACTS | _given(tree) | {f"form.{name}" for name in taken}


def _given(tree: nodes.Template) -> set[str]:
    """Names that must come from outside; Jinja counts one that is set in branches of a condition among them."""
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    return meta.find_undeclared_variables(tree) - own


def _strange(path: Path, used: frozenset[str], forms: Forms, known: frozenset[str]) -> list[str]:
    unknown = sorted(name for name in used if "." not in name and name not in known)
    unset = sorted(name for name in used if "." in name and name.removeprefix("form.") not in forms)
    problems = [str(_unknown(path, unknown, known))] if unknown else []
    if unset:
        problems.append(f"{path}: {', '.join(unset)} is not set in {FORMS}")
    return problems


def _unknown(path: Path, unknown: list[str], known: frozenset[str]) -> LetterError:
    return LetterError(
        f"{path}: unknown placeholder {', '.join(unknown)}; known are {', '.join(sorted(known))}"
    )


def _set_by(statement: nodes.Node) -> Iterator[str]:
    """Macros have their name in a place of its own."""
    yield from (macro.name for macro in statement.find_all(nodes.Macro))
    if isinstance(statement, nodes.Macro):
        yield statement.name
