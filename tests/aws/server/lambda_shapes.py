"""The JSON bodies and the query parameters of Lambda's actions."""

from shapes import Blob, Fields, Flag, Many, Number, Table, Text

TEXT = Text()
ROLE = Text(pattern=r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")
NAME = Text(1, 140, pattern=r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d:)?(\d{12}:)?(function:)?"
                            r"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?")
QUALIFIER = Text(1, 128, pattern=r"\$LATEST|[a-zA-Z0-9-_]+")
RUNTIME = Text(among=("provided.al2023", "provided.al2", "provided", "python3.9", "nodejs18.x", "java11"))
ARCHITECTURES = Many(Text(among=("x86_64", "arm64")), 1, 1)
SETTINGS = {
    "Role": ROLE, "Handler": Text(0, 128, pattern=r"[^\s]+"), "Description": Text(0, 256), "Timeout": Number(1, 900),
    "MemorySize": Number(128, 10240), "Environment": Fields({"Variables": Table(TEXT)}), "Runtime": RUNTIME,
    "EphemeralStorage": Fields({"Size": Number(512, 10240)}, ("Size",)),
    "TracingConfig": Fields({"Mode": Text(among=("Active", "PassThrough"))}), "Layers": Many(TEXT, 0, 5),
    "LoggingConfig": Fields({"LogFormat": Text(among=("JSON", "Text")), "LogGroup": TEXT,
                             "ApplicationLogLevel": TEXT, "SystemLogLevel": TEXT}),
    "VpcConfig": Fields({"SubnetIds": Many(TEXT, 0, 16), "SecurityGroupIds": Many(TEXT, 0, 5),
                         "Ipv6AllowedForDualStack": Flag()})}
CODE = {"ZipFile": Blob(), "S3Bucket": Text(3, 63), "S3Key": Text(1, 1024), "S3ObjectVersion": TEXT, "ImageUri": TEXT}
TAGS = Table(Text(0, 256))

BODIES = {
    "CreateFunction": Fields({**SETTINGS, "FunctionName": NAME, "Code": Fields(CODE), "Publish": Flag(),
                              "PackageType": Text(among=("Zip", "Image")), "Architectures": ARCHITECTURES,
                              "Tags": TAGS}, ("FunctionName", "Role", "Code")),
    "UpdateFunctionCode": Fields({**CODE, "Publish": Flag(), "DryRun": Flag(), "RevisionId": TEXT,
                                  "Architectures": ARCHITECTURES}),
    "UpdateFunctionConfiguration": Fields({**SETTINGS, "RevisionId": TEXT}),
    "PublishVersion": Fields({"CodeSha256": TEXT, "Description": Text(0, 256), "RevisionId": TEXT}),
    "PutFunctionConcurrency": Fields({"ReservedConcurrentExecutions": Number(0)}, ("ReservedConcurrentExecutions",)),
    "PutProvisionedConcurrencyConfig": Fields({"ProvisionedConcurrentExecutions": Number(1)},
                                              ("ProvisionedConcurrentExecutions",)),
    "TagResource": Fields({"Tags": TAGS}, ("Tags",)),
}
# Method, path ({} is the function's name or an ARN; a pair behind it must be in the query), action, its further query
# parameters.
QUALIFIED = {"Qualifier": QUALIFIER}
NEEDS_QUALIFIER = Fields(QUALIFIED, ("Qualifier",))
PAGED = {"Marker": TEXT, "MaxItems": Number(1, 10000)}
ROUTES = (
    ("POST", "/2015-03-31/functions", "CreateFunction", Fields({})),
    ("GET", "/2015-03-31/functions", "ListFunctions", Fields({**PAGED, "FunctionVersion": Text(among=("ALL",))})),
    ("GET", "/2015-03-31/functions/{}", "GetFunction", Fields(QUALIFIED)),
    ("GET", "/2015-03-31/functions/{}/configuration", "GetFunctionConfiguration", Fields(QUALIFIED)),
    ("PUT", "/2015-03-31/functions/{}/configuration", "UpdateFunctionConfiguration", Fields({})),
    ("PUT", "/2015-03-31/functions/{}/code", "UpdateFunctionCode", Fields({})),
    ("DELETE", "/2015-03-31/functions/{}", "DeleteFunction", Fields(QUALIFIED)),
    ("POST", "/2015-03-31/functions/{}/invocations", "Invoke", Fields(QUALIFIED)),
    ("POST", "/2015-03-31/functions/{}/versions", "PublishVersion", Fields({})),
    ("GET", "/2015-03-31/functions/{}/versions", "ListVersionsByFunction", Fields(PAGED)),
    ("PUT", "/2017-10-31/functions/{}/concurrency", "PutFunctionConcurrency", Fields({})),
    ("DELETE", "/2017-10-31/functions/{}/concurrency", "DeleteFunctionConcurrency", Fields({})),
    ("GET", "/2019-09-30/functions/{}/concurrency", "GetFunctionConcurrency", Fields({})),
    ("PUT", "/2019-09-30/functions/{}/provisioned-concurrency", "PutProvisionedConcurrencyConfig", NEEDS_QUALIFIER),
    ("GET", "/2019-09-30/functions/{}/provisioned-concurrency?List=ALL", "ListProvisionedConcurrencyConfigs",
     Fields({"Marker": TEXT, "MaxItems": Number(1, 50)})),
    ("GET", "/2019-09-30/functions/{}/provisioned-concurrency", "GetProvisionedConcurrencyConfig", NEEDS_QUALIFIER),
    ("DELETE", "/2019-09-30/functions/{}/provisioned-concurrency", "DeleteProvisionedConcurrencyConfig",
     NEEDS_QUALIFIER),
    ("GET", "/2017-03-31/tags/{}", "ListTags", Fields({})),
    ("POST", "/2017-03-31/tags/{}", "TagResource", Fields({})),
    ("GET", "/2016-08-19/account-settings", "GetAccountSettings", Fields({})),
)
