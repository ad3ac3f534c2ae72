# Runs localstripe, an independent double of Stripe's API, on a free port of this machine, and prints that port.
# It differs from localstripe's own program in what the tests need: nothing is written to /tmp, parameters of the list of
# events that it does not know are dropped, and a payment intent says how much it received.
import asyncio
import sys

from aiohttp import web
from localstripe import resources, server

resources.Store.dump_to_disk = lambda self: None
resources.PaymentIntent.amount_received = property(
    lambda intent: intent.amount if intent.status == "succeeded" else 0
)


@web.middleware
async def without_types(request, handler):
    if request.path == "/v1/events":
        kept = [(name, value) for name, value in request.query.items() if not name.startswith("types[")]
        request = request.clone(rel_url=request.rel_url.with_query(kept))
    return await handler(request)


async def main():
    server.app.middlewares.insert(0, without_types)
    runner = web.AppRunner(server.app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    # The parent closes standard input when it is done.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
