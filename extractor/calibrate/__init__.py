"""Reports of known truth, and what people settled -> the calibration that confidences and acceptance rest on."""

from extractor.calibrate.build import Calibrated, calibrate
from extractor.calibrate.drift import Drift, check_drift
from extractor.calibrate.samples import Sample, collect_samples, load_samples, save_samples

__all__ = [
    "Calibrated",
    "Drift",
    "Sample",
    "calibrate",
    "check_drift",
    "collect_samples",
    "load_samples",
    "save_samples",
]
