"""Holds deploy/aws/policy.json against the list of all calls that we make: it allows each of them, and nothing more."""

import argparse
import json
import subprocess
import sys

# What AWS asks for beside the permission that a call is named after.
BESIDE = {
    "ec2:CreateTags": ["RunInstances"],  # with tags
    "lambda:TagResource": ["CreateFunction"],  # with tags
    "iam:PassRole": ["RunInstances", "CreateFunction"],  # with a role
    "s3:GetObject": ["CreateFunction", "UpdateFunctionCode"],  # with the code in a bucket
}
# Calls that AWS cannot restrict to single resources ("Resource": "*" is the least there is).
WITHOUT_RESOURCE = ("ec2:Describe", "lambda:ListFunctions", "pricing:", "servicequotas:")


def actions_of(statement):
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probe", required=True, help="the built aws_probe")
    parser.add_argument("--policy", required=True)
    flags = parser.parse_args()
    done = subprocess.run([flags.probe, "actions"], input="null\n", capture_output=True, text=True, check=True)
    calls = json.loads(done.stdout)
    with open(flags.policy, encoding="utf-8") as file:
        policy = json.load(file)

    wrong = []
    made = {call["name"] for call in calls}
    needed = {call["permission"] for call in calls if call["permission"]}
    needed |= {permission for permission, because in BESIDE.items() if made & set(because)}
    allowed = set()
    for statement in policy["Statement"]:
        if statement["Effect"] != "Allow":
            wrong.append(f"{statement['Sid']}: only allowing is expected here")
        for action in actions_of(statement):
            if "*" in action:
                wrong.append(f"{statement['Sid']}: {action} allows more than one call")
            allowed.add(action)
            anything = statement["Resource"] == "*" and "Condition" not in statement
            if anything and not action.startswith(WITHOUT_RESOURCE):
                wrong.append(f"{statement['Sid']}: {action} is allowed on everything")
    wrong += [f"{permission} is needed and not allowed" for permission in sorted(needed - allowed)]
    wrong += [f"{permission} is allowed and never used" for permission in sorted(allowed - needed)]
    for line in wrong:
        print(line)
    print(f"{len(calls)} calls, {len(allowed)} permissions, {len(wrong)} wrong")
    sys.exit(1 if wrong or not calls else 0)


if __name__ == "__main__":
    main()
