"""Functions made, changed, listed and deleted."""

import base64
import json
import os
import re

import estate
from archive import Archive
from function import Function, Settings, fresh
from keys import ACCOUNT
from refusal import Refusal

RESERVED = re.compile(r"_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|LAMBDA_.*|ACCESS_KEY(_ID)?|"
                      r"SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_(TASK_ROOT|RUNTIME_DIR)")
UNABLE = ("Lambda was unable to configure your environment variables because the environment variables you have "
          "provided")
PAGE = 50


def wrong(message):
    return Refusal("InvalidParameterValueException", message)


def arn_of(name):
    return f"arn:aws:lambda:{estate.REGION}:{ACCOUNT}:function:{name}"


def code_of(world, given, folder):
    """The archive that the request gives, by value or in S3, unpacked."""
    ways = [name for name in ("ZipFile", "S3Bucket", "ImageUri") if name in given]
    if len(ways) != 1 or ("S3Bucket" in given) != ("S3Key" in given):
        raise wrong("Please provide one source for the code: ZipFile, S3Bucket with S3Key, or ImageUri")
    if ways == ["ImageUri"]:
        raise wrong("container images are not run by this server")
    if ways == ["ZipFile"]:
        return Archive(given["ZipFile"], folder)
    path = world.object_path(given["S3Bucket"], given["S3Key"])
    if not os.path.isfile(path):
        raise wrong("Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key "
                    "does not exist.")
    with open(path, "rb") as file:
        return Archive(file.read(), folder)


def variables_of(body):
    variables = body.get("Environment", {}).get("Variables", {})
    for name in variables:
        if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]+", name):
            raise Refusal("ValidationException", f"1 validation error detected: environment variable '{name}' must "
                                                 "match [a-zA-Z]([a-zA-Z0-9_])+")
    reserved = [name for name in variables if RESERVED.fullmatch(name)]
    if reserved:
        raise wrong(f"{UNABLE} contains reserved keys that are currently not supported for modification. Reserved keys "
                    f"used in this request: {', '.join(reserved)}")
    if len(json.dumps(variables, separators=(",", ":"))) > 4096:
        raise wrong(f"{UNABLE} exceeded the 4KB limit.")
    return variables


def pass_role(asking, role):
    asking.may(role, "iam:PassRole", keys={"iam:PassedToService": "lambda.amazonaws.com"})
    if role not in asking.world.function_roles:
        raise wrong("The role defined for the function cannot be assumed by Lambda.")


def not_understood(body):
    for name in ("VpcConfig", "Layers", "TracingConfig", "LoggingConfig"):
        if body.get(name):
            raise wrong(f"{name} is not understood by this server")
    if not body.get("Runtime", "provided").startswith("provided"):
        raise wrong(f"only the runtimes provided.* are run by this server, not {body['Runtime']}")


def create_function(asking):
    body, world = asking.body, asking.world
    asking.named = body["FunctionName"]
    name, qualifier = asking.name_and_qualifier()
    if qualifier or len(name) > 64:
        raise Refusal("ValidationException", f"1 validation error detected: Value '{asking.named}' at 'functionName' "
                                             "failed to satisfy constraint: at most 64 characters, no qualifier")
    tags = body.get("Tags", {})
    keys = {**{f"aws:RequestTag/{key}": value for key, value in tags.items()}, "aws:TagKeys": list(tags)}
    asking.may(arn_of(name), keys=keys)
    if tags:
        asking.may(arn_of(name), "lambda:TagResource", keys=keys)
    pass_role(asking, body["Role"])
    not_understood(body)
    if body.get("PackageType", "Zip") != "Zip":
        raise wrong("container images are not run by this server")
    for needed in ("Handler", "Runtime"):
        if needed not in body:
            raise wrong(f"{needed} is mandatory for functions created with deployment packages in zip format")
    check_tags(tags)
    with world.lock:
        if name in world.functions:
            raise Refusal("ResourceConflictException", f"Function already exist: {name}", 409)
        settings = Settings(
            name=name, arn=arn_of(name), version="$LATEST", role=body["Role"], handler=body["Handler"],
            description=body.get("Description", ""), timeout_s=body.get("Timeout", 3),
            memory_mb=body.get("MemorySize", 128), runtime=body["Runtime"],
            architecture=body.get("Architectures", ["x86_64"])[0], variables=variables_of(body),
            storage_mb=body.get("EphemeralStorage", {}).get("Size", 512), code=None, revision="", modified="")
        made = Function(world, settings, dict(tags))
        made.latest = made.in_use = fresh(settings, code=code_of(world, body["Code"], made.code_folder()))
        world.functions[name] = made
        version = made.publish("") if body.get("Publish") else "$LATEST"
        return 201, configuration(made, version)


