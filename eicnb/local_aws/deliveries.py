"""The delivery of an event's record to its destination, and of the event to the dead-letter queue.

The function's role must be allowed to write there. A failed delivery is counted, and its message is lost.
Tested in tests/local_aws/test_deliveries.py.
"""

from __future__ import annotations

import uuid

from eicnb.local_aws import destinations, invocation_record, lookup
from eicnb.local_aws.account import LATEST, Account, Function
from eicnb.local_aws.async_event import LONGEST_EVENT, AsyncEvent
from eicnb.local_aws.invocation_record import Ended
from eicnb.local_aws.moto_targets import Undeliverable


def send_record(account: Account, ended: Ended, destination: str) -> AsyncEvent | None:
    """Send the record to a destination; if that is a function, return the event that invokes it.

    Raise Undeliverable if the role may not write to the destination, or if the destination accepts no message.
    """
    kind, now = destinations.kind_of(destination), account.now()
    _check_allowed(account, ended.function, destination)
    text = invocation_record.record(ended, now)
    match kind:
        case "sqs":
            account.targets.send_message(destination, text)
        case "sns":
            account.targets.publish(destination, text)
        case "s3":
            key = invocation_record.object_key(ended.function.name, now)
            account.targets.put_object(destination, key, text)
        case "events":
            try:
                event = invocation_record.bus_event(ended, text, destination)
            except RecursionError as error:
                raise Undeliverable(destination) from error
            account.targets.put_event(destination, event, now)
        case _:
            return _event_for(account, ended, destination, text)
    return None


def send_dead_letter(account: Account, ended: Ended, target: str) -> None:
    """Send the event itself to the dead-letter queue or topic of its function."""
    _check_allowed(account, ended.function, target)
    attributes = invocation_record.dead_letter_attributes(ended)
    if destinations.kind_of(target) == "sqs":
        account.targets.send_message(target, ended.event.payload, attributes)
    else:
        account.targets.publish(target, ended.event.payload, attributes)


def _check_allowed(account: Account, function: Function, target: str) -> None:
    for action, resource in destinations.permissions(target, account.targets.key_of(target)):
        if not account.may(function.role_arn, action, resource):
            raise Undeliverable(target)


def _event_for(account: Account, ended: Ended, function_arn: str, record: str) -> AsyncEvent:
    if not lookup.exists(account, function_arn) or len(record.encode()) > LONGEST_EVENT:
        raise Undeliverable(function_arn)
    _, _, _, region, _, _, name, *qualifier = function_arn.split(":")
    return AsyncEvent(
        request_id=str(uuid.uuid4()),
        region=region,
        function_name=name,
        qualifier=qualifier[0] if qualifier else LATEST,
        payload=record,
        accepted_at=ended.at,
        turns={**ended.event.turns, ended.function.arn: ended.event.turns.get(ended.function.arn, 0) + 1},
    )
