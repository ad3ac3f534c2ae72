# Signs as the Python libraries do: reads one request from standard input and writes the value of its signature header.
# The library checks its own work first, as its receiving half would.
import json
import sys
from datetime import datetime, timezone


def standard(secret, at, body, id, raw=False):
    from standardwebhooks import Webhook

    webhook = Webhook(secret.encode() if raw else secret)
    signature = webhook.sign(id, datetime.fromtimestamp(at, tz=timezone.utc), body)
    if abs(datetime.now().timestamp() - at) < 200:
        webhook.verify(body, {"webhook-id": id, "webhook-timestamp": str(at), "webhook-signature": signature})
    return signature


def stripe(secret, at, body):
    from stripe import Webhook, WebhookSignature

    header = WebhookSignature.generate_signature_header(body, secret, at)
    Webhook.construct_event(body, header, secret, tolerance=None)
    return header


request = json.load(sys.stdin)
print({"standard": standard, "stripe": stripe}[request.pop("scheme")](**request))
