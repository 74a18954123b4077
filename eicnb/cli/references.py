"""`${expression}`: a value of the notebook, referred to in a command line.

    expression = name *( "." name / "[" index "]" )
    index      = key *( "," key )
    key        = integer / quoted text / expression

There are no calls and no operators, so reading a command only looks up values and runs no code.
"""

from __future__ import annotations

import ast
import operator
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from eicnb.errors import UsageError, nearest

_LONGEST_EXPRESSION = 500
_IPYTHONS_OWN = frozenset({"In", "Out", "exit", "get_ipython", "open", "quit"})
_WHAT_WORKS = '${name}, ${name.attribute}, ${name[0]} or ${name["key"]}'


@dataclass(frozen=True, slots=True)
class Attribute:
    """`.name`"""

    name: str

    def __str__(self) -> str:
        return f".{self.name}"


Key: TypeAlias = "int | str | Reference"


@dataclass(frozen=True, slots=True)
class Index:
    """`[0]`, `["key"]`, `[another.expression]`, or several of these: `.loc[0, "key"]`"""

    key: Key | tuple[Key, ...]

    def __str__(self) -> str:
        keys = self.key if isinstance(self.key, tuple) else (self.key,)
        inside = ", ".join(key.expression if isinstance(key, Reference) else repr(key) for key in keys)
        return f"[{inside}]"

    def value(self, names: Mapping[str, Any]) -> Any:
        """Return the value in the brackets."""
        if isinstance(self.key, tuple):
            return tuple(Index(key).value(names) for key in self.key)
        return self.key.value(names) if isinstance(self.key, Reference) else self.key


@dataclass(frozen=True, slots=True)
class Reference:
    """A path to a value of the notebook.

    >>> Reference.parse('row["on_failure"]').steps
    (Index(key='on_failure'),)
    """

    name: str
    steps: tuple[Attribute | Index, ...] = ()
    scalar_only: bool = False

    @classmethod
    def parse(cls, expression: str) -> Reference:
        """Parse an expression, or raise a UsageError whose hint lists the allowed forms."""
        if len(expression) > _LONGEST_EXPRESSION:
            raise UsageError(f"the expression has {len(expression)} characters", hint=_WHAT_WORKS)
        try:
            tree = ast.parse(expression.strip(), mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            raise UsageError(f"{expression!r} is not a name", hint=_WHAT_WORKS) from error
        return _from_node(tree.body, expression)

    @property
    def expression(self) -> str:
        """The expression, in a form that `parse` accepts."""
        return self.name + "".join(map(str, self.steps))

    def __str__(self) -> str:
        return f"{{{self.name}}}" if self.scalar_only else f"${{{self.expression}}}"

    def value(self, names: Mapping[str, Any]) -> Any:
        """Look up the value; an undefined name is a UsageError that suggests the most similar one."""
        if self.name not in names:
            raise _undefined(self, names)
        value = names[self.name]
        for step in self.steps:
            value = self._follow(value, step, names)
        if self.scalar_only and not (isinstance(value, str | float) or hasattr(value, "__index__")):
            raise UsageError(
                f"{self} is {_kind(value)}, but braces take only text and numbers",
                hint=f"${{{self.expression}}}",
            )
        return value

    def text(self, names: Mapping[str, Any]) -> str:
        """Return the value as part of a longer word; it must be text, a path or a whole number."""
        value = self.value(names)
        if isinstance(value, str | os.PathLike):
            return os.fspath(value)
        if not isinstance(value, bool):
            try:
                return str(operator.index(value))
            except TypeError:
                pass
        raise UsageError(f"{self} is {_kind(value)}, which cannot be part of a word", hint="use text or a whole number")

    def _follow(self, value: Any, step: Attribute | Index, names: Mapping[str, Any]) -> Any:
        try:
            if isinstance(step, Attribute):
                return getattr(value, step.name)
            return value[step.value(names)]
        except UsageError:
            raise
        except Exception as error:
            known = _known_steps(value, step)
            meant = nearest(step.name if isinstance(step, Attribute) else str(step.key), known)
            owner = "None" if value is None else f"a value {_kind(value)}"
            raise UsageError(
                f"{self} cannot be looked up: {owner} has no {step}",
                hint=meant or ", ".join(known[:8]) or None,
            ) from error


def _from_node(node: ast.expr, expression: str) -> Reference:
    match node:
        case ast.Name(id=name):
            return Reference(name)
        case ast.Attribute(value=inner, attr=name):
            base = _from_node(inner, expression)
            return Reference(base.name, (*base.steps, Attribute(name)))
        case ast.Subscript(value=inner, slice=index):
            base = _from_node(inner, expression)
            return Reference(base.name, (*base.steps, Index(_index(index, expression))))
        case ast.Call():
            raise UsageError(
                f"{expression!r} is a call, which a command line cannot run",
                hint="call it in its own cell, then write ${name} for its result",
            )
    raise UsageError(f"{expression!r} is more than a name", hint=_WHAT_WORKS)


def _index(node: ast.expr, expression: str) -> Key | tuple[Key, ...]:
    if isinstance(node, ast.Tuple) and len(node.elts) > 1:
        return tuple(_key(element, expression) for element in node.elts)
    return _key(node, expression)


def _key(node: ast.expr, expression: str) -> Key:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | str() as key):
            return key
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as key)):
            return -key
        case _:
            return _from_node(node, expression)
    raise UsageError(f"{expression!r} is more than a name", hint=_WHAT_WORKS)


def _undefined(reference: Reference, names: Mapping[str, Any]) -> UsageError:
    name = reference.name
    own = (known for known in names if not known.startswith("_") and known not in _IPYTHONS_OWN)
    if name in os.environ:
        hint = f'read it from the environment in an earlier cell\nimport os\n{name} = os.environ["{name}"]'
    elif meant := nearest(name, own):
        hint = str(Reference(meant, reference.steps, reference.scalar_only))
    else:
        hint = f"assign it in an earlier cell: {name} = …"
    return UsageError(f"{reference} is not defined: the notebook has no name {name!r}", hint=hint)


def _known_steps(value: Any, step: Attribute | Index) -> list[str]:
    if isinstance(step, Attribute):
        return [name for name in dir(value) if not name.startswith("_")]
    return [str(key) for key in value] if isinstance(value, Mapping) else []


def _kind(value: object) -> str:
    """Describe a value by its type only, because the value may be a secret."""
    return "None" if value is None else f"of type {type(value).__name__}"
