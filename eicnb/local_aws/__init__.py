"""The embedded AWS: Lambda's event-invoke-config API on 127.0.0.1, with a small web shop's account."""
