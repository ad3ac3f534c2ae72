# Asks localstripe with the official Python client: reads one request from standard input and writes the answer as JSON.
import json
import sys

import stripe

request = json.load(sys.stdin)
client = stripe.StripeClient("sk_test_interop", base_addresses={"api": request["api"]})


def pay(order, amount, currency):
    """Makes a payment intent for an order, which a card pays at once."""
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    method = client.v1.payment_methods.create({"type": "card", "card": card})
    metadata = {"order_id": order}
    params = {"amount": amount, "currency": currency, "payment_method": method.id, "confirm": True, "metadata": metadata}
    return client.v1.payment_intents.create(params)


def refunds(payment_intent):
    return client.v1.refunds.list({"payment_intent": payment_intent})


def events():
    return client.v1.events.list({"limit": 100})


print(json.dumps({"pay": pay, "refunds": refunds, "events": events}[request["call"]](**request["arguments"]).to_dict()))
