"""Response coverage of a Schemathesis run. As a Schemathesis extension, this module counts the responses of each API call and
records the successes that the document promises. As a program, `response_coverage.py <file>` prints the counts. A call fails if one of
its promised success statuses was never seen, because such a call has not really been tested. Schemathesis itself judges
whether each response was correct."""

import atexit
import collections
import json
import sys


def record(path):
    """Counts the responses of this run and writes the counts to `path` at exit."""
    import schemathesis

    promised = {}
    seen = collections.defaultdict(collections.Counter)

    @schemathesis.hook
    def after_load_schema(context, schema):
        promised.update(promised_successes(schema.raw_schema))

    @schemathesis.hook
    def after_call(context, case, response):
        # Schemathesis also sends undocumented methods under the label of a documented one. Those do not count.
        if response.request.method == case.operation.method.upper():
            seen[case.operation.label][response.status_code] += 1

    @atexit.register
    def write():
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"promised": promised, "seen": seen}, file)


def promised_successes(document):
    """Yields each call with its documented 2xx statuses. Event streams are left out because they are not fuzzed."""
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            successes = {status: response for status, response in call["responses"].items() if status.startswith("2")}
            if not any("text/event-stream" in response.get("content", {}) for response in successes.values()):
                yield f"{method.upper()} {path}", sorted(successes)


def show(counts):
    """Prints a line for each call and a total. Returns whether every call passed."""
    passed, failed = 0, 0
    for label, successes in sorted(counts["promised"].items()):
        seen = counts["seen"].get(label, {})
        missing = [f"never {status}" for status in successes if status not in seen]
        totals = "  ".join(f"{status} × {times}" for status, times in sorted(seen.items()))
        print(f"{label:32} {totals}" + (f"  <- {', '.join(missing)}" if missing else ""))
        failed += bool(missing)
        passed += not missing
    print(f"{passed} calls passed, {failed} failed")
    return passed > 0 and failed == 0


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        sys.exit(0 if show(json.load(file)) else 1)
