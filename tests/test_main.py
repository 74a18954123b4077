"""The programs of `python -m eicnb`, selected by the first argument."""

from __future__ import annotations

import pytest

from eicnb.__main__ import main

USAGE = """\
usage: eicnb PROGRAM [OPTIONS]

  eicnb sandbox  serve an embedded AWS on 127.0.0.1 until Ctrl-C
  eicnb scrub    mask account ids, names and secrets in saved notebooks

`eicnb PROGRAM --help` lists the options.
"""


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_lists_the_programs(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([option]) == 0
    assert capsys.readouterr() == (USAGE, "")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [([], USAGE), (["scrubb", "a.ipynb"], f"eicnb has no program 'scrubb'\n{USAGE}")],
)
def test_without_a_program_it_exits_with_252_and_shows_the_usage(
    arguments: list[str], error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 252
    assert capsys.readouterr() == ("", error)


def test_the_arguments_after_the_program_are_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["scrub", "--help"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("usage: python -m eicnb scrub ")
