"""The processor: its model, and whether its clock is constant. Facts that the kernel does not report are ``None``."""

import platform
from pathlib import Path

_SYSTEM = Path("/sys/devices/system/cpu")


def cpu_model() -> str:
    """Return the name of the model."""
    lines = (_read(Path("/proc/cpuinfo")) or "").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def governor(system: Path = _SYSTEM) -> str | None:
    """Return the frequency governor of the cores; all of them where the cores differ.

    Args:
        system: the folder of the processors in sysfs.
    """
    found = {_read(path) for path in system.glob("cpu[0-9]*/cpufreq/scaling_governor")}
    return ", ".join(sorted(name for name in found if name)) or None


def is_turbo(system: Path = _SYSTEM) -> bool | None:
    """Return whether the clock may exceed its base frequency. Intel's driver reports the opposite.

    Args:
        system: the folder of the processors in sysfs.
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
