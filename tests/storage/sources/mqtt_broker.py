"""A broker that others wrote (amqtt), on loopback, as a process of its own. Run as: PORT

Release 0.12 forgets what a client had not acknowledged when it went, though the standard has it
sent again ([MQTT-4.4.0-1], and amqtt's own `_retry_deliveries` is there to do that). Here it is
kept for that; all else is as it comes.
"""

import asyncio
import logging
import sys

from amqtt.broker import Broker
from amqtt.mqtt.protocol.handler import ProtocolHandler

# whoever gives a name may come in; of one without a name amqtt keeps nothing
NAMED = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": False}}

forgets = ProtocolHandler._handle_qos1_message_flow


async def keeps(handler, message):
    try:
        await forgets(handler, message)
    except (asyncio.CancelledError, TimeoutError):
        handler.session.inflight_out[message.packet_id] = message
        raise


async def serve(port):
    listener = {"type": "tcp", "bind": f"127.0.0.1:{port}"}
    broker = Broker({"listeners": {"default": listener}, "plugins": NAMED})
    await broker.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


logging.disable(logging.CRITICAL)
ProtocolHandler._handle_qos1_message_flow = keeps
asyncio.run(serve(int(sys.argv[1])))
