from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from IPython.core import completer as ipythons
from IPython.core.completer import provisionalcompleter

from eicnb.cli.memory import MEMORY, Memory, known_to
from eicnb.notebook.completion import Commands, register, unregister

if TYPE_CHECKING:
    from tests.shell import Notebook

BEFORE_V2 = not hasattr(ipythons, "context_matcher")

QUEUE = "arn:aws:sqs:us-east-1:123456789012:lost-events"
ELSEWHERE = "arn:aws:sqs:eu-west-1:210987654321:lost-elsewhere"
SEEN = pd.DataFrame(
    {
        "function_name": ["my-function", "orders", "orders"],
        "qualifier": ["live", "$LATEST", "7"],
        "on_failure": [QUEUE, None, ELSEWHERE],
        "on_success": [None, "arn:aws:s3:::kept", "no ARN"],
        "region": "us-east-1",
        "account_id": "123456789012",
    }
)


@pytest.fixture
def memory() -> Memory:
    memory = Memory()
    memory.learn(SEEN)
    return memory


@pytest.fixture
def shell(notebook: Notebook, memory: Memory) -> Any:
    """Return a real shell that completes `%eic`."""
    register(notebook.shell, memory, profiles=lambda: ["dev"], regions=lambda: ["eu-west-1"])
    notebook.run("queue = 'sqs:lost-events'")
    notebook.shell.Completer.use_jedi = False
    return notebook.shell


def accepted(shell: Any, marked: str, origin: str = "eicnb") -> list[str]:
    """Return the cell after each of our candidates; `|` marks the cursor."""
    before, _, after = marked.partition("|")
    cell = before + after
    with provisionalcompleter():
        found = [one for one in shell.Completer.completions(cell, len(before)) if one._origin == origin]
    return [cell[: one.start] + one.text + cell[one.end :] for one in found]


def old_way(shell: Any, marked: str) -> list[str]:
    """Do the same through `complete`, which gets one line."""
    before, _, after = marked.partition("|")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        part, texts = shell.complete("", before + after, len(before))
    return [before[: len(before) - len(part)] + text + after for text in texts]


LINES = {
    "a verb": ("%eic upd|", "%eic update"),
    "a verb of an assignment": ("x = %eic upd|", "x = %eic update"),
    "a verb of an assignment to an item": ("frames['a=b'] = %eic upd|", "frames['a=b'] = %eic update"),
    "a function": ("%eic put my-f|", "%eic put my-function"),
    "a qualifier behind a colon": ("x = %eic get my-function:li|", "x = %eic get my-function:live"),
    "$LATEST, which IPython cuts at the dollar": ("%eic get my-function:$LA|", "%eic get my-function:$LATEST"),
    "an option": ("%eic put orders --ret|", "%eic put orders --retries"),
    "an option in the middle of a line": (
        "%eic put orders --ret| --max-age 1h",
        "%eic put orders --retries --max-age 1h",
    ),
    "a value": ("%eic put orders --max-age 6|", "%eic put orders --max-age 6h"),
    "a value behind an equals sign": ("%eic use --region=eu|", "%eic use --region=eu-west-1"),
    "a region from a result": ("%eic use --region us|", "%eic use --region us-east-1"),
    "a profile": ("%eic use --profile d|", "%eic use --profile dev"),
    "an ARN": ("%eic put f --on-failure arn:aws:sqs:us|", f"%eic put f --on-failure {QUEUE}"),
    "a destination's name": ("%eic put f --on-failure=sqs:lo|", "%eic put f --on-failure=sqs:lost-events"),
    "the shorthand's inner key": (
        "%eic put f --destination-config OnFailure={De|",
        "%eic put f --destination-config OnFailure={Destination=",
    ),
    "an ARN in the shorthand": (
        "%eic put f --destination-config OnFailure={Destination=arn:aws:sqs:us|}",
        f"%eic put f --destination-config OnFailure={{Destination={QUEUE}}}",
    ),
    "a name of the notebook": ("%eic put f --on-failure ${que|}", "%eic put f --on-failure ${queue}"),
    "a function in other letter cases": ("%eic put MY-f|", "%eic put my-function"),
    "the option of the cell": ("%%eic --o|", "%%eic --out"),
    "a verb on the cell's first line": ("%%eic --out x upd|", "%%eic --out x update"),
    "a line in a loop": ("    %eic upd|", "    %eic update"),
}
CELLS = {
    "a line in a loop of a cell": ("for f in names:\n    %eic upd|\nx = 1", "for f in names:\n    %eic update\nx = 1"),
    "the second line of a cell": ("import os\nx = %eic upd|", "import os\nx = %eic update"),
    "a continued line": ("%eic put orders \\\n    --ret|", "%eic put orders \\\n    --retries"),
    "a body": ("%%eic\nupd|", "%%eic\nupdate"),
    "a body below blank lines": ("\n\n%%eic\nupd|", "\n\n%%eic\nupdate"),
    "the body of a cell with a name": ("%%eic --out x\nget my-function:$L|", "%%eic --out x\nget my-function:$LATEST"),
    "a continued line in a body": (
        "%%eic\n# why\naws lambda put-function-event-invoke-config \\\n  --function-name ord|\nget f",
        "%%eic\n# why\naws lambda put-function-event-invoke-config \\\n  --function-name orders\nget f",
    ),
    "a line in a cell that is timed": ("%%time\n%eic upd|", "%%time\n%eic update"),
}


