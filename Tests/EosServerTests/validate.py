"""Checks an OpenAPI description, and an answer against it: validate.py DESCRIPTION [PATH STATUS ANSWER]."""
import json
import sys

import jsonschema
import openapi_spec_validator

document = json.load(open(sys.argv[1]))
openapi_spec_validator.validate(document)
if len(sys.argv) > 2:
    path, status, answer = sys.argv[2:]
    schema = document["paths"][path]["get"]["responses"][status]["content"]["application/json"]["schema"]
    schema = {**schema, "components": document["components"]}
    jsonschema.validate(json.load(open(answer)), schema, cls=jsonschema.Draft202012Validator)
