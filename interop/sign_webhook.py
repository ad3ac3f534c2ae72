# Signs a webhook with a Python library: reads one request from standard input and writes the value of its signature header.
# The library also verifies its own signature.
import json
import sys
from datetime import datetime, timezone


def standard(secret, timestamp, body, id, raw=False):
    from standardwebhooks import Webhook

    webhook = Webhook(secret.encode() if raw else secret)
    signature = webhook.sign(id, datetime.fromtimestamp(timestamp, tz=timezone.utc), body)
    # The library rejects timestamps that are more than five minutes off; some tests use those.
    if abs(datetime.now().timestamp() - timestamp) < 200:
        webhook.verify(body, {"webhook-id": id, "webhook-timestamp": str(timestamp), "webhook-signature": signature})
    return signature


def stripe(secret, timestamp, body):
    from stripe import Webhook, WebhookSignature

    header = WebhookSignature.generate_signature_header(body, secret, timestamp)
    Webhook.construct_event(body, header, secret, tolerance=None)
    return header


request = json.load(sys.stdin)
print({"standard": standard, "stripe": stripe}[request.pop("scheme")](**request))
