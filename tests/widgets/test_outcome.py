"""What a form shows after Apply, and before it if the live config cannot be read."""

from __future__ import annotations

import pytest

import eicnb
from eicnb.changes.current import Live
from eicnb.model.function import FunctionRef
from eicnb.widgets.background import AtOnce
from eicnb.widgets.form import Form
from tests.answering import Answering, Seen, Step, fault
from tests.changes.lossy import Losing, writes
from tests.widgets.driver import button, field, shown

pytestmark = pytest.mark.usefixtures("keys")

DENIED = fault(403, "AccessDeniedException", "You may not read this")


class Hiding(Losing):
    """A proxy that can hide all configs."""

    is_hidden = True

    def __call__(self, request: Seen) -> Step:
        reads = request.method == "GET" and "event-invoke-config" in request.path
        return DENIED if reads and self.is_hidden else self._forward(request)


def hiding(eic: eicnb.Eic) -> Hiding:
    assert eic.server is not None
    return Hiding(eic.server.url, "cut before")


def opened(proxy: Answering, name: str = "my-function", qualifier: str = "GREEN") -> Form:
    connection, subject = eicnb.connect(region="us-east-1", endpoint_url=proxy.url)._connection, None
    subject = FunctionRef(name, qualifier)
    return Form(connection, connection.where(), subject, Live.read(connection, subject), background=AtOnce())


def test_a_config_that_cannot_be_read_can_be_overwritten(eic: eicnb.Eic) -> None:
    with Answering(hiding(eic)) as proxy:
        form = opened(proxy)
        field(form, "Maximum retry attempts").value = "0"
        assert "Ready: 4 changes. The live config could not be read: You may not read this." in shown(form)
        assert "  Maximum retry attempts  ?    0 " in form.preview.text()
        assert "  On failure              ?    none " in form.preview.text()
        button(form, "Apply 4 changes to my-function:GREEN").click()
        assert writes(proxy) == ["PUT"]
    assert form.result.maximum_retry_attempts.tolist() == [0]
    assert eic.get("my-function:GREEN").on_failure.isna().all()


def test_nothing_set_does_not_delete_a_config_that_cannot_be_read(eic: eicnb.Eic) -> None:
    with Answering(hiding(eic)) as proxy:
        form = opened(proxy)
        assert "Nothing to apply: the live config could not be read, and nothing is set." in shown(form)
        assert button(form, "Apply").disabled
        assert form.preview.commands() == {}


def test_a_config_that_can_no_longer_be_read_is_a_question(eic: eicnb.Eic) -> None:
    script = hiding(eic)
    script.is_hidden = False
    with Answering(script) as proxy:
        form = opened(proxy)
        field(form, "Maximum retry attempts").value = "0"
        script.is_hidden = True
        button(form, "Apply 1 change").click()
        assert writes(proxy) == []
        text = "The live config can&#x27;t be read now, so it may have changed since this form opened: You may not read"
        assert text in shown(form)
        assert "Nothing has been written." in shown(form)
        button(form, "Overwrite the live config: apply 4 changes").click()
        assert writes(proxy) == ["PUT"]
    after = eic.get("my-function:GREEN")
    assert (after.maximum_retry_attempts.item(), after.on_failure_type.item()) == (0, "sqs")


def test_a_config_that_can_be_read_again_is_a_question(eic: eicnb.Eic) -> None:
    script = hiding(eic)
    with Answering(script) as proxy:
        form = opened(proxy)
        field(form, "Maximum retry attempts").value = "0"
        script.is_hidden = False
        button(form, "Apply 4 changes").click()
        assert "which could not be read when this form opened, can be read now. Nothing has been written." in shown(
            form
        )
        button(form, "Load the live config into the form").click()
        assert form.preview.verdict().startswith("Nothing to apply: my-function:GREEN already has these settings.")
        assert writes(proxy) == []
