"""Lambda: invocations of functions that are real processes."""

import base64
import concurrent.futures
import re
import time

from lambda_case import ARN, LambdaCase


class Invocations(LambdaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        made = cls("test_log")
        if not [one for one in cls.server.state()["functions"] if one["name"] == "f"]:
            made.create("f", MemorySize=1769)

    def test_log(self):
        self.create("log")
        cold = self.client.invoke(FunctionName="log", LogType="Tail")
        log = base64.b64decode(cold["LogResult"]).decode()
        self.assertIn("up\nhandling None\n", log)
        report = re.search(r"REPORT RequestId: \S+\tDuration: ([\d.]+) ms\tBilled Duration: (\d+) ms\t"
                           r"Memory Size: 128 MB\tMax Memory Used: (\d+) MB\tInit Duration: ([\d.]+) ms", log)
        self.assertIsNotNone(report, log)
        duration, billed, memory, init = (float(one) for one in report.groups())
        self.assertLessEqual(duration + init, billed)
        self.assertLess(billed, duration + init + 1.1)
        self.assertGreater(memory, 1)
        warm = base64.b64decode(self.client.invoke(FunctionName="log", LogType="Tail")["LogResult"]).decode()
        self.assertNotIn("Init Duration", warm)
        self.assertNotIn("up", warm)

    def test_errors(self):
        self.assertEqual(self.invoke("f", {"do": "error"}), ({"errorType": "Own", "errorMessage": "asked for"},
                                                             "Unhandled"))
        answer, failed = self.invoke("f", {"do": "exit", "code": 3})
        self.assertEqual((answer["errorType"], failed), ("Runtime.ExitError", "Unhandled"))
        self.assertTrue(answer["errorMessage"].endswith("Runtime exited with error: exit status 3"))
        self.assertIn("signal: kill", self.invoke("f", {"do": "signal"})[0]["errorMessage"])
        self.create("short", Timeout=1)
        began = time.monotonic()
        answer, failed = self.invoke("short", {"do": "sleep", "s": 60})
        self.assertLess(time.monotonic() - began, 40)
        self.assertEqual(failed, "Unhandled")
        self.assertIn("Task timed out after 1.00 seconds", answer["errorMessage"])
        self.assertIsNone(self.invoke("f")[1])  # in a new environment

    def test_sizes(self):
        self.refused("RequestEntityTooLargeException", 413, self.invoke, "f", {"x": "y" * 6291456})
        self.assertEqual(len(self.invoke("f", {"do": "big", "bytes": 6_000_000})[0]), 6_000_000)
        answer, failed = self.invoke("f", {"do": "big", "bytes": 6_400_000})
        self.assertEqual((answer["errorType"], failed), ("Function.ResponseSizeTooLarge", "Unhandled"))
        self.refused("InvalidRequestContentException", 400, self.client.invoke, FunctionName="f", Payload=b"{no")

    def test_dry_run(self):
        before = self.known("f")["invocations"]
        answer = self.client.invoke(FunctionName="f", InvocationType="DryRun")
        self.assertEqual((answer["StatusCode"], self.known("f")["invocations"]), (204, before))

    def test_a_runtime_that_breaks_the_rules(self):
        self.create("rules")
        self.assertEqual(self.invoke("rules", {"do": "wrong"})[0], [400, 403, 403, 404])
        self.assertEqual(len(self.known("rules")["complaints"]), 4)

    def test_initialisation(self):
        self.create("i-exit", variables={"START": "exit"})
        answer, failed = self.invoke("i-exit")
        self.assertEqual((answer["errorType"], failed), ("Runtime.ExitError", "Unhandled"))
        self.create("i-once", variables={"START": "exit once"})
        self.assertIsNone(self.invoke("i-once")[1])  # the second try is within the invocation
        self.create("i-error", variables={"START": "error"})
        self.assertEqual(self.invoke("i-error")[0], {"errorType": "Init.Broken", "errorMessage": "no model"})

    def test_concurrency(self):
        self.create("busy")
        self.client.put_function_concurrency(FunctionName="busy", ReservedConcurrentExecutions=2)
        self.assertEqual(self.client.get_function_concurrency(FunctionName="busy")["ReservedConcurrentExecutions"], 2)
        with concurrent.futures.ThreadPoolExecutor(2) as threads:
            slow = [threads.submit(self.invoke, "busy", {"do": "sleep", "s": 2}) for _ in range(2)]
            self.until(lambda: self.known("busy")["in_flight"] == 2, "two in flight")
            error = self.refused("TooManyRequestsException", 429, self.invoke, "busy")
            self.assertEqual(error["Reason"], "ReservedFunctionConcurrentInvocationLimitExceeded")
            self.assertNotEqual(slow[0].result()[0]["pid"], slow[1].result()[0]["pid"])
        self.assertIsNone(self.invoke("busy")[1])
        self.client.put_function_concurrency(FunctionName="busy", ReservedConcurrentExecutions=0)
        self.refused("TooManyRequestsException", 429, self.invoke, "busy")
        self.refused("InvalidParameterValueException", 400, self.client.put_function_concurrency, FunctionName="busy",
                     ReservedConcurrentExecutions=901)
        limits = self.client.get_account_settings()["AccountLimit"]
        self.assertEqual((limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]), (1000, 1000))
        self.client.delete_function_concurrency(FunctionName="busy")
        self.server.control("quota", code="L-B99A9384", value=0)
        error = self.refused("TooManyRequestsException", 429, self.invoke, "busy")
        self.assertEqual(error["Reason"], "ConcurrentInvocationLimitExceeded")
        self.server.control("quota", code="L-B99A9384", value=1000)

    def test_provisioned(self):
        self.create("kept", Publish=True, variables={"START_S": "0.2"})
        put = self.client.put_provisioned_concurrency_config
        self.refused("InvalidParameterValueException", 400, put, FunctionName="kept", Qualifier="$LATEST",
                     ProvisionedConcurrentExecutions=1)
        named = {"FunctionName": "kept", "Qualifier": "1"}
        self.refused("ProvisionedConcurrencyConfigNotFoundException", 404,
                     self.client.get_provisioned_concurrency_config, **named)
        self.assertEqual(put(**named, ProvisionedConcurrentExecutions=2)["Status"], "IN_PROGRESS")
        self.until(lambda: self.client.get_provisioned_concurrency_config(**named)["Status"] == "READY", "ready")
        log = base64.b64decode(self.client.invoke(**named, LogType="Tail")["LogResult"]).decode()
        self.assertNotIn("Init Duration", log)
        self.assertEqual(self.known("kept")["environments_alive"], 2)
        listed = self.client.list_provisioned_concurrency_configs(FunctionName="kept")["ProvisionedConcurrencyConfigs"]
        self.assertEqual([(one["FunctionArn"], one["Status"]) for one in listed], [(ARN + "kept:1", "READY")])
        self.assertEqual(self.invoke("kept", {"do": "exit", "code": 3}, Qualifier="1")[1], "Unhandled")
        self.until(lambda: self.client.get_provisioned_concurrency_config(**named)["Status"] == "READY", "another one")
        self.client.delete_provisioned_concurrency_config(**named)
        self.until(lambda: self.known("kept")["environments_alive"] == 0, "none kept")
        bill = self.server.state()["bill"]
        kept = next(line for line in bill["provisioned"] if line["function"] == "kept")
        self.assertEqual((kept["version"], kept["environments"], kept["seconds"]), ("1", 2, 600))
        self.assertAlmostEqual(float(kept["usd"]), 600 * 128 / 1024 * 0.0000041667, 10)
        run = next(line for line in bill["functions"] if line["function"] == "kept" and line["provisioned"])
        self.assertEqual(run["requests"], 2)
        self.assertAlmostEqual(float(run["usd"]), run["mb_ms"] / 1024e3 * 0.0000097222 + 2 * 0.0000002, 10)
        self.assertEqual(len([line for line in bill["initialisations"] if line["function"] == "kept"]), 3)

    def test_provisioned_limits(self):
        put = self.client.put_provisioned_concurrency_config
        for name in ("much", "more"):
            self.create(name, Publish=True)
        self.server.control("quota", code="L-B99A9384", value=103)
        put(FunctionName="much", Qualifier="1", ProvisionedConcurrentExecutions=2)
        self.refused("InvalidParameterValueException", 400, put, FunctionName="more", Qualifier="1",
                     ProvisionedConcurrentExecutions=2)
        put(FunctionName="more", Qualifier="1", ProvisionedConcurrentExecutions=1)
        for name in ("much", "more"):
            self.client.delete_function(FunctionName=name)
        self.server.control("quota", code="L-B99A9384", value=1000)
        kept = [line for line in self.server.state()["bill"]["provisioned"] if line["function"] in ("much", "more")]
        self.assertEqual(sorted(line["seconds"] for line in kept), [300, 600])  # their end is the functions'
        self.create("tight", Publish=True)
        self.client.put_function_concurrency(FunctionName="tight", ReservedConcurrentExecutions=1)
        self.refused("InvalidParameterValueException", 400, put, FunctionName="tight", Qualifier="1",
                     ProvisionedConcurrentExecutions=2)
        self.client.delete_function(FunctionName="tight")

    def test_provisioned_that_does_not_start(self):
        self.create("never", Publish=True, variables={"START": "exit"})
        named = {"FunctionName": "never", "Qualifier": "1"}
        self.client.put_provisioned_concurrency_config(**named, ProvisionedConcurrentExecutions=1)
        self.until(lambda: self.client.get_provisioned_concurrency_config(**named)["Status"] == "FAILED", "failed")
        self.assertIn("FUNCTION_ERROR_INIT_FAILURE",
                      self.client.get_provisioned_concurrency_config(**named)["StatusReason"])

    def test_warmth(self):
        self.create("warm")
        first = self.invoke("warm")[0]["pid"]
        self.server.control("kill_function", function="warm")
        self.until(lambda: self.known("warm")["environments_alive"] == 0, "its end")
        second, failed = self.invoke("warm")
        self.assertIsNone(failed)
        self.assertNotEqual(second["pid"], first)
        self.server.control("settings", warm_s=0.1)
        third = self.invoke("warm")[0]["pid"]
        self.until(lambda: self.known("warm")["environments_alive"] == 0, "cold")
        self.assertEqual(third, second["pid"])

    def test_frozen_between_invocations(self):
        self.server.control("settings", freeze=True)
        self.create("frozen")
        first = self.invoke("frozen")[0]["pid"]

        def stopped():
            with open(f"/proc/{first}/stat", encoding="ascii") as file:
                return file.read().rpartition(")")[2].split()[0] == "T"
        self.until(stopped, "a stopped process")
        self.assertEqual(self.invoke("frozen")[0]["pid"], first)

    def test_faults(self):
        for kind, code, status in (("throttle", "TooManyRequestsException", 429),
                                   ("capacity", "TooManyRequestsException", 429), ("error", "ServiceException", 500)):
            self.server.control("fault", action="Invoke", kind=kind)
            self.refused(code, status, self.invoke, "f")
        self.server.control("fault", action="Invoke", kind="garbage")
        self.assertNotEqual(self.client.invoke(FunctionName="f")["Payload"].read()[:1], b"{")

    def test_bill(self):
        self.create("billed", MemorySize=1024)
        log = base64.b64decode(self.client.invoke(FunctionName="billed", LogType="Tail")["LogResult"]).decode()
        billed = int(re.search(r"Billed Duration: (\d+) ms", log)[1])
        line = next(one for one in self.server.state()["bill"]["functions"] if one["function"] == "billed")
        self.assertEqual((line["requests"], line["billed_ms"], line["gb_ms"]), (1, billed, str(billed)))
        self.assertAlmostEqual(float(line["usd"]), billed * 0.0000166667 / 1000 + 0.0000002, 10)
