from __future__ import annotations

import copy
import json
from typing import Any

import nbformat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eicnb.redaction.masks import Masks
from eicnb.redaction.search import highest_mask
from eicnb.scrub.cleaning import Cleaning
from tests.scrub.conftest import code, notebook_of, shown, stream

ONE, OTHER = "123456789012", "210987654321"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEY = "AKIAIOSFODNN7EXAMPLE"
WIDGETS = "application/vnd.jupyter.widget-state+json"


def cleaned(notebook: dict[str, Any], *names: str) -> tuple[dict[str, Any], list[str]]:
    """Return the cleaned notebook, which is valid, and the report's lines; the original is unchanged."""
    before, text = copy.deepcopy(notebook), json.dumps(notebook)
    cleaning = Cleaning(Masks(after=highest_mask(text)), names)
    clean = cleaning.cleaned(notebook)
    assert notebook == before
    nbformat.validate(nbformat.from_dict(clean))
    return clean, list(cleaning.report.lines())


PLACES = [
    (
        code(stream(f"in {ONE}\n", f"and {OTHER} é\n")),
        code(stream("in ACCOUNT-0001\n", "and ACCOUNT-0002 é\n")),
        ["cell 1, output: 2 account ids"],
    ),
    (
        code({"output_type": "stream", "name": "stderr", "text": f"in {ONE}"}),
        code({"output_type": "stream", "name": "stderr", "text": "in ACCOUNT-0001"}),
        ["cell 1, output: 1 account id"],
    ),
    (
        code(shown(text_plain=[f"'{ONE}'"], text_html=[f"<td>{ONE}</td>\n", "<td>acme</td>"])),
        code(shown(text_plain=["'ACCOUNT-0001'"], text_html=["<td>ACCOUNT-0001</td>\n", "<td>NAME-0001</td>"])),
        ["cell 1, output: 2 account ids, 1 listed name"],
    ),
    (
        code(shown(application_json={"account": int(ONE), ONE: [True, None, 1.5, {"SecretAccessKey": SECRET}]})),
        code(
            shown(
                application_json={
                    "account": 1,
                    "ACCOUNT-0001": [True, None, 1.5, {"SecretAccessKey": "SECRET-0001"}],
                }
            )
        ),
        ["cell 1, output: 2 account ids, 1 secret key"],
    ),
    (
        code(shown(application_json=[float(ONE), int(ONE), 123456789012.5, 0.5, 7.0, 1e30, True])),
        code(shown(application_json=[float(ONE), int(ONE), 123456789012.5, 0.5, 7.0, 1e30, True])),
        [],
    ),
    (
        code(shown(text_html=f"<td>{ONE}.0</td>")),
        code(shown(text_html="<td>ACCOUNT-0001</td>")),
        ["cell 1, output: 1 account id"],
    ),
    (
        code(shown(application_geo__json={"aws_session_token": "x" * 20})),
        code(shown(application_geo__json={"aws_session_token": "TOKEN-0001"})),
        ["cell 1, output: 1 session token"],
    ),
    (
        code(
            {
                "output_type": "error",
                "ename": "NotFound",
                "evalue": f"no {ONE}",
                "traceback": [f"a {ONE}", "/home/jane/b"],
            }
        ),
        code(
            {
                "output_type": "error",
                "ename": "NotFound",
                "evalue": "no ACCOUNT-0001",
                "traceback": ["a ACCOUNT-0001", "/home/USER-0001/b"],
            }
        ),
        ["cell 1, output: 2 account ids, 1 user in a path"],
    ),
    (
        code(metadata={"papermill": {"exception": f"in {ONE}", "duration": 0.123456789012}}),
        code(metadata={"papermill": {"exception": "in ACCOUNT-0001", "duration": 0.123456789012}}),
        ["cell 1, metadata: 1 account id"],
    ),
    (
        code(shown(image_png="iVBORw0KGgo=\n", text_plain="<Figure>")),
        code(shown(image_png="iVBORw0KGgo=\n", text_plain="<Figure>")),
        ["cell 1, output: 1 picture not searched"],
    ),
    (
        code(shown(application_pdf="JVBERi0=", image_svg__xml=[f"<text>{ONE}</text>"])),
        code(shown(application_pdf="JVBERi0=", image_svg__xml=["<text>ACCOUNT-0001</text>"])),
        ["cell 1, output: 1 account id", "cell 1, output: 1 application/pdf file not searched"],
    ),
    (
        code(shown(text_html=f'<img src="data:image/png;base64,{ONE}AAAA"> {ONE}')),
        code(shown(text_html=f'<img src="data:image/png;base64,{ONE}AAAA"> ACCOUNT-0001')),
        ["cell 1, output: 1 account id", "cell 1, output: 1 picture not searched"],
    ),
    (
        code(source=f"%eic get {ONE}:acme\nkey = '{KEY}'"),
        code(source=f"%eic get {ONE}:acme\nkey = '{KEY}'"),
        ["cell 1, source: 1 account id, 1 listed name, 1 access key id (left: edit the cell)"],
    ),
    (
        {
            "cell_type": "markdown",
            "id": "b",
            "metadata": {"owner": "acme"},
            "source": "![x](attachment:x.png)",
            "attachments": {"x.png": {"image/png": "iVBORw0KGgo="}},
        },
        {
            "cell_type": "markdown",
            "id": "b",
            "metadata": {"owner": "NAME-0001"},
            "source": "![x](attachment:x.png)",
            "attachments": {"x.png": {"image/png": "iVBORw0KGgo="}},
        },
        ["cell 1, metadata: 1 listed name", "cell 1, attachment: 1 picture not searched"],
    ),
    (
        {
            "cell_type": "markdown",
            "id": "b",
            "metadata": {},
            "source": f"![x](attachment:{ONE}.png)",
            "attachments": {f"{ONE}.png": {"image/png": "iVBORw0KGgo=", "text/plain": ONE}},
        },
        {
            "cell_type": "markdown",
            "id": "b",
            "metadata": {},
            "source": f"![x](attachment:{ONE}.png)",
            "attachments": {f"{ONE}.png": {"image/png": "iVBORw0KGgo=", "text/plain": "ACCOUNT-0001"}},
        },
        [
            "cell 1, source: 2 account ids (left: edit the cell)",
            "cell 1, attachment: 1 account id",
            "cell 1, attachment: 1 picture not searched",
        ],
    ),
    (
        {"cell_type": "raw", "id": "c", "metadata": {}, "source": [f"{ONE}"]},
        {"cell_type": "raw", "id": "c", "metadata": {}, "source": [f"{ONE}"]},
        ["cell 1, source: 1 account id (left: edit the cell)"],
    ),
]


