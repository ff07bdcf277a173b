"""The protocol as jupyter_kernel_test holds a kernel to it."""
import unittest

import jupyter_kernel_test
import pytest


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
