"""The processor: its name, and whether its clock stays the same. What the kernel does not say is ``None``."""

import platform
from pathlib import Path

_SYSTEM = Path("/sys/devices/system/cpu")


def cpu_model() -> str:
    """The model's name."""
    lines = (_read(Path("/proc/cpuinfo")) or "").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def governor(system: Path = _SYSTEM) -> str | None:
    """What governs the clock of the cores; all that there are, where they differ.

    Args:
        system: the kernel's folder of the processors.
    """
    found = {_read(path) for path in system.glob("cpu[0-9]*/cpufreq/scaling_governor")}
    return ", ".join(sorted(name for name in found if name)) or None


def is_turbo(system: Path = _SYSTEM) -> bool | None:
    """Whether the clock may rise above its base: Intel's driver tells it the other way round.

    Args:
        system: the kernel's folder of the processors.
    """
    no_turbo, boost = _read(system / "intel_pstate/no_turbo"), _read(system / "cpufreq/boost")
    if no_turbo is not None:
        return no_turbo == "0"
    return None if boost is None else boost == "1"


def _read(path: Path) -> str | None:
    try:
        return path.read_text().strip()
    except OSError:
        return None
