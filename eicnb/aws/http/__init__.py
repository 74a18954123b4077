"""The asynchronous HTTP client of an audit: signing, rate limits, retries."""
