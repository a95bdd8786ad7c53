"""The categories of the Safeguarding Adults Collection, by which England's councils count.

The feed leaves the words open, and what was said is stored as it was said. The council's own
people choose from these lists; what a feed says is put into them where it can be.

Source: NHS England, Safeguarding Adults Collection (SAC), tables SG1, SG2, SG3 and SG4.
"""

from __future__ import annotations

import re
from typing import Final

RISK_TYPES: Final = (
    "physical_abuse", "sexual_abuse", "psychological_abuse", "financial_or_material_abuse",
    "discriminatory_abuse", "organisational_abuse", "neglect_and_acts_of_omission",
    "domestic_abuse", "sexual_exploitation", "modern_slavery", "self_neglect",
)  # fmt: skip
"""SG2a: what kind of harm is feared; several may be named."""

LOCATIONS: Final = (
    "own_home", "in_the_community", "community_service", "care_home_nursing",
    "care_home_residential", "hospital_acute", "hospital_mental_health",
    "hospital_community", "other",
)  # fmt: skip
"""SG2b: where it is feared to happen."""

ASSESSMENTS: Final = (
    "risk_identified_action_taken", "risk_identified_no_action_taken",
    "inconclusive_action_taken", "inconclusive_no_action_taken",
    "no_risk_identified_action_taken", "no_risk_identified_no_action_taken",
    "ceased_at_individuals_request",
)  # fmt: skip
"""SG2c: what the enquiry came to."""

RISK_IDENTIFIED: Final = ASSESSMENTS[:2]
"""Where SG2d asks what became of the risk."""

_ALIASES: Final = {
    "physical": "physical_abuse",
    "sexual": "sexual_abuse",
    "psychological": "psychological_abuse",
    "emotional_abuse": "psychological_abuse",
    "financial": "financial_or_material_abuse",
    "financial_abuse": "financial_or_material_abuse",
    "financial_or_material": "financial_or_material_abuse",
    "discriminatory": "discriminatory_abuse",
    "organisational": "organisational_abuse",
    "neglect": "neglect_and_acts_of_omission",
    "acts_of_omission": "neglect_and_acts_of_omission",
    "neglect_or_acts_of_omission": "neglect_and_acts_of_omission",
    "domestic_violence": "domestic_abuse",
    "home": "own_home",
    "persons_own_home": "own_home",
    "community": "in_the_community",
    "in_a_community_service": "community_service",
    "nursing_home": "care_home_nursing",
    "residential_home": "care_home_residential",
    "risk_identified_and_action_taken": "risk_identified_action_taken",
    "risk_identified_and_no_action_taken": "risk_identified_no_action_taken",
    "assessment_inconclusive_and_action_taken": "inconclusive_action_taken",
    "assessment_inconclusive_and_no_action_taken": "inconclusive_no_action_taken",
    "no_risk_identified_and_action_taken": "no_risk_identified_action_taken",
    "no_risk_identified_and_no_action_taken": "no_risk_identified_no_action_taken",
    "enquiry_ceased_at_individuals_request": "ceased_at_individuals_request",
    "enquiry_ceased_at_individuals_request_and_no_action_taken":
        "ceased_at_individuals_request",
}  # fmt: skip


def category(words: str, of: tuple[str, ...]) -> str | None:
    """The category of a list that *words* mean; None: they are none of it.

    Case, spaces and punctuation do not matter: "Neglect and Acts of Omission" is one.
    """
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower().replace("'", "").replace("’", ""))
    plain = plain.strip("_")
    found = _ALIASES.get(plain, plain)
    return found if found in of else None
