"""The invoice of `invoice.txt` as types: optionals, enums, lists, maps, a discriminated union, dates, exact amounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field, WithJsonSchema

# Exact in Python, a plain number in JSON: pydantic would also offer text, and a model would then mix the two.
Amount: TypeAlias = Annotated[Decimal, WithJsonSchema({"type": "number"})]
Email: TypeAlias = Annotated[str, Field(json_schema_extra={"format": "email"})]


class Currency(StrEnum):
    """ISO 4217 code."""

    EUR = "EUR"
    USD = "USD"
    GBP = "GBP"
    CHF = "CHF"


class Unit(StrEnum):
    """What a quantity counts."""

    HOUR = "hour"
    DAY = "day"
    PIECE = "piece"


class Party(BaseModel):
    """A company on the invoice."""

    name: str
    address: str
    vat_number: str | None = None
    email: Email | None = None


class Discount(BaseModel):
    """Money taken off."""

    reason: str
    amount: Amount = Field(description="As a positive number.")


class LineItem(BaseModel):
    """One line of the invoice, without VAT."""

    description: str
    quantity: Amount
    unit: Unit
    unit_price: Amount
    discount: Discount | None = None


class VAT(BaseModel):
    """The tax at one rate."""

    net: Amount
    tax: Amount


class BankTransfer(BaseModel):
    """A payment that is still to be made."""

    method: Literal["bank_transfer"]
    amount: Amount
    due_on: date
    iban: str
    bic: str | None = None
    reference: str


class CardPayment(BaseModel):
    """A payment that was made by card."""

    method: Literal["card"]
    amount: Amount
    paid_on: date
    brand: Literal["visa", "mastercard", "amex", "other"]
    last_four: Annotated[str, Field(pattern=r"^[0-9]{4}$")]


Payment: TypeAlias = Annotated[BankTransfer | CardPayment, Field(discriminator="method")]


class EarlyPayment(BaseModel):
    """What may be kept by who pays early."""

    percent: Amount
    until: date


class Invoice(BaseModel):
    """An invoice as it is booked."""

    number: str
    issued_on: date
    purchase_order: str | None = None
    seller: Party
    buyer: Party
    currency: Currency
    items: list[LineItem] = Field(min_length=1)
    discounts: list[Discount] = Field(default=[], description="Those on the whole invoice, not on one line.")
    vat: dict[str, VAT] = Field(description='By rate, such as "21%".')
    total: Amount = Field(description="VAT included.")
    payments: list[Payment]
    early_payment: EarlyPayment | None = None
    cost_centres: dict[str, int] = Field(default={}, description="Percent of the cost by cost centre of the buyer.")
