"""Who answered what. Within Schemathesis this counts the answers of a run, beside the successes that the document promises; as a
program, answers.py <counts>, it shows them. Whether an answer was a right one, Schemathesis says; but a call of which a promised
success was never seen has not been tried, however many refusals were, and counts as one that failed."""

import atexit
import collections
import json
import sys


def count(path):
    """Counts, and writes the counts there in the end."""
    import schemathesis

    promises = {}
    seen = collections.defaultdict(collections.Counter)

    @schemathesis.hook
    def after_load_schema(context, schema):
        promises.update(promised(schema.raw_schema))

    @schemathesis.hook
    def after_call(context, case, response):
        # A method that a path does not have is tried under the name of one that it has.
        if response.request.method == case.operation.method.upper():
            seen[case.operation.label][response.status_code] += 1

    @atexit.register
    def write():
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"promised": promises, "seen": seen}, file)


def promised(document):
    """The successes of each call but the streams, which are not tried."""
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            answers = {status: answer for status, answer in call["responses"].items() if status.startswith("2")}
            if not any("text/event-stream" in answer.get("content", {}) for answer in answers.values()):
                yield f"{method.upper()} {path}", sorted(answers)


def show(counts):
    """Prints a line for each call, and the sum; says whether all is well."""
    passed, failed = 0, 0
    for label, successes in sorted(counts["promised"].items()):
        seen = counts["seen"].get(label, {})
        missing = [f"never {status}" for status in successes if status not in seen]
        told = "  ".join(f"{status} × {times}" for status, times in sorted(seen.items()))
        print(f"{label:32} {told}" + (f"  <- {', '.join(missing)}" if missing else ""))
        failed += bool(missing)
        passed += not missing
    print(f"{passed} calls passed, {failed} failed")
    return passed > 0 and failed == 0


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.exit(0 if show(json.load(file)) else 1)