@pytest.mark.ipython_8_6
@pytest.mark.skipif(BEFORE_V2, reason="IPython before 8.6 completes a line")
@pytest.mark.parametrize(("marked", "expected"), [*LINES.values(), *CELLS.values()], ids=[*LINES, *CELLS])
def test_what_is_accepted_gives_the_whole_line(shell: Any, marked: str, expected: str) -> None:
    assert accepted(shell, marked) == [expected]


@pytest.mark.parametrize(("marked", "expected"), LINES.values(), ids=LINES)
def test_the_older_interface_gives_the_whole_line_first(shell: Any, marked: str, expected: str) -> None:
    assert old_way(shell, marked)[0] == expected


NOT_OURS = {
    "Python": "pri|",
    "an attribute": "eic.pu|",
    "an argument": "eic.put('my-f|",
    "the magic's own name": "%ei|",
    "the end of the magic's name": "%eic|",
    "another magic": "%timeit pu|",
    "a magic that begins alike": "%eicx pu|",
    "a string": "print('%eic pu|",
    "a comment": "# %eic pu|",
    "a shell line": "!echo %eic pu|",
    "a comparison": "x == %eic pu|",
    "another cell magic's body": "%%bash\n%eic pu|",
    "the line above": "pri|\n%eic put f",
    "the line below": "%eic put f\npri|",
    "the name that `--out` gives": "%%eic --out upd|",
    "a comment in a body": "%%eic\n# upd|",
    "nothing": "|",
}


@pytest.mark.parametrize("marked", NOT_OURS.values(), ids=NOT_OURS)
def test_other_code_is_not_completed(shell: Any, marked: str) -> None:
    assert accepted(shell, marked) == []


@pytest.mark.parametrize("marked", NOT_OURS.values(), ids=NOT_OURS)
def test_other_completions_stay_as_they_were(shell: Any, marked: str) -> None:
    ours_beside = old_way(shell, marked)
    unregister(shell)
    assert old_way(shell, marked) == ours_beside


@pytest.mark.ipython_8_6
@pytest.mark.skipif(BEFORE_V2, reason="IPython before 8.6 completes a line")
def test_others_do_not_complete_over_it(shell: Any) -> None:
    assert old_way(shell, "%eic pu|") == ["%eic put"]


@pytest.mark.ipython_8_6
@pytest.mark.skipif(BEFORE_V2, reason="IPython before 8.6 completes a line")
def test_jedi_completes_everything_else(shell: Any) -> None:
    shell.Completer.use_jedi = True
    assert "x = %eic update" in accepted(shell, "x = %eic upd|")
    assert "print" in accepted(shell, "pri|", "jedi")


def mine(shell: Any) -> int:
    """Return the number of our matchers and hooks in a shell."""
    matchers = [one for one in shell.Completer.custom_matchers if one.matcher_identifier == "eicnb"]
    return len([*matchers, *shell.strdispatchers["complete_command"].regexs])


def test_registering_again_leaves_one_and_unregistering_none(notebook: Notebook) -> None:
    unregister(notebook.shell)
    for _ in range(3):
        register(notebook.shell)
    assert mine(notebook.shell) == 1
    unregister(notebook.shell)
    unregister(notebook.shell)
    assert mine(notebook.shell) == 0


@pytest.fixture
def old_shell(shell: Any, monkeypatch: pytest.MonkeyPatch, memory: Memory) -> Any:
    """Return a shell whose IPython has no v2 matchers, as before 8.6."""
    monkeypatch.delattr("IPython.core.completer.context_matcher", raising=False)
    register(shell, memory, profiles=lambda: ["dev"], regions=lambda: ["eu-west-1"])
    assert mine(shell) == 1
    return shell


@pytest.mark.parametrize(("marked", "expected"), LINES.values(), ids=LINES)
def test_an_older_ipython_completes_a_line(old_shell: Any, marked: str, expected: str) -> None:
    assert old_way(old_shell, marked)[0] == expected


def test_unregistering_removes_the_hook_of_an_older_ipython(old_shell: Any) -> None:
    register(old_shell)
    assert mine(old_shell) == 1
    unregister(old_shell)
    assert mine(old_shell) == 0


