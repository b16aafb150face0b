# Copyright (c) 2026 The vrrpd authors
#
# Permission to use, copy, modify, and distribute this software for any
# purpose with or without fee is hereby granted, provided that the above
# copyright notice and this permission notice appear in all copies.
#
# THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
# WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
# MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
# ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
# WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
# ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
# OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.

"""What vrrpctl prints with -j against the schema that is installed with it,
and strictly: a member that the schema does not have is a mistake, too."""

import copy
import json
import os

import jsonschema

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PATH = os.path.join(TOP, "vrrpctl/schema/vrrpctl-1.json")

# Definitions of commands, by their words; all others have "answer".
COMMANDS = (("show instance", "show_instance"),
    ("show counters", "show_counters"), ("show groups", "show_groups"),
    ("show interfaces", "show_interfaces"),
    ("show scripts", "show_scripts"), ("show trace", "trace"),
    ("show", "show"), ("trace", "trace"), ("history", "history"),
    ("why", "why"), ("monitor", "monitor"), ("scan", "scan"),
    ("doctor", "doctor"))


def load():
    with open(PATH, encoding="ascii") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def closed(node):
    """The same, in which objects have no other members."""
    if isinstance(node, list):
        return [closed(n) for n in node]
    if not isinstance(node, dict):
        return node
    out = {k: closed(v) for k, v in node.items()}
    if "required" in out and "properties" in out:
        out["additionalProperties"] = False
    return out


SCHEMA = load()
CLOSED = closed(copy.deepcopy(SCHEMA))


def definition(words):
    """The name of what describes the answer to a command."""
    text = " ".join(words) + " "
    for start, name in COMMANDS:
        if text.startswith(start + " "):
            return name
    return "answer"


def check(data, name):
    """ValidationError if data is not as the definition says."""
    jsonschema.Draft202012Validator({"$ref": "#/$defs/" + name,
        "$defs": CLOSED["$defs"]}).validate(data)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)


def members(name):
    """All that an answer may have, as text: a golden file of it."""
    lines = []

    def walk(node, path):
        while "$ref" in node:
            node = SCHEMA["$defs"][node["$ref"].rsplit("/", 1)[1]]
        for key, value in node.get("properties", {}).items():
            lines.append(path + key + ("" if key in node["required"] else
                "?"))
            walk(value, path + key + ".")
        if "items" in node:
            walk(node["items"], path[:-1] + "[].")
    walk(SCHEMA["$defs"][name], "")
    return lines
