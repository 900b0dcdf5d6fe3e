"""Results as JSON lines, also where a run was killed in the middle of one."""

import json


def read(path):
    """The records of a file; a last line that was cut short is none."""
    lines = path.read_text(errors="replace").split("\n")
    records = []
    for number, line in enumerate(lines, start=1):
        try:
            records += [json.loads(line)] if line else []
        except json.JSONDecodeError as error:
            if number < len(lines):
                raise SystemExit(f"{path}, line {number}, is no JSON: {error}") from error
    return records


def resume(path):
    """The records of a file to append to, whose last line is made whole, or dropped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        return []
    records = read(path)
    if not path.read_bytes().endswith(b"\n"):
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return records