@pytest.mark.parametrize(("before", "after", "lines"), PLACES)
def test_every_part_of_a_cell_is_searched(before: dict[str, Any], after: dict[str, Any], lines: list[str]) -> None:
    assert cleaned(notebook_of(before), "acme") == (notebook_of({**after, "id": before["id"]}), lines)


def test_the_notebooks_metadata_is_cleaned() -> None:
    state = {"a1": {"model_name": "TextModel", "state": {"value": f"arn:aws:sqs:us-east-1:{ONE}:q"}}}
    buffers = {
        "b2": {
            "model_name": "ImageModel",
            "state": {},
            "buffers": [{"encoding": "base64", "path": ["value"], "data": ONE}],
        }
    }
    before = notebook_of(
        papermill={"parameters": {"account": int(ONE), "aws_secret_access_key": SECRET}, "input_path": "/home/jane/x"},
        widgets={WIDGETS: {"state": {**state, **buffers}, "version_major": 2, "version_minor": 0}},
        kernelspec={"name": "python3", "display_name": "Python 3", "language": "python"},
    )
    after, lines = cleaned(before)
    assert after["metadata"]["papermill"] == {
        "parameters": {"account": 1, "aws_secret_access_key": "SECRET-0001"},
        "input_path": "/home/USER-0001/x",
    }
    clean = after["metadata"]["widgets"][WIDGETS]["state"]
    assert clean["a1"]["state"] == {"value": "arn:aws:sqs:us-east-1:ACCOUNT-0001:q"}
    assert clean["b2"] == buffers["b2"]
    assert after["metadata"]["kernelspec"] == before["metadata"]["kernelspec"]
    assert lines == [
        "notebook, metadata: 1 secret key, 1 user in a path, 2 account ids",
        "notebook, metadata: 1 widget buffer not searched",
    ]


def test_the_same_account_has_the_same_mask_in_all_cells_so_that_frames_join() -> None:
    first, second = code(stream(f"{ONE}\n", OTHER)), code(stream(f"{OTHER}\n", ONE))
    after, _ = cleaned(notebook_of(first, second, run={"account": ONE}))
    assert [cell["outputs"][0]["text"] for cell in after["cells"]] == [
        ["ACCOUNT-0001\n", "ACCOUNT-0002"],
        ["ACCOUNT-0002\n", "ACCOUNT-0001"],
    ]
    assert after["metadata"] == {"run": {"account": "ACCOUNT-0001"}}


