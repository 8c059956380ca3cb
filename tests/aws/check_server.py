"""The test server of this folder, driven by botocore's clients: what it should take, and what it must refuse."""

import os
import sys
import unittest

import with_botocore  # noqa: F401

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "server_checks"))
import auth_checks  # noqa: E402
import ec2_checks  # noqa: E402
import fault_checks  # noqa: E402
import function_checks  # noqa: E402
import instance_checks  # noqa: E402
import invocation_checks  # noqa: E402
import other_checks  # noqa: E402
import shape_checks  # noqa: E402
import sign_checks  # noqa: E402

CHECKS = (sign_checks, auth_checks, ec2_checks, instance_checks, fault_checks, function_checks,
          invocation_checks, other_checks, shape_checks)


def load_tests(loader, _tests, _pattern):
    return unittest.TestSuite(loader.loadTestsFromModule(module) for module in CHECKS)


if __name__ == "__main__":
    unittest.main()
