r"""Redirections and here-documents in a line written for a shell, and what to type instead.

    word     = 1*( '"' text '"' / "'" text "'" / "\" character / plain )
    here     = "<<" [ "-" ] ( marker / "'" marker "'" ) rest-of-line newline *( line newline ) marker
    here     =/ "<<<" word

Tested in tests/cli/test_shell.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WORD = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|\$\([^)]*\)|`[^`]*`|[^\s"'\\;|&<>()`])+""", re.DOTALL)
"""A word of a shell."""

_PIECE = re.compile(
    r"""(?P<single>'[^']*')|(?P<double>")|\\(?P<escaped>.)|\$env:(?P<windows>\w+)|\$\{(?P<braced>[^\W\d][\w.\[\]]*)\}|\$(?P<named>[^\W\d]\w*)
    |(?P<unknown>\$[({]|`)|(?P<plain>.)""",
    re.DOTALL | re.VERBOSE,
)
_OF_THE_SYSTEM = {"HOME", "HOSTNAME", "LOGNAME", "PWD", "TEMP", "TMP", "TMPDIR", "USER", "USERPROFILE"}
"""Variables that a shell inherits and that are not names of the notebook."""

_HERE = re.compile(
    r"""<<-?[^\S\n]*(?P<quote>['"\\]?)(?P<marker>\w+)(?:['"])?(?P<rest>[^\n]*)(?:\n(?P<text>.*))?""", re.DOTALL
)
_HERE_STRING = re.compile(r"<<<[^\S\n]*")
_FROM_STDIN = re.compile(
    r"(?P<option>--[\w-]+)[= ](?P<quote>[\"']?)(?:file://)?(?:/dev/(?:stdin|fd/0)|-)?(?P=quote)(?!\S)"
)
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class File:
    """The file of a redirection: its name as a Python expression, and the words after it."""

    name: str
    is_json: bool
    imports: tuple[str, ...] = ()
    after: str = ""

    @classmethod
    def read(cls, right: str) -> File:
        r"""Parse the text after the operator of a redirection.

        >>> File.read('"a"$b.json --debug').name
        'f"a{b}.json"'
        """
        right = right.strip().removeprefix("|").lstrip()
        found = WORD.match(right)
        rest = re.match(r"""(?:(?![0-9]?>)[^"';|&<#`\\]|"[^"]*"|'[^']*')*""", right[found.end() :]) if found else None
        words = rest[0].strip() if rest else ""
        after = f" {words}" if words else ""
        typed = found[0] if found else ""
        is_json = typed.rstrip("\"'").endswith(".json")
        name = expression(typed) if typed else None
        if name is None:
            return cls('"out.json"' if is_json or not typed else '"out.txt"', is_json or not typed, (), after)
        return cls(name, is_json, ("os",) if "os." in name else (), after)


def expression(word: str) -> str | None:
    """Return a shell word as a Python expression, or None if only a shell can compute it.

    >>> expression("out.json"), expression("$OUT"), expression("~/$name.csv"), expression("$(date).csv")
    ('"out.json"', 'OUT', 'os.path.expanduser(f"~/{name}.csv")', None)
    """
    if re.match(r"[A-Za-z]:\\", word):
        word = word.replace("\\", "/")
    pieces: list[str] = []
    names = 0
    for found in _PIECE.finditer(word):
        kind, text = found.lastgroup, found[found.lastgroup or 0]
        if kind == "unknown":
            return None
        if kind in {"windows", "braced", "named"}:
            names += 1
            is_inherited = kind == "windows" or text in _OF_THE_SYSTEM
            pieces.append(f"{{os.environ['{text}']}}" if is_inherited else f"{{{text}}}")
        elif kind != "double":
            pieces.append(_literal(text[1:-1] if kind == "single" else text))
    whole = "".join(pieces)
    if names and len(pieces) == 1:
        return whole[1:-1]
    quoted = f'f"{whole}"' if names else f'"{whole}"'.replace("{{", "{").replace("}}", "}")
    return f"os.path.expanduser({quoted})" if word.startswith("~") else quoted


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("{", "{{").replace("}", "}}")


