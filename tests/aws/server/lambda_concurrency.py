"""Reserved and provisioned concurrency, and the account's limits."""

import threading
import time

from function import moment
from lambda_functions import paged, wrong
from refusal import Refusal

LEFT_UNRESERVED = 100  # what Lambda keeps for functions without a reservation


def account_limit(world):
    return int(world.quotas["L-B99A9384"])


def reserved_in_all(world, but=None):
    return sum(one.reserved or 0 for one in world.functions.values() if one is not but)


def put_concurrency(asking):
    wanted, world = asking.body["ReservedConcurrentExecutions"], asking.world
    with world.lock:
        function, _ = asking.function()
        if account_limit(world) - reserved_in_all(world, function) - wanted < LEFT_UNRESERVED:
            raise wrong("Specified ReservedConcurrentExecutions for function decreases account's "
                        f"UnreservedConcurrentExecution below its minimum value of [{LEFT_UNRESERVED}].")
        function.reserved = wanted
    return 200, {"ReservedConcurrentExecutions": wanted}


def get_concurrency(asking):
    with asking.world.lock:
        function, _ = asking.function()
        return 200, {} if function.reserved is None else {"ReservedConcurrentExecutions": function.reserved}


def delete_concurrency(asking):
    with asking.world.lock:
        function, _ = asking.function()
        function.reserved = None
    return 204, None


def provisioned_answer(held):
    ready = held["ready"] >= held["wanted"]
    return {"RequestedProvisionedConcurrentExecutions": held["wanted"],
            "AvailableProvisionedConcurrentExecutions": held["ready"],
            "AllocatedProvisionedConcurrentExecutions": held["ready"],
            "Status": "FAILED" if held["failed"] else "READY" if ready else "IN_PROGRESS",
            "LastModified": held["modified"], **({"StatusReason": held["failed"]} if held["failed"] else {})}


def provisioned_in(function, but=None):
    return sum(held["wanted"] for version, held in function.provisioned.items() if version != but)


def check_room(world, function, version, wanted):
    """It must fit into the function's reservation, else into what nobody has reserved or provisioned."""
    others = provisioned_in(function, but=version)
    if function.reserved is not None:
        if others + wanted > function.reserved:
            raise wrong("Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution "
                        "for function")
        return
    others += sum(provisioned_in(one) for one in world.functions.values() if one is not function and one.reserved is None)
    if account_limit(world) - reserved_in_all(world) - others - wanted < LEFT_UNRESERVED:
        raise wrong("Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below "
                    f"its minimum value of [{LEFT_UNRESERVED}].")


def put_provisioned(asking):
    wanted, world = asking.body["ProvisionedConcurrentExecutions"], asking.world
    with world.lock:
        function, version = asking.function()
        if version == "$LATEST":
            raise wrong("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
        check_room(world, function, version, wanted)
        pool = function.pool(version)
        made = pool.provision(wanted)
        held = {"wanted": wanted, "ready": min(wanted, len(pool.provisioned) - len(made)), "failed": "",
                "modified": moment()}
        function.provisioned[version] = held
        world.meter.keep(pool.settings, wanted)
    for one in made:
        threading.Thread(target=make_ready, args=(world, pool, one, held), daemon=True).start()
    return 202, provisioned_answer({**held, "ready": 0})


def make_ready(world, pool, environment, held):
    time.sleep(world.settings.provisioned_s)
    began = time.monotonic()
    failure = environment.initialise(world.settings.init_s)
    with world.lock:
        world.meter.initialise(pool.settings, time.monotonic() - began)
        if failure is not None:
            held["failed"] = f"FUNCTION_ERROR_INIT_FAILURE: {failure.decode(errors='replace')[:200]}"
        if failure is not None or pool.retired or environment not in pool.provisioned:
            environment.end()
        else:
            held["ready"] += 1
            pool.idle.append(environment)


def replace(world, function, version, broken):
    """Another one for a provisioned environment that an invocation ended. Called with the lock held."""
    pool, held = function.pool(version), function.provisioned[version]
    held["ready"] -= 1
    pool.provisioned.remove(broken)
    for one in pool.provision(held["wanted"]):
        threading.Thread(target=make_ready, args=(world, pool, one, held), daemon=True).start()


def provisioned_of(asking):
    function, version = asking.function()
    if version not in function.provisioned:
        raise Refusal("ProvisionedConcurrencyConfigNotFoundException",
                      "No Provisioned Concurrency Config found for this function", 404)
    return function, version


def get_provisioned(asking):
    with asking.world.lock:
        function, version = provisioned_of(asking)
        return 200, provisioned_answer(function.provisioned[version])


def list_provisioned(asking):
    with asking.world.lock:
        function, _ = asking.function()
        items = [(version, {"FunctionArn": f"{function.latest.arn}:{version}", **provisioned_answer(held)})
                 for version, held in sorted(function.provisioned.items())]
        shown, marker = paged(asking, items)
    return 200, {"ProvisionedConcurrencyConfigs": shown, **({"NextMarker": marker} if marker else {})}


def delete_provisioned(asking):
    with asking.world.lock:
        function, version = provisioned_of(asking)
        function.unprovision(version)
    return 204, None


def account_settings(asking):
    asking.may()
    world = asking.world
    with world.lock:
        return 200, {
            "AccountLimit": {"TotalCodeSize": 80530636800, "CodeSizeUnzipped": 262144000, "CodeSizeZipped": 52428800,
                             "ConcurrentExecutions": account_limit(world),
                             "UnreservedConcurrentExecutions": account_limit(world) - reserved_in_all(world)},
            "AccountUsage": {"FunctionCount": len(world.functions),
                             "TotalCodeSize": sum(one.latest.code.size for one in world.functions.values())}}


ACTIONS = {
    "PutFunctionConcurrency": put_concurrency, "GetFunctionConcurrency": get_concurrency,
    "DeleteFunctionConcurrency": delete_concurrency, "PutProvisionedConcurrencyConfig": put_provisioned,
    "GetProvisionedConcurrencyConfig": get_provisioned, "DeleteProvisionedConcurrencyConfig": delete_provisioned,
    "ListProvisionedConcurrencyConfigs": list_provisioned,
    "GetAccountSettings": account_settings,
}
