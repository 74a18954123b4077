"""Evidence: the facts of each layer, and the reasons why others are unknown."""

from __future__ import annotations

from eicnb.fleet.checks.evidence import NO_EVIDENCE, Layer, Unreadable

QUEUES: Layer[str, int] = Layer(name="targets", meaning="", subjects=lambda _: {}, read=lambda _, __: {})


def test_facts_and_reasons_are_kept_apart() -> None:
    evidence = NO_EVIDENCE.with_layer("targets", {"a": 1, "b": Unreadable.denied("sqs:GetQueueAttributes")}, 2)
    assert evidence.of(QUEUES) == {"a": 1}
    assert evidence.unreadable(QUEUES) == {
        "b": Unreadable("sqs:GetQueueAttributes is denied", "sqs:GetQueueAttributes")
    }
    assert (evidence.get(QUEUES, "a"), evidence.get(QUEUES, "b"), evidence.get(QUEUES, "c")) == (1, None, None)
    assert evidence.requests == 2


def test_a_layer_that_was_not_read_has_no_facts() -> None:
    assert (NO_EVIDENCE.has("targets"), NO_EVIDENCE.of(QUEUES)) == (False, {})