def to_a_file(left: str, right: str, mode: str = "") -> str:
    """Return the hint for a command whose output goes to a file, appended with the mode `a`.

    >>> to_a_file("get my-function", "out.csv").splitlines()[1:]
    ['x = %eic get my-function', 'x.to_csv("out.csv")']
    >>> to_a_file("audit", "audit.parquet").splitlines()[1:]
    ['x = %eic audit', 'import eicnb', 'eicnb.save(x, "audit.parquet")']
    """
    file = File.read(right)
    left = f"{left}{file.after}".strip()
    imports = "".join(f"import {module}\n" for module in file.imports)
    if re.search(r"(?<!\S)--output\b|(?<!\S)help\b", left):
        advice = "capture what the command prints, and write it to the file in the next cell"
        return f"{advice}\n%%capture captured\n%eic {left}\n\n{imports}{_written(file.name, 'captured.stdout', mode)}"
    advice = f"keep the result and write it from Python\n{imports}x = %eic {left}\n"
    if re.search(r"(?<!\S)--query\b", left):
        return advice + _written(file.name, "str(x)", mode)
    if file.name.rstrip("\"')").endswith(".parquet") and not mode:
        return f"{advice}import eicnb\neicnb.save(x, {file.name})"
    if file.is_json:
        lines = ', orient="records", lines=True, mode="a"' if mode else ""
        return f'{advice}x.to_json({file.name}, date_format="iso"{lines})'
    append = ', mode="a"' if mode else ""
    return f"{advice}x.to_csv({file.name}{append})"


def _written(name: str, text: str, mode: str) -> str:
    """Return the Python lines that write a text to a file."""
    if mode:
        return f'with open({name}, "{mode}") as file:\n    file.write({text})'
    return f"import pathlib\npathlib.Path({name}).write_text({text})"


def from_a_file(left: str, right: str) -> str:
    """Return the hint for a command that reads a file as its standard input.

    >>> from_a_file("put --cli-input-json", "in.json").splitlines()[1]
    '%eic put --cli-input-json file://in.json'
    """
    found = WORD.match(right)
    name, after = (found[0], File.read(right).after) if found else ("NAME", "")
    left, option = _without_stdin(left)
    if option is None and left.rpartition(" ")[2].startswith("--"):
        left, _, option = left.rpartition(" ")
    which = "the" if option else "an"
    return f"name the file behind {which} option\n%eic {left} {option or '--cli-input-json'} file://{name}{after}"


def _without_stdin(left: str) -> tuple[str, str | None]:
    """Return a command without the option that reads the standard input, and that option."""
    found = _FROM_STDIN.search(left)
    if not found or not re.search(r"stdin|fd/0|-$|-[\"']$", found[0]):
        return left, None
    return " ".join(f"{left[: found.start()]} {left[found.end() :]}".split()), found["option"]


@dataclass(frozen=True, slots=True)
class HereDocument:
    """The lines that a shell would pass to the command above them, and the rest of the command's line."""

    text: str
    rest: str

    @classmethod
    def read(cls, text: str) -> HereDocument | None:
        r"""Parse a text that begins with `<<`, or return None if it is not a here-document.

        >>> HereDocument.read("<<EOF > d.json\n{}\nEOF\n")
        HereDocument(text='{}', rest='> d.json')
        """
        if string := _HERE_STRING.match(text):
            word = WORD.match(text, string.end())
            return cls(word[0].strip("'\""), "") if word else None
        found = _HERE.match(text)
        if not found:
            return None
        body, _, rest = f"\n{found['text'] or ''}\n".partition(f"\n{found['marker']}\n")
        closing = re.match(r"\)[\"']?(?P<rest>[^\n]*)", rest)
        return cls(body.strip("\n"), (closing["rest"] if closing else found["rest"]).strip())

    def hint(self, left: str, *, is_command: bool) -> str:
        r"""Return the hint for the command that would read the document.

        >>> print(HereDocument.read("<<EOF > d.json\n{}\nEOF").hint("cat", is_command=False))
        write the file in its own cell
        %%writefile d.json
        {}
        """
        text = self.text if len(self.text) <= _LONGEST else "…"
        program = left.partition(" ")[0]
        if is_command:
            return self._of_a_command(left, text)
        if found := re.search(
            rf"(?:(?P<adds>>>)|>\|?|\btee(?P<also>[ ]-a)?)\s*(?P<file>{WORD.pattern})", f"{left} {self.rest}"
        ):
            adds = "-a " if found["adds"] or found["also"] else ""
            return f"write the file in its own cell\n%%writefile {adds}{found['file']}\n{text}"
        if program.startswith("python"):
            return f"run it in its own cell\n{text}"
        if program in {"bash", "sh", "zsh"}:
            return f"run it in its own cell\n%%bash\n{text}"
        return "leave it out, or write the text into a Markdown cell"

    def _of_a_command(self, left: str, text: str) -> str:
        left = re.sub(r"(?P<option>--[\w-]+)[= ]\"?$", r"\g<option> -", left)
        left, option = _without_stdin(left)
        rest = f" {self.rest}" if self.rest else ""
        if option is None or option.startswith("--cli-input"):
            return f"write the document below the command\n%%eic {left}{rest}\n{text}"
        return f"write the document to a file first\n%%writefile d.json\n{text}\n\n%eic {left}{rest} {option} file://d.json"
