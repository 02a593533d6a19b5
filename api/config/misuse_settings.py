"""Settings of the misuse report: thresholds of its detectors."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from api.config.setting import setting
from audit.misuse.thresholds import Thresholds


@dataclass(frozen=True, kw_only=True)
class MisuseSettings:
    """Thresholds of `needtoknow audit report`. Prefix: MISUSE."""

    false_positive_rate: float = setting(
        Thresholds.false_positive_rate, "Accepted false-positive probability per detector.", 1e-9, 0.5
    )
    min_ratio: float = setting(Thresholds.min_ratio, "Minimum ratio to the normal level for a finding.", 1, 1_000_000)
    min_count: int = setting(
        Thresholds.min_count, "Minimum count for a finding, except for rule violations.", 1, 1_000_000
    )
    window_days: int = setting(
        Thresholds.window_days, "Days over which users and inquiries are counted together.", 1, 3_660
    )
    shift_hours: int = setting(Thresholds.shift_hours, "Hours of the day that count as a user's shift.", 1, 23)
    surname_share: float = setting(Thresholds.surname_share, "Chance that a person has a user's surname.", 1e-6, 0.5)
    max_subjects: int = setting(
        Thresholds.max_subjects,
        "Maximum people in an inquiry for it to count as being about each of them.",
        1,
        1_000_000,
    )
    min_peers: int = setting(
        Thresholds.min_peers, "Minimum users in a role for comparing them with each other.", 2, 1_000_000
    )

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(**asdict(self))