def check_tags(tags):
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or key.lower().startswith("aws:") or len(value) > 256:
            raise wrong(f"Tag '{key}' is not valid")
    if len(tags) > 50:
        raise wrong("at most 50 tags")


def configuration(function, version):
    settings = function.versions[version] if version != "$LATEST" else function.latest
    updating = version == "$LATEST" and function.updating()
    pending = function.state() == "Pending"
    answer = {
        "FunctionName": function.name, "FunctionArn": settings.arn if version != "$LATEST" else arn_of(function.name),
        "Runtime": settings.runtime, "Role": settings.role, "Handler": settings.handler, "CodeSize": settings.code.size,
        "Description": settings.description, "Timeout": settings.timeout_s, "MemorySize": settings.memory_mb,
        "LastModified": settings.modified, "CodeSha256": settings.code.sha256, "Version": version,
        "TracingConfig": {"Mode": "PassThrough"}, "RevisionId": settings.revision, "State": function.state(),
        "LastUpdateStatus": "InProgress" if updating else "Successful", "PackageType": "Zip",
        "Architectures": [settings.architecture], "EphemeralStorage": {"Size": settings.storage_mb}}
    if settings.variables:
        answer["Environment"] = {"Variables": settings.variables}
    if pending:
        answer.update(StateReason="The function is being created.", StateReasonCode="Creating")
    if updating:
        answer.update(LastUpdateStatusReason="The function is being updated.", LastUpdateStatusReasonCode="Updating")
    return answer


def for_change(asking, revision=None):
    """The function, where it can be changed now. Called with the lock held."""
    function, version = asking.function()
    if version != "$LATEST":
        raise wrong("Only $LATEST can be changed")
    if function.state() == "Pending":
        raise Refusal("ResourceConflictException", "The operation cannot be performed at this time. The function is "
                                                   "currently in the following state: Pending", 409)
    if function.updating():
        raise Refusal("ResourceConflictException", "The operation cannot be performed at this time. An update is in "
                                                   f"progress for resource: {arn_of(function.name)}", 409)
    if revision is not None and revision != function.latest.revision:
        raise Refusal("PreconditionFailedException", "The Revision Id provided does not match the latest Revision Id.",
                      412)
    return function


def update_code(asking):
    body = asking.body
    with asking.world.lock:
        function = for_change(asking, body.get("RevisionId"))
        code = code_of(asking.world, body, function.code_folder())
        changed = fresh(function.latest, code=code,
                        architecture=body.get("Architectures", [function.latest.architecture])[0])
        if body.get("DryRun"):
            return 200, {**configuration(function, "$LATEST"), "CodeSha256": code.sha256, "CodeSize": code.size}
        function.update(changed)
        return 200, configuration(function, function.publish("") if body.get("Publish") else "$LATEST")


def update_configuration(asking):
    body = asking.body
    with asking.world.lock:
        function = for_change(asking, body.get("RevisionId"))
        not_understood(body)
        if "Role" in body:
            pass_role(asking, body["Role"])
        names = {"Role": "role", "Handler": "handler", "Description": "description", "Timeout": "timeout_s",
                 "MemorySize": "memory_mb", "Runtime": "runtime"}
        changes = {ours: body[theirs] for theirs, ours in names.items() if theirs in body}
        if "Environment" in body:
            changes["variables"] = variables_of(body)
        if "EphemeralStorage" in body:
            changes["storage_mb"] = body["EphemeralStorage"]["Size"]
        function.update(fresh(function.latest, **changes))
        return 200, configuration(function, "$LATEST")


