# Verifies a webhook with the Python library: reads secret, headers and body from standard input and writes the parsed event.
# Writes "rejected" if the signature is not valid.
import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

request = json.load(sys.stdin)
try:
    print(json.dumps(Webhook(request["secret"]).verify(request["body"], request["headers"])))
except WebhookVerificationError:
    print("rejected")
