"""The options of the commands about failed events.

Tested in tests/notebook/test_records.py.
"""

from __future__ import annotations

from eicnb.cli.option import Option

SOURCE = Option(
    "", "source", "value", "SOURCE", "sqs:NAME, s3:BUCKET, s3://BUCKET/PREFIX, an ARN or ${AUDIT}", is_required=True
)
RECORDS = (
    Option("--most", "most", "integer", "N", "maximum number of records from each source; default: 1000"),
    Option("--seconds", "seconds", "number", "N", "maximum time to read each queue; default: 10"),
    Option(
        "--spend-receives",
        "spend_receives",
        "flag",
        "",
        "also read queues with a redrive policy, where each read counts as a receive",
    ),
)
PAYLOAD = Option("", "payload", "value", """'{"order": 1}'""", "event as JSON, or ${value}", is_required=True)
UNTIL_FOUND = Option(
    "--wait", "wait", "seconds", "TIME", "how long to wait for the record in the function's destinations, such as 60s"
)
RECORDS_READ = Option("", "records", "frame", "${RECORDS}", "DataFrame from `%eic records`", is_required=True)
REPLAY = (
    Option("--to", "to", "text", "NAME", "function to invoke instead of those in the records"),
    Option("--keep", "keep", "flag", "", "keep the messages of accepted events"),
    Option("--limit", "limit", "integer", "N", "maximum number of events; default: 25, or a tenth of the rows"),
    Option(
        "--canary", "canary", "integer", "N", "send N events, wait to see whether they fail again, then ask or stop"
    ),
    Option("--wait", "wait", "seconds", "TIME", "how long to wait to see whether the canary fails again; default: 60s"),
)
EVENT_OPTIONS = (*RECORDS, *REPLAY[:2])
"""The options of these commands, which the AWS CLI lacks."""