def publish_version(asking):
    body = asking.body
    with asking.world.lock:
        function = for_change(asking, body.get("RevisionId"))
        if body.get("CodeSha256") not in (None, function.latest.code.sha256):
            raise wrong("CodeSHA256 is different from current CodeSHA256 in $LATEST.")
        return 201, configuration(function, function.publish(body.get("Description")))


def get_function(asking):
    with asking.world.lock:
        function, version = asking.function()
        answer = {"Configuration": configuration(function, version), "Tags": function.tags,
                  "Code": {"RepositoryType": "S3", "Location": "https://awslambda-us-east-1-tasks.s3.amazonaws.com/x"}}
        if function.reserved is not None:
            answer["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved}
        return 200, answer


def get_configuration(asking):
    with asking.world.lock:
        return 200, configuration(*asking.function())


def paged(asking, items):
    """(this page, the marker of the next one or None) of the named items, in the order of their names."""
    marker = asking.query.get("Marker")
    if marker is not None:
        try:
            after = base64.b64decode(marker, validate=True).decode()
        except ValueError:
            raise wrong("Invalid marker") from None
        items = [(name, one) for name, one in items if name > after]
    most = min(asking.query.get("MaxItems", PAGE), PAGE)
    shown = items[:most]
    return [one for _, one in shown], base64.b64encode(shown[-1][0].encode()).decode() if len(items) > most else None


def list_functions(asking):
    asking.may()
    with asking.world.lock:
        items = []
        for name, one in sorted(asking.world.functions.items()):
            items.append((name, configuration(one, "$LATEST")))
            if asking.query.get("FunctionVersion") == "ALL":
                items += [(f"{name}:{int(version):09d}", configuration(one, version)) for version in one.versions]
        shown, marker = paged(asking, sorted(items, key=lambda pair: pair[0]))
    return 200, {"Functions": shown, **({"NextMarker": marker} if marker else {})}


def list_versions(asking):
    with asking.world.lock:
        function, _ = asking.function()
        items = [("", configuration(function, "$LATEST"))]
        items += [(f"{int(version):09d}", configuration(function, version)) for version in function.versions]
        shown, marker = paged(asking, items)
    return 200, {"Versions": shown, **({"NextMarker": marker} if marker else {})}


def delete_function(asking):
    with asking.world.lock:
        function, version = asking.function()
        if asking.name_and_qualifier()[1] == "$LATEST":
            raise wrong("$LATEST version cannot be deleted without deleting the function.")
        if version != "$LATEST":
            function.drop_version(version)
            return 204, None
        for held in list(function.provisioned):
            function.unprovision(held)
        for pool in function.pools.values():
            pool.retire()
        del asking.world.functions[function.name]
        asking.world.deleted_functions.append(function)
        return 204, None


def tagged(asking):
    """The function whose ARN the path holds."""
    if not asking.named.startswith("arn:"):
        raise Refusal("ValidationException", f"1 validation error detected: '{asking.named}' is not an ARN")
    return asking.function()[0]


def list_tags(asking):
    with asking.world.lock:
        return 200, {"Tags": tagged(asking).tags}


def tag_resource(asking):
    with asking.world.lock:
        check_tags(asking.body["Tags"])
        tagged(asking).tags.update(asking.body["Tags"])
        return 204, None


ACTIONS = {
    "CreateFunction": create_function, "UpdateFunctionCode": update_code,
    "UpdateFunctionConfiguration": update_configuration, "PublishVersion": publish_version,
    "GetFunction": get_function, "GetFunctionConfiguration": get_configuration, "ListFunctions": list_functions,
    "ListVersionsByFunction": list_versions, "DeleteFunction": delete_function, "ListTags": list_tags,
    "TagResource": tag_resource,
}
