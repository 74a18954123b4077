"""The five operations on event-invoke configs, with the service's rules and messages.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
"""

from __future__ import annotations

from dataclasses import replace

from eicnb.local_aws import destinations, faults, lookup, paging, validation
from eicnb.local_aws.account import LATEST, Account, Config
from eicnb.local_aws.call import Call, Reply
from eicnb.local_aws.lookup import NamedFunction
from eicnb.local_aws.validation import EventSettings


def put_config(account: Account, call: Call) -> Reply:
    """Replace a config; settings that the request leaves out are removed."""
    settings, target = _checked_change(account, call)
    config = Config(
        last_modified=_now(account),
        maximum_retry_attempts=settings.maximum_retry_attempts,
        maximum_event_age_in_seconds=settings.maximum_event_age_in_seconds,
        on_success=settings.on_success or None,
        on_failure=settings.on_failure or None,
    )
    return _store(account, call, target, config)


def update_config(account: Account, call: Call) -> Reply:
    """Change a config member by member; the destination config is replaced as a whole."""
    settings, target = _checked_change(account, call)
    config = replace(_existing(account, call, target), last_modified=_now(account))
    if settings.maximum_retry_attempts is not None:
        config = replace(config, maximum_retry_attempts=settings.maximum_retry_attempts)
    if settings.maximum_event_age_in_seconds is not None:
        config = replace(config, maximum_event_age_in_seconds=settings.maximum_event_age_in_seconds)
    if settings.has_destination_config:
        config = replace(config, on_success=settings.on_success or None, on_failure=settings.on_failure or None)
    return _store(account, call, target, config)


def get_config(account: Account, call: Call) -> Reply:
    """Return the config of one qualifier; a missing function has the same message as a missing config."""
    validation.check(call)
    target = lookup.target_of(account, call)
    config = _existing(account, call, target)
    return Reply(200, config.to_api(_qualified_arn(account, call, target)))


def delete_config(account: Account, call: Call) -> Reply:
    """Remove the config of one qualifier."""
    validation.check(call)
    target = lookup.target_of(account, call)
    _existing(account, call, target)
    del account.region(call.region).configs_of(target.name)[target.invoked]
    return Reply(204)


def list_configs(account: Account, call: Call) -> Reply:
    """Return every config of one function, whatever qualifier the request names."""
    validation.check(call)
    size = validation.page_size(call, validation.LIST_CONFIGS_ITEMS)
    function, _ = lookup.function_of(account, call)
    configs = account.region(call.region).configs_of(function.name)
    items = [configs[qualifier].to_api(f"{function.arn}:{qualifier}") for qualifier in sorted(configs, key=_order)]
    return paging.page(items, "FunctionEventInvokeConfigs", size=size, marker=call.query.get("Marker"))


def _checked_change(account: Account, call: Call) -> tuple[EventSettings, NamedFunction]:
    settings = validation.settings_of(call)
    validation.check(call, settings)
    if settings.is_empty:
        raise faults.invalid_parameter("You must specify at least one of error handling or destination setting.")
    function, target = lookup.function_of(account, call)
    destinations.check(account, function, on_success=settings.on_success, on_failure=settings.on_failure)
    return settings, target


def _existing(account: Account, call: Call, target: NamedFunction) -> Config:
    region = account.region(call.region)
    config = region.configs.get(target.name, {}).get(target.invoked)
    if config is None:
        arn = _qualified_arn(account, call, target)
        raise faults.not_found(f"The function {arn} doesn't have an EventInvokeConfig")
    return config


def _store(account: Account, call: Call, target: NamedFunction, config: Config) -> Reply:
    account.region(call.region).configs_of(target.name)[target.invoked] = config
    return Reply(200, config.to_api(_qualified_arn(account, call, target)))


def _qualified_arn(account: Account, call: Call, target: NamedFunction) -> str:
    return account.function_arn(call.region, target.name, target.invoked)


def _now(account: Account) -> float:
    return round(account.now(), 3)


def _order(qualifier: str) -> tuple[int, int, str]:
    """Return the sort key: `$LATEST`, the versions by number, the aliases by name."""
    if qualifier == LATEST:
        return (0, 0, "")
    return (1, int(qualifier), "") if qualifier.isdecimal() else (2, 0, qualifier)
