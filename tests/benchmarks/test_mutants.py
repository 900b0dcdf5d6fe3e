"""The faults that the tests must catch are those of the code as it is."""

from pathlib import Path

import imblearn_gan

PACKAGE = Path(imblearn_gan.__file__).parent


def test_every_fault_has_its_place_once(module):
    faults = module("mutants").FAULTS
    assert len(faults) > 60
    for fault in faults:
        sound = (PACKAGE / fault.file).read_text()
        assert sound.count(fault.right) == 1, (fault.file, fault.right)
        assert fault.wrong not in (fault.right, sound)
