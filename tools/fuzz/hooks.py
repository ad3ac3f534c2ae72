"""Schemathesis extension: authenticates API clients and payment providers, fills in existing ids, and gives each new request
a new idempotency key."""

import base64
import hashlib
import hmac
import http.server
import itertools
import json
import os
import re
import struct
import threading
import time
import zlib

import requests
import response_coverage
import schemathesis
from hypothesis import strategies
from schemathesis.core.parameters import ParameterLocation

response_coverage.record(os.environ["FUZZ_RESPONSES"])

URL = os.environ["FUZZ_URL"]
CLIENT = (os.environ["FUZZ_CLIENT_ID"], os.environ["FUZZ_CLIENT_SECRET"])
WEBHOOK_SECRET = os.environ["HOLDFAST_WEBHOOK_SECRETS"].encode()
STRIPE_SECRET = os.environ["HOLDFAST_STRIPE_SECRETS"].encode()

# Headers that belong to a webhook's signature.
SIGNATURE_HEADERS = ("X-Webhook-Timestamp", "Idempotency-Key", "webhook-timestamp", "webhook-id")
# Idempotency keys that the document allows.
VALID_KEY = re.compile(r'^(?:"[!#-~]{1,255}"|[!#-~]{1,255})$')
numbers = itertools.count(1)
every_third = itertools.cycle([True, False, False])
every_fourth = itertools.cycle([True, False, False, False])
# Contacts with which an order is accepted. Generated addresses and countries rarely exist.
contacts = itertools.cycle([
    None,
    {"email": "ada@example.com"},
    {
        "email": "ada@example.com",
        "name": "Ada Lovelace",
        "address": {"country": "DE", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117"},
    },
])


def token():
    """Requests an access token with the client's credentials."""
    response = requests.post(URL + "/api/token", data={"grant_type": "client_credentials"}, auth=CLIENT, timeout=10)
    response.raise_for_status()
    return {"Authorization": f"Bearer {response.json()['access_token']}"}


def post(path, body, headers):
    response = requests.post(URL + path, json=body, headers=headers, timeout=10)
    response.raise_for_status()
    return response.json()


def get(path, headers):
    response = requests.get(URL + path, headers=headers, timeout=10)
    response.raise_for_status()
    return response.json()


def png(seed):
    """Returns a PNG file of one colour, which depends on the seed: a product has each picture once."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    row = b"\0" + hashlib.sha256(str(seed).encode()).digest()[:3] * 8
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * 8)) + chunk(b"IEND", b"")


# The shop reads the format from the file, whatever its content type.
for media_type in ("image/png", "image/jpeg", "image/webp"):
    schemathesis.openapi.media_type(media_type, strategies.integers(min_value=0).map(png))


@schemathesis.auth(refresh_interval=1800).apply_to(path_regex=r"^/api/(holds|orders|admin)")
class BearerToken:
    def get(self, case, context):
        return token()

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers.update(data)


class ClientCredentials(requests.auth.AuthBase):
    """Adds the client's id and secret to a token request that has none."""

    def __call__(self, request):
        form = request.body or b""
        form = form if isinstance(form, bytes) else form.encode()
        if b"client_id" in form or b"client_secret" in form or "Authorization" in request.headers:
            return request
        return requests.auth.HTTPBasicAuth(*CLIENT)(request)


class WebhookSignature(requests.auth.AuthBase):
    """Signs a webhook with the scheme that fits its body. Requests that already have signature headers stay unchanged."""

    def __call__(self, request):
        if any(name in request.headers for name in SIGNATURE_HEADERS):
            return request
        body = request.body or b""
        body = body if isinstance(body, bytes) else body.encode()
        timestamp, key = int(time.time()), f"fuzz-{next(numbers)}"
        if is_stripe_event(body):
            headers = {"Stripe-Signature": f"t={timestamp},v1={hmac_sha256(STRIPE_SECRET, timestamp, body).hex()}"}
        elif len(body) % 2:
            signature = base64.b64encode(hmac_sha256(WEBHOOK_SECRET, f"{key}.{timestamp}", body)).decode()
            headers = {"webhook-id": key, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}"}
        else:
            headers = {
                "Idempotency-Key": key,
                "X-Webhook-Timestamp": str(timestamp),
                "X-Webhook-Signature": hmac_sha256(WEBHOOK_SECRET, timestamp, body).hex(),
            }
        request.headers.update(headers)
        return request


def hmac_sha256(secret, prefix, body):
    return hmac.new(secret, f"{prefix}.".encode() + body, hashlib.sha256).digest()


def is_stripe_event(body):
    try:
        event = json.loads(body)
    except ValueError:
        return False
    return isinstance(event, dict) and "data" in event


schemathesis.auth.set_from_requests(ClientCredentials()).apply_to(path_regex=r"^/api/token")
schemathesis.auth.set_from_requests(WebhookSignature()).apply_to(path_regex=r"^/api/webhooks/")


def place_order(client, product, qty, contact=None):
    """Places an order, and returns its id."""
    hold = post("/api/holds", {"product_id": product, "qty": qty}, client)["hold_id"]
    return post("/api/orders", {"hold_id": hold} | ({"contact": contact} if contact else {}), client)["order_id"]


class ExistingIds:
    """Ids of a product, a hold and an order that exist, because generated ids would only find 404."""

    def __init__(self):
        client = token()
        self.product = os.environ["FUZZ_PRODUCT"]
        self.hold = self.new_hold()
        self.order = place_order(client, self.product, 1)

    def new_hold(self):
        return post("/api/holds", {"product_id": self.product, "qty": 1}, token())["hold_id"]

    def put_into(self, case):
        if case.path.startswith("/api/admin/"):
            admin_objects.put_into(case)
            return
        parameters = case.path_parameters or {}
        for name in parameters:
            parameters[name] = {"product": self.product, "hold": self.hold, "order": self.order}[name]
        if case.path.endswith("/extend"):
            # Other calls release the hold, and a hold is extended once.
            parameters["hold"] = self.new_hold()
        if case.path.endswith("/payment"):
            # Other calls cancel the order, or report that it is paid.
            parameters["order"] = place_order(token(), self.product, 1)
        if isinstance(case.body, dict):
            for name in case.body.keys() & {"product_id", "order_id"}:
                case.body[name] = {"product_id": self.product, "order_id": self.order}[name]
        if case.path == "/api/orders" and isinstance(case.body, dict):
            self.make_orderable(case.body)

    def make_orderable(self, body):
        """Gives a request for an order a hold that is not ordered yet, and a contact that is accepted, or none."""
        body["hold_id"] = self.new_hold()
        body.pop("contact", None)
        contact = next(contacts)
        if contact is not None:
            body["contact"] = contact


# A name that no look-up finds: webhooks to it are not sent.
class Receiver(http.server.BaseHTTPRequestHandler):
    """An endpoint that accepts each webhook."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        """Keeps the log of requests out of the output."""


receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()
ENDPOINT_URL = f"http://127.0.0.1:{receiver.server_port}/fuzzed"


class AdminObjects:
    """Objects with which calls of the admin API succeed."""

    def __init__(self):
        client = token()
        self.product = os.environ["FUZZ_ADMIN_PRODUCT"]
        self.pending = place_order(client, os.environ["FUZZ_PRODUCT"], 1)
        # Large enough for all refunds of a run.
        self.paid = place_order(client, os.environ["FUZZ_PRODUCT"], 10000)
        self.pay()
        self.payment = get("/api/admin/payments", client)["items"][0]["id"]
        self.refund = self.new_refund()
        self.client = self.new_client()
        self.endpoint = self.new_endpoint()
        # Its deliveries are sent again, so no other call may switch it off.
        self.steady = self.new_endpoint()
        self.receipt = self.new_receipt()
        self.job = self.first("/api/admin/outbox?kind=mail")
        self.delivery = self.first(f"/api/admin/webhook-deliveries?endpoint={self.steady}&state=delivered")

    def first(self, path):
        """Returns the id of the newest item of a list, once there is one."""
        for _ in range(100):
            items = get(path, token())["items"]
            if items:
                return items[0]["id"]
            time.sleep(0.1)
        raise RuntimeError(f"{path} stays empty")

    def new_receipt(self):
        """Returns the id of a paid order whose buyer gets mail."""
        order = place_order(token(), os.environ["FUZZ_PRODUCT"], 1, {"email": "ada@example.com"})
        self.report(order, 100)
        return order

    def pay(self):
        """Reports the payment of the paid order, as the payment provider does."""
        self.report(self.paid, 1000000)

    def report(self, order, amount):
        """Reports the payment of an order under an id of the test provider, which then returns the money if it is asked."""
        event = {"order_id": order, "transaction_id": f"test-{order}", "status": "success", "amount": amount, "currency": "USD"}
        response = requests.post(URL + "/api/webhooks/payment", json=event, auth=WebhookSignature(), timeout=10)
        response.raise_for_status()

    def new_refund(self):
        """Issues a refund, of another order if the first cannot be refunded any more: other calls may have refunded all of it, or
        reported that the payment is disputed."""
        refund = {"amount": 1, "restock": 0, "reason": "fuzzed"}
        issued = requests.post(f"{URL}/api/admin/orders/{self.paid}/refunds", json=refund, headers=token(), timeout=10)
        if issued.status_code in (409, 422):
            self.paid = place_order(token(), os.environ["FUZZ_PRODUCT"], 10000)
            self.pay()
            return post(f"/api/admin/orders/{self.paid}/refunds", refund, token())["id"]
        issued.raise_for_status()
        return issued.json()["id"]

    def new_client(self):
        return post("/api/admin/clients", {"name": "fuzzed", "scopes": ["checkout"]}, token())["client_id"]

    def new_endpoint(self):
        """Adds an endpoint. A shop has at most twenty, so those that other calls have added make room."""
        kept = (getattr(self, "endpoint", None), getattr(self, "steady", None))
        added = [item["id"] for item in get("/api/admin/webhooks", token())["items"] if item["id"] not in kept]
        for endpoint in added[10:]:
            requests.delete(f"{URL}/api/admin/webhooks/{endpoint}", headers=token(), timeout=10)
        return post("/api/admin/webhooks", {"url": ENDPOINT_URL, "events": ["order.paid"]}, token())["id"]

    def revision(self):
        return get(f"/api/admin/products/{self.product}", token())["revision"]

    def make_room(self):
        """Removes pictures of the product, which has at most twelve."""
        path = f"/api/admin/products/{self.product}"
        for picture in get(path, token())["pictures"][6:]:
            query = {"revision": self.revision()}
            response = requests.delete(f"{URL}{path}/pictures/{picture['id']}", params=query, headers=token(), timeout=10)
            response.raise_for_status()

    def new_picture(self):
        """Uploads a picture, and returns its id."""
        self.make_room()
        response = requests.post(
            f"{URL}/api/admin/products/{self.product}/pictures",
            params={"revision": self.revision(), "alt": "fuzzed"},
            data=png(f"fuzz-{next(numbers)}"),
            headers=token() | {"Content-Type": "image/png"},
            timeout=10,
        )
        response.raise_for_status()
        return response.json()["pictures"][-1]["id"]

    def put_into(self, case):
        parameters = case.path_parameters or {}
        ids = {"product": self.product, "order": self.paid, "payment": self.payment, "refund": self.refund, "client": self.client, "endpoint": self.endpoint, "delivery": self.delivery, "job": self.job}
        for name in parameters.keys() - {"picture"}:
            parameters[name] = ids[name]
        if "picture" in parameters:
            parameters["picture"] = self.new_picture()
        if case.path.endswith("/pictures"):
            self.make_room()
        if "revision" in (case.query or {}):
            case.query["revision"] = self.revision()
        if case.path.endswith("/cancel"):
            parameters["order"] = self.pending
        if case.path.endswith("/receipt"):
            parameters["order"] = self.new_receipt()
        if case.path.endswith(("/done", "/send")):
            parameters["refund"] = self.new_refund()
        is_end = case.operation.method.upper() == "DELETE" or case.path.endswith("/rotate")
        if is_end and "client" in parameters:
            parameters["client"] = self.new_client()
        if case.operation.method.upper() == "DELETE" and "endpoint" in parameters:
            parameters["endpoint"] = self.new_endpoint()
        if isinstance(case.body, dict):
            self.make_acceptable(case)

    def make_acceptable(self, case):
        """Replaces values that only the objects' present state makes acceptable."""
        body = case.body
        if "revision" in body:
            body["revision"] = self.revision()
        if "delta" in body:
            body["delta"] = 1
        if "restock" in body:
            body.update(amount=1, restock=0)

    def protect(self, case):
        """Keeps the run's own client and the product of its holds from being changed: links lead to them."""
        parameters = case.path_parameters or {}
        if not case.path.startswith("/api/admin/") or case.operation.method.upper() == "GET":
            return
        if parameters.get("client") == CLIENT[0]:
            parameters["client"] = self.client
        if parameters.get("product") in (os.environ["FUZZ_PRODUCT"], "fuzzed"):
            parameters["product"] = self.product


admin_objects = AdminObjects()
existing_ids = ExistingIds()


def drop_dispute_id(event):
    """Drops the id of a dispute from events of other kinds. JSON Schema could express that only by a schema for each status."""
    if isinstance(event, dict) and event.get("status") not in ("dispute_opened", "dispute_closed"):
        event.pop("dispute_id", None)


def make_relevant(event):
    """Gives an invalid Stripe event a type that the shop handles. The shop reads only the id and the type of other events,
    because Stripe sends many shapes and disables an endpoint that rejects them. JSON Schema cannot express that."""
    if isinstance(event, dict) and isinstance(event.get("type"), str) and "id" in event:
        event["type"] = "checkout.session.completed"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts existing ids into every third valid request, and replaces each valid idempotency key with a new one. The document
    cannot say that a key belongs to one request: Schemathesis reuses its shortest keys for different requests and would
    report the refusal (422 key-reused) as a failure. Invalid keys stay unchanged."""
    mode = case.meta.generation.mode if case.meta else None
    if mode is not None and mode.is_positive and next(every_third):
        existing_ids.put_into(case)
    admin_objects.protect(case)
    # JSON Schema cannot express which hosts are public.
    if mode is not None and mode.is_positive and isinstance(case.body, dict) and "/admin/webhooks" in case.path and "url" in case.body:
        case.body["url"] = ENDPOINT_URL
    if mode is not None and mode.is_positive and case.path.startswith("/api/webhooks/"):
        drop_dispute_id(case.body)
    # Three of four webhooks get signed. Headers that are wrong on purpose stay.
    wrong_on_purpose = case.meta is not None and case.meta.is_negative_at(ParameterLocation.HEADER)
    if case.path.startswith("/api/webhooks/") and not wrong_on_purpose and not next(every_fourth):
        for name in SIGNATURE_HEADERS:
            case.headers.pop(name, None)
    if case.path.startswith("/api/webhooks/") and case.meta is not None and case.meta.is_negative_at(ParameterLocation.BODY):
        make_relevant(case.body)
    key = (case.headers or {}).get("Idempotency-Key")
    if isinstance(key, str) and VALID_KEY.match(key):
        fresh = f"{key.strip(chr(34))[:240]}-{next(numbers)}"
        case.headers["Idempotency-Key"] = f'"{fresh}"' if key.startswith('"') else fresh


@schemathesis.hook
def filter_body(context, body):
    """Drops bodies with a number such as 3.0. JSON Schema counts 3.0 as an integer, and the API rejects it. The document cannot
    express the difference."""
    return not (isinstance(body, dict) and any(isinstance(value, float) and value.is_integer() for value in body.values()))