NUMBERS = [
    (
        "application/json",
        {"bytes": 137438953472, "of": {"AccountId": int(ONE)}},
        {"bytes": 137438953472, "of": {"AccountId": 1}},
    ),
    ("application/json", {"account_ids": [int(ONE), float(OTHER)]}, {"account_ids": [1, 2.0]}),
    ("application/json", {"account_balance": int(ONE)}, {"account_balance": int(ONE)}),
    ("application/json", {"x": [f"of {ONE}", int(ONE), int(OTHER)]}, {"x": ["of ACCOUNT-0001", 1, int(OTHER)]}),
    ("application/geo+json", {"coordinates": [-18403.123456789012, 1.123456789012e-05]}, None),
    ("application/vnd.vegalite.v5+json", {"datasets": {"d": [{"a": 137438953472, "b": -0.123456789012}]}}, None),
    ("application/vnd.plotly.v1+json", {"data": [{"y": {"dtype": "f8", "bdata": "AAAAIF+gAkI123456789012="}}]}, None),
    ("application/vnd.plotly.v1+json", {"data": [{"x": [137438953472], "y": [1]}]}, None),
    (WIDGETS, {"state": {"a1": {"state": {"value": 137438953472, "max": 1e12}}}}, None),
    ("application/vnd.jupyter.widget-view+json", {"model_id": "12345678901234567890123456789012"}, None),
    ("application/javascript", "plot({x: [137438953472], y: 1})", None),
    ("application/javascript", f"plot('in {ONE}')", "plot('in ACCOUNT-0001')"),
    ("text/html", "<script>plot([1, 137438953472])</script>", None),
    (
        "text/html",
        f"<script>x = {{a: '{ONE}'}}</script> {OTHER}",
        "<script>x = {a: 'ACCOUNT-0001'}</script> ACCOUNT-0002",
    ),
]


@pytest.mark.parametrize(("kind", "before", "after"), NUMBERS)
def test_json_and_scripts_stay_valid_for_their_viewer(kind: str, before: Any, after: Any) -> None:
    output = {"output_type": "display_data", "metadata": {}, "data": {kind: before}}
    clean, _ = cleaned(notebook_of(code(output)))
    assert clean["cells"][0]["outputs"][0]["data"] == {kind: before if after is None else after}
    assert cleaned(clean) == (clean, cleaned(clean)[1])


def test_a_number_is_an_account_id_where_the_notebook_writes_it_as_text_further_down() -> None:
    after, lines = cleaned(notebook_of(code(shown(application_json=[int(ONE)])), code(stream(f"in {ONE}\n"))))
    assert after["cells"][0]["outputs"][0]["data"]["application/json"] == [1]
    assert lines == ["cell 1, output: 1 account id", "cell 2, output: 1 account id"]


def test_existing_masks_are_not_reused_for_another_account() -> None:
    after, _ = cleaned(notebook_of(code(stream("ACCOUNT-0001\n", f"{ONE}\n"))))
    assert after["cells"][0]["outputs"][0]["text"] == ["ACCOUNT-0001\n", "ACCOUNT-0002\n"]


def test_a_notebook_without_outputs_is_clean() -> None:
    empty = notebook_of(code(), {"cell_type": "markdown", "id": "b", "metadata": {}, "source": []})
    assert cleaned(empty) == (empty, [])
    assert cleaned(notebook_of()) == (notebook_of(), [])


texts = st.lists(
    st.one_of(
        st.sampled_from(
            [ONE, OTHER, KEY, SECRET, "acme", "ACME-orders", "/home/jane", "ACCOUNT-0007", "abc", "f" * 12]
        ),
        st.from_regex("[0-9]{12}", fullmatch=True),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    ),
    max_size=8,
).map("".join)
values = st.recursive(
    st.one_of(
        texts,
        st.integers(0, 10**13),
        st.integers(0, 10**13).map(float),
        st.floats(allow_nan=False),
        st.booleans(),
        st.none(),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(texts, st.lists(texts, max_size=3), values)
@example("", [], {"123456789012": 100000000000})
def test_a_second_cleaning_finds_nothing(text: str, lines: list[str], value: Any) -> None:
    before = notebook_of(code(stream(*lines), shown(text_plain=text, application_json=value)), its={"own": value})
    after, _ = cleaned(before, "acme")
    assert cleaned(after, "acme") == (after, [])


@settings(deadline=None)
@given(
    st.lists(st.from_regex("[0-9]{12}", fullmatch=True), min_size=1, max_size=5),
    st.text(st.sampled_from(" :/-_ax\n"), max_size=5),
)
def test_no_account_id_survives_in_outputs_or_metadata(ids: list[str], between: str) -> None:
    text = f" {between} ".join(ids)
    after, _ = cleaned(notebook_of(code(stream(text), shown(text_html=text)), its={"own": [text]}))
    assert not [one for one in ids if one in json.dumps(after)]
