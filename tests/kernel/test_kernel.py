"""jupyter_kernel_test against a kernelspec: `KERNEL=lemmata python test_kernel.py -v`. KERNEL=tslab scores stock tslab."""

import os
import unittest

import jupyter_kernel_test as jkt

KERNEL = os.environ.get("KERNEL", "lemmata")


class TypeScriptKernelTests(jkt.KernelTests):
    kernel_name = KERNEL
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    completion_samples = [
        {"text": "conso", "matches": {"console"}},
        {"text": "Number.isI", "matches": {"isInteger"}},
    ]
    complete_code_samples = ["1", "const a: number = 1;", "function f() {\n  return 3;\n}", "await Promise.resolve(1)"]
    incomplete_code_samples = ["const a = ", "function f() {\n  return 3;", "[1, 2,", "`open"]
    invalid_code_samples = ["const = 3;", "f())", "let let let"]
    code_generate_error = "throw new Error('boom')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "'a' + 'b'", "result": "'ab'"},
        {"code": "[1, 2, 3].map((x) => x * 2)", "result": "[ 2, 4, 6 ]"},
    ]
    code_display_data = [
        {"code": "import * as tslab from 'tslab'; tslab.display.html('<b>bold</b>')", "mime": "text/html"},
        {"code": "import * as tslab from 'tslab'; tslab.display.svg('<svg/>')", "mime": "image/svg+xml"},
        {"code": "import * as tslab from 'tslab'; tslab.display.png(new Uint8Array([1, 2]))", "mime": "image/png"},
    ]
    code_history_pattern = "6*7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.max"
    code_clear_output = "import { clearOutput } from 'lemmata/kernel'; clearOutput()"
    code_page_something = "Math.max?"


class WelcomeTests(jkt.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
