"""The older doors of an Odoo, through which clients of others come in: XML-RPC and its web page."""

import json
import xmlrpc.client

from bot.demo.odoo import Fault

VERSION_INFO = "/web/webclient/version_info"


class Doors:
    """A world that `odoorpc` and `xmlrpc.client` can talk to; all ask the same face.

    XML has no word for null, as Odoo has none: an answer that holds one can't be written.
    """

    def __init__(self, world):
        self.world, self.face = world, world.face

    def answer(self, method, path, headers, body):
        if path.startswith("/xmlrpc/2/"):
            return self._xml(path.rpartition("/")[2], body)
        if path == VERSION_INFO:
            result = self.face._service("common", "version", [])
            told = {"jsonrpc": "2.0", "id": json.loads(body)["id"], "result": result}
            return 200, self.face._headers("application/json"), json.dumps(told).encode()
        if path == "/jsonrpc":
            body = _by_name(body)
        return self.face.handle(method, path, headers, body)

    def _xml(self, service, body):
        args, name = xmlrpc.client.loads(body)
        try:
            result = self.face._service(service, name, list(args))
            told = xmlrpc.client.dumps((result,), methodresponse=True)
        except Fault as fault:
            told = xmlrpc.client.dumps(xmlrpc.client.Fault(2, fault.message))
        return 200, self.face._headers("text/xml"), told.encode()


def _by_name(body):
    """`execute`, which takes the arguments one by one, as `execute_kw`."""
    asked = json.loads(body)
    params = asked["params"]
    if params.get("method") == "execute":
        *head, model, name = params["args"][:5]
        params.update(method="execute_kw", args=[*head, model, name, params["args"][5:], {}])
    return json.dumps(asked).encode()
