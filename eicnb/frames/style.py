"""The style of a table in a notebook, light or dark, trusted or not, without scripts.

From a notebook that is not trusted, a front end removes `<style>` and some inline styles. The essentials are therefore
inline: a scrolling box, cells that do not wrap, and colours that suit any theme.
Tested in tests/browser/test_table.py.
"""

from __future__ import annotations

from collections.abc import Mapping

_LINE = "text-align: left; white-space: nowrap"

BOX = ' style="max-height: 600px; overflow: auto"'
CAPTION = ' style="white-space: pre-wrap; padding: 2px 0"'
CELL = f' style="{_LINE}"'
NUMBER = ' style="text-align: right; white-space: nowrap" class="eicnb-number"'
WRAPPED = ' style="text-align: left" class="eicnb-long"'


def _badge(background: str, colour: str = "#ffffff") -> str:
    return f' style="background-color: {background}; color: {colour}; padding: 1px 6px; border-radius: 3px"'


TONES: Mapping[str, str] = {
    "good": _badge("#1b6e3c"),
    "bad": _badge("#b3261e"),
    "warning": _badge("#7a4f00"),
    "neutral": _badge("#4a5568"),
    "removed": _badge("#fff3cd", "#5c3d00"),
    "quiet": ' class="eicnb-quiet"',
}
"""The colours of states, which also have signs and words. Each has its own background, so it suits any theme."""

STYLE = """<style>
.eicnb-frame {container-type: inline-size}
.eicnb-frame .eicnb-caption {font: 13px var(--jp-ui-font-family, sans-serif); overflow-wrap: anywhere}
.eicnb-frame .eicnb-box {max-height: min(70vh, 600px) !important; overflow: auto; width: fit-content; max-width: 100%;
 border: 1px solid var(--jp-border-color2, GrayText); margin: 4px 0}
.eicnb-frame table {border-collapse: separate !important; border-spacing: 0; width: max-content !important;
 table-layout: auto !important; margin: 0 !important; border: 0 !important; font-variant-numeric: tabular-nums}
.eicnb-frame td, .eicnb-frame th {text-align: left !important; white-space: nowrap !important; max-width: none;
 padding: 4px 10px !important; vertical-align: top !important}
.eicnb-frame .eicnb-number {text-align: right !important}
.eicnb-frame .eicnb-long {white-space: normal !important; min-width: 14em; max-width: 26em; overflow-wrap: anywhere}
.eicnb-frame thead th {position: sticky; top: 0; z-index: 2; background: var(--jp-layout-color2, Canvas) !important;
 border-bottom: 1px solid var(--jp-border-color2, GrayText) !important}
.eicnb-frame tbody tr {background: var(--jp-layout-color1, Canvas) !important}
.eicnb-frame tbody td, .eicnb-frame tbody th {border-bottom: 1px solid var(--jp-border-color3, transparent) !important}
.eicnb-frame tbody th {font-weight: 500}
.eicnb-frame .eicnb-quiet {color: var(--jp-ui-font-color2, GrayText)}
@container (min-width: 480px) {
.eicnb-frame tr > :first-child {position: sticky; left: 0; max-width: 45cqi; overflow-wrap: anywhere;
 white-space: normal !important; min-width: 8em}
.eicnb-frame tbody tr > :first-child {z-index: 1; background: var(--jp-layout-color1, Canvas) !important}
.eicnb-frame thead tr > :first-child {z-index: 3}
}
.jp-OutputArea:has(.eicnb-frame) .jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stdout"] pre {
 word-break: normal; overflow-wrap: break-word}
</style>"""
"""Further styles for trusted notebooks, pages of nbconvert and other front ends."""
