"""What Schemathesis is told besides the document: how clients and payment providers prove who they are, what there is in the
shop, and that a new request has a new key."""

import base64
import hashlib
import hmac
import itertools
import json
import os
import re
import time

import answers
import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation

answers.count(os.environ["FUZZ_ANSWERS"])

URL = os.environ["FUZZ_URL"]
CLIENT = (os.environ["FUZZ_CLIENT_ID"], os.environ["FUZZ_CLIENT_SECRET"])
WEBHOOK_SECRET = os.environ["HOLDFAST_WEBHOOK_SECRETS"].encode()
STRIPE_SECRET = os.environ["HOLDFAST_STRIPE_SECRETS"].encode()

# What is part of a delivery's signature, or goes with one.
SIGNED = ("X-Webhook-Timestamp", "Idempotency-Key", "webhook-timestamp", "webhook-id")
# The keys that the document allows.
KEY = re.compile(r'^(?:"[!#-~]{1,255}"|[!#-~]{1,255})$')
numbers = itertools.count(1)
thirds = itertools.cycle([True, False, False])
unsigned = itertools.cycle([True, False, False, False])


def token():
    """The client's access token, as any client gets it."""
    answer = requests.post(URL + "/api/token", data={"grant_type": "client_credentials"}, auth=CLIENT, timeout=10)
    answer.raise_for_status()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def ask(path, body, headers):
    answer = requests.post(URL + path, json=body, headers=headers, timeout=10)
    answer.raise_for_status()
    return answer.json()


@schemathesis.auth(refresh_interval=1800).apply_to(path_regex=r"^/api/(holds|orders)")
class Token:
    def get(self, case, context):
        return token()

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers.update(data)


class ClientSecret(requests.auth.AuthBase):
    """The client's id and secret, where a request for a token has none."""

    def __call__(self, request):
        form = request.body or b""
        form = form if isinstance(form, bytes) else form.encode()
        if b"client_id" in form or b"client_secret" in form or "Authorization" in request.headers:
            return request
        return requests.auth.HTTPBasicAuth(*CLIENT)(request)


class Provider(requests.auth.AuthBase):
    """Signs an event as its form wants it. One that has headers of a signature already is left as it was made."""

    def __call__(self, request):
        if any(name in request.headers for name in SIGNED):
            return request
        body = request.body or b""
        body = body if isinstance(body, bytes) else body.encode()
        at, key = int(time.time()), f"fuzz-{next(numbers)}"
        if is_stripes(body):
            headers = {"Stripe-Signature": f"t={at},v1={signed(STRIPE_SECRET, at, body).hex()}"}
        elif len(body) % 2:
            signature = base64.b64encode(signed(WEBHOOK_SECRET, f"{key}.{at}", body)).decode()
            headers = {"webhook-id": key, "webhook-timestamp": str(at), "webhook-signature": f"v1,{signature}"}
        else:
            headers = {
                "Idempotency-Key": key,
                "X-Webhook-Timestamp": str(at),
                "X-Webhook-Signature": signed(WEBHOOK_SECRET, at, body).hex(),
            }
        request.headers.update(headers)
        return request


def signed(secret, before, body):
    return hmac.new(secret, f"{before}.".encode() + body, hashlib.sha256).digest()


def is_stripes(body):
    try:
        event = json.loads(body)
    except ValueError:
        return False
    return isinstance(event, dict) and "data" in event


schemathesis.auth.set_from_requests(ClientSecret()).apply_to(path_regex=r"^/api/token")
schemathesis.auth.set_from_requests(Provider()).apply_to(path_regex=r"^/api/webhooks/")


class Shop:
    """What there is: ids that lead somewhere, for requests that are made up without them."""

    def __init__(self):
        client = token()
        self.product = os.environ["FUZZ_PRODUCT"]
        self.hold = ask("/api/holds", {"product_id": self.product, "qty": 1}, client)["hold_id"]
        ordered = ask("/api/holds", {"product_id": self.product, "qty": 1}, client)["hold_id"]
        self.order = ask("/api/orders", {"hold_id": ordered}, client)["order_id"]

    def put_into(self, case):
        place = case.path_parameters or {}
        for name in place:
            place[name] = {"product": self.product, "hold": self.hold, "order": self.order}[name]
        if isinstance(case.body, dict):
            for name in case.body.keys() & {"product_id", "order_id"}:
                case.body[name] = {"product_id": self.product, "order_id": self.order}[name]


shop = Shop()


def make_it_concern_us(event):
    """An event of Stripe's that is wrong somewhere becomes one that the shop reads. Of what concerns it not at all it reads
    the id and the name only: Stripe's other events are of many shapes, and to refuse one is to lose the endpoint. No document
    can say "an object, unless the name is any other than these"."""
    if isinstance(event, dict) and isinstance(event.get("type"), str) and "id" in event:
        event["type"] = "checkout.session.completed"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every third good request is about something that there is; and a good key becomes a new one. A document cannot say that
    a key stands for one request: Schemathesis sends its example and its shortest ones again and again with different
    requests, and takes the refusal (422 key-reused) for a failure. Keys that are not good stay as they are."""
    made = case.meta.generation.mode if case.meta else None
    if made is not None and made.is_positive and next(thirds):
        shop.put_into(case)
    # Three of four deliveries come to be signed; headers that are wrong on purpose stay.
    wrong = case.meta is not None and case.meta.is_negative_at(ParameterLocation.HEADER)
    if case.path.startswith("/api/webhooks/") and not wrong and not next(unsigned):
        for name in SIGNED:
            case.headers.pop(name, None)
    if case.path.startswith("/api/webhooks/") and case.meta is not None and case.meta.is_negative_at(ParameterLocation.BODY):
        make_it_concern_us(case.body)
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and KEY.match(key):
        fresh = f"{key.strip(chr(34))[:240]}-{next(numbers)}"
        case.headers["Idempotency-Key"] = f'"{fresh}"' if key.startswith('"') else fresh


@schemathesis.hook
def filter_body(context, body):
    """Leaves out whole numbers with a fraction of zero (3.0). To JSON Schema they are integers; the API takes 3 and refuses
    3.0, as it refuses 3.5, and a document has no word for the difference."""
    return not (isinstance(body, dict) and any(isinstance(body.get(name), float) for name in ("qty", "amount")))
