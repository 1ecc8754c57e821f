"""A store -> the review application in a browser, until it is stopped."""

from __future__ import annotations

import argparse
import ipaddress
import logging

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK, UsageError

HELP = "serve the review application: people settle what the machine was not sure of"
EXAMPLE = "extractor review --store kho.db"
PORT = 8765

log = logging.getLogger("extractor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    add_store(parser, required=True)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=PORT, help=f"port (default {PORT})")
    parser.add_argument("--certificate", metavar="FILE", help="TLS certificate chain; with --key")
    parser.add_argument("--key", metavar="FILE", help="TLS key")


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    try:
        import uvicorn

        from extractor.web import make_app
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", "run pip install 'extractor-baocao[review]'") from error
    from extractor.cli.work import limit_threads, open_named_store
    from extractor.store import list_people

    limit_threads()
    settings = read_settings(args)
    store = open_named_store(args.store, settings)
    with store.read() as connection:
        people = list_people(connection)
    if not people:
        print("There is nobody who could sign in yet. Add the first person:")
        print(f"  extractor user add NAME --role administrator --store {args.store}", flush=True)
    if not _is_loopback(args.host) and not args.certificate:
        log.warning("listening on %s without TLS: passwords can be read on the network", args.host)
    print(f"http{'s' if args.certificate else ''}://{args.host}:{args.port}/", flush=True)
    uvicorn.run(
        make_app(store, settings),
        host=args.host,
        port=args.port,
        log_level="warning",
        ssl_certfile=args.certificate,
        ssl_keyfile=args.key,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    store.close()
    return EXIT_OK


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
