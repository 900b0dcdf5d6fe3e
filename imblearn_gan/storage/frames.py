"""Frames, series and dtypes of pandas, polars and pyarrow, by a list of dtypes that are known."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from inspect import signature
from typing import Any

import numpy as np

_LIBRARIES = {"pandas", "polars", "pyarrow"}
_ARROW = {
    *("null", "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("halffloat", "float", "double", "string", "large_string", "string_view", "binary"),
    *("date32[day]", "date64[ms]", "time32[s]", "time32[ms]", "time64[us]", "time64[ns]"),
    *(f"duration[{unit}]" for unit in ("s", "ms", "us", "ns")),
}
_POLARS = {
    *("Null", "Boolean", "Int8", "Int16", "Int32", "Int64", "Int128", "UInt8", "UInt16", "UInt32"),
    *("UInt64", "UInt128", "Float32", "Float64", "String", "Binary", "Date", "Time"),
    "Categorical",
}
_PANDAS = {
    *("boolean", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"),
    *("Float32", "Float64"),
}


class Unwritable(TypeError):
    """What a file that runs no code cannot hold."""


def write(writer: Any, value: Any) -> dict:
    """Return what JSON can hold of a value of pandas, polars or pyarrow.

    Raises
    ------
    Unwritable
        If it is none of these, or of a dtype that is not known.
    """
    cls = type(value)
    library = cls.__module__.split(".")[0]
    if library in _LIBRARIES:
        module = importlib.import_module(library)
        for name, kind, written in _WRITERS:
            if name.startswith(library) and isinstance(value, _member(module, kind)):
                return {"$": name} | written(writer, module, value)
    where = "a function" if callable(value) and hasattr(value, "__name__") else "an object"
    raise Unwritable(f"{where}, {getattr(value, '__qualname__', cls.__qualname__)}")


def _member(module: Any, name: str) -> type:
    for part in name.split("."):
        module = getattr(module, part)
    return module if isinstance(module, type) else type(module)


def _exactly(value: Any, kind: type) -> None:
    if type(value) is not kind:
        raise Unwritable(f"an object of {type(value).__name__}, a subclass of {kind.__name__}")


# pandas -------------------------------------------------------------------------------------------


def _write_frame(writer: Any, pd: Any, value: Any) -> dict:
    _exactly(value, pd.DataFrame)
    columns = [_write_values(writer, value.iloc[:, i]) for i in range(value.shape[1])]
    return {"columns": columns, "names": writer.write(value.columns), "rows": len(value)}


def _read_frame(reader: Any, node: dict) -> Any:
    import pandas as pd

    columns = {i: _read_values(reader, column) for i, column in enumerate(node["columns"])}
    names = reader.read(node["names"])
    if any(len(column) != node["rows"] for column in columns.values()):
        raise ValueError("columns of a frame differ in length")
    frame = pd.DataFrame(columns)
    frame.columns = names
    return frame


def _write_series(writer: Any, pd: Any, value: Any) -> dict:
    _exactly(value, pd.Series)
    return {"values": _write_values(writer, value), "name": writer.write(value.name)}


def _read_series(reader: Any, node: dict) -> Any:
    import pandas as pd

    return pd.Series(_read_values(reader, node["values"]), name=reader.read(node["name"]))


def _write_values(writer: Any, column: Any) -> dict:
    """Write the values of a series, an index or an extension array, with their dtype."""
    dtype = column.dtype
    if isinstance(dtype, np.dtype):
        return {"array": writer.write(np.asarray(column))}
    node = {"dtype": writer.write(dtype)}
    kind = type(dtype).__name__
    if kind in ("DatetimeTZDtype", "PeriodDtype"):
        return node | {"ticks": writer.write(getattr(column, "array", column).asi8)}
    if kind == "ArrowDtype":
        import pyarrow as pa

        return node | {"arrow": writer.write(pa.array(column))}
    return node | {"parts": [writer.write(part) for part in column.astype(object).tolist()]}


def _read_values(reader: Any, node: dict) -> Any:
    import pandas as pd

    if "array" in node:
        return pd.Series(reader.read(node["array"]))
    dtype = reader.read(node["dtype"])
    if "ticks" in node:
        ticks = reader.read(node["ticks"])
        if isinstance(dtype, pd.PeriodDtype):
            return pd.Series(pd.arrays.PeriodArray(ticks, dtype=dtype))
        times = pd.DatetimeIndex(ticks.view(f"M8[{dtype.unit}]"))
        return pd.Series(times.tz_localize("UTC").tz_convert(dtype.tz))
    if "arrow" in node:
        return pd.Series(pd.arrays.ArrowExtensionArray(reader.read(node["arrow"])))
    return pd.Series([reader.read(part) for part in node["parts"]], dtype=dtype)


def _write_extension_array(writer: Any, pd: Any, value: Any) -> dict:
    return _write_values(writer, value)


def _read_extension_array(reader: Any, node: dict) -> Any:
    return _read_values(reader, node).array


def _write_range_index(writer: Any, pd: Any, value: Any) -> dict:
    return {"ends": [value.start, value.stop, value.step], "name": writer.write(value.name)}


def _read_range_index(reader: Any, node: dict) -> Any:
    import pandas as pd

    return pd.RangeIndex(*node["ends"], name=reader.read(node["name"]))


def _write_multi_index(writer: Any, pd: Any, value: Any) -> dict:
    return {"keys": writer.write(value.tolist()), "names": writer.write(list(value.names))}


def _read_multi_index(reader: Any, node: dict) -> Any:
    import pandas as pd

    return pd.MultiIndex.from_tuples(reader.read(node["keys"]), names=reader.read(node["names"]))


def _write_index(writer: Any, pd: Any, value: Any) -> dict:
    return {"values": _write_values(writer, value), "name": writer.write(value.name)}


def _read_index(reader: Any, node: dict) -> Any:
    import pandas as pd

    values = _read_values(reader, node["values"])
    return pd.Index(values.array, dtype=values.dtype, name=reader.read(node["name"]))


def _write_time(writer: Any, pd: Any, value: Any) -> dict:
    return {"index": writer.write(pd.Index([value]))}


def _read_time(reader: Any, node: dict) -> Any:
    return reader.read(node["index"])[0]


def _write_pandas_dtype(writer: Any, pd: Any, value: Any) -> dict:
    kind = type(value).__name__
    if kind == "CategoricalDtype":
        return {"kind": kind, "of": writer.write([value.categories, bool(value.ordered)])}
    if kind == "DatetimeTZDtype":
        return {"kind": kind, "of": [value.unit, _zone(value.tz)]}
    if kind == "PeriodDtype":
        # not freq.freqstr: months are "ME" there, which no PeriodDtype takes
        return {"kind": kind, "of": [value.name.removeprefix("period[").removesuffix("]")]}
    if kind == "StringDtype":
        return {"kind": kind, "of": writer.write([value.storage, value.na_value])}
    if kind == "ArrowDtype":
        return {"kind": kind, "of": [writer.write(value.pyarrow_dtype)]}
    if kind == "SparseDtype":
        return {"kind": kind, "of": writer.write([value.subtype, value.fill_value])}
    if value.name in _PANDAS:
        return {"kind": value.name, "of": []}
    raise Unwritable(f"the dtype {value}")


def _read_pandas_dtype(reader: Any, node: dict) -> Any:
    import pandas as pd

    kind, parts = node["kind"], reader.read(node["of"])
    if kind in _PANDAS:
        return pd.api.types.pandas_dtype(kind)
    if kind not in _PANDAS_DTYPES:
        raise ValueError(f"{kind!r} is no dtype that is known")
    if kind == "StringDtype":
        takes_na = "na_value" in signature(pd.StringDtype).parameters  # not in pandas 2.2
        if not takes_na or parts[1] is pd.NA or parts[0].endswith("_numpy"):
            return pd.StringDtype(parts[0])
    return getattr(pd, kind)(*parts)


_PANDAS_DTYPES = {
    *("CategoricalDtype", "DatetimeTZDtype", "PeriodDtype", "StringDtype", "ArrowDtype"),
    "SparseDtype",
}


def _zone(zone: Any) -> str:
    """Return the name of a time zone, which must have one."""
    name = getattr(zone, "key", None) or getattr(zone, "zone", None) or str(zone)
    if name.startswith(("<", "tz")):
        raise Unwritable(f"the time zone {zone!r}")
    return name


# polars -------------------------------------------------------------------------------------------


def _write_polars_dtype(writer: Any, pl: Any, value: Any) -> dict:
    kind = type(value).__name__
    if isinstance(value, pl.Datetime):
        return {"kind": kind, "of": [value.time_unit, value.time_zone]}
    if isinstance(value, pl.Duration):
        return {"kind": kind, "of": [value.time_unit]}
    if isinstance(value, pl.Enum):
        return {"kind": kind, "of": [value.categories.to_list()]}
    if isinstance(value, pl.Decimal):
        return {"kind": kind, "of": [value.precision, value.scale]}
    if kind in _POLARS:
        return {"kind": kind, "of": []}
    raise Unwritable(f"the dtype {value} of polars")


def _read_polars_dtype(reader: Any, node: dict) -> Any:
    import polars as pl

    if node["kind"] not in _POLARS | {"Datetime", "Duration", "Enum", "Decimal"}:
        raise ValueError(f"{node['kind']!r} is no dtype of polars that is known")
    return getattr(pl, node["kind"])(*reader.read(node["of"]))


def _write_polars_frame(writer: Any, pl: Any, value: Any) -> dict:
    return {"columns": [writer.write(column) for column in value.get_columns()]}


def _read_polars_frame(reader: Any, node: dict) -> Any:
    import polars as pl

    return pl.DataFrame(reader.read(node["columns"]))


def _write_polars_series(writer: Any, pl: Any, value: Any) -> dict:
    dtype = writer.write(value.dtype)
    # times as integers: those of Python are not as fine
    values = (value.to_physical() if value.dtype.is_temporal() else value).to_list()
    return {"name": value.name, "dtype": dtype, "values": writer.write(values)}


def _read_polars_series(reader: Any, node: dict) -> Any:
    import polars as pl

    dtype, values = reader.read(node["dtype"]), reader.read(node["values"])
    if dtype.is_temporal():
        return pl.Series(node["name"], values, pl.Int64).cast(dtype)
    return pl.Series(node["name"], values, dtype)


# pyarrow ------------------------------------------------------------------------------------------


def _write_arrow_type(writer: Any, pa: Any, value: Any) -> dict:
    types = pa.types
    if types.is_dictionary(value):
        parts = [value.index_type, value.value_type, value.ordered]
        return {"kind": "dictionary", "of": [writer.write(part) for part in parts]}
    if types.is_timestamp(value):
        return {"kind": "timestamp", "of": [value.unit, value.tz]}
    if types.is_decimal128(value):
        return {"kind": "decimal128", "of": [value.precision, value.scale]}
    if str(value) in _ARROW:
        return {"kind": str(value), "of": []}
    raise Unwritable(f"the dtype {value} of pyarrow")


def _read_arrow_type(reader: Any, node: dict) -> Any:
    import pyarrow as pa

    kind, parts = node["kind"], reader.read(node["of"])
    if kind in ("dictionary", "timestamp", "decimal128"):
        return getattr(pa, kind)(*parts)
    if kind not in _ARROW:
        raise ValueError(f"{kind!r} is no dtype of pyarrow that is known")
    if "[" not in kind:
        return pa.type_for_alias(kind)
    name, unit = kind.rstrip("]").split("[")
    return getattr(pa, name)(*([] if name.startswith("date") else [unit]))


def _write_arrow_table(writer: Any, pa: Any, value: Any) -> dict:
    names = value.column_names
    return {"names": names, "columns": [writer.write(column) for column in value.columns]}


def _read_arrow_table(reader: Any, node: dict) -> Any:
    import pyarrow as pa

    return pa.table(reader.read(node["columns"]), names=node["names"])


def _write_arrow_array(writer: Any, pa: Any, value: Any) -> dict:
    dtype = writer.write(value.type)
    if (fine := _as_integers(pa, value.type)) is not None:
        value = value.cast(fine)
    return {"type": dtype, "values": writer.write(value.to_pylist())}


def _as_integers(pa: Any, kind: Any) -> Any:
    """Return the dtype of integers that times are written as: those of Python are not as fine."""
    if not pa.types.is_temporal(kind):
        return None
    return pa.int32() if kind.bit_width == 32 else pa.int64()


def _read_arrow_array(reader: Any, node: dict) -> Any:
    import pyarrow as pa

    kind, values = reader.read(node["type"]), reader.read(node["values"])
    if (fine := _as_integers(pa, kind)) is not None:
        array = pa.array(values, fine).cast(kind)
    elif pa.types.is_dictionary(kind):
        array = pa.array(values, kind.value_type).dictionary_encode().cast(kind)
    else:
        array = pa.array(values, kind)
    return pa.chunked_array([array]) if node["$"] == "pyarrow.ChunkedArray" else array


#: By tag, what is written how; the first that fits.
_WRITERS: list[tuple[str, str, Callable]] = [
    ("pandas.DataFrame", "DataFrame", _write_frame),
    ("pandas.Series", "Series", _write_series),
    ("pandas.RangeIndex", "RangeIndex", _write_range_index),
    ("pandas.MultiIndex", "MultiIndex", _write_multi_index),
    ("pandas.Index", "Index", _write_index),
    ("pandas.NA", "NA", lambda writer, pd, value: {}),
    ("pandas.NaT", "NaT", lambda writer, pd, value: {}),
    ("pandas.time", "Timestamp", _write_time),
    ("pandas.time", "Timedelta", _write_time),
    ("pandas.time", "Period", _write_time),
    ("pandas.dtype", "api.extensions.ExtensionDtype", _write_pandas_dtype),
    ("pandas.array", "api.extensions.ExtensionArray", _write_extension_array),
    ("polars.DataFrame", "DataFrame", _write_polars_frame),
    ("polars.Series", "Series", _write_polars_series),
    ("polars.dtype", "DataType", _write_polars_dtype),
    ("pyarrow.Table", "Table", _write_arrow_table),
    ("pyarrow.ChunkedArray", "ChunkedArray", _write_arrow_array),
    ("pyarrow.Array", "Array", _write_arrow_array),
    ("pyarrow.type", "DataType", _write_arrow_type),
]


def _pandas_member(reader: Any, node: dict) -> Any:
    import pandas as pd

    return {"pandas.NA": pd.NA, "pandas.NaT": pd.NaT}[node["$"]]


READERS: dict[str, Callable[[Any, dict], Any]] = {
    "pandas.DataFrame": _read_frame,
    "pandas.Series": _read_series,
    "pandas.RangeIndex": _read_range_index,
    "pandas.MultiIndex": _read_multi_index,
    "pandas.Index": _read_index,
    "pandas.NA": _pandas_member,
    "pandas.NaT": _pandas_member,
    "pandas.time": _read_time,
    "pandas.dtype": _read_pandas_dtype,
    "pandas.array": _read_extension_array,
    "polars.DataFrame": _read_polars_frame,
    "polars.Series": _read_polars_series,
    "polars.dtype": _read_polars_dtype,
    "pyarrow.Table": _read_arrow_table,
    "pyarrow.ChunkedArray": _read_arrow_array,
    "pyarrow.Array": _read_arrow_array,
    "pyarrow.type": _read_arrow_type,
}