def test_a_memory_holds_functions_qualifiers_destinations_and_regions(memory: Memory) -> None:
    known = memory.known()
    assert known.functions == ("my-function", "orders")
    assert known.qualifiers == {"my-function": ("live",), "orders": ("$LATEST", "7")}
    assert set(known.destinations) == {QUEUE, "sqs:lost-events", ELSEWHERE, "arn:aws:s3:::kept", "s3:kept"}
    assert known.regions == ("us-east-1",)


def test_a_memory_forgets_the_oldest_functions_first() -> None:
    memory = Memory(most_functions=2)
    for name in ("a", "b", "a", "c"):
        memory.learn(pd.DataFrame({"function_name": [name]}))
    assert memory.known().functions == ("a", "c")


def test_a_memory_can_be_cleared(memory: Memory) -> None:
    memory.forget()
    assert memory.known() == Memory().known()


@pytest.mark.parametrize("result", [None, 7, "text", [], {"a": 1}, pd.DataFrame({"a": [1]}), SEEN["qualifier"]])
def test_a_memory_learns_only_from_our_frames(result: object) -> None:
    memory = Memory()
    memory.learn(result)
    assert memory.known() == Memory().known()


def test_a_memory_learns_from_every_frame_of_a_list(memory: Memory) -> None:
    memory.learn([None, pd.DataFrame({"function_name": ["third"]})])
    assert memory.known().functions[-1] == "third"


def test_a_memory_learns_from_the_results_of_the_verbs(notebook: Notebook) -> None:
    memory = Memory()
    memory.learn(notebook.run("%eic functions"))
    memory.learn(notebook.run("%eic put my-function:BLUE --on-failure s3:kept"))
    known = memory.known()
    assert "my-function" in known.functions
    assert known.qualifiers["my-function"] == ("BLUE",)


def test_the_notebooks_names_are_known_but_not_ipythons(notebook: Notebook, memory: Memory) -> None:
    notebook.run("queue = 1\n_private = 2\nexit = 3")
    assert known_to(notebook.shell, memory).names == ["exit", "queue"]


ANYWHERE: dict[str, Callable[[str], tuple[str, int]]] = {
    "line": lambda text: (f"%eic {text}", 5 + len(text)),
    "assignment": lambda text: (f"x = %eic {text}", 9 + len(text)),
    "body": lambda text: (f"%%eic\n{text}", 6 + len(text)),
}


@pytest.mark.parametrize("place", ANYWHERE.values(), ids=ANYWHERE)
def test_the_cursor_in_the_commands_is_the_cursor_in_the_cell(place: Callable[[str], tuple[str, int]]) -> None:
    cell, offset = place("put f --retries")
    found = Commands.at(cell, offset)
    assert found is not None
    assert cell[found.start : found.start + found.cursor].strip() == "put f --retries"


def test_completing_sends_no_request(shell: Any, sent: Callable[[], list[str | None]]) -> None:
    before = sent()
    accepted(shell, "%eic put |")
    assert sent() == before
    assert MEMORY.known() is MEMORY.known()


def offered(shell: Any, line: str) -> list[str]:
    """Return what Tab at the end of a line offers, from every source."""
    with provisionalcompleter():
        return [one.text for one in shell.Completer.completions(line, len(line))]


@pytest.mark.ipython_8_6
@pytest.mark.skipif(BEFORE_V2, reason="IPython before 8.6 completes a line")
@pytest.mark.parametrize("use_jedi", [False, True])
@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("%eic use --profile ", ["dev"]),
        ("%eic get orders --profile=", ["dev"]),
        ("%eic audit --profiles dev,", ["dev"]),
        ("%eic use --profile z", []),
        ("%eic use --region z", []),
        ("%eic require --account ", []),
        ("%eic use --as ", []),
        ("%eic get orders --query ", []),
    ],
)
def test_only_matching_names_are_offered(shell: Any, line: str, texts: list[str], *, use_jedi: bool) -> None:
    shell.Completer.use_jedi = use_jedi
    assert offered(shell, line) == texts


@pytest.mark.ipython_8_6
@pytest.mark.skipif(BEFORE_V2, reason="IPython before 8.6 completes a line")
def test_a_file_is_offered_where_an_option_takes_one(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bundle.pem").touch()
    assert "bundle.pem" in offered(shell, "%eic use --ca-bundle bun")


@pytest.mark.ipython_8_6
@pytest.mark.skipif(BEFORE_V2, reason="IPython before 8.6 completes a line")
def test_a_terminal_shows_a_function_without_brackets(shell: Any) -> None:
    from IPython.terminal.ptutils import IPythonPTCompleter

    line = "%eic get my-f"
    with provisionalcompleter():
        found = [
            *IPythonPTCompleter(ipy_completer=shell.Completer)._get_completions(
                line, len(line), len(line), shell.Completer
            )
        ]
    assert [(one.text, one.display_text) for one in found] == [("my-function", "my-function")]
