"""The parts of FHIR R4 resources that are read, checked for their form.

Unlike our own files, resources may hold more than is read here: what is not named is ignored.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """Any part of a resource. Numbers are numbers and texts are texts: nothing is converted."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Coding(Part):
    """A code of a system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Part):
    """A thing in codes and in words."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None

    @property
    def words(self) -> str | None:
        """What a person reads."""
        return self.text or next((c.display for c in self.coding if c.display), None)


class Reference(Part):
    """Another resource."""

    reference: str | None = None
    display: str | None = None


class Period(Part):
    """From when to when, as FHIR writes it."""

    start: str | None = None
    end: str | None = None


class Identifier(Part):
    """A number that somebody gave to somebody."""

    system: str | None = None
    value: str | None = None
    type: CodeableConcept | None = None


class HumanName(Part):
    """The parts of a name."""

    text: str | None = None
    family: str | None = None
    given: tuple[str, ...] = ()


class Address(Part):
    """A postal address."""

    text: str | None = None
    line: tuple[str, ...] = ()
    city: str | None = None
    district: str | None = None
    postalCode: str | None = None  # noqa: N815


class ContactPoint(Part):
    """A telephone number or address on the net."""

    value: str | None = None


class Contact(Part):
    """Somebody to reach about the patient."""

    name: HumanName | None = None
    telecom: tuple[ContactPoint, ...] = ()
    address: Address | None = None


class Person(Part):
    """Anyone with a name: patient, relative or practitioner."""

    id: str | None = None
    identifier: tuple[Identifier, ...] = ()
    name: tuple[HumanName, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    address: tuple[Address, ...] = ()
    contact: tuple[Contact, ...] = ()


class Patient(Person):
    """The patient."""

    gender: Literal["male", "female", "other", "unknown"] | None = None
    birthDate: str | None = None  # noqa: N815


class Encounter(Part):
    """A visit or stay."""

    id: str
    status: Literal[
        "planned",
        "arrived",
        "triaged",
        "in-progress",
        "onleave",
        "finished",
        "cancelled",
        "entered-in-error",
        "unknown",
    ]
    class_: Coding = Field(alias="class")
    type: tuple[CodeableConcept, ...] = ()
    serviceType: CodeableConcept | None = None  # noqa: N815
    priority: CodeableConcept | None = None
    subject: Reference | None = None
    period: Period = Period()
    reasonCode: tuple[CodeableConcept, ...] = ()  # noqa: N815


class Condition(Part):
    """A problem or diagnosis."""

    code: CodeableConcept = CodeableConcept()
    subject: Reference
    encounter: Reference | None = None
    verificationStatus: CodeableConcept | None = None  # noqa: N815


class Quantity(Part):
    """A number with its unit; `code` is the unit in UCUM."""

    value: int | float | None = None
    unit: str | None = None
    code: str | None = None


class Value(Part):
    """A code and what was found for it."""

    code: CodeableConcept
    valueQuantity: Quantity | None = None  # noqa: N815
    valueCodeableConcept: CodeableConcept | None = None  # noqa: N815
    valueInteger: int | None = None  # noqa: N815
    valueBoolean: bool | None = None  # noqa: N815


class Observation(Value):
    """A measurement or result, with its components."""

    id: str
    status: str
    subject: Reference | None = None
    encounter: Reference | None = None
    effectiveDateTime: str | None = None  # noqa: N815
    effectivePeriod: Period | None = None  # noqa: N815
    issued: str | None = None
    component: tuple[Value, ...] = ()


class Attachment(Part):
    """A text or file inside a resource, in base64."""

    contentType: str | None = None  # noqa: N815
    data: str | None = None
    title: str | None = None


class Content(Part):
    """One form of a document."""

    attachment: Attachment


class DocumentReference(Part):
    """A document about the patient."""

    status: str | None = None
    type: CodeableConcept | None = None
    content: tuple[Content, ...]


class DiagnosticReport(Part):
    """A report with its text."""

    status: str | None = None
    code: CodeableConcept = CodeableConcept()
    presentedForm: tuple[Attachment, ...] = ()  # noqa: N815
    conclusion: str | None = None
