"""The protocol as jupyter_kernel_test holds a kernel to it."""
import unittest

import jupyter_kernel_test
import pytest
from jupyter_kernel_test.msgspec_v5 import schema_fragments

# The suite has no schema of the messages that widgets bring; these are the protocol's.
COMM = {"comm_id": {"type": "string"}, "data": {"type": "object"}}
schema_fragments["comm_open"] = {"properties": {**COMM, "target_name": {"type": "string"}, "target_module": {"type": ["string", "null"]}},
                                 "required": ["comm_id", "data", "target_name"]}
schema_fragments["comm_msg"] = schema_fragments["comm_close"] = {"properties": COMM}


@pytest.mark.usefixtures("vision")
class KernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "podium"
    language_name = "podium"
    file_extension = ".podium"

    code_execute_result = []
    code_display_data = [  # static tables: the suite knows no messages of comms
        {"code": "widgets off\ntasks in vision show name", "mime": "text/html"},
        {"code": "widgets off\ntasks in vision show name", "mime": "text/plain"},
    ]
    code_generate_error = "tasks where stat = 'running'"
    code_clear_output = ""
    code_history_pattern = "proj*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "tasks"
    completion_samples = [{"text": "projec", "matches": {"projects"}}, {"text": "tasks whe", "matches": {"where"}}]
    complete_code_samples = ["tasks", "tasks in vision", "tasks \\\n  in vision"]
    incomplete_code_samples = ["tasks \\"]
    code_page_something = ""


if __name__ == "__main__":
    unittest.main()
