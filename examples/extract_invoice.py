"""Application developers: typed data out of a document, in one call.

uv run python examples/extract_invoice.py --simulate
"""

from __future__ import annotations

from pathlib import Path

from connect import connection, run
from invoice.schema import BankTransfer, CardPayment, Invoice, Payment

from penguiflow_llm import create_client

DOCUMENT = Path(__file__).parent / "invoice" / "invoice.txt"


def payment_text(payment: Payment) -> str:
    """One payment in a line; which kind it is, the type says."""
    match payment:
        case BankTransfer():
            return f"{payment.amount} by transfer to {payment.iban}, due on {payment.due_on:%d %B %Y}"
        case CardPayment():
            return f"{payment.amount} by {payment.brand} card, paid on {payment.paid_on:%d %B %Y}"


async def main(*, simulate: bool) -> None:
    """Read the invoice and print what an accountant asks for."""
    with connection(simulate=simulate) as settings:
        async with create_client("openai/gpt-5.4-mini", **settings) as client:
            result = await client.generate(DOCUMENT.read_text(encoding="utf-8"), Invoice, timeout_s=120)
    invoice = result.data
    print(f"{invoice.number} of {invoice.issued_on:%d %B %Y}, {invoice.total} {invoice.currency} in all")
    for item in invoice.items:
        print(f"  {item.quantity} {item.unit}: {item.description}")
    for payment in invoice.payments:
        print(f"  {payment_text(payment)}")
    print(f"mode {result.mode_used.value}, attempts {result.attempts}, cost in USD {result.cost}")


if __name__ == "__main__":
    run(main, __doc__)
