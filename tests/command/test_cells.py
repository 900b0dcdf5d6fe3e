"""Columns of text files: what they are taken for, and how values are written."""

import pandas as pd
import pytest

from imblearn_gan._command.cells import read_cells


def read(*cells, time_format=None, decimal="."):
    return read_cells(pd, list(cells), time_format, decimal)


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        (["1", "-20", "0"], "int64"),
        (["1", "", "3"], "Int64"),
        (["1", "NA", "3", ""], "Int64"),
        (["999999999999999999"], "int64"),
        (["1.50", "2.25"], "float64"),
        (["1", "2.25", ""], "float64"),
        (["1e5", "-.5", "3."], "float64"),
        (["2024-01-31", "1950-12-01"], "datetime64"),
        (["2024-01-31 10:00", ""], "datetime64"),
        (["2024-01-31T10:00:59Z"], "datetime64"),
        (["2024-01-31 10:00:59.000001"], "datetime64"),
        (["007", "123"], "object"),
        (["00.5", "1.5"], "object"),
        (["-0", "1"], "object"),
        (["+5", "5"], "object"),
        (["12345678901234567890", "1"], "object"),  # an id: a float would round it
        (["1.5", "inf"], "object"),
        (["1e999", "1.5"], "object"),
        (["1,000", "2"], "object"),
        (["2024-1-31", "2024-01-31"], "object"),
        (["2024-02-31"], "object"),
        (["2024-01-31", "31/01/2024"], "object"),
        (["True", "False"], "object"),
        (["NA", "Germany"], "object"),
        (["", ""], "object"),
        (["1", " 2"], "object"),
    ],
)
def test_types(cells, dtype):
    values, to_cells = read(*cells)
    assert str(values.dtype).startswith(dtype)
    again = to_cells(values)
    if dtype != "float64":
        kept = [cell for cell in cells if cell not in ("", "NA")]
        assert [cell for cell in again if cell not in ("", "NA")] == kept
    else:
        assert [float(cell or "nan") for cell in again] == pytest.approx(
            [float(cell or "nan") for cell in cells], nan_ok=True
        )


def test_text_keeps_what_looks_missing():
    values, to_cells = read("NA", "DE", "", "None")
    assert values.tolist() == ["NA", "DE", None, "None"]
    assert to_cells(values) == ["NA", "DE", "", "None"]


def test_missing_numbers_are_written_as_most_are():
    values, to_cells = read("NA", "1", "NA", "")
    assert values.isna().tolist() == [True, False, True, True]
    assert to_cells(values) == ["NA", "1", "NA", "NA"]


@pytest.mark.parametrize(
    ("cells", "numbers", "written"),
    [
        (["1.50", "2.25"], [3.0, 0.128, -0.001], ["3.00", "0.13", "0.00"]),
        (["1", "2.25"], [3.0, 0.128, 10.0], ["3", "0.13", "10"]),
        (["1e-9", "2"], [3.25e-7], ["3.25e-07"]),
    ],
)
def test_digits_are_those_of_the_column(cells, numbers, written):
    assert read(*cells).to_cells(pd.Series(numbers)) == written


def test_decimal_commas():
    values, to_cells = read("1,50", "", "2,25", decimal=",")
    assert values.dropna().tolist() == [1.5, 2.25]
    assert to_cells(values) == ["1,50", "", "2,25"]
    assert read("1.50", "2,25", decimal=",").values.dtype == object


def test_dates_of_ones_own():
    values, to_cells = read("31/01/2024", "", time_format="%d/%m/%Y")
    assert values[0] == pd.Timestamp("2024-01-31")
    assert to_cells(values) == ["31/01/2024", ""]
    with pytest.raises(ValueError, match=r"not written as '%d/%m/%Y', such as '1/2/2024'"):
        read("1/2/2024", time_format="%d/%m/%Y")
